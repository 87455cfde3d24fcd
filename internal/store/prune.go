package store

import (
	"context"
	"math"
	"time"
)

// SeenAtLeast is the least time for which the store knows that a source has listed a
// story, even if texts are kept for a shorter time. A story that is listed again
// after a year must not raise an alert as if it were new.
const SeenAtLeast = 400 * 24 * time.Hour

// pruneBatch is how many stories a transaction of Prune takes. It must be short: on
// SQLite crawls wait for it.
const pruneBatch = 500

// Ages are the times before which Prune deletes something.
type Ages struct {
	Texts    time.Time // of stories, by when they were first seen; of configs, by when they were last in use
	Seen     time.Time // of fingerprints and hosts, by when they were last used
	Compared time.Time // of stories that others are compared with: they stay whole until then
}

// Prune deletes the texts of old stories. If the story raised no alert, the whole story is
// deleted. Stories that others are compared with stay whole for longer, and so do those that
// a message tells of which is still to be sent. Fingerprints, hosts and configs that were not
// used for long are deleted as well. It returns the number of stories.
func (s *Store) Prune(ctx context.Context, old Ages) (stories int, err error) {
	compared := min(ms(old.Texts), ms(old.Compared))
	if err := exec(ctx, s.write, "prune", `DELETE FROM sketch WHERE seen_at < $1`, compared); err != nil {
		return 0, err
	}
	for n := pruneBatch; n == pruneBatch; stories += n {
		pruned, _, err := s.pruneStories(ctx, old.Texts, math.MaxInt64)
		if n = len(pruned); err != nil {
			return stories + n, wrap("prune", err)
		}
	}
	if err := s.pruneConfigs(ctx, old.Texts); err != nil {
		return stories, err
	}
	for _, query := range []string{
		`DELETE FROM fingerprint WHERE seen_at < $1`,
		`DELETE FROM page_url WHERE seen_at < $1`,
		`DELETE FROM seen WHERE seen_at < $1`,
		`DELETE FROM host WHERE free_at < $1 AND hung_at < $1`,
	} {
		if err := exec(ctx, s.write, "prune", query, ms(old.Seen)); err != nil {
			return stories, err
		}
	}
	return stories, exec(ctx, s.write, "prune", `
		DELETE FROM page_turn WHERE NOT EXISTS (SELECT 1 FROM story s
			WHERE s.waiting = 1 AND s.host = page_turn.host AND s.source = page_turn.source)`)
}

// alerted selects the alerts, and the deliveries, that need a story s.
const alerted = `(SELECT 1 FROM alert a WHERE a.cluster_id = s.cluster_id OR a.story_id = s.id
	UNION ALL SELECT 1 FROM delivery d WHERE d.story_id = s.id AND d.story_id <> 0)`

// unsent selects the stories that messages tell of which are still to be sent.
const unsent = `(SELECT a.story_id FROM delivery d JOIN alert a ON a.id = d.alert_id WHERE d.state IN ` + open + `
	UNION ALL SELECT a.story_id FROM delivery d JOIN alert a ON a.digest_id = d.id AND a.digest_id <> 0 WHERE d.state IN ` + open + `
	UNION ALL SELECT r.story_id FROM delivery d JOIN report r ON r.delivery_id = d.id AND r.delivery_id <> 0 WHERE d.state IN ` + open + `
	UNION ALL SELECT d.story_id FROM delivery d WHERE d.story_id <> 0 AND d.state IN ` + open + `)`

// pruneStories prunes up to pruneBatch stories, the oldest first, and no more once they had about as
// many bytes as most. It returns their IDs, and those bytes.
func (s *Store) pruneStories(
	ctx context.Context, before time.Time, most int64,
) (pruned []int64, freed int64, err error) {
	bytes := `octet_length(s.body) + octet_length(s.summary)`
	if s.pool != nil {
		bytes = textSize + ` + coalesce((SELECT sum(pg_column_size(r.body) + pg_column_size(r.diff)) FROM revision r WHERE r.story_id = s.id), 0)`
	}
	err = s.InTx(ctx, func(tx *Tx) error {
		pruned, freed = nil, 0
		rows, err := tx.QueryContext(ctx, `
			SELECT s.id, s.cluster_id, `+bytes+`,
				CASE WHEN EXISTS `+alerted+` THEN 1 ELSE 0 END
			FROM story s
			WHERE s.first_seen_at < $1 AND (s.body <> '' OR s.summary <> '' OR NOT EXISTS `+alerted+`)
				AND NOT EXISTS (SELECT 1 FROM sketch k WHERE k.story_id = s.id) AND s.id NOT IN `+unsent+`
			ORDER BY s.first_seen_at LIMIT $2`, ms(before), pruneBatch)
		type old struct {
			story, cluster, bytes int64
			alerted               bool
		}
		olds, err := collect(rows, err, "read old stories", func(scan func(...any) error) (o old, err error) {
			return o, scan(&o.story, &o.cluster, &o.bytes, &o.alerted)
		})
		if err != nil {
			return err
		}
		for _, o := range olds {
			if freed >= most {
				return nil
			}
			if pruned, freed = append(pruned, o.story), freed+o.bytes; !o.alerted {
				freed += rowSize
			}
			if o.alerted {
				err = tx.Stories.pruneTexts(ctx, o.story)
			} else if _, err = tx.ExecContext(ctx, `DELETE FROM story WHERE id = $1`, o.story); err == nil {
				_, err = tx.ExecContext(ctx, `
					DELETE FROM cluster
					WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = $1)
						AND NOT EXISTS (SELECT 1 FROM alert WHERE cluster_id = $1)`, o.cluster)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return pruned, freed, err
}

// pruneTexts deletes the texts of a story and of its revisions.
func (s StoriesTx) pruneTexts(ctx context.Context, story int64) error {
	_, err := s.tx.ExecContext(ctx, `UPDATE story SET body = '', summary = '', waiting = 0 WHERE id = $1`, story)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `UPDATE revision SET body = '', diff = '' WHERE story_id = $1`, story)
	}
	return err
}
