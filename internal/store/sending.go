package store

import (
	"context"
	"fmt"
	"time"
)

// Sending tells whether anything can be sent at all.
type Sending struct{ db *Store }

// SendingTx pauses the sending in a transaction.
type SendingTx struct{ tx *Tx }

// Pause is why nothing can be sent, and until when.
type Pause struct {
	Since time.Time // zero: sending is not paused
	Until time.Time // the next probe
	Error string
}

// sink is the name of the one row: one token, one pause.
const sink = "sender"

// Paused returns whether sending is paused.
func (s Sending) Paused(ctx context.Context) (Pause, error) {
	var (
		p            Pause
		since, until int64
	)
	rows, err := s.db.read.QueryContext(ctx, `SELECT paused_at, paused_until, error FROM sink WHERE name = $1 AND paused_at > 0`, sink)
	_, err = collect(rows, err, "read pause", func(scan func(...any) error) (struct{}, error) {
		return struct{}{}, scan(&since, &until, &p.Error)
	})
	p.Since, p.Until = at(since), at(until)
	return p, err
}

// PauseSending records that nothing can be sent before until. first is true
// when sending was not paused before.
func (s SendingTx) Pause(ctx context.Context, cause string, now, until time.Time) (first bool, err error) {
	first, err = changed(s.tx.ExecContext(ctx, `
		INSERT INTO sink (name, paused_at, paused_until, error) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET paused_at = excluded.paused_at, paused_until = excluded.paused_until, error = excluded.error
		WHERE sink.paused_at = 0`, sink, ms(now), ms(until), cause))("pause sending")
	if err != nil || first {
		return first, err
	}
	_, err = s.tx.ExecContext(ctx, `UPDATE sink SET paused_until = $1, error = $2 WHERE name = $3`, ms(until), cause, sink)
	if err != nil {
		return false, fmt.Errorf("pause sending: %w", explain(err))
	}
	return false, nil
}

// ClaimProbe takes the turn to try whether sending works again; only one
// caller gets it for each pause that has run out.
func (s Sending) ClaimProbe(ctx context.Context, now, until time.Time) (bool, error) {
	return changed(s.db.write.ExecContext(ctx, `UPDATE sink SET paused_until = $1 WHERE name = $2 AND paused_at > 0 AND paused_until <= $3`,
		ms(until), sink, ms(now)))("claim probe")
}

// ResumeSending ends the pause; false means that there was none.
func (s Sending) Resume(ctx context.Context) (bool, error) {
	return changed(s.db.write.ExecContext(ctx, `UPDATE sink SET paused_at = 0, paused_until = 0, error = '' WHERE name = $1 AND paused_at > 0`, sink))("resume sending")
}
