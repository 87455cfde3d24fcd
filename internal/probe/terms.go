package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/text"
)

const (
	// countedStories is in how many of the newest stories terms are counted.
	countedStories = 2000
	// archivePatience is how long the archive is waited for: a config can be looked
	// at without it.
	archivePatience = 5 * time.Second
)

// Terms warns of the terms that find too much or too little in the archive. The
// error says why they were not counted.
func Terms(ctx context.Context, cfg *config.Config) (config.Mistakes, error) {
	if len(cfg.Definition.Rules)+len(cfg.Definition.Concepts) == 0 {
		return nil, nil
	}
	report, err := countTerms(ctx, cfg)
	if err == nil && report.Stories < replay.FewestStories {
		err = fmt.Errorf("the archive has %s, and it takes %d", text.Plural(report.Stories, "story"), replay.FewestStories)
	}
	if errors.Is(err, replay.ErrNoArchive) {
		err = replay.ErrNoArchive // where it will be is said under storage
	}
	if err != nil {
		return nil, err
	}
	var all config.Mistakes
	for _, c := range report.Terms {
		for _, m := range warningsOf(c, report.Stories) {
			m = cfg.Warning(c.Path, m.Hint, "%s", m.Message)
			if !strings.HasPrefix(m.File, "pack:") { // nobody here can mend a pack
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b config.Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(all), nil // a term behind an alias is read at every use
}

// warningsOf says what the count of a term in some stories shows, without where
// it is written.
func warningsOf(c replay.TermCount, stories int) (all config.Mistakes) {
	if c.Wide(stories) {
		all = append(all, config.Mistake{Severity: config.Warning, Hint: "look for a longer phrase, or set in: or near:",
			Message: fmt.Sprintf("%q stands in %d %% of the last %s stories", c.Term, 100*c.Stories/stories, text.Thousands(stories))})
	}
	if c.MissesForms() {
		all = append(all, config.Mistake{Severity: config.Warning, Hint: "~" + c.Term + " finds them too",
			Message: fmt.Sprintf("%q stands in %s of the last %s stories, other forms of it in %s more",
				c.Term, text.Thousands(c.Stories), text.Thousands(stories), text.Thousands(c.Others))})
	}
	return all
}

// countTerms counts the terms of a config in the stories that its store keeps.
func countTerms(ctx context.Context, cfg *config.Config) (replay.TermReport, error) {
	opening, cancel := context.WithTimeout(ctx, archivePatience)
	defer cancel()
	archive, err := replay.OpenArchive(opening, slog.New(slog.DiscardHandler), cfg.Storage,
		time.Time{}, time.Now().Add(-cfg.Retention), replay.Origins(cfg.Sources))
	if err != nil {
		return replay.TermReport{}, err
	}
	defer archive.Close() //nolint:errcheck // it was only read
	return replay.Terms(ctx, archive, cfg.Definition, countedStories)
}
