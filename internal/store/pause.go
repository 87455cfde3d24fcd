package store

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Pauses reads what operators have paused.
type Pauses struct{ db *Store }

// PausesTx begins and ends pauses in a transaction.
type PausesTx struct{ tx *Tx }

// OrderedPause is a time in which nothing is posted to a channel, or to any, because an
// operator says so. What is to be posted waits in its rows.
type OrderedPause struct {
	Channel string // "" is all channels
	Since   time.Time
	Until   time.Time // zero: until somebody ends it
	By      string
	Why     string
}

// LongestPause is how long a pause may be that ends by itself. One beyond it was begun while the
// clock was ahead.
const LongestPause = 31 * 24 * time.Hour

// pausedTo selects by an SQL expression of a channel whether deliveries to it are paused.
func pausedTo(channel string) string {
	return `(` + channel + ` IN (SELECT name FROM pause) OR '' IN (SELECT name FROM pause))`
}

const pauseColumns = `name, since_at, until_at, by_name, why`

func scanPause(scan func(...any) error) (p OrderedPause, err error) {
	var since, until int64
	err = scan(&p.Channel, &since, &until, &p.By, &p.Why)
	p.Since, p.Until = at(since), at(until)
	return p, err
}

// All returns the pauses that hold, that of all channels first, then by name. One that has run
// out holds until its end is recorded.
func (s Pauses) All(ctx context.Context) ([]OrderedPause, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+pauseColumns+` FROM pause ORDER BY name`)
	return collect(rows, err, "read pauses", scanPause)
}

// Hold reports whether deliveries to a channel are paused.
func (s Pauses) Hold(ctx context.Context, channel string) (holds bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `SELECT `+pausedTo(`CAST($1 AS text)`), channel).Scan(&holds)
	return holds, wrap("look for a pause", err)
}

// Waiting returns how many deliveries a pause holds that are due.
func (s Pauses) Waiting(ctx context.Context, p OrderedPause, now time.Time) (n int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM delivery
		WHERE state IN `+open+` AND kind <> 'edit' AND due_at <= $1 AND (channel = $2 OR $2 = '')`, ms(now), p.Channel).Scan(&n)
	return n, wrap("count what a pause holds", err)
}

// Channels returns how many channels are paused, of those that ever had a delivery or are
// paused by name.
func (s Pauses) Channels(ctx context.Context) (n int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM (
		SELECT name FROM channel WHERE `+pausedTo("name")+` UNION SELECT name FROM pause) AS paused
		WHERE name <> '' OR NOT EXISTS (SELECT 1 FROM channel)`).Scan(&n)
	return n, wrap("count paused channels", err)
}

// Hold reports whether deliveries to a channel are paused.
func (s PausesTx) Hold(ctx context.Context, channel string) (holds bool, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT `+pausedTo(`CAST($1 AS text)`), channel).Scan(&holds)
	return holds, wrap("look for a pause", err)
}

// Begin records a pause and returns it. One that holds is changed, and began when it did.
func (s PausesTx) Begin(ctx context.Context, p OrderedPause) (OrderedPause, error) {
	p, err := scanPause(s.tx.QueryRowContext(ctx, `
		INSERT INTO pause (name, since_at, until_at, by_name, why) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) DO UPDATE SET until_at = excluded.until_at, by_name = excluded.by_name, why = excluded.why
		RETURNING `+pauseColumns, clean(p.Channel), ms(p.Since), ms(p.Until), clean(p.By), clean(p.Why)).Scan)
	return p, wrap("pause deliveries", err)
}

// All returns the pauses that hold, that of all channels first.
func (s PausesTx) All(ctx context.Context) ([]OrderedPause, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT `+pauseColumns+` FROM pause ORDER BY name`)
	return collect(rows, err, "read pauses", scanPause)
}

// End ends a pause as it was read, and returns the channels that go on: Release has what waits in
// each sent. It returns false when the pause is over, or was changed meanwhile. Channels that have
// a pause of their own, too, stay paused.
func (s PausesTx) End(ctx context.Context, p OrderedPause) (channels []string, ended bool, err error) {
	ended, err = change(ctx, s.tx, "resume deliveries", `
		DELETE FROM pause WHERE name = $1 AND until_at = $2`, p.Channel, ms(p.Until))
	if err != nil || !ended {
		return nil, ended, err
	}
	rows, err := s.tx.QueryContext(ctx, `SELECT name FROM channel WHERE (name = $1 OR $1 = '') AND NOT `+pausedTo("name")+` ORDER BY name`, p.Channel)
	channels, err = collect(rows, err, "read channels", func(scan func(...any) error) (name string, err error) {
		return name, scan(&name)
	})
	return channels, true, err
}

