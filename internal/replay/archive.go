package replay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// partStories is how many stories of the archive are one part, unless they are long.
const partStories = 100

// Archive is what a store keeps of the stories that were crawled or imported.
type Archive struct {
	store  *store.Store
	span   store.Span
	from   time.Time // stories before do not count, and are read all the same
	origin func(source string) news.Origin
}

// ErrNoArchive says that there is no store yet.
var ErrNoArchive = errors.New("there is no archive yet")

// OpenArchive opens the archive of a store that exists already, for reading,
// beside a daemon that may be running on it. Stories published before since do
// not count (where that is not known, it is when a crawl first saw them), nor
// those first seen before kept, whose texts may be pruned. origin returns what is
// known of a source. The caller must Close the Archive.
func OpenArchive(ctx context.Context, log *slog.Logger, storage string, since, kept time.Time,
	origin func(source string) news.Origin) (*Archive, error) {
	s, err := store.OpenReadOnly(ctx, log, storage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrNoArchive, err)
	}
	if err != nil {
		return nil, err
	}
	return &Archive{store: s, span: store.Span{Since: since, Kept: kept}, origin: origin}, nil
}

// ArchiveOf is the archive of a store that is open already: the stories that were first
// seen since a time. It is not to be closed.
func ArchiveOf(s *store.Store, since time.Time, origin func(source string) news.Origin) *Archive {
	return &Archive{store: s, span: store.Span{Kept: since}, origin: origin}
}

// Close closes the store.
func (a *Archive) Close() error { return a.store.Close() }

// Newest is when the newest story was published, whatever the span; zero when
// there is none.
func (a *Archive) Newest(ctx context.Context) (time.Time, error) { return a.store.Archive.Newest(ctx) }

// size is the number of stories.
func (a *Archive) size(ctx context.Context) (int64, error) { return a.store.Archive.Count(ctx, a.span) }

func (a *Archive) parts(ctx context.Context, send func(*part) bool) error {
	var read, size int64
	p := &part{}
	for story, err := range a.store.Archive.Stories(ctx, a.span) {
		if err != nil {
			return err
		}
		p.found = append(p.found, story)
		read, size = read+1, size+int64(len(story.Text))
		if len(p.found) < partStories && size < partSize {
			continue
		}
		p.read = read
		if !send(p) {
			return nil
		}
		p, size = &part{}, 0
	}
	if p.read = read; len(p.found) > 0 {
		send(p)
	}
	return nil
}

// stories adds what is known of their sources.
func (a *Archive) stories(p *part) (r content) {
	if p.late != nil {
		p.found, r.err = p.late()
	}
	for _, story := range p.found {
		story.Origin = a.origin(story.Origin.Source)
		if moment(story).Before(a.from) {
			r.earlier = append(r.earlier, story)
		} else {
			r.stories = append(r.stories, story)
		}
	}
	r.count = len(r.stories)
	return r
}
