package store

import (
	"context"
	"fmt"
	"time"
)

// Channels reads and changes what is known of the channels.
type Channels struct{ db *Store }

// ChannelsTx claims and parks channels in a transaction.
type ChannelsTx struct{ tx *Tx }

// Channel is what the store knows of a channel.
type Channel struct {
	Name     string
	ID       string    // in Slack; "" when it was not looked up yet
	Free     time.Time // nothing may be posted before
	Failures int       // failed posts in a row
	Parked   string    // why nothing can be posted; "" when posts are possible
}

// open are the states of a delivery that is not finished.
const open = `('pending', 'sending', 'in_doubt', 'parked')`

const channelColumns = `name, channel_id, free_at, failures, parked`

func scanChannel(scan func(...any) error) (Channel, error) {
	var (
		c    Channel
		free int64
	)
	err := scan(&c.Name, &c.ID, &free, &c.Failures, &c.Parked)
	c.Free = at(free)
	return c, err
}

// Get returns a channel by its name.
func (s Channels) Get(ctx context.Context, name string) (Channel, error) {
	c, err := scanChannel(s.db.write.QueryRowContext(ctx,
		`SELECT `+channelColumns+` FROM channel WHERE name = $1`, name).Scan)
	if err != nil {
		return c, wrap(fmt.Sprintf("read channel %s", name), err)
	}
	return c, nil
}

// List returns all channels that ever had a delivery, ordered by name.
func (s Channels) List(ctx context.Context) ([]Channel, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+channelColumns+` FROM channel ORDER BY name`)
	return collect(rows, err, "read channels", scanChannel)
}

// SaveID saves the ID that Slack has for a channel; "" deletes it.
func (s Channels) SaveID(ctx context.Context, name, id string) error {
	return exec(ctx, s.db.write, "save channel", `UPDATE channel SET channel_id = $1 WHERE name = $2`, id, name)
}

// Claim claims channels that may be posted to and have a delivery that is due:
//
//  1. The channels named in except are left out, and those that an operator paused.
//  2. Channels with the most severe delivery go first, then those with the oldest.
//  3. At most limit channels are claimed at a time, by this and earlier calls:
//     more would only wait in the queue.
func (s ChannelsTx) Claim(ctx context.Context, now time.Time, limit int, except ...string) ([]Claim, error) {
	return s.claim(ctx, now, limit, "NOT IN", except)
}

// ClaimOnly is Claim for those channels alone that are named.
func (s ChannelsTx) ClaimOnly(ctx context.Context, now time.Time, limit int, only []string) ([]Claim, error) {
	if len(only) == 0 {
		return nil, nil
	}
	return s.claim(ctx, now, limit, "IN", only)
}

