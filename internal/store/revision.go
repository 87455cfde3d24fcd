package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func (s StoriesTx) addRevision(ctx context.Context, story int64, r news.Revision) error {
	kinds, err := json.Marshal(r.Kinds)
	if err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	diff, err := json.Marshal(r.Changes)
	if err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	_, err = s.tx.ExecContext(ctx, `INSERT INTO revision (story_id, seen_at, kinds, title, body, diff) VALUES ($1, $2, $3, $4, $5, $6)`,
		story, ms(r.Seen), string(kinds), clean(r.Title), clean(r.Text), clean(string(diff)))
	if err != nil {
		return fmt.Errorf("add revision: %w", explain(err))
	}
	return nil
}

// Revisions returns how a story was changed, the oldest change first. Beside
// the last one stands the story itself.
func (s Stories) Revisions(ctx context.Context, story int64) ([]news.Revision, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, story_id, seen_at, kinds, title, body, diff FROM revision WHERE story_id = $1 ORDER BY id`, story)
	return collect(rows, err, "read revisions", func(scan func(...any) error) (r news.Revision, err error) {
		var (
			seen        int64
			kinds, diff string
		)
		if err := scan(&r.ID, &r.Story, &seen, &kinds, &r.Title, &r.Text, &diff); err != nil {
			return r, err
		}
		r.Seen = at(seen)
		if err := json.Unmarshal([]byte(kinds), &r.Kinds); err != nil {
			return r, fmt.Errorf("kinds: %w", err)
		}
		if diff == "" { // pruned
			return r, nil
		}
		if err := json.Unmarshal([]byte(diff), &r.Changes); err != nil {
			return r, fmt.Errorf("diff: %w", err)
		}
		return r, nil
	})
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
