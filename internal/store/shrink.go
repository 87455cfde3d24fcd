package store

import (
	"context"
	"time"
)

// lowWater is the part of a limit down to which texts are pruned when it is exceeded, in percent:
// so it is not exceeded again at once.
const lowWater = 90

// Size returns how many bytes the store takes. Of a SQLite file that are the pages in use: those
// that are free are used again. Of PostgreSQL it is what its tables and indexes take on the disk.
func (s *Store) Size(ctx context.Context) (bytes int64, err error) {
	query := `SELECT (p.page_count - f.freelist_count) * s.page_size
		FROM pragma_page_count() p, pragma_freelist_count() f, pragma_page_size() s`
	if s.pool != nil {
		query = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
			FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace`
	}
	err = s.read.QueryRowContext(ctx, query).Scan(&bytes)
	return bytes, wrap("measure the store", err)
}

// What rows take on PostgreSQL beside their texts or postings, with their indexes, in bytes: about.
const (
	rowSize      = 700 // of a story, with its cluster
	smallRowSize = 80  // of a revision, or of a row of the index of words
)

// used is Size without what is deleted already: of the index of words that is what its segments let
// go of when they are filled again. On PostgreSQL it is the place of rows, too, and the rows that say
// which stories are stale. It hardly ever gives that back, but uses it again: whoever prunes until the
// tables are smaller prunes for ever. There the rows of stories and revisions are read, though not their
// texts, whose sizes stand in them.
func (s *Store) used(ctx context.Context) (bytes int64, err error) {
	if bytes, err = s.Size(ctx); err == nil && s.pool != nil {
		err = s.read.QueryRowContext(ctx, `SELECT
			(SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
				WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
					AND c.relname NOT IN ('story', 'cluster', 'revision', 'word_index', 'word_stale'))
			+ (SELECT coalesce(sum($1 + `+textSize+`), 0)::bigint FROM story s)
			+ (SELECT coalesce(sum($2 + pg_column_size(body) + pg_column_size(diff)), 0)::bigint FROM revision)
			+ (SELECT coalesce(sum($2 + pg_column_size(postings)), 0)::bigint FROM word_index)`, int64(rowSize), int64(smallRowSize)).Scan(&bytes)
	}
	if err != nil {
		return 0, wrap("measure the store", err)
	}
	idle, err := s.Words.idle(ctx)
	return bytes - idle, err
}

// textSize is the SQL expression of how many bytes the texts of a story s take on PostgreSQL.
const textSize = `pg_column_size(s.body) + pg_column_size(s.summary)`

// Shrunk is what Shrink did.
type Shrunk struct {
	Stories int   // whose texts were pruned
	Size    int64 // after that, in bytes, without what is deleted already; above the limit: no old texts are left
}

// Shrink prunes the texts of the oldest stories that were first seen before a time, as Prune does
// those of old ones, while the store is larger than limit, in bytes, until it is below lowWater.
func (s *Store) Shrink(ctx context.Context, limit int64, before time.Time) (done Shrunk, err error) {
	if done.Size, err = s.Size(ctx); err != nil || done.Size <= limit {
		return done, err
	}
	low := limit / 100 * lowWater
	for bound := limit; ; bound = low { // what was pruned is reckoned, so it is measured again
		if done.Size, err = s.used(ctx); err != nil || done.Size <= bound {
			return done, err
		}
		n, err := pruneBytes(ctx, s, done.Size-low, before)
		if done.Stories += n; err != nil || n == 0 {
			return done, wrap("shrink", err)
		}
	}
}

// pruneBytes prunes the oldest stories until about so many bytes are free. It returns how many.
func pruneBytes(ctx context.Context, s *Store, most int64, before time.Time) (stories int, err error) {
	was, err := s.Size(ctx)
	if err != nil {
		return 0, err
	}
	shares := map[int64]int64{} // of the index of words, by segment
	for left := most; left > 0; {
		pruned, freed, err := s.pruneStories(ctx, before, left)
		if stories += len(pruned); err != nil || len(pruned) == 0 {
			return stories, err
		}
		now, err := s.Size(ctx)
		if err != nil {
			return stories, err
		}
		if s.pool == nil { // it says itself how much is free
			was, freed = now, was-now
		}
		held, err := s.Words.held(ctx, pruned, shares)
		if err != nil {
			return stories, err
		}
		left -= freed + held
	}
	return stories, nil
}

// held returns about how many bytes of the index are of stories that were pruned. It notes the share of
// a story of each segment.
func (s Words) held(ctx context.Context, stories []int64, shares map[int64]int64) (bytes int64, err error) {
	for _, story := range stories {
		segment := story / wordSegment
		if _, known := shares[segment]; !known {
			if shares[segment], err = s.share(ctx, segment); err != nil {
				return 0, err
			}
		}
		bytes += shares[segment]
	}
	return bytes, nil
}

// goneStory is the condition that a stale story t is gone, or has lost its texts (s).
const goneStory = `coalesce(octet_length(s.body), 0) + coalesce(octet_length(s.summary), 0) = 0`

// idle returns about how many bytes the index of words will let go of: those of stories that are gone,
// or have lost their texts, and whose segments were not filled again since.
func (s Words) idle(ctx context.Context) (bytes int64, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT w.segment, count(*) FROM word_stale t
		JOIN word_segment w ON w.segment = t.story_id / 1024
		LEFT JOIN story s ON s.id = t.story_id
		WHERE `+goneStory+` GROUP BY w.segment`)
	gone, err := collect(rows, err, "measure index of words", func(scan func(...any) error) (n [2]int64, err error) {
		return n, scan(&n[0], &n[1])
	})
	for _, n := range gone {
		share, err := s.share(ctx, n[0])
		if err != nil {
			return 0, err
		}
		bytes += share * n[1]
	}
	return bytes, err
}

// share returns about how many bytes a segment takes for each story that it was filled with.
func (s Words) share(ctx context.Context, segment int64) (bytes int64, err error) {
	size := `octet_length(postings)`
	if s.db.pool != nil {
		size = `pg_column_size(postings)`
	}
	in, args := inList(rowsOf(segment), any(segment*wordSegment), any((segment+1)*wordSegment), any(int64(smallRowSize)))
	var stories int64
	err = s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT coalesce(sum($3 + `+size+`), 0) FROM word_index WHERE id IN (`+in+`)),
		(SELECT count(*) FROM story WHERE id >= $1 AND id < $2) + (SELECT count(*) FROM word_stale t
			WHERE t.story_id >= $1 AND t.story_id < $2 AND NOT EXISTS (SELECT 1 FROM story s WHERE s.id = t.story_id))`, args...).
		Scan(&bytes, &stories)
	return bytes / max(stories, 1), wrap("measure index of words", err)
}
