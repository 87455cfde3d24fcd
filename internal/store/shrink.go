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

// rowSize is about how many bytes a story or a revision takes on PostgreSQL beside its texts.
const rowSize = 400

// used is Size without the place of rows that were deleted. PostgreSQL hardly ever gives that back,
// but uses it again: whoever prunes until the tables are smaller prunes for ever. There the rows
// of stories and revisions are read, though not their texts, whose sizes stand in them.
func (s *Store) used(ctx context.Context) (bytes int64, err error) {
	if s.pool == nil {
		return s.Size(ctx)
	}
	err = s.read.QueryRowContext(ctx, `SELECT
		(SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
			WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace)
		- pg_table_size('story') - pg_table_size('revision')
		+ (SELECT coalesce(sum($1 + `+textSize+`), 0)::bigint FROM story s)
		+ (SELECT coalesce(sum($1 + pg_column_size(body) + pg_column_size(diff)), 0)::bigint FROM revision)`, int64(rowSize)).
		Scan(&bytes)
	return bytes, wrap("measure the store", err)
}

// textSize is the SQL expression of how many bytes the texts of a story s take on PostgreSQL.
const textSize = `pg_column_size(s.body) + pg_column_size(s.summary)`

// Shrunk is what Shrink did.
type Shrunk struct {
	Stories int   // whose texts were pruned
	Size    int64 // after that, in bytes, without the place of rows that were deleted
	Left    bool  // the store is too large, and has no texts left that may be pruned
}

// Shrink prunes the texts of the oldest stories that were first seen before a time, as Prune does
// those of old ones, while the store is larger than limit, in bytes, until it is below lowWater.
func (s *Store) Shrink(ctx context.Context, limit int64, before time.Time) (done Shrunk, err error) {
	if done.Size, err = s.Size(ctx); err != nil || done.Size <= limit {
		return done, err
	}
	if done.Size, err = s.used(ctx); err != nil || done.Size <= limit {
		return done, err
	}
	low := limit / 100 * lowWater
	for size, n := done.Size, 1; size > low && n > 0; done.Stories += n {
		var freed int64
		if n, freed, err = s.pruneStories(ctx, before, size-low); err != nil {
			return done, wrap("shrink", err)
		}
		if size -= freed; s.pool == nil {
			if size, err = s.Size(ctx); err != nil {
				return done, err
			}
		}
	}
	done.Size, err = s.used(ctx)
	done.Left = done.Size > limit
	return done, err
}
