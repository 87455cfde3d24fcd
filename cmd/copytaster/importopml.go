package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/config/opml"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

func importOPMLVerb(t *tool) *cobra.Command {
	return &cobra.Command{
		Use:   "import-opml FILE",
		Short: "Turn the subscriptions of a feed reader into sources",
		Long: `Turn an OPML file, which every feed reader exports, into sources and print the
YAML to paste or to include: copytaster import-opml feeds.opml > feeds.yaml
Folders and categories become tags. Feeds that come twice, or that the config
has already, and those that are no URL are left out and named on stderr. "-" is
standard input.`,
		Args: cobra.ExactArgs(1),
		RunE: t.act(func(_ context.Context, args []string) error { return importOPML(t, args[0]) }),
	}
}

func importOPML(t *tool, file string) error {
	feeds, err := readOPML(t.output, file)
	if err != nil {
		return err
	}
	_, have, err := t.crawlAtHand()
	if err != nil {
		return err
	}
	drafts, left := draftsOf(t.output, file, feeds, have)
	if len(drafts) == 0 && left == 0 {
		return fmt.Errorf("import %s: there are no feeds in it", file)
	}
	_, err = t.Write(config.WriteSources(drafts))
	rest := ""
	if left > 0 {
		rest = fmt.Sprintf(", %d left out", left)
	}
	t.note("%s: %s%s", file, text.Plural(len(drafts), "source"), rest)
	if err == nil && len(drafts) == 0 {
		err = errNo
	}
	return err
}

func readOPML(out *output, file string) ([]opml.Feed, error) {
	in := out.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // read only
		in = f
	}
	feeds, err := opml.Read(in)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", file, err)
	}
	return feeds, nil
}

// draftsOf makes sources of feeds. What cannot be one is named on err and
// counted.
func draftsOf(out *output, file string, feeds []opml.Feed, have []news.Source) (drafts []config.Draft, left int) {
	names, seen := config.Names{}, map[string]string{}
	for _, src := range have {
		names.Take(src.Name)
		seen[news.CanonicalURL(src.URL)] = "the config has it already: " + src.Name
	}
	for _, f := range feeds {
		d := config.Draft{Source: news.Source{
			Name: "feed", Kind: news.KindFeed, URL: f.URL, FullText: news.FullTextAuto, Origin: news.Origin{Tags: f.Tags},
		}}
		if strings.TrimSpace(f.Site) != "" {
			d.Remarks = []string{f.Site}
		}
		reason := seen[news.CanonicalURL(f.URL)]
		if err := d.Check(); err != nil {
			reason = err.Error()
		}
		if reason != "" {
			out.note("%s:%d: left out %q: %s", file, f.Line, cut(f.Name, 60), reason)
			left++
			continue
		}
		d.Source.Name = names.Pick(cmp.Or(f.Name, news.ShownHost(f.URL)))
		if err := addLanguage(&d, f.Language); err != nil {
			out.note("%s:%d: %s: %v", file, f.Line, d.Source.Name, err)
		}
		seen[news.CanonicalURL(f.URL)] = "it comes twice: " + d.Source.Name
		drafts = append(drafts, d)
	}
	return drafts, left
}

// addLanguage takes over what the list says of the language, as far as a config
// knows it: readers write "en-us" and "English" too.
func addLanguage(d *config.Draft, language string) error {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if primary == "" || primary == "unknown" {
		return nil
	}
	with := *d
	with.Source.Language = primary
	if err := with.Check(); err != nil {
		return errors.New("its language is left out: " + err.Error())
	}
	*d = with
	return nil
}
