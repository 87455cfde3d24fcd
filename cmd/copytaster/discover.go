package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

func discoverVerb(t *tool) *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "discover URL",
		Short: "Find the feeds and news sitemaps of a site",
		Long: fmt.Sprintf(`Find the feeds and news sitemaps of a site and print the YAML to paste into a
config, best first. It looks at the page, at robots.txt and at the usual places,
with at most %d requests, as far apart as the site and the config ask for.
robots.txt is obeyed. Private addresses are refused unless the config's
crawl.allow_networks has them.`, discover.Budget),
		Args: cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return discoverSite(ctx, t, args[0], timeout) }),
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 2*time.Minute, "the longest that the search may take")
	t.addFormat(cmd)
	return cmd
}

func discoverSite(ctx context.Context, t *tool, start string, timeout time.Duration) error {
	if timeout <= 0 {
		return usage("--timeout must be more than nothing")
	}
	given := start
	if !strings.Contains(start, "://") {
		start = "https://" + start
	}
	if u, err := url.Parse(start); !isURL(start) || err != nil || u.Hostname() == "" {
		return usage("%q is no http or https URL", strings.TrimPrefix(news.ShownURL(start), strings.TrimSuffix(start, given)))
	}
	settings, have, err := t.crawlAtHand()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result, err := probe.Discover(ctx, t.logger(slog.LevelError), start, settings, have)
	if err != nil {
		return err
	}
	if t.isJSON() {
		err = t.json(result)
	} else {
		err = printDiscovered(t.output, result)
	}
	if err == nil && len(result.Sources) == 0 {
		err = errNo
	}
	return err
}

// printDiscovered writes the YAML to paste to out, and notes to err.
func printDiscovered(out *output, result *probe.Discovered) error {
	for _, n := range result.Notes {
		out.note("%s", text.OneLine(n))
	}
	if len(result.Sources) == 0 {
		return withHint(fmt.Errorf("discover %s: no feed, no sitemap and no page with links to stories was found (requests made: %d)",
			result.URL, result.Requests), "%s", result.Hint)
	}
	var drafts []config.Draft
	for _, s := range result.Sources {
		d := config.Draft{
			Source: news.Source{
				Name: s.Name, Kind: news.SourceKind(s.Kind), URL: s.URL, Language: s.Language, FullText: news.FullTextAuto,
			},
			Remarks: remarks(s),
		}
		if err := d.Check(); err != nil {
			return fmt.Errorf("discover %s: %s cannot be written into a config: %w", result.URL, news.ShownURL(s.URL), err)
		}
		drafts = append(drafts, d)
	}
	_, err := out.Write(config.WriteSources(drafts))
	out.note("%s: %s found with %s", cmp.Or(text.OneLine(result.Site), result.URL),
		text.Plural(len(drafts), "source"), text.Plural(result.Requests, "request"))
	return err
}

// remarks say what is known of a source, for the one who pastes it.
func remarks(s probe.DiscoveredSource) []string {
	var all []string
	if s.Title != "" {
		all = append(all, cut(s.Title, 100))
	}
	what := text.Plural(s.Stories, "story")
	if s.Newest != nil {
		what += ", the newest of " + s.Newest.Format("2 Jan 2006 15:04 MST")
	}
	switch {
	case s.Kind == string(news.KindFeed) && s.FullText:
		what += ", with their text"
	case !s.Titled:
		what += ", without titles: every page is read"
	default:
		what += ", without their text: pages are read"
	}
	all = append(all, what, "found because "+s.Found)
	allowed := "robots.txt allows it"
	if s.Delay > 0 {
		allowed += fmt.Sprintf(" and asks for %v between two requests", s.Delay)
	}
	all = append(all, allowed)
	if s.Hub != "" {
		all = append(all, "WebSub hub: "+s.Hub)
	}
	if s.Known != "" {
		all = append(all, "the config has this one already: "+s.Known)
	}
	return all
}
