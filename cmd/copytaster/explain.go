package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/input"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// explaining is what `explain` was asked for.
type explaining struct {
	rules  []string
	source string
	asTest bool
}

func explainVerb(t *tool) *cobra.Command {
	var e explaining
	cmd := &cobra.Command{
		Use:   "explain URL|FILE|-",
		Short: "Say which rules match a story, which words did it, and why the others do not",
		Long: `Which rules match a story and which words did it; of a rule that does not match,
which clause failed and how near it came. A file may be a page (HTML), a text
whose first line is the title, or a story in JSON: {"url", "title", "text",
"published", "language", "authors"}, of which only one of title and text is
needed. Any of them may be packed with gzip.`,
		Args: cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return explainStory(ctx, t, args[0], e) }),
	}
	cmd.Flags().StringSliceVar(&e.rules, "rule", nil, "only this `rule`")
	cmd.Flags().StringVar(&e.source, "source", "", "explain it as a story of this source (default the one source on the URL's host)")
	cmd.Flags().BoolVar(&e.asTest, "as-test", false, "print a test to paste beside the rule")
	_ = cmd.RegisterFlagCompletionFunc("rule", t.completeRules)
	_ = cmd.RegisterFlagCompletionFunc("source", t.completeSources)
	t.addFormat(cmd)
	return cmd
}

// explainedJSON is the JSON form of an explanation.
type explainedJSON struct {
	Story explainedStory      `json:"story"`
	Rules []rules.Explanation `json:"rules"`
}

// explainedStory is the story with the fields that rules look in: start and
// end of the evidence are byte offsets into them.
type explainedStory struct {
	input.Story
	Fields []fieldJSON `json:"fields"`
}

// fieldJSON is one text of a story that rules look in.
type fieldJSON struct {
	Field   news.FieldName `json:"field"`
	Variant int            `json:"variant"`
	Text    string         `json:"text"`
}

func explainStory(ctx context.Context, t *tool, name string, e explaining) error {
	if e.asTest && t.isJSON() {
		return usage("--as-test prints YAML: leave --format out")
	}
	cfg, err := t.load(config.UseRules)
	if err != nil {
		return err
	}
	if err := knownRules(cfg, e.rules); err != nil {
		return err
	}
	src, err := sourceOf(cfg, e.source, name)
	if err != nil {
		return err
	}
	story, err := readStory(ctx, t, cfg, src, name)
	if err != nil {
		return fmt.Errorf("explain %s: %w", shownInput(name), err)
	}
	explained := cfg.Rules.Explain(story, e.rules...)
	switch {
	case e.asTest:
		return printAsTest(t.output, cfg.Rules, story, explained, len(e.rules) > 0)
	case t.isJSON():
		return t.json(explainedJSON{Story: withFields(story), Rules: explained})
	}
	printExplained(t.output, story, explained)
	return nil
}

func withFields(s *news.Story) explainedStory {
	e := explainedStory{Story: input.StoryOf(s), Fields: []fieldJSON{}}
	for _, f := range s.Fields() {
		e.Fields = append(e.Fields, fieldJSON{Field: f.Name, Variant: f.Variant, Text: f.Text})
	}
	return e
}

// sourceOf returns the source that a story counts as from: the named one, else the
// only one on the URL's host.
func sourceOf(cfg *config.Config, name, url string) (news.Source, error) {
	if name != "" {
		return knownSource(cfg, name)
	}
	src, _ := news.OnlySourceOn(cfg.Sources, url)
	return src, nil
}

// readStory reads a story in any of the forms that people have it in.
func readStory(ctx context.Context, t *tool, cfg *config.Config, src news.Source, name string) (*news.Story, error) {
	doc, err := openInput(ctx, t.output, name, src, func() (config.Crawl, error) {
		return cfg.Crawl, t.require(cfg, config.UseCrawl, config.UseSource(src.Name))
	})
	if err != nil {
		return nil, err
	}
	story, err := input.Parse(doc.body, extract.Options{
		URL: doc.url, Charset: doc.charset, DatesIn: src.DatesIn, Language: src.Language, Now: time.Now(),
	})
	if err != nil {
		return nil, err
	}
	if src.Name != "" {
		story.Origin = src.Origin
	}
	return story, nil
}

func printExplained(out *output, story *news.Story, explained []rules.Explanation) {
	printStory(out, input.StoryOf(story))
	fields := story.Fields()
	for _, e := range explained {
		out.say("\n%s %s %s", out.palette.mark(e.Matched), out.palette.strong(e.Rule), out.palette.faint("("+e.Severity.String()+")"))
		for _, line := range rules.MarkedSentences(e.Evidence, fields, out.palette.found) {
			out.say("  %s", line)
		}
		printClauses(out, e.Clauses, "  ")
	}
}

// printClauses shows what a rule asks, with what holds of it. Of the choices
// that a clause has, those that were not taken are left out.
func printClauses(out *output, clauses []rules.Clause, indent string) {
	for _, c := range clauses {
		if !c.Held && c.Reason == "" && len(c.Children) == 0 {
			continue
		}
		line := indent + out.palette.mark(c.Held) + " " + c.Text
		if c.Reason != "" {
			line += ": " + c.Reason
		}
		out.say("%s", line)
		printClauses(out, c.Children, indent+"  ")
	}
}
