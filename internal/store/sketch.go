package store

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Sketches reads the sketches of stories.
type Sketches struct{ read querier }

// SketchesTx reads sketches in a transaction, and records and changes them.
type SketchesTx struct {
	Sketches
	tx *Tx
}

// Sketch is what is kept of a story that matched, to find those that carry its text.
type Sketch struct {
	Story    int64
	Source   string // of the story
	Cluster  int64  // of the story
	News     int64  // of the cluster
	Sketch   []byte
	Rarity   []byte // nil: nothing was learnt of what stood before the story
	Joined   string // JSON: why it joined its cluster by its text; "" when it did not
	Indirect bool   // it joined by another member than the first
	Told     string // JSON: what its title and lead tell
	Seen     time.Time
	Changed  int64 // number of its last change; it grows with every change of any sketch
}

// mostSketches is how many sketches Since returns at once.
const mostSketches = 1000

// Since returns the sketches that changed after a number, of stories first seen at or
// after from, in the order in which they changed. There are at most 1,000; none is
// the end.
func (s Sketches) Since(ctx context.Context, changed int64, from time.Time) ([]Sketch, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT k.story_id, s.source, s.cluster_id, CASE WHEN c.news_id <> 0 THEN c.news_id ELSE c.id END,
			k.sketch, k.rarity, k.joined, k.indirect, k.told, k.seen_at, k.changed
		FROM sketch k JOIN story s ON s.id = k.story_id JOIN cluster c ON c.id = s.cluster_id
		WHERE k.changed > $1 AND k.seen_at >= $2 ORDER BY k.changed LIMIT $3`, changed, ms(from), mostSketches)
	return collect(rows, err, "read sketches", func(scan func(...any) error) (k Sketch, err error) {
		var seen int64
		err = scan(
			&k.Story, &k.Source, &k.Cluster, &k.News, &k.Sketch, &k.Rarity, &k.Joined, &k.Indirect, &k.Told, &seen, &k.Changed)
		k.Seen = at(seen)
		return k, err
	})
}

// mostUnsketched is how many stories Unsketched returns at once: others wait for the lock on
// clusters while they are sketched.
const mostUnsketched = 100

// Unsketched returns stories that matched, that are in a cluster with an alert, that were
// first seen at or after from, and that have no sketch: they were recorded before sketches
// were kept. There are at most 100, the newest first.
func (s SketchesTx) Unsketched(ctx context.Context, from time.Time) ([]*news.Story, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT `+storyColumns+` FROM story
		WHERE id IN (SELECT s.id FROM story s WHERE s.cluster_id IN (SELECT cluster_id FROM alert) AND s.first_seen_at >= $1
			AND EXISTS (SELECT 1 FROM match m WHERE m.story_id = s.id)
			AND NOT EXISTS (SELECT 1 FROM sketch k WHERE k.story_id = s.id))
		ORDER BY id DESC LIMIT $2`, ms(from), mostUnsketched)
	return collect(rows, err, "read stories without a sketch", func(scan func(...any) error) (*news.Story, error) {
		n, err := scanStory(scan)
		return n.Story, err
	})
}

// Save records the sketch of a story, in place of the one that it may have. It sets
// Changed.
func (s SketchesTx) Save(ctx context.Context, k *Sketch) error {
	err := s.tx.QueryRowContext(ctx, `UPDATE sketch_change SET changed = changed + 1 RETURNING changed`).Scan(&k.Changed)
	if err != nil {
		return wrap("number change of sketch", err)
	}
	return exec(ctx, s.tx, "save sketch", `
		INSERT INTO sketch (story_id, sketch, rarity, joined, indirect, told, seen_at, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (story_id) DO UPDATE SET sketch = excluded.sketch, rarity = excluded.rarity, joined = excluded.joined,
			indirect = excluded.indirect, told = excluded.told, changed = excluded.changed`,
		k.Story, k.Sketch, k.Rarity, k.Joined, integer(k.Indirect), k.Told, ms(k.Seen), k.Changed)
}

// Replace records the sketch of a story whose words have changed.
func (s SketchesTx) Replace(ctx context.Context, story int64, sketch []byte, told string) error {
	err := exec(ctx, s.tx, "replace sketch", `
		UPDATE sketch SET sketch = $1, told = $2, rarity = NULL WHERE story_id = $3`, sketch, told, story)
	if err != nil {
		return err
	}
	return s.moved(ctx, story)
}

// SaveRarity records what was learnt of what stood before a story.
func (s SketchesTx) SaveRarity(ctx context.Context, story int64, rarity []byte) error {
	err := exec(ctx, s.tx, "save rarity", `UPDATE sketch SET rarity = $1 WHERE story_id = $2`, rarity, story)
	if err != nil {
		return err
	}
	return s.moved(ctx, story)
}

// moved notes that the cluster of a story has changed.
func (s SketchesTx) moved(ctx context.Context, story int64) error {
	found, err := change(ctx, s.tx, "number change of sketch", `
		UPDATE sketch_change SET changed = changed + 1
		WHERE EXISTS (SELECT 1 FROM sketch WHERE story_id = $1)`, story)
	if err != nil || !found {
		return err
	}
	return exec(ctx, s.tx, "move sketch", `
		UPDATE sketch SET changed = (SELECT changed FROM sketch_change) WHERE story_id = $1`, story)
}

// mostHistory is how many stories Before returns.
const mostHistory = 20_000

// Before returns what outlets told from one time to another: their stories, of which
// only what a text is compared by is read, the newest first. A story without an
// outlet's name is its source's.
func (s Stories) Before(ctx context.Context, outlets []string, from, to time.Time) ([]news.Story, error) {
	if len(outlets) == 0 {
		return nil, nil
	}
	list, args := inList(outlets, ms(from), ms(to), mostHistory)
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, source, outlet, language, title, summary, body, first_seen_at FROM story
		WHERE outlet IN (`+list+`) AND first_seen_at >= $1 AND first_seen_at <= $2
		UNION ALL SELECT id, source, outlet, language, title, summary, body, first_seen_at FROM story
		WHERE source IN (`+list+`) AND outlet = '' AND first_seen_at >= $1 AND first_seen_at <= $2
		ORDER BY first_seen_at DESC LIMIT $3`, args...)
	return collect(rows, err, "read what outlets told", func(scan func(...any) error) (st news.Story, err error) {
		var seen int64
		err = scan(&st.ID, &st.Origin.Source, &st.Outlet, &st.Language, &st.Title, &st.Summary, &st.Text, &seen)
		st.FirstSeen = at(seen)
		return st, err
	})
}