func (s ChannelsTx) claim(ctx context.Context, now time.Time, limit int, in string, names []string) ([]Claim, error) {
	var held int
	err := s.tx.QueryRowContext(ctx, `SELECT count(*) FROM channel WHERE claimed_until > $1`, ms(now)).Scan(&held)
	if err != nil || held >= limit {
		return nil, wrap("count claims", err)
	}
	args, others := []any{ms(now.Add(ClaimTime)), ms(now), limit - held}, ""
	if len(names) > 0 {
		others = ` AND c.name ` + in + ` (` + placeholders(4, len(names)) + `)` // 1
	}
	for _, name := range names {
		args = append(args, name)
	}
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE channel SET claim = claim + 1, claimed_until = $1
		WHERE claimed_until <= $2 AND free_at <= $2 AND name IN (
			SELECT d.channel FROM delivery d JOIN channel c ON c.name = d.channel
			WHERE d.state IN `+open+` AND d.due_at <= $2 AND c.claimed_until <= $2 AND c.free_at <= $2 AND NOT `+pausedTo("c.name")+others+`
			GROUP BY d.channel
			ORDER BY max(d.severity) DESC, min(d.id) -- 2
			LIMIT $3) -- 3
		RETURNING name, claim`, args...)
	return collect(rows, err, "claim channels", scanClaim)
}

// TakeSlot counts one slot of a channel, for one delivery, and renews the claim. The
// error is ErrClaimLost when the claim was lost.
func (s Channels) TakeSlot(ctx context.Context, c Claim, now time.Time) error {
	return changeHeld(ctx, s.db.write, "take slot of channel", `
		UPDATE channel SET claimed_until = $1, slots = slots + 1 WHERE name = $2 AND claim = $3`,
		ms(now.Add(ClaimTime)), c.Name, c.Token)
}

// Renew renews the claim on a channel. The error is ErrClaimLost when the claim was
// lost.
func (s Channels) Renew(ctx context.Context, c Claim, now time.Time) error {
	return changeHeld(ctx, s.db.write, "renew claim of channel", `
		UPDATE channel SET claimed_until = $1 WHERE name = $2 AND claim = $3`, ms(now.Add(ClaimTime)), c.Name, c.Token)
}

// Release releases the claim on a channel.
func (s Channels) Release(ctx context.Context, c Claim) error {
	return exec(ctx, s.db.write, "release channel", `
		UPDATE channel SET claimed_until = 0 WHERE name = $1 AND claim = $2`, c.Name, c.Token)
}

// Hold lets nobody post to a channel before until. failed adds to the failures in
// a row; otherwise their count starts again at 0.
func (s Channels) Hold(ctx context.Context, name string, until time.Time, failed bool) error {
	return exec(ctx, s.db.write, "hold channel", `
		UPDATE channel SET free_at = $1, failures = CASE WHEN $2 = 1 THEN failures + 1 ELSE 0 END WHERE name = $3`,
		ms(until), integer(failed), name)
}

// Rest lets nobody post to a channel before until, and leaves the failures as they
// are.
func (s Channels) Rest(ctx context.Context, name string, until time.Time) error {
	return exec(ctx, s.db.write, "rest channel", `
		UPDATE channel SET free_at = $1 WHERE name = $2 AND free_at < $1`, ms(until), name)
}

// Park records that nothing can be posted to a channel, and parks its pending
// deliveries, except for digests that are due later. Both are tried again at retry. first is true when the channel was
// not parked before.
func (s ChannelsTx) Park(ctx context.Context, name, cause string, retry time.Time) (first bool, err error) {
	first, err = change(ctx, s.tx, "park channel", `
		UPDATE channel SET parked = $1 WHERE name = $2 AND parked = ''`, cause, name)
	if err != nil {
		return false, err
	}
	err = exec(ctx, s.tx, "park channel", `UPDATE channel SET free_at = $1 WHERE name = $2`, ms(retry), name)
	if err != nil {
		return false, err
	}
	return first, exec(ctx, s.tx, "park deliveries", `
		UPDATE delivery SET state = 'parked', due_at = $1, error = $2
		WHERE channel = $3 AND state IN ('pending', 'parked')
			AND NOT (kind = 'digest' AND attempts = 0 AND due_at > $1)`, ms(retry), cause, name)
}

// Unpark records that a channel can be posted to again, and makes its parked
// deliveries due now.
func (s ChannelsTx) Unpark(ctx context.Context, name string, now time.Time) error {
	err := exec(ctx, s.tx, "unpark channel", `
		UPDATE channel SET parked = '', free_at = $1, failures = 0 WHERE name = $2`, ms(now), name)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "unpark deliveries", `
		UPDATE delivery SET state = 'pending', due_at = $1, error = ''
		WHERE channel = $2 AND state = 'parked'`, ms(now), name)
}

// free ends a Hold of the channel of a delivery.
func (s ChannelsTx) free(ctx context.Context, id int64, now time.Time) error {
	return exec(ctx, s.tx, "retry delivery", `
		UPDATE channel SET free_at = $1, failures = 0
		WHERE name = (SELECT channel FROM delivery WHERE id = $2)`, ms(now), id)
}

// forgetParked records that a channel is not parked any more, once it has no
// delivery left that could show whether it can be posted to.
func (s ChannelsTx) forgetParked(ctx context.Context, channel string) error {
	return exec(ctx, s.tx, "unpark channel", `
		UPDATE channel SET parked = '' WHERE name = $1
			AND NOT EXISTS (SELECT 1 FROM delivery WHERE channel = $1 AND state IN `+open+`)`, channel)
}
