package store

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// LockClusters lets one transaction at a time decide on clusters, so that two
// stories of one cluster that arrive at once see each other. It has to be the
// first statement of the transaction. On SQLite it does nothing: there is only one
// transaction at a time.
func (s StoriesTx) LockClusters(ctx context.Context) error {
	if s.tx.postgres == nil {
		return nil
	}
	const key = 0x636c7573 // "clus"
	return exec(ctx, s.tx, "lock clusters", `SELECT pg_advisory_xact_lock($1)`, key)
}

// JoinCluster moves a story to the cluster of another story. If the story has
// alerted, because its list said enough of it, the two clusters become one: the other
// stories of its old cluster come along, and so do their alerts, except in channels
// that have an alert on the other cluster. The old cluster is deleted if nothing is
// left of it.
func (s StoriesTx) JoinCluster(ctx context.Context, story *news.Story, cluster int64) error {
	old := story.Cluster
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE story SET cluster_id = $1
		WHERE id = $2 OR cluster_id = $3 AND EXISTS (SELECT 1 FROM alert WHERE cluster_id = $3 AND story_id = $2)
		RETURNING id`, cluster, story.ID, old)
	moved, err := collect(rows, err, "join cluster", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
	if err != nil {
		return err
	}
	for _, id := range moved {
		if err := s.tx.Sketches.moved(ctx, id); err != nil {
			return err
		}
	}
	story.Cluster = cluster
	err = exec(ctx, s.tx, "move alerts", `
		UPDATE alert SET cluster_id = $1
		WHERE cluster_id = $2 AND story_id IN (SELECT id FROM story WHERE cluster_id = $1)
			AND channel NOT IN (SELECT channel FROM alert WHERE cluster_id = $1)`, cluster, old)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "delete cluster", `
		DELETE FROM cluster WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = $1)
			AND NOT EXISTS (SELECT 1 FROM alert WHERE cluster_id = $1)`, old)
}

// AddPageURL records the URL that a story's page calls its own, by its
// news.LinkKey. A URL that was recorded for another story stays with it.
func (s StoriesTx) AddPageURL(ctx context.Context, story int64, key string, now time.Time) error {
	return exec(ctx, s.tx, "add page URL", `
		INSERT INTO page_url (key, story_id, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET story_id = excluded.story_id, seen_at = excluded.seen_at
			WHERE NOT EXISTS (SELECT 1 FROM story WHERE id = page_url.story_id)`, key, story, ms(now))
}

// ByPageURL returns the stories of a source whose page calls a URL its own. link
// is the news.LinkKey of the URL.
func (s Stories) ByPageURL(ctx context.Context, source, link string) ([]*news.Story, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+storyColumns+` FROM story
		WHERE source = $1 AND id = (SELECT story_id FROM page_url WHERE key = $2)`, source, link)
	return collect(rows, err, "look up page", func(scan func(...any) error) (*news.Story, error) {
		n, err := scanStory(scan)
		return n.Story, err
	})
}

// mostSiblings limits the stories that Siblings returns.
const mostSiblings = 8

// Siblings returns the other stories, of all sources, that are listed under one
// of the links or whose page calls one of them its own. The links are given by
// their news.LinkKey. Stories of clusters with an alert come first, then the
// newest.
func (s Stories) Siblings(ctx context.Context, story int64, links ...string) ([]Look, error) {
	list, args := inList(links, story, mostSiblings)
	rows, err := s.write.QueryContext(ctx, `SELECT `+lookColumns+` FROM story
		WHERE id <> $1 AND (key IN (`+list+`) OR id IN (SELECT story_id FROM page_url WHERE key IN (`+list+`)))
		ORDER BY CASE WHEN EXISTS (SELECT 1 FROM alert a WHERE a.cluster_id = story.cluster_id) THEN 0 ELSE 1 END,
			id DESC
		LIMIT $2`, args...)
	return collect(rows, err, "look up siblings", scanLook)
}
