package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/config/opml"
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
	drafts, remarks := opml.Drafts(feeds, have)
	left := 0
	for _, r := range remarks {
		if r.LeftOut {
			left++
			t.note("%s:%d: left out %q: %s", file, r.Feed.Line, cut(r.Feed.Name, 60), r.Text)
		} else {
			t.note("%s:%d: %s", file, r.Feed.Line, r.Text)
		}
	}
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
