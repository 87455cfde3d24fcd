package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/input"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

func extractVerb(t *tool) *cobra.Command {
	var url string
	var explain bool
	cmd := &cobra.Command{
		Use:   "extract FILE...|URL",
		Short: "Show what the crawler reads in a page, a feed or a sitemap",
		Long: `What the crawler reads: tells a story's page, a feed, a sitemap and an index page
apart by themselves, packed with gzip or not; "-" is standard input. In JSON
there is one object a line, one for each input, in their order. Unless it is a
terminal that reads the answer, JSON is the default. --explain adds how a story
was read: whose text was taken and why, what was left out of it, and where on
the page the title, the authors, the dates and the language stand.`,
		Args: cobra.MinimumNArgs(1),
	}
	cmd.Flags().StringVar(&url, "url", "", "where a file came from: links are resolved against it")
	cmd.Flags().BoolVar(&explain, "explain", false, "say how a story was read, and where each value came from")
	cmd.RunE = t.act(func(ctx context.Context, args []string) error { return extractAll(ctx, t, args, url, explain) })
	t.addFormat(cmd)
	if !t.outTerminal {
		_ = cmd.Flags().Lookup("format").Value.Set("json") // a known format
		cmd.Flags().Lookup("format").DefValue = "json"
	}
	return cmd
}

// content is bytes with where they came from.
type content struct {
	body    []byte
	url     string
	charset string
}

func extractAll(ctx context.Context, t *tool, inputs []string, url string, explain bool) error {
	failed := false
	for _, name := range inputs {
		doc, err := openInput(ctx, t.output, name, news.Source{}, t.crawlSettings)
		if err == nil && doc.url == "" {
			doc.url = url
		}
		var r read
		if err == nil {
			r.page, r.list, err = input.Read(doc.body, extract.Options{URL: doc.url, Charset: doc.charset, Now: time.Now()})
		}
		if r.page != nil && !explain {
			r.page.Explain = nil
		}
		failed = failed || err != nil
		if err := printRead(t.output, shownInput(name), r, err); err != nil {
			return err
		}
	}
	if failed {
		return errNo
	}
	return nil
}

// openInput reads a URL as the source's crawl does, a file, or standard input.
func openInput(
	ctx context.Context, out *output, name string, src news.Source, settings func() (config.Crawl, error),
) (content, error) {
	if isURL(name) {
		c, err := settings()
		if err != nil {
			return content{}, err
		}
		doc, err := probe.NewCrawler(out.logger(slog.LevelWarn), nil, c).Fetch(ctx, src, name)
		return content{body: doc.Body, url: news.ShownURL(doc.URL), charset: doc.Charset}, err
	}
	in := out.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return content{}, err
		}
		defer f.Close() //nolint:errcheck // read only
		in = f
	}
	body, err := input.Unpack(in)
	if err != nil {
		return content{}, fmt.Errorf("read %s: %w", name, err)
	}
	return content{body: body}, nil
}

// shownInput names an input, without the password or key that a URL may hold.
func shownInput(name string) string {
	if isURL(name) {
		return news.ShownURL(name)
	}
	return name
}

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// read is an input as it was read: one of the two is nil.
type read struct {
	page *input.Page
	list *input.Listing
}

// errorJSON is an input that could not be read.
type errorJSON struct {
	Kind  string `json:"kind"`
	Error string `json:"error"`
}

// printRead prints an input, or why it could not be read.
func printRead(out *output, name string, r read, err error) error {
	switch {
	case err != nil && out.isJSON():
		return out.jsonLine(errorJSON{Kind: "error", Error: text.OneLine(err.Error())})
	case err != nil:
		out.say("%s %s: %s", out.palette.mark(false), name, text.OneLine(err.Error()))
	case r.page != nil && out.isJSON():
		return out.jsonLine(r.page)
	case r.page != nil:
		printPage(out, name, r.page)
	case out.isJSON():
		return out.jsonLine(r.list)
	default:
		printListing(out, name, r.list)
	}
	return nil
}

func printPage(out *output, name string, p *input.Page) {
	out.say("%s %s: a story", out.palette.mark(true), name)
	printStory(out, p.Story)
	printDetails(out, p.Story)
	out.say("\n%s\n", p.Text)
	if p.Explain != nil {
		printReading(out, p.Explain)
	}
}

func printListing(out *output, name string, l *input.Listing) {
	out.say("%s %s: %s with %s", out.palette.mark(true), name, l.Kind, text.Plural(len(l.Stories), "story"))
	for _, s := range l.Stories {
		out.say("  %s  %s", out.shownDate(s.Published), cut(s.Title, 100))
		out.say("    %s", s.URL)
	}
	printSkippedStories(out, l.Skipped)
	for _, s := range l.Sitemaps {
		out.say("  %s", s)
	}
}
