package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Deliveries reads and changes the deliveries.
type Deliveries struct{ db *Store }

// DeliveriesTx records the deliveries in a transaction.
type DeliveriesTx struct{ tx *Tx }

const deliveryColumns = `id, promise, coalesce(alert_id, 0), story_id, channel, kind, severity, state, body, plain, attempts,
	due_at, started_at, answered, lost_until, created_at, done_at, channel_id, ts, error`

func scanDelivery(scan func(...any) error) (news.Delivery, error) {
	var (
		d                                 news.Delivery
		due, started, lost, created, done int64
	)
	err := scan(&d.ID, &d.Promise, &d.Alert, &d.Story, &d.Channel, &d.Kind, &d.Severity, &d.State, &d.Text, &d.Plain, &d.Attempts,
		&due, &started, &d.Answered, &lost, &created, &done, &d.ChannelID, &d.TS, &d.Error)
	d.Due, d.Started, d.LostUntil, d.Created, d.Done = at(due), at(started), at(lost), at(created), at(done)
	return d, err
}

// Get returns one delivery, or ErrNotFound.
func (s Deliveries) Get(ctx context.Context, id int64) (news.Delivery, error) {
	d, err := scanDelivery(s.db.write.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM delivery WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return d, fmt.Errorf("read delivery %d: %w", id, err)
	}
	return d, nil
}

// List returns the newest deliveries in any of the states (all states
// when none is given), newest first.
func (s Deliveries) List(ctx context.Context, limit int, states ...news.DeliveryState) ([]news.Delivery, error) {
	return s.Find(ctx, DeliveryFilter{Limit: limit, States: states})
}

// DeliveryFilter says which deliveries are wanted. A field that is its zero
// value lets every delivery through.
type DeliveryFilter struct {
	Limit   int // the newest of them
	ID      int64
	States  []news.DeliveryState // any of them
	Channel string
	Rule    string    // that the alert names
	Since   time.Time // recorded then or later
	Before  time.Time // recorded earlier
}

// Find returns the deliveries of a filter, the newest first.
func (s Deliveries) Find(ctx context.Context, f DeliveryFilter) ([]news.Delivery, error) {
	var (
		where []string
		args  []any
	)
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, strings.ReplaceAll(condition, "?", fmt.Sprint("$", len(args))))
	}
	if f.ID != 0 {
		add(`id = ?`, f.ID)
	}
	if len(f.States) > 0 {
		where = append(where, `state IN (`+placeholders(len(args)+1, len(f.States))+`)`)
		for _, state := range f.States {
			args = append(args, string(state))
		}
	}
	if f.Channel != "" {
		add(`channel = ?`, f.Channel)
	}
	if f.Rule != "" {
		name, _ := json.Marshal(f.Rule)                                                              // a text always marshals
		add(`alert_id IN (SELECT id FROM alert WHERE replace(rules, ?, '') <> rules)`, string(name)) // as it stands in the list
	}
	if !f.Since.IsZero() {
		add(`created_at >= ?`, ms(f.Since))
	}
	if !f.Before.IsZero() {
		add(`created_at < ?`, ms(f.Before))
	}
	query := `SELECT ` + deliveryColumns + ` FROM delivery`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	args = append(args, f.Limit)
	rows, err := s.db.read.QueryContext(ctx, query+fmt.Sprintf(` ORDER BY id DESC LIMIT $%d`, len(args)), args...)
	return collect(rows, err, "read deliveries", scanDelivery)
}

// Add records a message to be sent, and its channel.
func (s DeliveriesTx) Add(ctx context.Context, d news.Delivery) error {
	_, err := s.add(ctx, d)
	return err
}

