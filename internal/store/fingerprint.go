package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Fingerprints looks up what the sources have listed.
type Fingerprints struct{ db *Store }

// FingerprintsTx records what a source lists.
type FingerprintsTx struct{ tx *Tx }

const fingerprintColumns = `id, link, guid, title, text, published_at, seen_at, story_id`

func scanFingerprint(scan func(...any) error) (e news.Fingerprint, err error) {
	var published, seen int64
	err = scan(&e.ID, &e.Link, &e.GUID, &e.Title, &e.Text, &published, &seen, &e.Story)
	e.Published, e.Seen = at(published), at(seen)
	return e, err
}

const fingerprintsByLink = `SELECT ` + fingerprintColumns + ` FROM fingerprint WHERE link <> 0 AND link IN (%[1]s)
	UNION SELECT ` + fingerprintColumns + ` FROM fingerprint WHERE guid <> 0 AND guid IN (%[1]s)`

// FingerprintsByLink returns the known entries whose link or id is one of the hashes.
func (s Fingerprints) ByLink(ctx context.Context, hashes []news.Hash) ([]news.Fingerprint, error) {
	return prints(ctx, s.db.read, hashes, fingerprintsByLink)
}

// FingerprintsByTitle returns the known entries with one of the titles that were
// noted as listed since then.
func (s Fingerprints) ByTitle(ctx context.Context, titles []news.Hash, since time.Time) ([]news.Fingerprint, error) {
	return prints(ctx, s.db.read, titles, `SELECT `+fingerprintColumns+` FROM fingerprint WHERE title <> 0 AND title IN (%[1]s) AND seen_at >= $1`, ms(since))
}

func prints(ctx context.Context, q querier, hashes []news.Hash, query string, args ...any) (all []news.Fingerprint, err error) {
	for part := range slices.Chunk(hashes, mostKeys) {
		list, values := inList(part, args...)
		rows, err := q.QueryContext(ctx, fmt.Sprintf(query, list), values...)
		found, err := collect(rows, err, "look up entries", scanFingerprint)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// AddFingerprint records that a source lists an entry.
func (s FingerprintsTx) Add(ctx context.Context, keyedAs string, e news.Fingerprint) error {
	_, err := s.tx.ExecContext(ctx, `
		INSERT INTO fingerprint (source, link, guid, title, text, published_at, seen_at, story_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		keyedAs, int64(e.Link), int64(e.GUID), int64(e.Title), int64(e.Text), ms(e.Published), ms(e.Seen), e.Story)
	return wrap("add entry", err)
}

// SaveFingerprint records what the list says now of a known entry.
func (s FingerprintsTx) Save(ctx context.Context, e news.Fingerprint) error {
	_, err := s.tx.ExecContext(ctx, `
		UPDATE fingerprint SET link = $1, guid = $2, title = $3, text = $4, published_at = $5, seen_at = $6, story_id = $7 WHERE id = $8`,
		int64(e.Link), int64(e.GUID), int64(e.Title), int64(e.Text), ms(e.Published), ms(e.Seen), e.Story, e.ID)
	return wrap("save entry", err)
}

// FirstKeys returns, of those keys that stories had before they belonged to one
// source (news.FirstKey), the story of the source; 0 where it is another
// source's, or pruned.
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
