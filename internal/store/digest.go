package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// digestClosed is how long before it is due a digest takes no more alerts: a daemon
// whose clock is ahead may be reading it then.
const digestClosed = 30 * time.Second

// DigestOf says what a digest tells, and when.
type DigestOf struct {
	About news.About
	Key   string    // alerts of another key are told by another digest
	Due   time.Time // it is sent then, or before
}

// AddToDigest records an alert that is told in a digest. It returns false and changes
// nothing when the channel has an alert on the cluster.
func (s AlertsTx) AddToDigest(ctx context.Context, a news.Alert, in DigestOf) (added bool, err error) {
	var told int64
	err = s.tx.QueryRowContext(ctx, `
		SELECT count(*) FROM alert WHERE cluster_id = $1 AND channel = $2`, a.Cluster, a.Channel).Scan(&told)
	if err != nil || told > 0 {
		return false, wrap("look up alert", err)
	}
	digest, err := s.digestOf(ctx, a, in)
	if err != nil {
		return false, err
	}
	id, err := s.insert(ctx, a, digest)
	return id != 0, err
}

// digestOf returns the ID of the digest that is to tell an alert: a new one, unless there is
// one that takes more.
func (s AlertsTx) digestOf(ctx context.Context, a news.Alert, in DigestOf) (digest int64, err error) {
	d := news.Delivery{
		Story: a.Story, Channel: a.Channel, Kind: news.DeliverDigest, Severity: news.Normal,
		State: news.StatePending, About: in.About, Text: in.Key, Due: in.Due, Created: a.Created,
	}
	if err := s.tx.Deliveries.doubt(ctx, &d); err != nil {
		return 0, err
	}
	d.Story = 0
	if digest, err = s.joinDigest(ctx, d); err != nil || digest != 0 {
		return digest, err
	}
	return s.tx.Deliveries.insert(ctx, d)
}

// joinDigest returns the ID of a digest of d's channel that tells the same and takes
// more alerts, 0 when there is none. If d is in doubt, so is the digest from now on. One that
// is being rendered is rendered again. A digest from an earlier epoch takes none, because
// it may have been sent as it was.
func (s AlertsTx) joinDigest(ctx context.Context, d news.Delivery) (digest int64, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM delivery
		WHERE channel = $1 AND kind = 'digest' AND about = $4 AND body = $5 AND state IN ('pending', 'in_doubt') AND attempts = 0 AND due_at > $2
			AND created_at >= (SELECT coalesce(max(began_at), 0) FROM epoch)
			AND (SELECT count(*) FROM alert WHERE digest_id = delivery.id) < $3`,
		d.Channel, ms(d.Created.Add(digestClosed)), news.MostInDigest, string(d.About), d.Text).Scan(&digest)
	if err != nil || digest == 0 {
		return 0, wrap("look up digest", err)
	}
	doubt, args := ``, []any{digest}
	if !d.LostUntil.IsZero() {
		doubt = `, state = $2, started_at = $3, lost_until = $4`
		args = append(args, string(d.State), ms(d.Started), ms(d.LostUntil))
	}
	joined, err := change(ctx, s.tx, "join digest", `UPDATE delivery SET edition = edition + 1`+doubt+`
		WHERE id = $1 AND state IN ('pending', 'in_doubt') AND attempts = 0`, args...)
	if !joined {
		digest = 0
	}
	return digest, err
}

// LeaveDigest removes an alert from the digest that is still to tell it, because a message
// of its own has told the channel.
func (s Alerts) LeaveDigest(ctx context.Context, alert int64) error {
	return exec(ctx, s.db.write, "leave alert out of digest", `
		UPDATE alert SET digest_id = 0 WHERE id = $1
			AND digest_id IN (SELECT id FROM delivery WHERE kind = 'digest' AND state <> 'sent')`, alert)
}

// Raising reports whether an alert of a digest was raised, and the message that says so is
// still to be sent.
func (s Deliveries) Raising(ctx context.Context, digest int64) (raising bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `SELECT count(*) > 0 FROM delivery
		WHERE kind = 'update' AND about = 'raised' AND state IN `+open+`
			AND alert_id IN (SELECT id FROM alert WHERE digest_id = $1)`, digest).Scan(&raising)
	return raising, wrap("look for raised alerts", err)
}

// OpenDigest returns the digest that is still to tell an alert. found is false when there is
// none.
func (s Deliveries) OpenDigest(ctx context.Context, alert int64) (d news.Delivery, found bool, err error) {
	d, err = scanDelivery(s.db.write.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
		WHERE id = (SELECT digest_id FROM alert WHERE id = $1) AND kind = 'digest' AND state IN `+open, alert).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	return d, err == nil, wrap("look for a digest", err)
}