// add records a message to be sent. One of an alert that an epoch before
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
	err = exec(ctx, s.tx, "add channel", `INSERT INTO channel (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, d.Channel)
	if err != nil {
		return 0, err
	}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO delivery (promise, alert_id, story_id, channel, kind, severity, state, body, due_at, started_at, lost_until, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		rand.Text(), alert, d.Story, d.Channel, string(d.Kind), int(d.Severity), string(d.State), clean(d.Text), ms(d.Due),
		ms(d.Started), ms(d.LostUntil), ms(d.Created)).Scan(&id)
	return id, wrap("add delivery", err)
}

// oldestTurn is how often the oldest delivery goes before the most severe one:
// at every fifth slot of its channel.
const oldestTurn = 5

// Next returns the delivery of a channel that goes next, of those that
// are due: the most severe one, and of these the oldest; but at every fifth slot
// the oldest of all, so that no alert waits for ever behind more severe ones.
// ok is false when none is due.
func (s Deliveries) Next(ctx context.Context, channel string, now time.Time) (d news.Delivery, ok bool, err error) {
	var slots int64
	err = s.db.write.QueryRowContext(ctx, `SELECT slots FROM channel WHERE name = $1`, channel).Scan(&slots)
	if err == nil {
		order := `severity DESC, id`
		if slots%oldestTurn == oldestTurn-1 {
			order = `id`
		}
		d, err = scanDelivery(s.db.write.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
			WHERE channel = $1 AND state IN `+open+` AND due_at <= $2 ORDER BY `+order+` LIMIT 1`, channel, ms(now)).Scan)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, wrap("next delivery", err)
	}
	return d, true, nil
}

// Begin commits the intent to post: the state sending, the time, one
// more attempt, all of which it sets in d. Until doubt has come nobody may
// post it again, nor look for it. false means that the channel's claim is
// lost, that somebody else has gone on with the delivery, or that the store is
// not the one it was (Restored).
func (s Deliveries) Begin(ctx context.Context, c Claim, d *news.Delivery, now, doubt time.Time) (bool, error) {
	same, place, err := s.db.same()
	if err != nil {
		return false, err
	}
	args := append([]any{ms(now), ms(doubt), d.ID, string(d.State), d.Attempts, c.Name, c.Token, d.Promise, d.Story, int(d.Severity)}, place...)
	ok, err := change(ctx, s.db.write, "begin delivery", `
		UPDATE delivery SET state = 'sending', started_at = $1, due_at = $2, attempts = attempts + 1, answered = 0, lost_until = 0
		WHERE id = $3 AND state = $4 AND attempts = $5 AND promise = $8 AND story_id = $9 AND severity = $10
			AND EXISTS (SELECT 1 FROM channel WHERE name = delivery.channel AND name = $6 AND claim = $7)`+same,
		args...)
	if err != nil || !ok {
		return false, err
	}
	d.State, d.Started, d.Attempts, d.Answered, d.LostUntil = news.StateSending, now, d.Attempts+1, false, time.Time{}
	return true, s.db.witness(*d)
}

// MarkSent records where a delivery arrived.
func (s Deliveries) MarkSent(ctx context.Context, d news.Delivery, channelID, ts string, now time.Time) error {
	return exec(ctx, s.db.write, "mark delivery sent", `
		UPDATE delivery SET state = 'sent', channel_id = $1, ts = $2, done_at = $3, error = '', lost_until = 0
		WHERE id = $4 AND promise = $5 AND state <> 'sent'`, channelID, ts, ms(now), d.ID, d.Promise)
}

// MarkInDoubt records that the attempt under way may or may not have arrived;
// at due it is looked for. With d.Answered it is not under way any more.
func (s Deliveries) MarkInDoubt(ctx context.Context, d news.Delivery, cause string, due time.Time) error {
	return exec(ctx, s.db.write, "mark delivery in doubt", `
		UPDATE delivery SET state = 'in_doubt', error = $1, due_at = $2, answered = $3
		WHERE id = $4 AND attempts = $5 AND promise = $6 AND state = 'sending'`,
		cause, ms(due), integer(d.Answered), d.ID, d.Attempts, d.Promise)
}

