package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/copytaster/copytaster/internal/news"
)

// Revise saves what a story says now and, unless r.Kinds is empty, the revision
// with what it said before. fromPage tells that the text is from the page.
func (s StoriesTx) Revise(ctx context.Context, story *news.Story, r news.Revision, fromPage bool) error {
	gone, back := 0, 0
	for _, kind := range r.Kinds {
		gone += integer(kind == news.RevisedWithdrawn)
		back += integer(kind == news.RevisedRestored)
	}
	err := exec(ctx, s.tx, "revise story", `
		UPDATE story SET title = $1, titles = $2, summary = $3, body = $4, modified_at = $5, from_page = $6,
			withdrawn_at = CASE WHEN $7 > 0 THEN $8 WHEN $9 > 0 THEN 0 ELSE withdrawn_at END
		WHERE id = $10`,
		clean(story.Title), cleanList(story.Titles), clean(story.Summary), clean(story.Text), ms(story.Modified),
		integer(fromPage), gone, ms(r.Seen), back, story.ID)
	if err != nil || len(r.Kinds) == 0 {
		return err
	}
	return s.addRevision(ctx, story.ID, r)
}

func (s StoriesTx) addRevision(ctx context.Context, story int64, r news.Revision) error {
	kinds, err := json.Marshal(r.Kinds)
	if err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	diff, err := json.Marshal(r.Changes)
	if err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	return exec(ctx, s.tx, "add revision", `
		INSERT INTO revision (story_id, seen_at, kinds, title, body, diff) VALUES ($1, $2, $3, $4, $5, $6)`,
		story, ms(r.Seen), string(kinds), clean(r.Title), clean(r.Text), clean(string(diff)))
}

// Revisions returns the revisions of a story, the oldest first. Each has what the
// story said before it; what it says now is in the story itself.
func (s Stories) Revisions(ctx context.Context, story int64) ([]news.Revision, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, story_id, seen_at, kinds, title, body, diff FROM revision WHERE story_id = $1 ORDER BY id`, story)
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
