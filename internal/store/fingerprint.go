package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Fingerprints looks up what the sources have listed before.
type Fingerprints struct{ db *Store }

// FingerprintsTx records what the sources list.
type FingerprintsTx struct{ tx *Tx }

const fingerprintColumns = `id, link, guid, title, text, published_at, seen_at, story_id`

func scanFingerprint(scan func(...any) error) (f news.Fingerprint, err error) {
	var published, seen int64
	err = scan(&f.ID, &f.Link, &f.GUID, &f.Title, &f.Text, &published, &seen, &f.Story)
	f.Published, f.Seen = at(published), at(seen)
	return f, err
}

const fingerprintsByLink = `
	SELECT ` + fingerprintColumns + ` FROM fingerprint WHERE link <> 0 AND link IN (%[1]s)
	UNION SELECT ` + fingerprintColumns + ` FROM fingerprint WHERE guid <> 0 AND guid IN (%[1]s)`

// ByLink returns the fingerprints whose link or ID is one of the hashes.
func (s Fingerprints) ByLink(ctx context.Context, hashes []news.Hash) ([]news.Fingerprint, error) {
	return fingerprints(ctx, s.db.read, hashes, fingerprintsByLink)
}

// ByTitle returns the fingerprints with one of the titles that were recorded as
// listed at or after since.
func (s Fingerprints) ByTitle(ctx context.Context, titles []news.Hash, since time.Time) ([]news.Fingerprint, error) {
	return fingerprints(ctx, s.db.read, titles, `
		SELECT `+fingerprintColumns+` FROM fingerprint WHERE title <> 0 AND title IN (%[1]s) AND seen_at >= $1`, ms(since))
}

// fingerprints runs a query with a list of hashes, in parts of mostKeys.
func fingerprints(
	ctx context.Context, q querier, hashes []news.Hash, query string, args ...any,
) (all []news.Fingerprint, err error) {
	for part := range slices.Chunk(hashes, mostKeys) {
		list, values := inList(part, args...)
		rows, err := q.QueryContext(ctx, fmt.Sprintf(query, list), values...)
		found, err := collect(rows, err, "look up fingerprints", scanFingerprint)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// Add records a new fingerprint. keyedAs is the name of the source in it.
func (s FingerprintsTx) Add(ctx context.Context, keyedAs string, f news.Fingerprint) error {
	return exec(ctx, s.tx, "add fingerprint", `
		INSERT INTO fingerprint (source, link, guid, title, text, published_at, seen_at, story_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		keyedAs, int64(f.Link), int64(f.GUID), int64(f.Title), int64(f.Text), ms(f.Published), ms(f.Seen), f.Story)
}

// Save saves a known fingerprint as the list has it now.
func (s FingerprintsTx) Save(ctx context.Context, f news.Fingerprint) error {
	return exec(ctx, s.tx, "save fingerprint", `
		UPDATE fingerprint SET link = $1, guid = $2, title = $3, text = $4, published_at = $5, seen_at = $6, story_id = $7
		WHERE id = $8`,
		int64(f.Link), int64(f.GUID), int64(f.Title), int64(f.Text), ms(f.Published), ms(f.Seen), f.Story, f.ID)
}

// FirstKeys returns those of the keys that are recorded from the time when a
// story's key was the same at all sources (news.FirstKey), with the ID of the
// source's story: 0 when it is another source's, or was pruned.
func (s Fingerprints) FirstKeys(ctx context.Context, source string, keys []string) (map[string]int64, error) {
	return firstKeys(ctx, s.db.read, source, keys)
}

func firstKeys(ctx context.Context, q querier, source string, keys []string) (map[string]int64, error) {
	type row struct {
		key   string
		story int64
	}
	stories := map[string]int64{}
	for part := range slices.Chunk(keys, mostKeys) {
		list, args := inList(part, source)
		rows, err := q.QueryContext(ctx, `
			SELECT key, coalesce((SELECT max(id) FROM story WHERE source = $1
				AND key = CASE WHEN seen.same_as = '' THEN seen.key ELSE seen.same_as END), 0)
			FROM seen WHERE key IN (`+list+`)`, args...)
		found, err := collect(rows, err, "look up first keys", func(scan func(...any) error) (r row, err error) {
			return r, scan(&r.key, &r.story)
		})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			stories[r.key] = r.story
		}
	}
	return stories, nil
}
