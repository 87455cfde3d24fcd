package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

func crawlVerb(t *tool) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "crawl SOURCE",
		Short: "Crawl one source now and say what was found",
		Args:  cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error {
			cfg, err := t.inForce(ctx)
			if err != nil {
				return err
			}
			if dryRun {
				return crawlDry(ctx, t, cfg, args[0])
			}
			return crawlNow(ctx, t, cfg, args[0])
		}),
		ValidArgsFunction: t.completeSources,
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only read the list and show it: nothing is recorded, no page is read")
	t.addFormat(cmd)
	return cmd
}

// knownSource finds a source that a person names.
func knownSource(cfg *config.Config, name string) (news.Source, error) {
	src, ok := sourceNamed(cfg, name)
	if !ok {
		return src, unknownName("source", name, sourceNames(cfg), "`copytaster check` lists the sources")
	}
	return src, nil
}

func sourceNames(cfg *config.Config) []string {
	names := make([]string, len(cfg.Sources))
	for i, src := range cfg.Sources {
		names[i] = src.Name
	}
	return names
}

func sourceNamed(cfg *config.Config, name string) (news.Source, bool) {
	i := slices.IndexFunc(cfg.Sources, func(s news.Source) bool { return s.Name == name })
	if i < 0 {
		return news.Source{}, false
	}
	return cfg.Sources[i], true
}

// crawledJSON is the JSON form of a crawl.
type crawledJSON struct {
	Source      string `json:"source"`
	Listed      int    `json:"listed"`
	Skipped     int    `json:"skipped"` // entries of the list that could not be read
	New         int    `json:"new"`
	Waiting     int    `json:"waiting_for_page"`
	Matched     int    `json:"matched"`
	Alerts      int    `json:"alerts"`
	NotModified bool   `json:"not_modified"`
	Barren      string `json:"barren,omitempty"` // why no story could be read, ever

	MovedTo string `json:"moved_to,omitempty"`
	app.Missed
	Next time.Time `json:"next"`
}

// crawlNow lets the daemon crawl, or does so itself when none runs.
func crawlNow(ctx context.Context, t *tool, cfg *config.Config, name string) error {
	var done crawledJSON
	client, running := app.Dial(ctx, cfg, t.env)
	if _, err := knownSource(cfg, name); err != nil && isWhole(cfg) {
		return err
	}
	if running {
		c, err := client.Crawl(ctx, name)
		if err != nil {
			return err
		}
		done = crawledJSON(c)
	} else {
		if err := t.require(cfg, config.UseCrawl, config.UseSource(name)); err != nil {
			return err
		}
		err := t.withApp(ctx, cfg, func(a *app.App) error {
			c, err := a.Crawl(ctx, name)
			done = crawledJSON(c)
			return err
		})
		if err != nil {
			return err
		}
	}
	var err error
	if t.isJSON() {
		err = t.json(done)
	} else {
		printCrawl(t.output, done, running)
	}
	if err == nil && done.Barren != "" {
		err = errNo
	}
	return err
}

func printCrawl(out *output, c crawledJSON, running bool) {
	if c.MovedTo != "" {
		out.note("the list has moved for good: to %s", c.MovedTo)
	}
	printSkippedStories(out, c.Skipped)
	switch {
	case c.Barren != "":
		out.say("%s %s: 0 stories read: %s", out.palette.mark(false), c.Source, c.Barren)
		return
	case c.NotModified:
		out.say("%s: nothing has changed since the last crawl", c.Source)
		return
	}
	if c.Gap != "" {
		out.note("stories may have been missed: %s", c.GapIn(out.zone))
	}
	out.say("%s: %d listed, %d new, %d matched, %s", c.Source, c.Listed, c.New, c.Matched, text.Plural(c.Alerts, "alert"))
	if c.Waiting > 0 {
		out.say("%s still to be read before they are matched", text.Plural(c.Waiting, "page"))
	}
	if !running && c.Waiting+c.Alerts > 0 {
		out.note("no daemon runs: `copytaster run` reads the pages and sends the alerts")
	}
}

// crawlDry reads a source's list and shows it with the rules that match.
func crawlDry(ctx context.Context, t *tool, cfg *config.Config, name string) error {
	src, err := knownSource(cfg, name)
	if err == nil {
		err = t.require(cfg, config.UseCrawl, config.UseSource(name))
	}
	if err != nil {
		return err
	}
	result, err := probe.List(ctx, t.logger(slog.LevelWarn), cfg, src)
	if fault := (*news.CrawlError)(nil); errors.As(err, &fault) {
		return withHint(err, "%s", probe.Remedy(fault))
	}
	if err != nil {
		return err
	}
	if t.isJSON() {
		err = t.json(result)
	} else {
		printList(t.output, result, src.Kind)
	}
	if err == nil && result.Listed == 0 {
		err = errNo
	}
	return err
}

func printList(out *output, l *probe.Listed, kind news.SourceKind) {
	pages := 0
	for _, s := range l.Stories {
		line := out.shownDate(s.Published) + "  " + orNone(s.Title)
		if len(s.Rules) > 0 {
			line += "  " + out.palette.good("✓ "+strings.Join(s.Rules, ", "))
		}
		out.say("%s", line)
		if !s.FullText {
			pages++
		}
	}
	if l.Listed == 0 {
		out.say("%s %s: 0 stories read: %s", out.palette.mark(false), l.Source, kind.Barren())
	} else {
		out.say("%s: %d listed, %d of them without their text", l.Source, l.Listed, pages)
	}
	printSkippedStories(out, l.Skipped)
	if l.MovedTo != "" {
		out.note("the list has moved for good: to %s", l.MovedTo)
	}
}

// printSkippedStories says that a list holds stories which say nothing or cannot
// be read.
func printSkippedStories(out *output, n int) {
	if n > 0 {
		out.note("%s of the list skipped: broken, or without anything to read", text.Plural(n, "story"))
	}
}
