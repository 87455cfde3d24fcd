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

// Deliveries reads the deliveries, begins them and records what became of them.
type Deliveries struct{ db *Store }

// DeliveriesTx adds deliveries, gives them up and redirects them, in a transaction.
type DeliveriesTx struct{ tx *Tx }

const deliveryColumns = `id, promise, coalesce(alert_id, 0), story_id, channel, kind, severity, state, body, plain,
	attempts, due_at, started_at, answered, lost_until, created_at, done_at, channel_id, ts, error,
	about, thread, broadcast, edition, edits, closed, mentions, resting`

func scanDelivery(scan func(...any) error) (news.Delivery, error) {
	var (
		d                                 news.Delivery
		due, started, lost, created, done int64
		resting                           string
	)
	err := scan(
		&d.ID, &d.Promise, &d.Alert, &d.Story, &d.Channel, &d.Kind, &d.Severity, &d.State, &d.Text, &d.Plain,
		&d.Attempts, &due, &started, &d.Answered, &lost, &created, &done, &d.ChannelID, &d.TS, &d.Error,
		&d.About, &d.Thread, &d.Broadcast, &d.Edition, &d.Edits, &d.Closed, &d.Mentions, &resting)
	d.Resting = lists(resting)
	d.Due, d.Started, d.LostUntil, d.Created, d.Done = at(due), at(started), at(lost), at(created), at(done)
	return d, err
}

// Get returns a delivery by its ID, or ErrNotFound.
func (s Deliveries) Get(ctx context.Context, id int64) (news.Delivery, error) {
	d, err := scanDelivery(s.db.write.QueryRowContext(ctx,
		`SELECT `+deliveryColumns+` FROM delivery WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return d, wrap(fmt.Sprintf("read delivery %d", id), err)
	}
	return d, nil
}

// List returns the newest deliveries in any of the states, the newest first. With
// no state it returns those in all states.
func (s Deliveries) List(ctx context.Context, limit int, states ...news.DeliveryState) ([]news.Delivery, error) {
	return s.Find(ctx, DeliveryFilter{Limit: limit, States: states})
}

// DeliveryFilter selects deliveries. A field with its zero value selects all,
// except for Limit.
type DeliveryFilter struct {
	Limit   int // most deliveries to return
	ID      int64
	States  []news.DeliveryState // any of them
	Channel string
	Rule    string    // one of the alert's
	Since   time.Time // recorded then or later
	Before  time.Time // recorded earlier
	Below   int64     // with a smaller ID: those after the last of a page
	Missed  bool      // of the dead only dead letters: see Counts.GivenUp
}

// Find returns the newest deliveries that a filter selects, the newest first.
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
	if f.Below != 0 {
		add(`id < ?`, f.Below)
	}
	if len(f.States) > 0 {
		where = append(where, `state IN (`+placeholders(len(args)+1, len(f.States))+`)`)
		for _, state := range f.States {
			args = append(args, string(state))
		}
	}
	if f.Missed {
		where = append(where, `(state <> 'dead' OR `+missed+`)`)
	}
	if f.Channel != "" {
		add(`channel = ?`, f.Channel)
	}
	if f.Rule != "" {
		name, _ := json.Marshal(f.Rule) //nolint:errchkjson // a string always marshals

		// The column is a JSON array of names.
		add(`alert_id IN (SELECT id FROM alert WHERE replace(rules, ?, '') <> rules)`, string(name))
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

// Add records a delivery, and its channel if that is new.
func (s DeliveriesTx) Add(ctx context.Context, d news.Delivery) error {
	_, err := s.add(ctx, d)
	return err
}

// add returns the ID of the new delivery. If an earlier epoch may have sent it, it
// begins in doubt.
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
		INSERT INTO delivery (promise, alert_id, story_id, channel, kind, severity, state, body,
			due_at, started_at, lost_until, created_at, about)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		rand.Text(), alert, d.Story, d.Channel, string(d.Kind), int(d.Severity), string(d.State), clean(d.Text),
		ms(d.Due), ms(d.Started), ms(d.LostUntil), ms(d.Created), string(d.About)).
		Scan(&id)
	return id, wrap("add delivery", err)
}

// oldestTurn is how often the oldest delivery of a channel goes first.
const oldestTurn = 5

// Next returns the next delivery of a channel. ok is false when none is due.
//
//  1. At every slot whose number is a multiple of oldestTurn it is the oldest
//     delivery that is due, so that no message waits for ever.
//  2. At all other slots it is the most severe one, and of these the oldest.
//
// While the channel is parked one that was tried twice stands behind those that were tried less: a
// message that alone is refused does not keep the others from showing that the channel can be
// posted to. Edits come after all else.
func (s Deliveries) Next(ctx context.Context, channel string, now time.Time) (d news.Delivery, ok bool, err error) {
	var (
		slots  int64
		parked string
	)
	err = s.db.write.QueryRowContext(ctx, `SELECT slots, parked FROM channel WHERE name = $1`, channel).Scan(&slots, &parked)
	if err == nil {
		order := `severity DESC, id` // 2
		if slots%oldestTurn == oldestTurn-1 {
			order = `created_at, id` // 1
		}
		if parked != "" {
			order = `CASE WHEN attempts > 1 THEN attempts ELSE 0 END, ` + order
		}
		d, err = scanDelivery(s.db.write.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
			WHERE channel = $1 AND state IN `+open+` AND due_at <= $2
			ORDER BY (CASE WHEN kind = 'edit' THEN 1 ELSE 0 END), `+order+` LIMIT 1`, channel, ms(now)).Scan)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, wrap("next delivery", err)
	}
	return d, true, nil
}

