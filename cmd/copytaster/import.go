package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/text"
)

func importVerb(t *tool) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "import --source NAME FILE...",
		Short: "Add the stories of a file to the archive, without alerting",
		Long: `Adds the stories of files to the archive, for backtests: a story a line,
{"url", "title", "text", "published", "language", "authors"}; files may be
packed with gzip, - is standard input. Nothing alerts, now or when a crawl finds
the same URL later; a story that is known already is passed over, so that an
import can be repeated. Texts are kept for the retention from today on, however
old the stories are.

Lines that were broken to keep them short are joined again: rules find names and
sentences that run over the end of a line.

The source need not be in the config: then its stories are in the archive, and
nothing is crawled.`,
		Args: cobra.MinimumNArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return importStories(ctx, t, source, args) }),
	}
	cmd.Flags().StringVar(&source, "source", "", "the `name` of the source that the stories count as from (needed)")
	_ = cmd.RegisterFlagCompletionFunc("source", t.completeSources)
	t.addFormat(cmd)
	return cmd
}

// importedJSON is the JSON form of an import.
type importedJSON struct {
	Source string `json:"source"`
	replay.Imported
	Seconds     float64 `json:"seconds"`
	Interrupted bool    `json:"interrupted,omitempty"`
	Error       string  `json:"error,omitempty"` // why the rest was not imported
}

// sourceForm is how sources are named, as in the config.
var sourceForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$`)

// longestSource is how many characters a source's name has at most. As a number in sourceForm it
// would take 1.4 MB of every daemon.
const longestSource = 64

func importStories(ctx context.Context, t *tool, source string, paths []string) error {
	switch {
	case source == "":
		return withHint(usage("--source is missing"), "name the source that the stories are from, such as --source reuters")
	case !sourceForm.MatchString(source) || utf8.RuneCountInString(source) > longestSource:
		return withHint(usage("%q is no name for a source", source), "letters, digits and . _ - only, such as reuters-1987")
	}
	cfg, err := t.inForce(ctx)
	if err == nil {
		err = t.require(cfg, config.UseStorage)
	}
	if err != nil {
		return err
	}
	for _, path := range paths {
		if _, err := os.Stat(path); path != "-" && err != nil { // before a store is made for it
			return err
		}
	}
	src, configured := sourceNamed(cfg, source)
	importer, err := replay.OpenImporter(ctx, t.logger(slog.LevelError), cfg.Storage)
	if err != nil {
		return err
	}
	if !configured {
		t.note("no source of the config is named %s: its stories are for backtests only", source)
	}
	bar := t.newProgress(inBytes)
	result := importedJSON{Source: source}
	start := time.Now()
	result.Imported, err = importer.Import(ctx, replay.Files{Paths: paths, Stdin: t.in}, replay.Target{
		Source: source, Language: src.Language, Now: start, Rest: rest, Progress: bar.at,
	})
	bar.end()
	result.Seconds, result.Interrupted = time.Since(start).Seconds(), ctx.Err() != nil
	if err = errors.Join(err, importer.Close()); result.Interrupted {
		err = nil
	}
	return printImported(t.output, result, err)
}

// rest pauses between two batches, about as long as a batch takes, so that a daemon
// can write to the store.
func rest(ctx context.Context) {
	timer := time.NewTimer(50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// printImported says what came of an import, whole or not.
func printImported(out *output, r importedJSON, err error) error {
	if err != nil {
		r.Error = text.OneLine(err.Error())
	}
	if !out.isJSON() {
		out.say("%s: %s new, %s known", r.Source, text.Thousands(r.New), text.Thousands(r.Known))
	} else if written := out.json(r); written != nil {
		return written
	}
	printSkipped(out, r.Coverage)
	switch {
	case err != nil:
		return withHint(fmt.Errorf("import: %w", err), "what was imported stays: the same import can be run again")
	case r.Interrupted:
		out.note("interrupted: what was imported stays, the same import can be run again")
		return errNo
	case r.Skipped > 0:
		return errNo
	case r.Stories == 0:
		out.note("there is no story to import")
	}
	return nil
}
