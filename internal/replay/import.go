package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// importBatch is how many stories one transaction records: so few that a
// daemon on the same store does not wait for it.
const importBatch = 200

// Importer adds stories to the archive of a store.
type Importer struct {
	store  *store.Store
	beside bool
}

// OpenImporter opens a store, or makes it, in order to add to its archive. A
// daemon may be running on it. The caller must Close the Importer.
func OpenImporter(ctx context.Context, log *slog.Logger, storage string) (*Importer, error) {
	s, beside, err := store.OpenBeside(ctx, log, storage)
	if err != nil {
		return nil, err
	}
	return &Importer{s, beside}, nil
}

// Close closes the store.
func (i *Importer) Close() error { return i.store.Close() }

// Target is how stories are imported.
type Target struct {
	Source   string    // that they count as from
	Language string    // of stories that name none; "" leaves it open
	Now      time.Time // when they count as first seen: texts are kept for the retention from then on
	// Rest lets others write to the store, between transactions; it is called
	// only when there may be others. It returns early when ctx ends.
	Rest     func(ctx context.Context)
	Progress Progress // may be nil
}

// Imported is what came of an import.
type Imported struct {
	Coverage
	New   int `json:"new"`
	Known int `json:"known"` // whose key was seen before, in the store or in the files
}

// Import adds the stories of files to the archive. They get the identity that a
// crawl would assign, so that a crawl of the same URL neither records nor
// alerts a second time, and nothing alerts now. What was recorded before an
// error stays, and the answer counts it: the same import can be run again.
func (i *Importer) Import(ctx context.Context, files Files, t Target) (Imported, error) {
	var done Imported
	total, err := files.size(ctx)
	if err != nil {
		return done, err
	}
	read := func(p *part) content {
		r := files.stories(p)
		for _, story := range r.stories {
			t.adopt(story)
		}
		return r
	}
	err = stream(ctx, files, read, func(p *part, r content) error {
		if err := i.record(ctx, r.stories, t, &done); err != nil {
			return err
		}
		done.add(p, &r)
		if t.Progress != nil {
			t.Progress(p.read, total)
		}
		return nil
	})
	return done, err
}

// adopt makes a story one of the source that it is imported for.
func (t *Target) adopt(story *news.Story) {
	story.Origin = news.Origin{Source: t.Source}
	story.FirstSeen = t.Now
	if story.Published.After(t.Now) {
		story.Published = t.Now // as a crawl has it
	}
	if story.Language == "" {
		story.Language = t.Language
	}
	if news.CanonicalURL(story.URL) == "" && story.GUID == "" { // else all of one title were one story: MARKET REPORT
		sum := sha256.Sum256([]byte(story.Title + "\x00" + story.Published.String() + "\x00" + story.Text))
		story.GUID = hex.EncodeToString(sum[:16])
	}
	story.Key = news.StoryKey(story, news.FingerprintOf(t.Source, story))
}

// record adds the stories of a part.
func (i *Importer) record(ctx context.Context, stories []*news.Story, t Target, done *Imported) error {
	for batch := range slices.Chunk(stories, importBatch) {
		added, err := i.store.Archive.Add(ctx, batch)
		if err != nil {
			return err
		}
		done.New += added
		done.Known += len(batch) - added
		if i.beside && added > 0 {
			t.Rest(ctx)
		}
	}
	return nil
}