// Begin commits the intent to post a delivery, before the post itself, and brings d
// up to date. Until doubt nobody else posts the delivery, or looks for it in the
// channel. Begin returns false, and the delivery must not be posted, in any of these
// cases:
//
//  1. The claim on the channel was lost.
//  2. The delivery has changed since d was read.
//  3. The store was restored (see Store.Restored).
//  4. An operator paused the channel.
func (s Deliveries) Begin(ctx context.Context, c Claim, d *news.Delivery, now, doubt time.Time) (bool, error) {
	args := []any{
		ms(now), ms(doubt), d.ID, string(d.State), d.Attempts, c.Name, c.Token, d.Promise, d.Story, int(d.Severity),
		d.Edition, d.Thread, integer(d.Broadcast), int(d.Mentions), list(d.Resting),
	}
	same, place, err := s.db.same(len(args) + 1)
	if err != nil {
		return false, err
	}
	ok, err := change(ctx, s.db.write, "begin delivery", `
		UPDATE delivery SET state = 'sending', started_at = $1, due_at = $2, attempts = attempts + 1,
			answered = 0, lost_until = 0, thread = $12, broadcast = $13, mentions = $14, resting = $15
		WHERE id = $3 AND state = $4 AND attempts = $5 AND promise = $8 AND story_id = $9 AND severity = $10 AND edition = $11
			AND EXISTS (SELECT 1 FROM channel WHERE name = delivery.channel AND name = $6 AND claim = $7)
			AND NOT `+pausedTo("delivery.channel")+same,
		append(args, place...)...)
	if err != nil || !ok {
		return false, err
	}
	d.State, d.Started, d.Attempts = news.StateSending, now, d.Attempts+1
	d.Answered, d.LostUntil = false, time.Time{}
	return true, s.db.witness(*d)
}

// MarkSent records where a delivery arrived: d's ChannelID, TS and Thread.
func (s Deliveries) MarkSent(ctx context.Context, d news.Delivery, now time.Time) error {
	return exec(ctx, s.db.write, "mark delivery sent", `
		UPDATE delivery SET state = 'sent', channel_id = $1, ts = $2, thread = $3, done_at = $4, error = '', lost_until = 0
		WHERE id = $5 AND promise = $6 AND state <> 'sent'`, d.ChannelID, d.TS, d.Thread, ms(now), d.ID, d.Promise)
}

// MarkInDoubt records that nobody knows whether the last attempt has arrived. At due
// it is looked for in the channel. d.Answered tells that the attempt has ended.
func (s Deliveries) MarkInDoubt(ctx context.Context, d news.Delivery, cause string, due time.Time) error {
	return exec(ctx, s.db.write, "mark delivery in doubt", `
		UPDATE delivery SET state = 'in_doubt', error = $1, due_at = $2, answered = $3
		WHERE id = $4 AND attempts = $5 AND promise = $6 AND state = 'sending'`,
		cause, ms(due), integer(d.Answered), d.ID, d.Attempts, d.Promise)
}

