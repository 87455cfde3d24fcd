package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Alerts changes the alerts.
type Alerts struct{ db *Store }

// AlertsTx records the alerts in a transaction.
type AlertsTx struct{ tx *Tx }

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

// AddAlert records the promise to tell a channel of a cluster, and the delivery
// that keeps it. Where that promise was made before, the alert is raised when
// its severity or its mentions grow. It returns whether the channel is told
// anything more.
func (s AlertsTx) Add(ctx context.Context, a news.Alert, story int64) (tells bool, err error) {
	id, err := s.insert(ctx, a, story, 0)
	if err != nil {
		return false, err
	}
	if id == 0 {
		return s.raise(ctx, a, story)
	}
	return true, s.tx.Deliveries.Add(ctx, news.Delivery{
		Alert: id, Channel: a.Channel, Kind: news.DeliverStory, Severity: a.Severity, State: news.StatePending, Due: a.Created, Created: a.Created,
	})
}

// insertAlert returns the number of the new alert, 0 when there is one.
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

// raise lets an alert grow by what another story, or an edit, of its cluster
// calls for. While its message was not tried to be sent that message tells of
// the new story; later one more message does.
func (s AlertsTx) raise(ctx context.Context, a news.Alert, story int64) (tells bool, err error) {
	var (
		old             news.Alert
		rules, mentions string
	)
	err = s.tx.QueryRowContext(ctx, `SELECT id, severity, rules, mentions FROM alert WHERE cluster_id = $1 AND channel = $2`,
		a.Cluster, a.Channel).Scan(&old.ID, &old.Severity, &rules, &mentions)
	if err != nil {
		return false, wrap("raise alert", err)
	}
	old.Rules, old.Mentions = lists(rules), lists(mentions)
	grown, mentioned := old, missing(a.Mentions, old.Mentions)
	grown.Severity = max(old.Severity, a.Severity)
	grown.Rules = append(old.Rules, missing(a.Rules, old.Rules)...)
	grown.Mentions = append(old.Mentions, mentioned...)
	if grown.Severity == old.Severity && len(mentioned) == 0 {
		return false, nil
	}
	_, err = s.tx.ExecContext(ctx, `UPDATE alert SET severity = $1, rules = $2, mentions = $3 WHERE id = $4`,
		int(grown.Severity), list(grown.Rules), list(grown.Mentions), old.ID)
	if err != nil {
		return false, wrap("raise alert", err)
	}
	untold, err := changed(s.tx.ExecContext(ctx, `
		UPDATE delivery SET story_id = $1, severity = $2 WHERE alert_id = $3 AND kind = 'story' AND state = 'pending' AND attempts = 0`,
		story, int(grown.Severity), old.ID))("raise alert")
	if err != nil || untold {
		return untold, err
	}
	return true, s.tx.Deliveries.Add(ctx, news.Delivery{
		Alert: old.ID, Story: story, Channel: a.Channel, Kind: news.DeliverUpdate, Severity: grown.Severity, State: news.StatePending, Text: old.Severity.String(),
		Due: a.Created, Created: a.Created,
	})
}

// missing returns those of the names that known lacks.
func missing(names, known []string) (more []string) {
	for _, n := range names {
		if !slices.Contains(known, n) {
			more = append(more, n)
		}
	}
	return more
}

// digestClosed is how long before it is due a digest takes nothing more in: by
// then a daemon whose clock runs ahead may be reading it.
const digestClosed = 30 * time.Second

// AddMissed records the promise to tell a channel of a cluster in a digest of
// what was missed, which is sent at due at the latest. It returns false, and
// changes nothing, when the channel was told of the cluster before.
func (s AlertsTx) AddToDigest(ctx context.Context, a news.Alert, story int64, due time.Time) (added bool, err error) {
	var told int64
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) FROM alert WHERE cluster_id = $1 AND channel = $2`, a.Cluster, a.Channel).Scan(&told)
	if err != nil || told > 0 {
		return false, wrap("look up alert", err)
	}
	d := news.Delivery{
		Story: story, Channel: a.Channel, Kind: news.DeliverDigest, Severity: news.Normal, State: news.StatePending, Due: due, Created: a.Created,
	}
	if err := s.tx.Deliveries.doubt(ctx, &d); err != nil {
		return false, err
	}
	d.Story = 0
	digest, err := s.joinDigest(ctx, d)
	if err != nil {
		return false, err
	}
	if digest == 0 {
		if digest, err = s.tx.Deliveries.insert(ctx, d); err != nil {
			return false, err
		}
	}
	id, err := s.insert(ctx, a, story, digest)
	return id != 0, err
}

// joinDigest returns the digest of the channel that still takes something in, 0
// when there is none; it is in doubt from now on when d is. One from before an
// epoch may have been sent as it was, and takes nothing in.
func (s AlertsTx) joinDigest(ctx context.Context, d news.Delivery) (digest int64, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM delivery
		WHERE channel = $1 AND kind = 'digest' AND state IN ('pending', 'in_doubt') AND attempts = 0 AND due_at > $2
			AND created_at >= (SELECT coalesce(max(began_at), 0) FROM epoch)
			AND (SELECT count(*) FROM alert WHERE digest_id = delivery.id) < $3`,
		d.Channel, ms(d.Created.Add(digestClosed)), news.MostInDigest).Scan(&digest)
	if err == nil && digest != 0 && !d.LostUntil.IsZero() {
		_, err = s.tx.ExecContext(ctx, `UPDATE delivery SET state = $1, started_at = $2, lost_until = $3 WHERE id = $4`,
			string(d.State), ms(d.Started), ms(d.LostUntil), digest)
	}
	return digest, wrap("look up digest", err)
}

