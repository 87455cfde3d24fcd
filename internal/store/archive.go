package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Archive reads many recorded stories at a time, and adds stories from elsewhere.
type Archive struct{ db *Store }

// Span selects stories of the archive.
type Span struct {
	Since  time.Time // stories that were published then or later, by storyTime; zero is all
	Kept   time.Time // stories that were first seen then or later: older ones may be pruned; zero is all
	Newest int       // only so many of the complete stories, those that were recorded last; 0 is all
}

// storyTime is an SQL expression of when a story was published, or first seen if it
// has no date. A story of a first crawl or of an import may be older than that: if
// it has no date it counts as old.
const storyTime = `CASE WHEN published_at > 0 THEN published_at WHEN first_run = 1 THEN 0 ELSE first_seen_at END`

// inSpan selects the complete stories of a span with an ID above $1.
const inSpan = ` FROM story WHERE id > $1 AND waiting = 0 AND first_seen_at >= $2 AND ` + storyTime + ` >= $3`

// archivePage is how many stories a statement of Stories reads. It is short, so that
// a slow reader does not keep SQLite from moving its log into the file.
const archivePage = 200

// Stories returns the complete stories of a span in the order in which they were
// recorded. It reads a few at a time: stories that are recorded or pruned meanwhile
// may or may not be among them. Their Origin has only the name of the source. Their
// FirstSeen is zero if they may be older.
func (s Archive) Stories(ctx context.Context, span Span) iter.Seq2[*news.Story, error] {
	return func(yield func(*news.Story, error) bool) {
		after, err := s.before(ctx, span)
		for more := err == nil; more; {
			var n int
			if n, after, err = s.page(ctx, span, after, yield); err != nil || n < archivePage {
				more = false
			}
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, fmt.Errorf("read archive: %w", explain(err)))
		}
	}
}

// errEnough ends a page when no more stories are wanted.
var errEnough = errors.New("enough")

// before returns an ID below those of all stories of a span, so that a span of a few
// days does not read years of stories.
func (s Archive) before(ctx context.Context, span Span) (id int64, err error) {
	from := span.Kept // nobody publishes a story after it was seen
	if span.Since.After(from) {
		from = span.Since
	}
	err = s.db.read.QueryRowContext(ctx, `
		SELECT coalesce(min(id), 0) - 1 FROM story WHERE first_seen_at >= $1`, ms(from)).Scan(&id)
	if err != nil || span.Newest == 0 {
		return id, err
	}
	var newest int64
	err = s.db.read.QueryRowContext(ctx, `
		SELECT coalesce((SELECT id FROM story WHERE waiting = 0 ORDER BY id DESC LIMIT 1 OFFSET $1), 0) - 1`,
		span.Newest-1).Scan(&newest)
	return max(id, newest), err
}

// page yields the next stories of a span. It returns how many they are, and the ID
// of the last one.
func (s Archive) page(
	ctx context.Context, span Span, after int64, yield func(*news.Story, error) bool,
) (n int, last int64, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+storyColumns+inSpan+` ORDER BY id LIMIT $4`,
		after, ms(span.Kept), ms(span.Since), archivePage)
	if err != nil {
		return 0, after, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		story, err := scanArchived(rows.Scan)
		if err != nil {
			return n, after, err
		}
		if !yield(story, nil) {
			return n, after, errEnough
		}
		n, after = n+1, story.ID
	}
	return n, after, rows.Err()
}

// scanArchived reads a story. Its FirstSeen is zero if it may be older.
func scanArchived(scan func(...any) error) (*news.Story, error) {
	story, err := scanStory(scan)
	if story.FirstRun && story.Published.IsZero() {
		story.FirstSeen = time.Time{}
	}
	return story.Story, err
}

// Some returns those of some stories, at most 512 IDs, that Stories returns: the newest first.
func (s Archive) Some(ctx context.Context, span Span, ids []int64) ([]*news.Story, error) {
	in, args := inList(ids, ms(span.Kept), ms(span.Since))
	//nolint:gosec // placeholders
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+storyColumns+` FROM story
		WHERE waiting = 0 AND first_seen_at >= $1 AND `+storyTime+` >= $2 AND id IN (`+in+`) ORDER BY id DESC`, args...)
	return collect(rows, err, "read archive", scanArchived)
}