// MarkPending records that the last attempt certainly did not arrive; another
// is made at due. plain asks for a plain rendering.
func (s Deliveries) MarkPending(ctx context.Context, d news.Delivery, cause string, due time.Time, plain bool) error {
	return exec(ctx, s.db.write, "mark delivery pending", `
		UPDATE delivery SET state = 'pending', error = $1, due_at = $2, plain = CASE WHEN $3 = 1 THEN 1 ELSE plain END
		WHERE id = $4 AND attempts = $5 AND promise = $6 AND lost_until = $7 AND state IN `+open,
		cause, ms(due), integer(plain), d.ID, d.Attempts, d.Promise, ms(d.LostUntil))
}

// Postpone moves a delivery's next turn without changing its state.
func (s Deliveries) Postpone(ctx context.Context, d news.Delivery, cause string, due time.Time) error {
	return exec(ctx, s.db.write, "put delivery off", `
		UPDATE delivery SET error = $1, due_at = $2 WHERE id = $3 AND attempts = $4 AND promise = $5 AND state IN `+open,
		cause, ms(due), d.ID, d.Attempts, d.Promise)
}

// MarkDead gives a delivery up; false means that it was not open any more.
func (s DeliveriesTx) MarkDead(ctx context.Context, id int64, cause string, now time.Time) (bool, error) {
	return change(ctx, s.tx, "mark delivery dead", `UPDATE delivery SET state = 'dead', error = $1, done_at = $2 WHERE id = $3 AND state IN `+open,
		cause, ms(now), id)
}

// Drop gives a delivery up on its operator's word. ErrNotFound: there is none
// of that number that waits to be sent, in whatever state.
func (s Deliveries) Drop(ctx context.Context, id int64, now time.Time) error {
	return s.db.InTx(ctx, func(tx *Tx) error {
		var channel string
		err := tx.QueryRowContext(ctx, `
			UPDATE delivery SET state = 'dead', error = 'dropped by hand', done_at = $1
			WHERE id = $2 AND state IN ('pending', 'parked', 'in_doubt') RETURNING channel`, ms(now), id).Scan(&channel)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("drop delivery %d: no delivery of that number waits to be sent: %w", id, ErrNotFound)
		}
		if err == nil {
			err = tx.Channels.forgetParked(ctx, channel)
		}
		return wrap("drop delivery", err)
	})
}

// Retry makes a parked or dead delivery due now. One that may have arrived is
// still looked for first. ErrNotFound: there is none in such a state.
func (s Deliveries) Retry(ctx context.Context, id int64, now time.Time) error {
	return s.db.InTx(ctx, func(tx *Tx) error {
		ok, err := change(ctx, tx, "retry delivery", `
			UPDATE delivery SET state = CASE WHEN state = 'dead' AND started_at > 0 THEN 'in_doubt' ELSE 'pending' END,
				due_at = $1, done_at = 0, error = '', created_at = CASE WHEN state = 'dead' THEN $1 ELSE created_at END
			WHERE id = $2 AND state IN ('parked', 'dead')`, ms(now), id)
		if err == nil && !ok {
			err = fmt.Errorf("retry delivery %d: no parked or dead delivery of that number: %w", id, ErrNotFound)
		}
		if err != nil {
			return err
		}
		return tx.Channels.free(ctx, id, now)
	})
}

// Began reports whether the store knows that a delivery was begun. One that
// arrived and is not known was lost. The number counts where a message has no
// promise.
func (s Deliveries) Began(ctx context.Context, promise string, delivery int64) (bool, error) {
	var n int64
	err := s.db.write.QueryRowContext(ctx, `
		SELECT count(*) FROM delivery WHERE attempts > 0 AND (promise = $1 AND promise <> '' OR $1 = '' AND id = $2)`, promise, delivery).Scan(&n)
	if err != nil {
		return false, wrap("look up promise", err)
	}
	return n > 0, nil
}