// CloseDigests makes the digests due that wait for more to tell.
func (s Deliveries) CloseDigests(ctx context.Context, now time.Time) error {
	return s.db.mark(ctx, "close digests", `
		UPDATE delivery SET due_at = $1 WHERE kind = 'digest' AND state = 'pending' AND attempts = 0 AND due_at > $1`, ms(now))
}

// LeaveOut takes an alert out of its digest: its channel was told of it by a
// message of its own.
func (s Alerts) LeaveDigest(ctx context.Context, alert int64) error {
	return s.db.mark(ctx, "leave alert out of digest", `UPDATE alert SET digest_id = 0 WHERE id = $1`, alert)
}

// Digest returns the alerts that a digest tells, the most severe first.
func (s Deliveries) Digest(ctx context.Context, delivery int64) ([]Content, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT id FROM alert WHERE digest_id = $1 ORDER BY severity DESC, id`, delivery)
	ids, err := collect(rows, err, "read digest", func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	all := make([]Content, 0, len(ids))
	for _, id := range ids {
		told, err := s.content(ctx, id, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, told)
	}
	return all, err
}

// AddDelivery records a message to be sent, and its channel.
func (s DeliveriesTx) Add(ctx context.Context, d news.Delivery) error {
	_, err := s.add(ctx, d)
	return err
}

// addDelivery records a message to be sent. One of an alert that an epoch before
// may have told begins in doubt.
func (s DeliveriesTx) add(ctx context.Context, d news.Delivery) (id int64, err error) {
	if d.Alert != 0 {
		if err := s.doubt(ctx, &d); err != nil {
			return 0, err
		}
	}
	return s.insert(ctx, d)
}

func (s DeliveriesTx) insert(ctx context.Context, d news.Delivery) (id int64, err error) {
	alert := sql.NullInt64{Int64: d.Alert, Valid: d.Alert != 0}
	_, err = s.tx.ExecContext(ctx, `INSERT INTO channel (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, d.Channel)
	if err != nil {
		return 0, fmt.Errorf("add channel: %w", explain(err))
	}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO delivery (promise, alert_id, story_id, channel, kind, severity, state, body, due_at, started_at, lost_until, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		rand.Text(), alert, d.Story, d.Channel, string(d.Kind), int(d.Severity), string(d.State), clean(d.Text), ms(d.Due),
		ms(d.Started), ms(d.LostUntil), ms(d.Created)).Scan(&id)
	return id, wrap("add delivery", err)
}

// Told is what a delivery tells of.
type Content struct {
	Alert   news.Alert
	Story   news.Story   // that the delivery tells of
	Matches []news.Match // of the story
	First   *news.Story  // that raised the alert, where it is another one; else nil
}

// Told returns what a delivery of an alert tells.
func (s Deliveries) Content(ctx context.Context, d news.Delivery) (Content, error) {
	return s.content(ctx, d.Alert, d.Story)
}

func (s Deliveries) content(ctx context.Context, alert, story int64) (t Content, err error) {
	var (
		a               = &t.Alert
		rules, mentions string
		first, created  int64
	)
	err = s.db.write.QueryRowContext(ctx, `SELECT id, cluster_id, story_id, channel, severity, rules, mentions, created_at,
			(SELECT count(*) > 0 FROM revision r WHERE r.story_id = alert.story_id AND r.seen_at = alert.created_at)
		FROM alert WHERE id = $1`, alert).
		Scan(&a.ID, &a.Cluster, &first, &a.Channel, &a.Severity, &rules, &mentions, &created, &a.Edited)
	if err != nil {
		return t, fmt.Errorf("read alert %d: %w", alert, err)
	}
	a.Rules, a.Mentions, a.Created = lists(rules), lists(mentions), at(created)
	n, err := s.db.Stories.Get(ctx, cmp.Or(story, first))
	if err != nil {
		return t, err
	}
	t.Story = *n.Story
	if story != 0 && story != first {
		n, err := s.db.Stories.Get(ctx, first)
		if err != nil {
			return t, err
		}
		t.First = n.Story
	}
	t.Matches, err = s.db.Stories.Matches(ctx, t.Story.ID)
	return t, err
}

// Count is how many rows are in a state.
type Count struct {
	State news.DeliveryState
	N     int64
}

// DeliveryCounts returns how many deliveries are in each state.
func (s Counts) Deliveries(ctx context.Context) ([]Count, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state`)
	return collect(rows, err, "count deliveries", func(scan func(...any) error) (c Count, err error) {
		return c, scan(&c.State, &c.N)
	})
}

// Totals are counts of what the store holds.
type Totals struct {
	Stories      int64     // whose text is kept
	Waiting      int64     // whose page is still to be read
	WaitingSince time.Time // when the oldest of those was first seen; zero: none waits
	Alerts       int64
	Oldest       time.Time // when the oldest kept story was first seen
}

// Totals counts the stories and alerts.
func (s Counts) Totals(ctx context.Context) (Totals, error) {
	var (
		t              Totals
		oldest, waited int64
	)
	err := s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM story), (SELECT count(*) FROM story WHERE waiting = 1),
		(SELECT coalesce(min(first_seen_at), 0) FROM story WHERE waiting = 1),
		(SELECT count(*) FROM alert), (SELECT coalesce(min(first_seen_at), 0) FROM story)`).
		Scan(&t.Stories, &t.Waiting, &waited, &t.Alerts, &oldest)
	if err != nil {
		return t, fmt.Errorf("count stories: %w", explain(err))
	}
	t.WaitingSince, t.Oldest = at(waited), at(oldest)
	return t, nil
}