// WaitNoMore makes all deliveries due now that wait for more to tell: digests of what was
// missed or folded, updates and edits. What people asked to be told later stays.
func (s Deliveries) WaitNoMore(ctx context.Context, now time.Time) error {
	return exec(ctx, s.db.write, "wait no more", `
		UPDATE delivery SET due_at = $1
		WHERE kind IN ('digest', 'update', 'edit') AND (kind <> 'digest' OR about IN ('', 'fold'))
			AND state = 'pending' AND attempts = 0 AND due_at > $1`, ms(now))
}

// deferred selects the digests of what people asked to be told later, as long as nobody has
// tried to send them.
const deferred = `kind = 'digest' AND about IN ('snooze', 'quiet', 'digest') AND attempts = 0`

// gathering selects the digests of quiet hours and of the calendar that nobody has tried
// to send.
const gathering = deferred + ` AND about IN ('quiet', 'digest') AND state IN ('pending', 'in_doubt')`

// soonSent is how long before it is due a digest keeps its time: one that waits for no more
// than that may be due already, and put off for a moment.
const soonSent = 5 * time.Minute

// Gathering returns the digests of quiet hours and of the calendar that are not due at a
// time or soon after, the oldest first.
func (s Deliveries) Gathering(ctx context.Context, now time.Time) ([]news.Delivery, error) {
	rows, err := s.db.write.QueryContext(ctx,
		`SELECT `+deliveryColumns+` FROM delivery WHERE `+gathering+` AND due_at > $1 ORDER BY id`, ms(now.Add(soonSent)))
	return collect(rows, err, "read digests", scanDelivery)
}

// SendAt has a digest sent at another time.
func (s Deliveries) SendAt(ctx context.Context, d news.Delivery, due time.Time) error {
	return exec(ctx, s.db.write, "send digest at another time",
		`UPDATE delivery SET due_at = `+due1+`, edition = edition + 1 WHERE id = $2 AND `+gathering, ms(due), d.ID)
}

// looksAgain bounds how long a delivery waits that is kept from its channel, before it is looked
// whether it still is.
const looksAgain = 5 * time.Minute

// LookAgain has what may be kept from its channel by quiet hours, and is told by no digest, looked
// at now: an update, a message to others, the head of a storm or its end. It leaves alone what
// waits for its turn in a thread.
func (s Deliveries) LookAgain(ctx context.Context, now time.Time) error {
	return exec(ctx, s.db.write, "look at deliveries again", `
		UPDATE delivery SET due_at = $1 WHERE state = 'pending' AND attempts = 0 AND due_at > $1 AND due_at <= $2
			AND (kind IN ('update', 'unanswered', 'notice') AND about NOT IN ('batch', 'development') OR kind = 'digest' AND about = 'storm')`,
		ms(now), ms(now.Add(looksAgain)))
}

// CountFromDue has the age of a digest count from when it is due, not from its first alert:
// nobody was to send it before. It changes nothing once somebody has tried to send it.
func (s Deliveries) CountFromDue(ctx context.Context, d *news.Delivery) error {
	if d.Kind != news.DeliverDigest || d.Attempts > 0 || d.Error != "" || !d.Due.After(d.Created) {
		return nil
	}
	d.Created = d.Due
	return exec(ctx, s.db.write, "count age of digest", `
		UPDATE delivery SET created_at = $1 WHERE id = $2 AND promise = $3 AND attempts = 0 AND error = ''`,
		ms(d.Due), d.ID, d.Promise)
}

// Digest returns the alerts of a digest, the most severe first.
func (s Deliveries) Digest(ctx context.Context, delivery int64) ([]Content, error) {
	rows, err := s.db.write.QueryContext(ctx, `
		SELECT id FROM alert WHERE digest_id = $1 ORDER BY severity DESC, id`, delivery)
	return s.contents(ctx, rows, err)
}

// contents returns what alerts tell, by the rows of their IDs.
func (s Deliveries) contents(ctx context.Context, rows *sql.Rows, err error) ([]Content, error) {
	ids, err := collect(rows, err, "read digest", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
	all := make([]Content, 0, len(ids))
	for _, id := range ids {
		c, err := s.content(ctx, id, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, err
}
