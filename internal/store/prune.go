package store

import (
	"context"
	"time"
)

// SeenAtLeast is how long an entry says "seen" at the least, whatever the
// retention of texts: a story that a source lists again after a quiet year
// must not alert as if it were new.
const SeenAtLeast = 400 * 24 * time.Hour

// pruneBatch is how many rows one transaction of Prune takes: small enough
// that a crawl never waits long for the one write connection.
const pruneBatch = 500

// Prune removes the texts of stories first seen before texts, and the entries and
// hosts last needed before seen. Stories that raised an alert keep their title, URL
// and times; other stories go. It returns how many stories it took.
func (s *Store) Prune(ctx context.Context, texts, seen time.Time) (stories int, err error) {
	for {
		n, err := s.pruneStories(ctx, texts)
		stories += n
		if err != nil || n < pruneBatch {
			for _, query := range []string{
				`DELETE FROM fingerprint WHERE seen_at < $1`, `DELETE FROM page_url WHERE seen_at < $1`,
				`DELETE FROM seen WHERE seen_at < $1`, `DELETE FROM host WHERE free_at < $1 AND hung_at < $1`,
			} {
				if err == nil {
					_, err = s.write.ExecContext(ctx, query, ms(seen))
				}
			}
			if err == nil {
				_, err = s.write.ExecContext(ctx, `DELETE FROM page_turn WHERE NOT EXISTS (
					SELECT 1 FROM story s WHERE s.waiting = 1 AND s.host = page_turn.host AND s.source = page_turn.source)`)
			}
			if err != nil {
				return stories, wrap("prune", err)
			}
			return stories, nil
		}
	}
}

func (s *Store) pruneStories(ctx context.Context, before time.Time) (n int, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT s.id, s.cluster_id, CASE WHEN EXISTS (SELECT 1 FROM alert a WHERE a.cluster_id = s.cluster_id) THEN 1 ELSE 0 END
			FROM story s WHERE s.first_seen_at < $1 AND (s.body <> '' OR s.summary <> ''
				OR NOT EXISTS (SELECT 1 FROM alert a WHERE a.cluster_id = s.cluster_id)) LIMIT $2`, ms(before), pruneBatch)
		type old struct {
			story, cluster int64
			alerted        bool
		}
		olds, err := collect(rows, err, "read old stories", func(scan func(...any) error) (o old, err error) {
			return o, scan(&o.story, &o.cluster, &o.alerted)
		})
		if err != nil {
			return err
		}
		n = len(olds)
		for _, o := range olds {
			if o.alerted {
				err = tx.Stories.pruneTexts(ctx, o.story)
			} else if _, err = tx.ExecContext(ctx, `DELETE FROM story WHERE id = $1`, o.story); err == nil {
				_, err = tx.ExecContext(ctx, `DELETE FROM cluster WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = $1)`, o.cluster)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// pruneTexts removes the texts of a story and of what it was before.
func (s StoriesTx) pruneTexts(ctx context.Context, story int64) error {
	_, err := s.tx.ExecContext(ctx, `UPDATE story SET body = '', summary = '', waiting = 0 WHERE id = $1`, story)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `UPDATE revision SET body = '', diff = '' WHERE story_id = $1`, story)
	}
	return err
}
