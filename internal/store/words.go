package store

import (
	"context"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Words is the index of the words of stories. What its rows say is for package wordindex; here
// they have a number and belong to a segment: stories with successive IDs. Triggers note which
// stories change and go, whoever does it.
type Words struct{ db *Store }

const (
	wordSegment = 1024 // stories of a segment
	wordRows    = 512  // of a segment
	wordShift   = 32   // of the number of a row, in the ID of a row of word_index
)

// WordRow is one row of a segment.
type WordRow struct {
	Segment int64
	Row     int
	Data    []byte
}

// Segments returns the segments that are filled, each with the time when the last of its stories
// was first seen.
func (s Words) Segments(ctx context.Context) (map[int64]time.Time, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT segment, seen_to FROM word_segment`)
	filled := map[int64]time.Time{}
	_, err = collect(rows, err, "read index of words", func(scan func(...any) error) (struct{}, error) {
		var segment, seen int64
		err := scan(&segment, &seen)
		filled[segment] = at(seen)
		return struct{}{}, err
	})
	return filled, err
}

// Stale returns the stories that changed since they were indexed, or before they are.
func (s Words) Stale(ctx context.Context) ([]int64, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT story_id FROM word_stale`)
	return collect(rows, err, "read index of words", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}

// Rows returns one row of each segment from one to another that is filled and has it.
func (s Words) Rows(ctx context.Context, row int, from, to int64) ([]WordRow, error) {
	base := int64(row) << wordShift
	rows, err := s.db.read.QueryContext(ctx, `SELECT id, postings FROM word_index WHERE id BETWEEN $1 AND $2`, base+from, base+to)
	return collect(rows, err, "read index of words", func(scan func(...any) error) (w WordRow, err error) {
		var id int64
		err = scan(&id, &w.Data)
		w.Row, w.Segment = row, id-base
		return w, err
	})
}

// Bounds returns the IDs of the oldest and of the newest story, 0 when there is none.
func (s Words) Bounds(ctx context.Context) (oldest, newest int64, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT coalesce((SELECT min(id) FROM story), 0), coalesce((SELECT max(id) FROM story), 0)`).
		Scan(&oldest, &newest) // asked together SQLite would look at all stories
	return oldest, newest, wrap("read index of words", err)
}

// WordHorizon is the newest story at a time. On PostgreSQL it is Settled once no transaction
// of that time is open that may yet record an older ID.
type WordHorizon struct {
	Newest int64
	before int64 // the number of a transaction that began afterwards
}

// Horizon returns the horizon of now.
func (s Words) Horizon(ctx context.Context) (h WordHorizon, err error) {
	query := `SELECT coalesce(max(id), 0), 0 FROM story`
	if s.db.pool != nil {
		query = `SELECT coalesce(max(id), 0), pg_current_xact_id()::text::bigint FROM story`
	}
	err = s.db.read.QueryRowContext(ctx, query).Scan(&h.Newest, &h.before)
	return h, wrap("read index of words", err)
}

// Settled reports whether all stories up to a horizon that will ever be are recorded.
func (s Words) Settled(ctx context.Context, h WordHorizon) (settled bool, err error) {
	if s.db.pool == nil { // one transaction at a time writes
		return true, nil
	}
	err = s.db.read.QueryRowContext(ctx, `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1`, h.before).Scan(&settled)
	return settled, wrap("read index of words", err)
}

// Fill fills a segment with the rows that index makes of its stories, in the order of their IDs;
// of one that waits for its page these are the words of the list. It does nothing when another
// daemon has filled it meanwhile.
func (s Words) Fill(
	ctx context.Context, segment int64, index func([]*news.Story) iter.Seq2[int, []byte],
) error {
	from, to := segment*wordSegment, (segment+1)*wordSegment
	var build, seenTo int64
	err := s.db.read.QueryRowContext(ctx, `
		SELECT coalesce((SELECT build FROM word_segment WHERE segment = $1), 0),
			coalesce((SELECT max(first_seen_at) FROM story WHERE id >= $2 AND id < $3), 0)`, segment, from, to).Scan(&build, &seenTo)
	if err != nil {
		return wrap("fill index of words", err)
	}
	rows, err := s.db.read.QueryContext(ctx, `SELECT story_id, edits FROM word_stale WHERE story_id >= $1 AND story_id < $2`, from, to)
	stale, err := collect(rows, err, "fill index of words", func(scan func(...any) error) (e [2]any, err error) {
		var story, edits int64
		err = scan(&story, &edits)
		return [2]any{story, edits}, err
	})
	if err != nil {
		return err
	}
	rows, err = s.db.read.QueryContext(ctx, `SELECT `+storyColumns+` FROM story
		WHERE id >= $1 AND id < $2 ORDER BY id`, from, to)
	stories, err := collect(rows, err, "fill index of words", func(scan func(...any) error) (*news.Story, error) {
		n, err := scanStory(scan)
		return n.Story, err
	})
	if err != nil {
		return err
	}
	var made []any
	for row, data := range index(stories) {
		made = append(made, int64(row)<<wordShift+segment, append([]byte(nil), data...))
	}
	return wrap("fill index of words", s.db.InTx(ctx, func(tx *Tx) error {
		filled, err := change(ctx, tx, "fill segment", `
			INSERT INTO word_segment (segment, seen_to, build) VALUES ($1, $2, 1)
			ON CONFLICT (segment) DO UPDATE SET seen_to = excluded.seen_to, build = word_segment.build + 1
				WHERE word_segment.build = $3`, segment, seenTo, build)
		if err != nil || !filled {
			return err
		}
		if err := emptySegment(ctx, tx, segment); err != nil {
			return err
		}
		for _, e := range stale {
			if err := exec(ctx, tx, "index story", `DELETE FROM word_stale WHERE story_id = $1 AND edits = $2`, e[:]...); err != nil {
				return err
			}
		}
		return addWordRows(ctx, tx, made)
	}))
}

// addedWordRows is how many rows one statement adds.
const addedWordRows = 32

func addWordRows(ctx context.Context, tx *Tx, values []any) error {
	for len(values) > 0 {
		n := min(len(values)/2, addedWordRows)
		var rows []string
		for i := range n {
			rows = append(rows, "("+placeholders(2*i+1, 2)+")")
		}
		err := exec(ctx, tx, "add rows", `INSERT INTO word_index (id, postings) VALUES `+strings.Join(rows, ", "), values[:2*n]...)
		if err != nil {
			return err
		}
		values = values[2*n:]
	}
	return nil
}

// rowsOf returns the IDs of the rows of a segment.
func rowsOf(segment int64) []int64 {
	ids := make([]int64, wordRows)
	for row := range ids {
		ids[row] = int64(row)<<wordShift + segment
	}
	return ids
}

// emptySegment deletes the rows of a segment.
func emptySegment(ctx context.Context, tx *Tx, segment int64) error {
	in, args := inList(rowsOf(segment))
	return exec(ctx, tx, "empty segment", `DELETE FROM word_index WHERE id IN (`+in+`)`, args...)
}

// Prune deletes the segments whose stories are gone, with those before them. It returns how many they
// are. What is left of another is indexed again (StaleSegments).
func (s Words) Prune(ctx context.Context) (n int, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT segment FROM word_segment
		WHERE (segment + 1) * 1024 <= coalesce((SELECT min(id) FROM story), $1)`, int64(math.MaxInt64))
	gone, err := collect(rows, err, "prune index of words", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
	if err != nil {
		return 0, err
	}
	for _, segment := range gone {
		if err := s.drop(ctx, segment); err != nil {
			return n, err
		}
		n++
	}
	return n, exec(ctx, s.db.write, "prune index of words", `
		DELETE FROM word_stale WHERE story_id < coalesce((SELECT min(id) FROM story) / 1024 * 1024, $1)`, int64(math.MaxInt64))
}

// drop deletes a segment without stories. It goes before its rows: a daemon that fills it ends first,
// and its rows go, too.
func (s Words) drop(ctx context.Context, segment int64) error {
	return wrap("prune index of words", s.db.InTx(ctx, func(tx *Tx) error {
		if err := exec(ctx, tx, "drop segment", `DELETE FROM word_segment WHERE segment = $1`, segment); err != nil {
			return err
		}
		return emptySegment(ctx, tx, segment)
	}))
}

// StaleSegments returns the filled segments of which more than so many stories changed since, or
// one is gone or has lost its texts: words of it would stay for as long as another one does.
func (s Words) StaleSegments(ctx context.Context, most int) ([]int64, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT w.segment FROM word_stale t
		JOIN word_segment w ON w.segment = t.story_id / 1024
		LEFT JOIN story s ON s.id = t.story_id
		GROUP BY w.segment HAVING count(*) > $1
			OR max(CASE WHEN `+goneStory+` THEN 1 ELSE 0 END) = 1`, most)
	return collect(rows, err, "read index of words", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}
