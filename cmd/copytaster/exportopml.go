package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/config/opml"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/probe"
)

func exportOPMLVerb(t *tool) *cobra.Command {
	return &cobra.Command{
		Use:   "export-opml",
		Short: "Write the feeds of the config as a feed reader's subscriptions",
		Long: `Write the feeds of the config as OPML, which every feed reader imports: each in
the folder of its first tag, all its tags as categories. Sitemaps, pages and
searches are no feeds: they are named on stderr. URLs are written as the config
has them, with any key that stands in them.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(context.Context, []string) error { return exportOPML(t) }),
	}
}

func exportOPML(t *tool) error {
	cfg, err := t.load(config.UseRules)
	if err != nil {
		return err
	}
	var feeds []opml.Feed
	for _, src := range cfg.Sources {
		switch {
		case src.Kind != news.KindFeed:
			t.note("left out %s: a %s is no feed", src.Name, src.Kind)
			continue
		case src.URL == "":
			t.note("left out %s: its URL is not known: %s", src.Name, probe.InShort(cfg.Require(config.UseSource(src.Name))))
			continue
		case len(src.Headers) > 0 || src.User != "" || src.CookiesFile != "":
			t.note("%s needs its headers, password or cookies, which are not exported", src.Name)
		}
		feeds = append(feeds, opml.Feed{Name: src.Name, URL: src.URL, Language: src.Language, Tags: src.Origin.Tags})
	}
	return opml.Write(t, "copytaster", feeds)
}