// Sizes returns the bytes of the texts of some stories, at most 512 IDs, of those that are there.
func (s Archive) Sizes(ctx context.Context, ids []int64) (map[int64]int, error) {
	in, args := inList(ids)
	//nolint:gosec // placeholders
	rows, err := s.db.read.QueryContext(ctx, `SELECT id, octet_length(body) + octet_length(summary) FROM story WHERE id IN (`+in+`)`, args...)
	sizes := map[int64]int{}
	_, err = collect(rows, err, "read archive", func(scan func(...any) error) (id int64, err error) {
		size := 0
		err = scan(&id, &size)
		sizes[id] = size
		return id, err
	})
	return sizes, err
}

// Count returns the number of stories that Stories returns.
func (s Archive) Count(ctx context.Context, span Span) (n int64, err error) {
	after, err := s.before(ctx, span)
	if err != nil {
		return 0, wrap("count archive", err)
	}
	return s.CountAfter(ctx, span, after)
}

// CountAfter returns how many of the stories that Stories returns have an ID above one. Without
// Since no story is read: what stands in indexes is enough, of which the IDs are left alone if all are above.
func (s Archive) CountAfter(ctx context.Context, span Span, id int64) (n int64, err error) {
	query, args := `SELECT count(*)`+inSpan, []any{id, ms(span.Kept), ms(span.Since)}
	if span.Since.IsZero() {
		above := `SELECT count(*) FROM story WHERE first_seen_at >= $1`
		if args = []any{ms(span.Kept)}; id > 0 {
			above, args = above+` AND id > $2`, append(args, id)
		}
		query = `SELECT (` + above + `) - (` + above + ` AND waiting = 1)`
	}
	return n, wrap("count archive", s.db.read.QueryRowContext(ctx, query, args...).Scan(&n))
}

// Newest returns the time of the newest story, by storyTime; zero when there is no
// story.
func (s Archive) Newest(ctx context.Context) (time.Time, error) {
	var newest int64
	err := s.db.read.QueryRowContext(ctx, `
		SELECT coalesce(max(`+storyTime+`), 0) FROM story WHERE waiting = 0`).Scan(&newest)
	if err != nil {
		return time.Time{}, wrap("read archive", err)
	}
	return at(newest), nil
}

// Add records stories that no crawl has found, in one transaction. They are not
// matched and raise no alert, neither now nor when their source lists them. A story
// that its source has listed, or of a link or ID that is recorded, is left out. It
// returns how many were recorded.
func (s Archive) Add(ctx context.Context, stories []*news.Story) (added int, err error) {
	err = s.db.InTx(ctx, func(tx *Tx) error {
		if err := tx.Stories.LockClusters(ctx); err != nil { // two imports of one file see each other
			return err
		}
		fresh, err := tx.Fingerprints.unknown(ctx, stories)
		if err != nil {
			return err
		}
		added = len(fresh)
		bySource := map[string]int{}
		for _, n := range fresh {
			if err := tx.Stories.Add(ctx, n); err != nil {
				return err
			}
			bySource[n.Origin.Source]++
		}
		for source, n := range bySource {
			err := exec(ctx, tx, "count stories", `
				UPDATE source SET stories = stories + $1 WHERE name = $2`, n, source)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, wrap("add to archive", err)
	}
	return added, nil
}

// unknown returns the stories that were never recorded, each once.
func (s FingerprintsTx) unknown(ctx context.Context, stories []*news.Story) ([]NewStory, error) {
	named := func(e news.Fingerprint) news.Hash { return cmp.Or(e.Link, e.GUID, e.Title) }
	listed := make([]news.Fingerprint, len(stories))
	hashes, keys := make([]news.Hash, len(stories)), make([]string, len(stories))
	for i, story := range stories {
		listed[i] = news.FingerprintOf(story.Origin.Source, story)
		hashes[i], keys[i] = named(listed[i]), news.FirstKey(story)
	}
	found, err := fingerprints(ctx, s.tx, hashes, fingerprintsByLink)
	if err != nil {
		return nil, err
	}
	first, err := firstKeys(ctx, s.tx, "", keys)
	if err != nil {
		return nil, err
	}
	known := map[news.Hash]bool{}
	for _, e := range found {
		known[named(e)] = true
	}
	var fresh []NewStory
	for i, story := range stories {
		if _, ok := first[keys[i]]; ok || known[hashes[i]] {
			continue
		}
		known[hashes[i]] = true
		// It may be older than FirstSeen, like a story of a first crawl.
		fresh = append(fresh, NewStory{
			Story: story, FirstRun: true, KeyedAs: story.Origin.Source, Fingerprint: listed[i],
		})
	}
	return fresh, nil
}