// MarkPending records that the last attempt has certainly not arrived. Another one
// is made at due, as plain text if plain is true.
func (s Deliveries) MarkPending(ctx context.Context, d news.Delivery, cause string, due time.Time, plain bool) error {
	return exec(ctx, s.db.write, "mark delivery pending", `
		UPDATE delivery SET state = 'pending', error = $1, due_at = $2, plain = CASE WHEN $3 = 1 THEN 1 ELSE plain END
		WHERE id = $4 AND attempts = $5 AND promise = $6 AND lost_until = $7 AND state IN `+open,
		cause, ms(due), integer(plain), d.ID, d.Attempts, d.Promise, ms(d.LostUntil))
}

// SetAside parks one delivery alone: it was certainly not posted, and is tried again at due.
func (s DeliveriesTx) SetAside(ctx context.Context, d news.Delivery, cause string, due time.Time) error {
	return exec(ctx, s.tx, "park delivery", `
		UPDATE delivery SET state = 'parked', error = $1, due_at = $2
		WHERE id = $3 AND attempts = $4 AND promise = $5 AND lost_until = $6 AND state IN `+open,
		cause, ms(due), d.ID, d.Attempts, d.Promise, ms(d.LostUntil))
}

// Postpone makes a delivery due later and leaves its state as it is.
func (s Deliveries) Postpone(ctx context.Context, d news.Delivery, cause string, due time.Time) error {
	return exec(ctx, s.db.write, "postpone delivery", `
		UPDATE delivery SET error = $1, due_at = $2
		WHERE id = $3 AND attempts = $4 AND promise = $5 AND state IN `+open,
		cause, ms(due), d.ID, d.Attempts, d.Promise)
}

// MarkDead abandons a delivery. It returns false when the delivery was finished.
func (s DeliveriesTx) MarkDead(ctx context.Context, id int64, cause string, now time.Time) (bool, error) {
	return change(ctx, s.tx, "mark delivery dead", `
		UPDATE delivery SET state = 'dead', error = $1, done_at = $2 WHERE id = $3 AND state IN `+open,
		cause, ms(now), id)
}

// Drop abandons a delivery because an operator says so; a dead one is no dead letter any more. Retry
// undoes it. It returns ErrNotFound when there is no delivery of that ID that waits to be sent, and
// no dead one that was not dropped.
func (s Deliveries) Drop(ctx context.Context, id int64, now time.Time) error {
	return s.db.InTx(ctx, func(tx *Tx) error {
		var channel string
		err := tx.QueryRowContext(ctx, `
			UPDATE delivery SET state = 'dead', error = $3, done_at = CASE WHEN state = 'dead' THEN done_at ELSE $1 END
			WHERE id = $2 AND (state IN ('pending', 'parked', 'in_doubt') OR state = 'dead' AND error <> $3) RETURNING channel`,
			ms(now), id, DroppedByHand).Scan(&channel)
		if errors.Is(err, sql.ErrNoRows) {
			return state(ErrNotFound, "drop delivery %d: no delivery of that number waits to be sent, or is a dead letter", id)
		}
		if err == nil {
			err = tx.Channels.forgetParked(ctx, channel)
		}
		return wrap("drop delivery", err)
	})
}

// Retry makes a parked or dead delivery due now. One that may have arrived is looked
// for in the channel first. It returns ErrNotFound when there is no parked or dead
// delivery of that ID.
func (s Deliveries) Retry(ctx context.Context, id int64, now time.Time) error {
	return s.db.InTx(ctx, func(tx *Tx) error {
		ok, err := change(ctx, tx, "retry delivery", `
			UPDATE delivery SET
				state = CASE WHEN state = 'dead' AND started_at > 0 THEN 'in_doubt' ELSE 'pending' END,
				created_at = CASE WHEN state = 'dead' THEN $1 ELSE created_at END,
				due_at = $1, done_at = 0, error = ''
			WHERE id = $2 AND state IN ('parked', 'dead')`, ms(now), id)
		if err == nil && !ok {
			err = state(ErrNotFound, "retry delivery %d: no parked or dead delivery of that number; "+
				"one that is pending is tried by itself, and --to CHANNEL sends it elsewhere", id)
		}
		if err != nil {
			return err
		}
		return tx.Channels.free(ctx, id, now)
	})
}

// Began reports whether the store knows that a delivery was begun. If it does not,
// and the message is in the channel, the store has lost its newest rows. The
// delivery is known by its promise, or by its ID where the message has no promise.
func (s Deliveries) Began(ctx context.Context, promise string, delivery int64) (began bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM delivery
		WHERE attempts > 0 AND (promise = $1 AND promise <> '' OR $1 = '' AND id = $2)`, promise, delivery).
		Scan(&began)
	return began, wrap("look up promise", err)
}