// HeldAlert is an alert whose first message a pause held, and that nobody has tried to send.
type HeldAlert struct {
	news.Alert

	Source string    // of its story
	Due    time.Time // when it was to be sent
}

// Held returns the alerts whose first messages are due in a channel and that nobody has tried to
// send, the most severe first. Those that an escalation brings are none of them.
func (s PausesTx) Held(ctx context.Context, channel string, now time.Time) ([]HeldAlert, error) {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT a.id, a.cluster_id, a.story_id, a.channel, a.severity, a.rules, a.mentions, a.created_at, s.source, d.due_at
		FROM delivery d JOIN alert a ON a.id = d.alert_id JOIN story s ON s.id = a.story_id
		WHERE d.channel = $1 AND d.kind = 'story' AND d.body = '' AND d.state = 'pending' AND d.attempts = 0 AND d.lost_until = 0
			AND d.due_at <= $2 AND a.digest_id = 0
		ORDER BY a.severity DESC, a.id`, channel, ms(now))
	return collect(rows, err, "read what a pause held", func(scan func(...any) error) (h HeldAlert, err error) {
		var due int64
		h.Alert, err = scanAlert(func(into ...any) error { return scan(append(into, &h.Source, &due)...) })
		h.Due = at(due)
		return h, err
	})
}

// toldLater is the error of a delivery whose alert a digest tells.
const toldLater = "it waited for the end of a pause: a digest tells it"

// Gather has digests tell alerts of one channel that a pause held, instead of their own messages.
// Those that wait for more join a digest that tells the same.
func (s PausesTx) Gather(ctx context.Context, alerts []news.Alert, in DigestOf, now time.Time) (err error) {
	digest, joins := int64(0), in.Due.After(now.Add(digestClosed))
	for i, a := range alerts {
		id := a.ID
		if joins || i%news.MostInDigest == 0 {
			a.Created = now
			digest, err = s.tx.Alerts.digestOf(ctx, a, in)
		}
		if err == nil {
			err = exec(ctx, s.tx, "tell alert in digest", `UPDATE alert SET digest_id = $1 WHERE id = $2`, digest, id)
		}
		if err == nil {
			err = exec(ctx, s.tx, "tell alert in digest", `UPDATE delivery SET state = 'sent', error = $1, done_at = $2
				WHERE alert_id = $3 AND kind = 'story' AND state = 'pending'`, toldLater, ms(now), id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Waited counts the messages that are due in a channel.
func (s PausesTx) Waited(ctx context.Context, channel string, now time.Time) (n int, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) FROM delivery
		WHERE channel = $1 AND state IN `+open+` AND kind <> 'edit' AND due_at <= $2`, channel, ms(now)).Scan(&n)
	return n, wrap("count what a pause held", err)
}

// Release has what waits in a channel since a time sent from now on; digests once it is awake,
// except those of a pause that tell what is urgent. The age of what waited counts on from what it
// was when the pause began.
func (s PausesTx) Release(ctx context.Context, channel string, since, awake, now time.Time) error {
	return exec(ctx, s.tx, "resume deliveries", `UPDATE delivery
		SET created_at = created_at + $1 - (CASE WHEN created_at > $2 THEN created_at ELSE $2 END),
			due_at = CASE WHEN state <> 'pending' THEN due_at
				WHEN kind = 'digest' AND about IN ('', 'snooze', 'quiet', 'digest', 'pause') AND NOT (about = 'pause'
					AND EXISTS (SELECT 1 FROM alert WHERE digest_id = delivery.id AND severity >= $5)) THEN $4
				WHEN due_at < $1 THEN $1 ELSE due_at END
		WHERE channel = $3 AND state IN `+open+` AND created_at < $1 AND due_at <= $1`,
		ms(now), ms(since), channel, ms(awake), int(news.Urgent))
}
