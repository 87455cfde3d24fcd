package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
)

// Alerts reads and changes the alerts. An alert is the promise to tell a channel of
// a cluster.
type Alerts struct{ db *Store }

// AlertsTx records alerts, with their deliveries, in a transaction.
type AlertsTx struct{ tx *Tx }

// Add records an alert and its delivery. If the channel has an alert on the
// cluster, that one is raised when the new one is more severe or mentions more. It
// returns whether there is anything new to tell the channel.
func (s AlertsTx) Add(ctx context.Context, a news.Alert, story int64) (tells bool, err error) {
	id, err := s.insert(ctx, a, story, 0)
	if err != nil {
		return false, err
	}
	if id == 0 {
		return s.raise(ctx, a, story)
	}
	return true, s.tx.Deliveries.Add(ctx, news.Delivery{
		Alert: id, Channel: a.Channel, Kind: news.DeliverStory, Severity: a.Severity,
		State: news.StatePending, Due: a.Created, Created: a.Created,
	})
}

// insert returns the ID of the new alert, 0 when the channel has one on the cluster.
func (s AlertsTx) insert(ctx context.Context, a news.Alert, story, digest int64) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO alert (cluster_id, story_id, channel, severity, rules, mentions, created_at, digest_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (cluster_id, channel) DO NOTHING RETURNING id`,
		a.Cluster, story, a.Channel, int(a.Severity), list(a.Rules), list(a.Mentions), ms(a.Created), digest).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, wrap("add alert", err)
}

// raise adds to the alert of the channel on the cluster what another story of the
// cluster, or an edit, calls for. If nobody has tried to send the alert's message,
// that message tells of the new story. Otherwise an update is sent.
func (s AlertsTx) raise(ctx context.Context, a news.Alert, story int64) (tells bool, err error) {
	var (
		old             news.Alert
		rules, mentions string
	)
	err = s.tx.QueryRowContext(ctx, `
		SELECT id, severity, rules, mentions FROM alert WHERE cluster_id = $1 AND channel = $2`, a.Cluster, a.Channel).
		Scan(&old.ID, &old.Severity, &rules, &mentions)
	if err != nil {
		return false, wrap("raise alert", err)
	}
	old.Rules, old.Mentions = lists(rules), lists(mentions)
	grown, mentioned := old, missing(a.Mentions, old.Mentions)
	grown.Severity = max(old.Severity, a.Severity)
	grown.Rules = slices.Concat(old.Rules, missing(a.Rules, old.Rules))
	grown.Mentions = slices.Concat(old.Mentions, mentioned)
	if grown.Severity == old.Severity && len(mentioned) == 0 {
		return false, nil
	}
	err = exec(ctx, s.tx, "raise alert", `UPDATE alert SET severity = $1, rules = $2, mentions = $3 WHERE id = $4`,
		int(grown.Severity), list(grown.Rules), list(grown.Mentions), old.ID)
	if err != nil {
		return false, err
	}
	untold, err := change(ctx, s.tx, "raise alert", `
		UPDATE delivery SET story_id = $1, severity = $2
		WHERE alert_id = $3 AND kind = 'story' AND state = 'pending' AND attempts = 0`,
		story, int(grown.Severity), old.ID)
	if err != nil || untold {
		return untold, err
	}
	return true, s.tx.Deliveries.Add(ctx, news.Delivery{
		Alert: old.ID, Story: story, Channel: a.Channel, Kind: news.DeliverUpdate, Severity: grown.Severity,
		State: news.StatePending, Text: old.Severity.String(), Due: a.Created, Created: a.Created,
	})
}

// missing returns the names that are not among the known ones.
func missing(names, known []string) (more []string) {
	for _, n := range names {
		if !slices.Contains(known, n) {
			more = append(more, n)
		}
	}
	return more
}

// InChannel reports whether a channel has an alert, other than a, on a's cluster.
func (s Alerts) InChannel(ctx context.Context, a news.Alert, channel string) (found bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM alert WHERE cluster_id = $1 AND channel = $2 AND id <> $3`,
		a.Cluster, channel, a.ID).Scan(&found)
	return found, wrap("look for an alert", err)
}
