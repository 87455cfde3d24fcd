package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// AddAlert records the promise to tell a channel of a cluster, and the
// delivery that keeps it. It returns false, and changes nothing, when that
// promise was made before.
func (tx *Tx) AddAlert(ctx context.Context, a news.Alert, story int64) (added bool, err error) {
	var id int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO alert (cluster_id, story_id, channel, severity, rules, mentions, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (cluster_id, channel) DO NOTHING RETURNING id`,
		a.Cluster, story, a.Channel, int(a.Severity), list(a.Rules), list(a.Mentions), ms(a.Created)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("add alert: %w", explain(err))
	}
	return true, tx.AddDelivery(ctx, news.Delivery{
		Alert: id, Channel: a.Channel, Kind: news.DeliverStory, Severity: a.Severity, State: news.StatePending, Due: a.Created, Created: a.Created,
	})
}

// AddDelivery records a message to be sent, and its channel.
func (tx *Tx) AddDelivery(ctx context.Context, d news.Delivery) error {
	alert := sql.NullInt64{Int64: d.Alert, Valid: d.Alert != 0}
	_, err := tx.ExecContext(ctx, `INSERT INTO channel (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, d.Channel)
	if err != nil {
		return fmt.Errorf("add channel: %w", explain(err))
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO delivery (alert_id, channel, kind, severity, state, body, due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		alert, d.Channel, string(d.Kind), int(d.Severity), string(d.State), clean(d.Text), ms(d.Due), ms(d.Created))
	if err != nil {
		return fmt.Errorf("add delivery: %w", explain(err))
	}
	return nil
}

// Alert returns an alert with the story that raised it and all the rules that
// the story matched.
func (s *Store) Alert(ctx context.Context, id int64) (news.Alert, news.Story, []news.Match, error) {
	var (
		a               news.Alert
		rules, mentions string
		story, created  int64
	)
	err := s.write.QueryRowContext(ctx, `SELECT id, cluster_id, story_id, channel, severity, rules, mentions, created_at,
			(SELECT count(*) > 0 FROM revision r WHERE r.story_id = alert.story_id AND r.seen_at = alert.created_at)
		FROM alert WHERE id = $1`, id).
		Scan(&a.ID, &a.Cluster, &story, &a.Channel, &a.Severity, &rules, &mentions, &created, &a.Edited)
	if err != nil {
		return a, news.Story{}, nil, fmt.Errorf("read alert %d: %w", id, err)
	}
	a.Rules, a.Mentions, a.Created = lists(rules), lists(mentions), at(created)
	n, err := s.Story(ctx, story)
	if err != nil {
		return a, news.Story{}, nil, err
	}
	matches, err := s.Matches(ctx, story)
	return a, *n.Story, matches, err
}

// Count is how many rows are in a state.
type Count struct {
	State news.DeliveryState
	N     int64
}

// DeliveryCounts returns how many deliveries are in each state.
func (s *Store) DeliveryCounts(ctx context.Context) ([]Count, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state`)
	return collect(rows, err, "count deliveries", func(scan func(...any) error) (c Count, err error) {
		return c, scan(&c.State, &c.N)
	})
}

// Totals are counts of what the store holds.
type Totals struct {
	Stories int64 // whose text is kept
	Waiting int64 // whose page is still to be read
	Alerts  int64
	Oldest  time.Time // when the oldest kept story was first seen
}

// Totals counts the stories and alerts.
func (s *Store) Totals(ctx context.Context) (Totals, error) {
	var (
		t      Totals
		oldest int64
	)
	err := s.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM story), (SELECT count(*) FROM story WHERE waiting = 1),
		(SELECT count(*) FROM alert), (SELECT coalesce(min(first_seen_at), 0) FROM story)`).
		Scan(&t.Stories, &t.Waiting, &t.Alerts, &oldest)
	if err != nil {
		return t, fmt.Errorf("count stories: %w", explain(err))
	}
	t.Oldest = at(oldest)
	return t, nil
}
