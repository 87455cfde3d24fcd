package store

import (
	"cmp"
	"context"
	"fmt"

	"github.com/copytaster/copytaster/internal/news"
)

// Content is what a delivery of an alert tells.
type Content struct {
	Alert   news.Alert
	Story   news.Story   // that the delivery tells of
	Matches []news.Match // of the story
	First   *news.Story  // that raised the alert; nil when that is Story
}

// Content returns what a delivery of an alert tells.
func (s Deliveries) Content(ctx context.Context, d news.Delivery) (Content, error) {
	return s.content(ctx, d.Alert, d.Story)
}

func (s Deliveries) content(ctx context.Context, alert, story int64) (c Content, err error) {
	var (
		a               = &c.Alert
		rules, mentions string
		first, created  int64
	)
	err = s.db.write.QueryRowContext(ctx, `
		SELECT id, cluster_id, story_id, channel, severity, rules, mentions, created_at,
			(SELECT count(*) > 0 FROM revision r WHERE r.story_id = alert.story_id AND r.seen_at = alert.created_at)
		FROM alert WHERE id = $1`, alert).
		Scan(&a.ID, &a.Cluster, &first, &a.Channel, &a.Severity, &rules, &mentions, &created, &a.Edited)
	if err != nil {
		return c, wrap(fmt.Sprintf("read alert %d", alert), err)
	}
	a.Story, a.Rules, a.Mentions, a.Created = first, lists(rules), lists(mentions), at(created)
	n, err := s.db.Stories.Get(ctx, cmp.Or(story, first))
	if err != nil {
		return c, err
	}
	c.Story = *n.Story
	if story != 0 && story != first {
		n, err := s.db.Stories.Get(ctx, first)
		if err != nil {
			return c, err
		}
		c.First = n.Story
	}
	c.Matches, err = s.db.Stories.Matches(ctx, c.Story.ID)
	return c, err
}
