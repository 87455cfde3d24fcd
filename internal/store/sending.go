package store

import (
	"context"
	"time"
)

// Sending keeps whether anything can be sent, to whatever channel.
type Sending struct{ db *Store }

// SendingTx pauses sending in a transaction.
type SendingTx struct{ tx *Tx }

// Pause is a time in which nothing can be sent.
type Pause struct {
	Since time.Time // zero: sending is not paused
	Until time.Time // of the next probe
	Error string    // why nothing can be sent
}

// sink is the name of the one row: all channels share one Slack token.
const sink = "sender"

// Paused returns the pause, the zero value when sending is not paused.
func (s Sending) Paused(ctx context.Context) (Pause, error) {
	var (
		p            Pause
		since, until int64
	)
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT paused_at, paused_until, error FROM sink WHERE name = $1 AND paused_at > 0`, sink)
	_, err = collect(rows, err, "read pause", func(scan func(...any) error) (struct{}, error) {
		return struct{}{}, scan(&since, &until, &p.Error)
	})
	p.Since, p.Until = at(since), at(until)
	return p, err
}

// Pause pauses sending until the next probe. first is true when sending was not
// paused before.
func (s SendingTx) Pause(ctx context.Context, cause string, now, until time.Time) (first bool, err error) {
	first, err = change(ctx, s.tx, "pause sending", `
		INSERT INTO sink (name, paused_at, paused_until, error) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE
			SET paused_at = excluded.paused_at, paused_until = excluded.paused_until, error = excluded.error
			WHERE sink.paused_at = 0`, sink, ms(now), ms(until), cause)
	if err != nil || first {
		return first, err
	}
	return false, exec(ctx, s.tx, "pause sending", `
		UPDATE sink SET paused_until = $1, error = $2 WHERE name = $3`, ms(until), cause, sink)
}

// ClaimProbe claims the right to try whether sending works again. Only one caller
// gets it; until is when the next one may.
func (s Sending) ClaimProbe(ctx context.Context, now, until time.Time) (bool, error) {
	return change(ctx, s.db.write, "claim probe", `
		UPDATE sink SET paused_until = $1 WHERE name = $2 AND paused_at > 0 AND paused_until <= $3`,
		ms(until), sink, ms(now))
}

// Resume ends the pause. It returns false when there was none.
func (s Sending) Resume(ctx context.Context) (bool, error) {
	return change(ctx, s.db.write, "resume sending", `
		UPDATE sink SET paused_at = 0, paused_until = 0, error = '' WHERE name = $1 AND paused_at > 0`, sink)
}
