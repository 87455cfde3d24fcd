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
	return exec(ctx, s.tx, "lock clusters", `SELECT pg_advisory_xact_lock($1)`, clusterLock)
}

// clusterLock is the key of the lock on clusters: "clus".
const clusterLock = 0x636c7573

// JoinCluster moves a story to the cluster of another story, and deletes its old
// cluster if nothing is left of it. If the story raised alerts on its old cluster,
// because its list said enough, the other stories of that come along; the alerts stay
// on it, and it becomes part of the news of the other cluster.
func (s StoriesTx) JoinCluster(ctx context.Context, story *news.Story, cluster int64) error {
	old := story.Cluster
	if err := s.bringAlong(ctx, story, cluster); err != nil {
		return err
	}
	err := exec(ctx, s.tx, "join cluster", `UPDATE story SET cluster_id = $1 WHERE id = $2`, cluster, story.ID)
	if err != nil {
		return err
	}
	story.Cluster = cluster
	if err := s.tx.Sketches.moved(ctx, story.ID); err != nil {
		return err
	}
	return exec(ctx, s.tx, "delete cluster", `
		DELETE FROM cluster WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = $1)
			AND NOT EXISTS (SELECT 1 FROM alert WHERE cluster_id = $1)
			AND NOT EXISTS (SELECT 1 FROM cluster c WHERE c.news_id = $1)`, old)
}

// bringAlong has what belongs to the cluster of a story that alerted follow it to another
// cluster.
func (s StoriesTx) bringAlong(ctx context.Context, story *news.Story, cluster int64) error {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT id FROM story WHERE cluster_id IN `+ofNews+`
			AND EXISTS (SELECT 1 FROM alert WHERE cluster_id = $1 AND story_id = $2)`, story.Cluster, story.ID)
	along, err := collect(rows, err, "look up cluster", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
	if err != nil || len(along) == 0 {
		return err
	}
	into, err := s.News(ctx, cluster)
	if err == nil && into != story.Cluster {
		err = s.LinkCluster(ctx, story.Cluster, into, "{}")
	}
	if err == nil {
		err = exec(ctx, s.tx, "join cluster", `UPDATE story SET cluster_id = $1 WHERE cluster_id = $2`, cluster, story.Cluster)
	}
	for i := 0; i < len(along) && err == nil; i++ {
		err = s.tx.Sketches.moved(ctx, along[i])
	}
	return err
}

// LeaveCluster moves a story to a new cluster of its own.
func (s StoriesTx) LeaveCluster(ctx context.Context, story *news.Story, now time.Time) error {
	err := s.tx.QueryRowContext(ctx, `INSERT INTO cluster (created_at) VALUES ($1) RETURNING id`, ms(now)).
		Scan(&story.Cluster)
	if err != nil {
		return wrap("leave cluster", err)
	}
	return exec(ctx, s.tx, "leave cluster", `UPDATE story SET cluster_id = $1 WHERE id = $2`, story.Cluster, story.ID)
}

// News returns the news of a cluster: its own, unless it was linked to another one.
func (s Stories) News(ctx context.Context, cluster int64) (id int64, err error) {
	err = s.write.QueryRowContext(ctx, `
		SELECT CASE WHEN news_id <> 0 THEN news_id ELSE id END FROM cluster WHERE id = $1`, cluster).Scan(&id)
	return id, wrap("look up news", err)
}

// LinkCluster makes a cluster, and what was linked to it, part of a news. why is JSON,
// opaque here.
func (s StoriesTx) LinkCluster(ctx context.Context, cluster, id int64, why string) error {
	err := exec(ctx, s.tx, "link cluster", `UPDATE cluster SET news_id = $1, linked = $2 WHERE id = $3`, id, clean(why), cluster)
	if err == nil {
		err = exec(ctx, s.tx, "link cluster", `UPDATE cluster SET news_id = $1 WHERE news_id = $2`, id, cluster)
	}
	return err
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
		WHERE id <> $1 AND id IN (SELECT id FROM story WHERE key IN (`+list+`)
			UNION SELECT story_id FROM page_url WHERE key IN (`+list+`))
		ORDER BY CASE WHEN EXISTS (SELECT 1 FROM alert a WHERE a.cluster_id = story.cluster_id) THEN 0 ELSE 1 END,
			id DESC
		LIMIT $2`, args...)
	return collect(rows, err, "look up siblings", scanLook)
}
