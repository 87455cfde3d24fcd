package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// AddUpdate records an update of an alert, and returns its ID.
func (s DeliveriesTx) AddUpdate(ctx context.Context, d news.Delivery) (id int64, err error) {
	return s.add(ctx, d)
}

// batchOpen is how long after it is due a batch takes more reports. One that took more for
// ever would never be sent.
const batchOpen = 30 * time.Second

// OpenUpdate returns the ID of an update of an alert that takes more reports, because
// nobody has tried to send it; 0 when there is none. One that is being rendered is
// rendered again.
func (s DeliveriesTx) OpenUpdate(
	ctx context.Context, alert int64, about news.About, now time.Time,
) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		UPDATE delivery SET edition = edition + 1
		WHERE alert_id = $1 AND kind = 'update' AND about = $2 AND state IN ('pending', 'parked') AND attempts = 0
			AND (about <> 'batch' OR due_at > $3)
		RETURNING id`, alert, string(about), ms(now.Add(-batchOpen))).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return id, wrap("look up update", err)
}

// Retell has the message of an alert tell of another story, at the alert's severity. It
// returns false when somebody has tried to send it.
func (s DeliveriesTx) Retell(ctx context.Context, a news.Alert, story int64) (untold bool, err error) {
	return change(ctx, s.tx, "raise alert", `
		UPDATE delivery SET story_id = $1, severity = $2
		WHERE alert_id = $3 AND kind = 'story' AND state = 'pending' AND attempts = 0`, story, int(a.Severity), a.ID)
}

// Shown returns when an alert's channel was last shown, or is going to be shown, an
// update about something, and how many of these were recorded after since.
func (s DeliveriesTx) Shown(
	ctx context.Context, alert int64, about news.About, since time.Time,
) (last time.Time, n int, err error) {
	var shown int64
	err = s.tx.QueryRowContext(ctx, `
		SELECT coalesce(max(CASE WHEN done_at > 0 THEN done_at ELSE due_at END), 0),
			coalesce(sum(CASE WHEN created_at > $3 THEN 1 ELSE 0 END), 0)
		FROM delivery WHERE alert_id = $1 AND kind = 'update' AND about = $2`, alert, string(about), ms(since)).
		Scan(&shown, &n)
	return at(shown), n, wrap("look up updates", err)
}

// mostAnew is how often a message that is to be posted is rendered anew because its news
// went on. Further news of that is shown by an edit, so that the post is not held up.
const mostAnew = 20

// Edit has the message of an alert show what its news has come to. Edits that wait are
// one; between two of them passes gap. A message that was not posted shows it anyway. A
// digest that told the alert, or may have, is its message.
func (s DeliveriesTx) Edit(ctx context.Context, alert int64, now time.Time, gap time.Duration) error {
	unposted, err := change(ctx, s.tx, "edit message", `
		UPDATE delivery SET edition = edition + 1
		WHERE alert_id = $1 AND kind = 'story' AND state IN ('pending', 'parked') AND edition < $2`, alert, mostAnew)
	if err != nil || unposted {
		return err
	}
	err = s.editMessages(ctx, `(alert_id = $1 AND (kind = 'story' OR kind = 'unanswered' AND $3 = 0) AND state <> 'dead' OR id = (SELECT digest_id FROM alert WHERE id = $1)
		AND about IN ('quiet', 'digest', 'pause', 'fold') AND (state = 'sent' OR state <> 'dead' AND (attempts > 0 OR lost_until > 0)))`,
		now, gap, alert)
	if err != nil {
		return err
	}
	return s.editMessages(ctx, `id IN (SELECT s.head_id FROM storm s JOIN delivery f ON f.body = '{"storm":' || s.id || '}'
		WHERE f.kind = 'digest' AND f.about = 'fold' AND f.id = (SELECT digest_id FROM alert WHERE id = $1))`, now, gap, alert)
}

// editMessages has the messages of the deliveries that a condition on $1, which is of, selects
// show what they are to show by now. Edits that wait are one; between two of them passes gap.
func (s DeliveriesTx) editMessages(
	ctx context.Context, which string, now time.Time, gap time.Duration, of int64,
) error {
	return exec(ctx, s.tx, "edit message", `
		INSERT INTO delivery (alert_id, story_id, channel, kind, severity, state, due_at, created_at, edition, edits)
		SELECT alert_id, 0, channel, 'edit', severity, 'pending', CAST($2 AS bigint), CAST($2 AS bigint), 1, id FROM delivery
			WHERE `+which+` AND closed = ''
		ON CONFLICT (edits) WHERE edits <> 0 DO UPDATE SET edition = delivery.edition + 1, channel = excluded.channel, created_at = excluded.created_at,
			state = CASE WHEN delivery.state IN ('sent', 'dead') THEN 'pending' ELSE delivery.state END,
			plain = CASE WHEN delivery.state IN ('sent', 'dead') THEN 0 ELSE delivery.plain END,
			due_at = CASE
				WHEN delivery.state IN ('sent', 'dead') AND delivery.done_at + $3 > excluded.due_at THEN delivery.done_at + $3
				WHEN delivery.state IN ('sent', 'dead') OR delivery.due_at > excluded.due_at AND $3 = 0 THEN excluded.due_at
				ELSE delivery.due_at END`, of, ms(now), gap.Milliseconds())
}

// EditReports has the replies that told of a story, as a further report, show what has become
// of it. One that is still to be sent is rendered anew.
func (s DeliveriesTx) EditReports(ctx context.Context, story int64, now time.Time) error {
	const telling = `id IN (SELECT delivery_id FROM report WHERE story_id = $1 AND delivery_id <> 0) AND kind = 'update'`
	err := exec(ctx, s.tx, "edit reply", `UPDATE delivery SET edition = edition + 1
		WHERE `+telling+` AND state IN ('pending', 'parked') AND edition < $2`, story, mostAnew)
	if err != nil {
		return err
	}
	return s.editMessages(ctx, telling+` AND state NOT IN ('pending', 'parked', 'dead')`, now, 0, story)
}

// EditNews is Edit for all alerts on a news.
func (s DeliveriesTx) EditNews(ctx context.Context, id int64, now time.Time, gap time.Duration) error {
	rows, err := s.tx.QueryContext(ctx, `SELECT id FROM alert WHERE cluster_id IN `+ofNews, id)
	alerts, err := collect(rows, err, "read alerts", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
	for _, alert := range alerts {
		if err := s.Edit(ctx, alert, now, gap); err != nil {
			return err
		}
	}
	return err
}

// MarkEdited records that a message shows what an edit said. If the news has gone on
// since, the edit is due again: at once where Edit was called without a gap, else after
// gap.
func (s Deliveries) MarkEdited(ctx context.Context, d news.Delivery, now time.Time, gap time.Duration) error {
	return exec(ctx, s.db.write, "mark message edited", `
		UPDATE delivery SET state = CASE WHEN edition = $1 THEN 'sent' ELSE 'pending' END, done_at = $2,
			due_at = CASE WHEN due_at <= $2 THEN CAST($2 AS bigint) ELSE CAST($2 AS bigint) + $4 END, error = '', attempts = 0
		WHERE id = $3 AND kind = 'edit' AND state = 'sending'`, d.Edition, ms(now), d.ID, gap.Milliseconds())
}

// Settle ends a delivery that has nothing to say any more.
func (s Deliveries) Settle(ctx context.Context, d news.Delivery, cause string, now time.Time) error {
	return exec(ctx, s.db.write, "settle delivery", `
		UPDATE delivery SET state = 'sent', error = $1, done_at = $2 WHERE id = $3 AND promise = $4 AND edition = $5`,
		cause, ms(now), d.ID, d.Promise, d.Edition)
}

// Close records that the message of a delivery cannot be edited any more, because it is
// gone or locked.
func (s Deliveries) Close(ctx context.Context, delivery int64, why string) error {
	return exec(ctx, s.db.write, "close message", `UPDATE delivery SET closed = $1 WHERE id = $2`, why, delivery)
}

// Posted is a posted message of an alert.
type Posted struct {
	Delivery  int64
	ChannelID string
	TS        string
	Posted    time.Time
}

// ofAlert selects the messages in which a channel is told of an alert and what came
// after it: its own, and the digest of quiet hours, of the calendar or of a pause that told it.
func ofAlert(alert string) string {
	return `(alert_id = ` + alert + ` AND kind IN ('story', 'update')
	OR id = (SELECT digest_id FROM alert WHERE id = ` + alert + `) AND about IN ('quiet', 'digest', 'pause'))`
}

// rootOf selects the message of an alert that its thread hangs on.
func rootOf(alert string) string {
	return ofAlert(alert) + ` AND state = 'sent' AND thread = '' AND ts <> '' AND closed <> 'gone'`
}

// newestRoot is the order in which the first root is the one.
const newestRoot = ` ORDER BY done_at DESC, id DESC LIMIT 1`

// Root returns the message of an alert that its thread hangs on: the newest that stands in
// the channel itself. It has no TS when there is none. coming tells that one is still to
// be posted.
func (s Deliveries) Root(ctx context.Context, alert int64) (m Posted, coming bool, err error) {
	m, err = s.RootBefore(ctx, alert, math.MaxInt64)
	if err != nil || m.TS != "" {
		return m, false, err
	}
	err = s.db.write.QueryRowContext(ctx, `SELECT count(*) > 0 FROM delivery
		WHERE alert_id = $1 AND kind = 'story' AND state IN `+open, alert).Scan(&coming)
	return m, coming, wrap("look up message", err)
}

// RootBefore is Root without a delivery and those that were recorded after it.
func (s Deliveries) RootBefore(ctx context.Context, alert, before int64) (m Posted, err error) {
	var posted int64
	err = s.db.write.QueryRowContext(ctx, `SELECT id, channel_id, ts, done_at FROM delivery
		WHERE `+rootOf("$1")+` AND id < $2`+newestRoot, alert, before).Scan(&m.Delivery, &m.ChannelID, &m.TS, &posted)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	m.Posted = at(posted)
	return m, wrap("look up message", err)
}

// Surfaced returns when the channel was last shown anything of an alert; zero: never.
func (s Deliveries) Surfaced(ctx context.Context, alert int64) (time.Time, error) {
	var last int64
	err := s.db.write.QueryRowContext(ctx, `SELECT coalesce(max(done_at), 0) FROM delivery
		WHERE `+ofAlert("$1")+` AND state = 'sent' AND ts <> '' AND (thread = '' OR broadcast = 1)`, alert).
		Scan(&last)
	return at(last), wrap("look up messages", err)
}

// Updates returns the updates of an alert that say what has become of its story, the
// oldest first, sent or not.
func (s Deliveries) Updates(ctx context.Context, alert int64) ([]news.Delivery, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
		WHERE alert_id = $1 AND kind = 'update' AND about NOT IN ('batch', 'development', 'linked') ORDER BY id`, alert)
	return collect(rows, err, "read updates", scanDelivery)
}
