package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler/extract"
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
	for _, input := range inputs {
		doc, err := openInput(ctx, t.output, input, news.Source{}, t.crawlSettings)
		if err == nil && doc.url == "" {
			doc.url = url
		}
		var result any
		if err == nil {
			result, err = read(doc, extract.Options{URL: doc.url, Charset: doc.charset, Now: time.Now()}, explain)
		}
		if err != nil {
			failed = true
			result = errorJSON{Kind: "error", Error: text.OneLine(err.Error())}
		}
		if err := printRead(t.output, shownInput(input), result); err != nil {
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
	ctx context.Context, out *output, input string, src news.Source, settings func() (config.Crawl, error),
) (content, error) {
	if isURL(input) {
		c, err := settings()
		if err != nil {
			return content{}, err
		}
		doc, err := probe.NewCrawler(out.logger(slog.LevelWarn), nil, c).Fetch(ctx, src, input)
		return content{body: doc.Body, url: news.ShownURL(doc.URL), charset: doc.Charset}, err
	}
	in := out.in
	if input != "-" {
		f, err := os.Open(input)
		if err != nil {
			return content{}, err
		}
		defer f.Close() //nolint:errcheck // read only
		in = f
	}
	body, err := readAll(in)
	if err != nil {
		return content{}, fmt.Errorf("read %s: %w", input, err)
	}
	return content{body: body}, nil
}

// shownInput names an input, without the password or key that a URL may hold.
func shownInput(input string) string {
	if isURL(input) {
		return news.ShownURL(input)
	}
	return input
}

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// maxInput is the limit of an input in bytes, both packed and unpacked. The
// readers refuse more.
const maxInput = 64 << 20

// readAll reads an input, and unpacks gzip. Of a truncated file it returns what can
// be unpacked.
func readAll(r io.Reader) ([]byte, error) {
	body, err := bounded(r)
	if err != nil || !bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		return body, err
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	unpacked, err := bounded(z)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		err = nil
	}
	return unpacked, err
}

func bounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(body) > maxInput {
		err = fmt.Errorf("more than %d MB", maxInput>>20)
	}
	return body, err
}

// read reads content as what it turns out to be. With explain, a story comes
// with how it was read.
func read(doc content, o extract.Options, explain bool) (any, error) {
	if len(bytes.TrimSpace(doc.body)) == 0 {
		return nil, errors.New("there is nothing in it")
	}
	list, isList, err := extract.ReadList(doc.body, o)
	switch {
	case !isList:
		return readPage(doc, o, explain)
	case err != nil:
		return nil, err
	}
	return listOf(list), nil
}

func readPage(doc content, o extract.Options, explain bool) (any, error) {
	story, reading, err := extract.Explain(doc.body, o)
	if err != nil {
		return nil, err
	}
	page := pageJSON{Kind: string(extract.KindArticle), storyJSON: storyOf(&story)}
	if explain {
		page.Explain = readingOf(reading)
	}
	return page, nil
}

func printRead(out *output, input string, result any) error {
	if out.isJSON() {
		return out.jsonLine(result)
	}
	switch r := result.(type) {
	case errorJSON:
		out.say("%s %s: %s", out.palette.mark(false), input, r.Error)
	case pageJSON:
		out.say("%s %s: a story", out.palette.mark(true), input)
		printStory(out, r.storyJSON)
		printDetails(out, r.storyJSON)
		out.say("\n%s\n", r.Text)
		if r.Explain != nil {
			printReading(out, r.Explain)
		}
	case listJSON:
		out.say("%s %s: %s with %s", out.palette.mark(true), input, r.Kind, text.Plural(len(r.Stories), "story"))
		for _, s := range r.Stories {
			out.say("  %s  %s", shownDate(s.Published), cut(s.Title, 100))
			out.say("    %s", s.URL)
		}
		printSkippedStories(out, r.Skipped)
		for _, s := range r.Sitemaps {
			out.say("  %s", s)
		}
	}
	return nil
}
