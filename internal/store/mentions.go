package store

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Mentioned is a message of an alert, and what became of its mentions.
type Mentioned struct {
	Rules    []string // of its alert
	Mentions news.Mentions
}

// Mentioned returns the rules of the alert of a delivery, and the other messages with mentions
// about alerts that its channel got, or may have got, since a time.
func (s Deliveries) Mentioned(
	ctx context.Context, d *news.Delivery, since time.Time,
) (rules []string, others []Mentioned, err error) {
	var own string
	err = s.db.write.QueryRowContext(ctx, `SELECT rules FROM alert WHERE id = $1`, d.Alert).Scan(&own)
	if err != nil {
		return nil, nil, wrap("read rules of alert", err)
	}
	rows, err := s.db.write.QueryContext(ctx, `
		SELECT alert.rules, delivery.mentions FROM delivery JOIN alert ON alert.id = delivery.alert_id
		WHERE delivery.channel = $1 AND delivery.mentions <> 0 AND delivery.started_at >= $2 AND delivery.id <> $3
			AND delivery.state IN ('sending', 'in_doubt', 'sent')`, d.Channel, ms(since), d.ID)
	others, err = collect(rows, err, "read mentions", func(scan func(...any) error) (m Mentioned, err error) {
		var all string
		err = scan(&all, &m.Mentions)
		m.Rules = lists(all)
		return m, err
	})
	return lists(own), others, err
}
