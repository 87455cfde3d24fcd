package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/convert"
)

func convertVerb(t *tool) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "convert --from TOOL FILE",
		Short: "Turn the queries of another search tool into rules",
		Long: `Turn saved searches of Google Alerts, Meltwater, Factiva or Lexis into rules and
print the YAML to paste or to include:
copytaster convert --from factiva searches.txt > rules/searches.yaml

A file has one query a line. It goes on in the next line while a parenthesis is
open, and before and behind an operator. A line "# name" names the query below
it. "-" is standard input. What rules cannot say is left out, and named on stderr
and above the rule.`,
		Args: cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error {
			tool := convert.Tool(from)
			if !slices.Contains(convert.Tools(), tool) {
				return usage("--from %q: must be one of %s", from, toolNames())
			}
			if isURL(args[0]) {
				return usage("convert reads a file: save %s first", shownInput(args[0]))
			}
			return convertQueries(ctx, t, tool, args[0])
		}),
	}
	cmd.Flags().StringVar(&from, "from", "", "the `tool`: "+toolNames())
	t.addFormat(cmd)
	return cmd
}

func toolNames() string {
	var names []string
	for _, tool := range convert.Tools() {
		names = append(names, string(tool))
	}
	return strings.Join(names, ", ")
}

type convertedQueries struct {
	Queries []convertedJSON `json:"queries"`
}

// convertedJSON is what became of one query.
type convertedJSON struct {
	Line  int        `json:"line"`
	Query string     `json:"query"`
	Rule  string     `json:"rule,omitempty"` // its name
	YAML  string     `json:"yaml,omitempty"` // a config of this rule
	Lost  []lostJSON `json:"lost"`
	Error string     `json:"error,omitempty"` // why it is no rule
}

type lostJSON struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
	Why    string `json:"why"`
}

func convertQueries(ctx context.Context, t *tool, tool convert.Tool, file string) error {
	in, err := openInput(ctx, t.output, file, news.Source{}, t.crawlSettings)
	if err != nil {
		return err
	}
	var (
		drafts    []config.RuleDraft
		converted = []convertedJSON{}
		taken     = config.Names{}
		failed    int
	)
	for _, e := range convert.Searches(tool, string(in.body)) {
		draft, c := convertSearch(tool, e, taken)
		if c.Error != "" {
			failed++
			t.note("%s:%s", file, c.Error)
		} else {
			drafts = append(drafts, draft)
		}
		for _, l := range c.Lost {
			t.note("%s:%d:%d: %s: %s", file, l.Line, l.Column, l.Text, l.Why)
		}
		converted = append(converted, c)
	}
	if len(converted) == 0 {
		return fmt.Errorf("convert %s: there are no queries in it", file)
	}
	if t.format.value == "json" {
		err = t.json(convertedQueries{converted})
	} else {
		_, err = t.Write(config.WriteRules(drafts))
	}
	rest := ""
	if failed > 0 {
		rest = fmt.Sprintf(", %s not converted", text.Plural(failed, "query"))
	}
	t.note("%s: %s%s", file, text.Plural(len(drafts), "rule"), rest)
	if err == nil && failed > 0 {
		err = errNo
	}
	return err
}

// convertSearch turns one query into a rule that Load takes.
func convertSearch(tool convert.Tool, e convert.Search, taken config.Names) (config.RuleDraft, convertedJSON) {
	c := convertedJSON{Line: e.Line, Query: e.Query, Lost: []lostJSON{}}
	q, err := convert.Convert(tool, e.Query)
	if wrong := (*convert.SyntaxError)(nil); errors.As(err, &wrong) {
		line, column := e.Place(wrong.Column)
		c.Error = fmt.Sprintf("%d:%d: %s", line, column, wrong.Message)
		return config.RuleDraft{}, c
	}
	name := e.Name
	if name == "" {
		name = q.Name()
	}
	draft := config.RuleDraft{Remarks: []string{string(tool) + ": " + e.Query}}
	draft.Rule.Node, draft.Rule.Only, draft.Rule.Except = q.Node, q.Only, q.Except
	draft.Rule.Name = "converted"
	if err := draft.Check(); err != nil {
		c.Error = fmt.Sprintf("%d:1: %v", e.Line, err)
		return draft, c
	}
	draft.Rule.Name = taken.Pick(name)
	for _, l := range q.Lost {
		line, column := e.Place(l.Column)
		c.Lost = append(c.Lost, lostJSON{line, column, l.Text, l.Why})
		draft.Remarks = append(draft.Remarks, fmt.Sprintf("lost: %s: %s", l.Text, l.Why))
	}
	c.Rule, c.YAML = draft.Rule.Name, string(config.WriteRules([]config.RuleDraft{draft}))
	return draft, c
}
