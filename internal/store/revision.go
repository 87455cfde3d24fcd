package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func (tx *Tx) addRevision(ctx context.Context, story int64, r news.Revision) error {
	kinds, err := json.Marshal(r.Kinds)
	if err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	diff, err := json.Marshal(r.Changes)
	if err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO revision (story_id, seen_at, kinds, title, body, diff) VALUES ($1, $2, $3, $4, $5, $6)`,
		story, ms(r.Seen), string(kinds), clean(r.Title), clean(r.Text), clean(string(diff)))
	if err != nil {
		return fmt.Errorf("add revision: %w", explain(err))
	}
	return nil
}

// Revisions returns how a story was changed, the oldest change first. Beside
// the last one stands the story itself.
func (s *Store) Revisions(ctx context.Context, story int64) ([]news.Revision, error) {
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

// SavePrints remembers what a list said of stories, by their keys; in their
// order, so that two lists of the same stories do not meet crosswise.
func (tx *Tx) SavePrints(ctx context.Context, prints map[string]news.Print) error {
	for _, key := range slices.Sorted(maps.Keys(prints)) {
		if _, err := tx.ExecContext(ctx, `UPDATE seen SET print = $1 WHERE key = $2`, int64(prints[key]), key); err != nil {
			return fmt.Errorf("save what the list said: %w", explain(err))
		}
	}
	return nil
}

// AddTwin lets the key of the URL that a story's page calls its own stand for
// the story. When it stands for another story already, that one is found,
// unless it was pruned.
func (tx *Tx) AddTwin(ctx context.Context, s *news.Story, key string, now time.Time) (other NewStory, found bool, err error) {
	added, err := changed(tx.ExecContext(ctx, `INSERT INTO seen (key, seen_at, same_as) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`,
		key, ms(now), s.Key))("add twin")
	if err != nil || added {
		return NewStory{}, false, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+storyColumns+`, waiting FROM story
		WHERE id <> $1 AND key = coalesce((SELECT same_as FROM seen WHERE key = $2 AND same_as <> ''), $2)
		ORDER BY id DESC LIMIT 1`, s.ID, key)
	others, err := collect(rows, err, "look up twin", func(scan func(...any) error) (n NewStory, err error) {
		var waiting bool
		n, err = scanStory(func(columns ...any) error { return scan(append(columns, &waiting)...) })
		n.Waiting = waiting
		return n, err
	})
	if err != nil || len(others) == 0 {
		return NewStory{}, false, err
	}
	return others[0], true, nil
}

// JoinCluster moves a story to another story's cluster. Its own goes if it is
// empty then.
func (tx *Tx) JoinCluster(ctx context.Context, s *news.Story, cluster int64) error {
	old := s.Cluster
	_, err := tx.ExecContext(ctx, `UPDATE story SET cluster_id = $1 WHERE id = $2`, cluster, s.ID)
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM cluster WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = $1)`, old)
	}
	if err != nil {
		return fmt.Errorf("join cluster: %w", explain(err))
	}
	s.Cluster = cluster
	return nil
}
