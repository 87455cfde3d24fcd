package store

import (
	"context"
	"fmt"
	"time"
)

// Channels reads and changes the channels.
type Channels struct{ db *Store }

// ChannelsTx claims and parks channels in a transaction.
type ChannelsTx struct{ tx *Tx }

// Channel is what the store knows of a channel.
type Channel struct {
	Name     string
	ID       string    // in Slack, "" when it was not resolved yet
	Free     time.Time // not to be posted to before
	Failures int       // in a row
	Parked   string    // why it cannot be posted to; "" when it can
}

// open is the set of states of a delivery that still has to be worked on.
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

// Channel returns one channel.
func (s Channels) Get(ctx context.Context, name string) (Channel, error) {
	c, err := scanChannel(s.db.write.QueryRowContext(ctx, `SELECT `+channelColumns+` FROM channel WHERE name = $1`, name).Scan)
	if err != nil {
		return c, fmt.Errorf("read channel %s: %w", name, err)
	}
	return c, nil
}

// Channels returns all channels that were ever written to, by name.
func (s Channels) List(ctx context.Context) ([]Channel, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+channelColumns+` FROM channel ORDER BY name`)
	return collect(rows, err, "read channels", scanChannel)
}

// SaveChannelID keeps the ID that a channel's name stands for; "" forgets it.
func (s Channels) SaveID(ctx context.Context, name, id string) error {
	_, err := s.db.write.ExecContext(ctx, `UPDATE channel SET channel_id = $1 WHERE name = $2`, id, name)
	if err != nil {
		return fmt.Errorf("save channel: %w", explain(err))
	}
	return nil
}

// ClaimChannels claims channels that may be posted to and have a delivery that
// is due, so many that up to limit are claimed in all: more would only grow old
// in the queue. The channel with the most severe delivery comes first, then that
// with the oldest; those named in except are left alone.
func (s ChannelsTx) Claim(ctx context.Context, now time.Time, limit int, except ...string) ([]Claim, error) {
	var held int
	err := s.tx.QueryRowContext(ctx, `SELECT count(*) FROM channel WHERE claimed_until > $1`, ms(now)).Scan(&held)
	if err != nil || held >= limit {
		return nil, wrap("count claims", err)
	}
	args, others := []any{ms(now.Add(ClaimTime)), ms(now), limit - held}, ""
	if len(except) > 0 {
		others = ` AND c.name NOT IN (` + placeholders(4, len(except)) + `)`
	}
	for _, name := range except {
		args = append(args, name)
	}
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE channel SET claim = claim + 1, claimed_until = $1
		WHERE claimed_until <= $2 AND free_at <= $2 AND name IN (
			SELECT d.channel FROM delivery d JOIN channel c ON c.name = d.channel
			WHERE d.state IN `+open+` AND d.due_at <= $2 AND c.claimed_until <= $2 AND c.free_at <= $2`+others+`
			GROUP BY d.channel ORDER BY max(d.severity) DESC, min(d.id) LIMIT $3)
		RETURNING name, claim`, args...)
	return claims(rows, err, "claim channels")
}

// TakeSlot takes a slot of the channel for one delivery and prolongs the claim;
// false means that the claim is lost.
func (s Channels) TakeSlot(ctx context.Context, c Claim, now time.Time) (bool, error) {
	return changed(s.db.write.ExecContext(ctx, `UPDATE channel SET claimed_until = $1, slots = slots + 1 WHERE name = $2 AND claim = $3`,
		ms(now.Add(ClaimTime)), c.Name, c.Token))("take slot of channel")
}

// ReleaseChannel gives the claim back.
func (s Channels) Release(ctx context.Context, c Claim) error {
	_, err := s.db.write.ExecContext(ctx, `UPDATE channel SET claimed_until = 0 WHERE name = $1 AND claim = $2`, c.Name, c.Token)
	if err != nil {
		return fmt.Errorf("release channel: %w", explain(err))
	}
	return nil
}

// HoldChannel sets when a channel may next be posted to. failed counts a
// failure in a row; otherwise the count starts over.
func (s Channels) Hold(ctx context.Context, name string, until time.Time, failed bool) error {
	_, err := s.db.write.ExecContext(ctx, `
		UPDATE channel SET free_at = $1, failures = CASE WHEN $2 = 1 THEN failures + 1 ELSE 0 END WHERE name = $3`,
		ms(until), integer(failed), name)
	if err != nil {
		return fmt.Errorf("hold channel: %w", explain(err))
	}
	return nil
}

// ParkChannel marks a channel that cannot be posted to and parks all its open
// deliveries; both are tried again at retry. first is true when the channel
// was not parked before.
func (s ChannelsTx) Park(ctx context.Context, name, cause string, retry time.Time) (first bool, err error) {
	first, err = changed(s.tx.ExecContext(ctx, `UPDATE channel SET parked = $1 WHERE name = $2 AND parked = ''`, cause, name))("park channel")
	if err != nil {
		return false, err
	}
	if _, err := s.tx.ExecContext(ctx, `UPDATE channel SET free_at = $1 WHERE name = $2`, ms(retry), name); err != nil {
		return false, fmt.Errorf("park channel: %w", explain(err))
	}
	_, err = s.tx.ExecContext(ctx, `UPDATE delivery SET state = 'parked', due_at = $1, error = $2 WHERE channel = $3 AND state IN ('pending', 'parked')`,
		ms(retry), cause, name)
	if err != nil {
		return false, fmt.Errorf("park deliveries: %w", explain(err))
	}
	return first, nil
}

// UnparkChannel makes a channel's parked deliveries due now.
func (s ChannelsTx) Unpark(ctx context.Context, name string, now time.Time) error {
	if _, err := s.tx.ExecContext(ctx, `UPDATE channel SET parked = '', free_at = $1, failures = 0 WHERE name = $2`, ms(now), name); err != nil {
		return fmt.Errorf("unpark channel: %w", explain(err))
	}
	_, err := s.tx.ExecContext(ctx, `UPDATE delivery SET state = 'pending', due_at = $1, error = '' WHERE channel = $2 AND state = 'parked'`, ms(now), name)
	if err != nil {
		return fmt.Errorf("unpark deliveries: %w", explain(err))
	}
	return nil
}

// freeChannel lets the channel of a delivery be posted to now.
func (s ChannelsTx) free(ctx context.Context, id int64, now time.Time) error {
	_, err := s.tx.ExecContext(ctx, `
		UPDATE channel SET free_at = $1, failures = 0 WHERE name = (SELECT channel FROM delivery WHERE id = $2)`, ms(now), id)
	if err != nil {
		return fmt.Errorf("retry delivery: %w", explain(err))
	}
	return nil
}

// forgetParked forgets that a channel cannot be posted to, once nothing is left
// that would show whether it can.
func (s ChannelsTx) forgetParked(ctx context.Context, channel string) error {
	_, err := s.tx.ExecContext(ctx, `UPDATE channel SET parked = '' WHERE name = $1
		AND NOT EXISTS (SELECT 1 FROM delivery WHERE channel = $1 AND state IN `+open+`)`, channel)
	return err
}
