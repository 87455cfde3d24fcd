package store

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// LockClusters keeps other transactions that decide on clusters waiting until
// this one ends, so that two stories of one cluster that arrive at once see each
// other. It comes first in a transaction. On SQLite every transaction is alone.
func (s StoriesTx) LockClusters(ctx context.Context) error {
	if s.tx.postgres == nil {
		return nil
	}
	const key = 0x636c7573 // "clus"
	_, err := s.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, key)
	return wrap("lock clusters", err)
}

// JoinCluster moves a story to another story's cluster. Its own goes if it is
// empty then.
func (s StoriesTx) JoinCluster(ctx context.Context, story *news.Story, cluster int64) error {
	old := story.Cluster
	_, err := s.tx.ExecContext(ctx, `UPDATE story SET cluster_id = $1 WHERE id = $2`, cluster, story.ID)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `DELETE FROM cluster WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = $1)`, old)
	}
	if err != nil {
		return fmt.Errorf("join cluster: %w", explain(err))
	}
	story.Cluster = cluster
	return nil
}

// AddPageURL lets the URL that a story's page calls its own, by its
// news.LinkKey, stand for the story too, unless it stands for another one.
func (s StoriesTx) AddPageURL(ctx context.Context, story int64, key string, now time.Time) error {
	_, err := s.tx.ExecContext(ctx, `
		INSERT INTO page_url (key, story_id, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET story_id = excluded.story_id, seen_at = excluded.seen_at
			WHERE NOT EXISTS (SELECT 1 FROM story WHERE id = page_url.story_id)`, key, story, ms(now))
	return wrap("add page URL", err)
}

// PageStories returns the stories of a source whose page calls a link its own, by
// the link's news.LinkKey.
func (s Stories) ByPageURL(ctx context.Context, source, link string) ([]*news.Story, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+storyColumns+` FROM story
		WHERE source = $1 AND id = (SELECT story_id FROM page_url WHERE key = $2)`, source, link)
	return collect(rows, err, "look up page", func(scan func(...any) error) (*news.Story, error) {
		n, err := scanStory(scan)
		return n.Story, err
	})
}

// mostSiblings is how many stories under one link are compared.
const mostSiblings = 8

// Siblings returns the stories, of whatever source, that are listed under one of
// the links or whose page calls one of them its own, by their news.LinkKey, those
// of clusters that were told first, then the newest. The story itself is not among them.
func (s Stories) Siblings(ctx context.Context, story int64, links ...string) ([]Look, error) {
	list, args := inList(links, story, mostSiblings)
	rows, err := s.write.QueryContext(ctx, `SELECT `+lookColumns+` FROM story
		WHERE id <> $1 AND (key IN (`+list+`) OR id IN (SELECT story_id FROM page_url WHERE key IN (`+list+`)))
		ORDER BY CASE WHEN EXISTS (SELECT 1 FROM alert a WHERE a.cluster_id = story.cluster_id) THEN 0 ELSE 1 END, id DESC LIMIT $2`, args...)
	return collect(rows, err, "look up siblings", scanLook)
}
