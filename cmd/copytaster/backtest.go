package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// backtesting is what `backtest` was asked for.
type backtesting struct {
	since   string
	rules   []string
	from    []string
	diff    string
	news    bool
	samples int
}

func backtestVerb(t *tool) *cobra.Command {
	var b backtesting
	cmd := &cobra.Command{
		Use:   "backtest",
		Short: "Say what the rules would have found in the archive or a file",
		Long: `What the rules would have found, over the stories that the store keeps or over
files with a story a line: {"url", "title", "text", "published", "language",
"authors"}, and "summary", "source", "tags", "tier", "country", "section",
"outlet" for rules that ask for them. Files may be packed with gzip.

Every story counts once for a rule. How old a story is does not count, nor that
it came with the first crawl of its source: this is about the rules alone. A
rule that is not enabled finds nothing, unless it is named with --rule; one that
has run out (until) finds the stories published before.

With --news what matched is also grouped as the daemon would have alerted: stories
that carry one text are a cluster, clusters that tell one event are a news. What
stood in the two weeks before is looked at, to tell a series apart.

With --diff the rules of another file, a whole config or the rules alone, are
run over the same stories: what they would add (+) and lose (−), and why.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return backtest(ctx, t, b) }),
	}
	cmd.Flags().StringVar(&b.since, "since", "", "only stories of the archive published within this `time`, such as 30d, or since a date")
	cmd.Flags().StringSliceVar(&b.rules, "rule", nil, "only this `rule`, even if it is not enabled")
	cmd.Flags().StringArrayVar(&b.from, "from", nil, "the stories of this `file` instead of the archive; - is standard input")
	cmd.Flags().StringVar(&b.diff, "diff", "", "compare with the rules of this `file`")
	cmd.Flags().BoolVar(&b.news, "news", false, "also group what matched by cluster and news")
	cmd.Flags().IntVar(&b.samples, "samples", usualSamples, "how many stories to show of each rule; 1 with more than 1000 rules")
	_ = cmd.RegisterFlagCompletionFunc("rule", t.completeRules)
	t.addFormat(cmd)
	return cmd
}

// usualSamples is how many samples are shown of each rule by default. With more
// than manyRules it is one: finding the words in a story takes longer than
// matching it, and nobody reads thousands.
const usualSamples, manyRules = 3, 1000

// backtestJSON is the JSON form of a backtest.
type backtestJSON struct {
	*replay.Report
	Seconds     float64 `json:"seconds"`
	Speed       float64 `json:"stories_per_second"`
	Other       string  `json:"compared_with,omitempty"`
	Interrupted bool    `json:"interrupted,omitempty"`
	Error       string  `json:"error,omitempty"` // why the input could not be read to its end
}

func backtest(ctx context.Context, t *tool, b backtesting) (err error) {
	if b.samples < 0 {
		return usage("--samples is at least 0")
	}
	if b.news && b.diff != "" {
		return usage("--news and --diff are two questions: ask one at a time")
	}
	uses := []config.Use{config.UseTimezone}
	if len(b.from) == 0 {
		uses = append(uses, config.UseStorage, config.UseRetention)
	}
	cfg, err := t.load(uses...)
	if err != nil {
		return err
	}
	now := time.Now()
	since, err := sinceWhen("since", b.since, now, cfg.Timezone)
	if err != nil {
		return err
	}
	options, err := backtestOptions(t, cfg, b)
	if err != nil {
		return err
	}
	if len(b.from) > 0 {
		if b.since != "" {
			t.note("--since cuts the archive only: files are read whole")
		}
		_, err := reportBacktest(ctx, t.output, replay.Files{Paths: b.from, Stdin: t.in}, options, b.diff, inBytes)
		return err
	}
	archive, err := replay.OpenArchive(ctx, t.logger(slog.LevelWarn), cfg.Storage,
		since, now.Add(-cfg.Retention), replay.Origins(cfg.Sources))
	if errors.Is(err, replay.ErrNoArchive) {
		return withHint(err, "--from FILE reads a file instead; `copytaster import` begins an archive, and so does `copytaster run`")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	stories, err := reportBacktest(ctx, t.output, archive, options, b.diff, inStories)
	if err != nil || stories > 0 || since.IsZero() {
		return err
	}
	newest, err := archive.Newest(ctx)
	if err == nil && !newest.IsZero() {
		t.note("the newest story of the archive is of %s", newest.In(cfg.Timezone).Format("2 Jan 2006"))
	}
	return err
}

// sinceForm is a number of hours, days or weeks.
var sinceForm = regexp.MustCompile(`^(\d{1,5})([hdw])$`)

// sinceWhen parses a duration before now, or a date; "" is the zero time.
func sinceWhen(flag, text string, now time.Time, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if m := sinceForm.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1]) // five digits
		unit := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}[m[2]]
		return now.Add(-time.Duration(n) * unit), nil
	}
	if date, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return date, nil
	}
	return time.Time{}, withHint(usage("--%s %q is no time", flag, text), "write it like 12h, 30d, 4w or 2026-11-05")
}

// backtestOptions gathers the rules, and those to compare them with.
func backtestOptions(t *tool, cfg *config.Config, b backtesting) (o replay.Options, err error) {
	o = replay.Options{Samples: b.samples, News: b.news, Zone: cfg.Timezone}
	if !t.isJSON() {
		o.Show = func(evidence []news.Evidence, fields []news.Field) []string {
			return rules.MarkedSentences(replay.Telling(evidence), fields, t.palette.found)
		}
	}
	definition, other := cfg.Definition, rules.Definition{}
	if b.diff != "" {
		if other, err = otherRules(t, cfg, b.diff); err != nil {
			return o, err
		}
	}
	for _, name := range b.rules {
		if !hasRule(definition, name) && !hasRule(other, name) {
			return o, unknownName("rule", name, append(ruleNames(definition.Rules), ruleNames(other.Rules)...), listsRules)
		}
	}
	if o.Rules, err = replay.Compile(definition, b.rules); err != nil {
		return o, err
	}
	if o.Rules.Set.Len() > manyRules && b.samples == usualSamples {
		o.Samples = 1
	}
	if b.diff != "" {
		after, err := replay.Compile(other, b.rules)
		o.Other = &after
		return o, err
	}
	return o, nil
}

func hasRule(d rules.Definition, name string) bool {
	return slices.ContainsFunc(d.Rules, func(r rules.Rule) bool { return r.Name == name })
}

// otherRules reads the rules to compare with: a whole config, or a file of
// rules that may use the concepts of this one.
func otherRules(t *tool, cfg *config.Config, path string) (rules.Definition, error) {
	other, err := config.Load(path, t.env, config.UseRules)
	if err == nil {
		return other.Definition, nil
	}
	text, unread := os.ReadFile(path)
	if unread != nil {
		return rules.Definition{}, fmt.Errorf("read rules to compare with: %w", unread)
	}
	alone, mistaken := config.ParseRules(path, text)
	if mistaken != nil {
		return rules.Definition{}, t.complain(path, err)
	}
	alone = replay.WithConcepts(alone, cfg.Definition)
	set, found := rules.Compile(alone)
	if set != nil {
		return alone, nil
	}
	for _, m := range found {
		if !m.Warning {
			t.block(strings.TrimSpace(fmt.Sprintf("%s: %s: %s\n  %s", path, m.Path, m.Message, m.Hint)))
		}
	}
	return rules.Definition{}, fmt.Errorf("load rules %s: they are not right", path)
}

// reportBacktest runs a backtest, prints its report, and returns the number of
// stories.
func reportBacktest(
	ctx context.Context, out *output, in replay.Input, o replay.Options, other string, unit progressUnit,
) (stories int, err error) {
	bar := out.newProgress(unit)
	o.Progress = bar.at
	start := time.Now()
	report, err := replay.Backtest(ctx, in, o)
	result := backtestJSON{
		Report: report, Seconds: time.Since(start).Seconds(), Other: other, Interrupted: ctx.Err() != nil,
	}
	bar.end()
	result.Speed = float64(report.Stories) / max(result.Seconds, 1e-3)
	switch {
	case result.Interrupted:
		err = nil
	case err != nil:
		result.Error = text.OneLine(err.Error())
	}
	if out.isJSON() {
		if written := out.json(result); written != nil {
			return 0, written
		}
	} else {
		printBacktest(out, result, o)
		out.note("%.1f s, %s stories a second", result.Seconds, text.Thousands(int(result.Speed)))
	}
	printSkipped(out, report.Coverage)
	switch {
	case err != nil:
		err = fmt.Errorf("backtest: %w", err)
	case result.Interrupted:
		out.note("interrupted: this is what was found so far")
		err = errNo
	case report.Skipped > 0:
		err = errNo
	case report.Stories == 0:
		out.note("there is no story to look at")
	case report.Rules == 0:
		out.note("there is no rule to look with")
	}
	return report.Stories, err
}

// printSkipped lists the lines of files that hold no story.
func printSkipped(out *output, c replay.Coverage) {
	for _, b := range c.BadLines {
		out.note("%s:%d: %s", b.File, b.Line, b.Reason)
	}
	if rest := c.Skipped - len(c.BadLines); rest > 0 {
		out.note("and %d more", rest)
	}
	if c.Skipped > 0 {
		out.note("%s skipped, of %s", text.Plural(c.Skipped, "line"), text.Plural(c.Skipped+c.Stories, "line"))
	}
}
