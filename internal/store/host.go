package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// HostRecords reads and changes what is known of hosts: when each may be asked, whether it answers, its robots.txt.
type HostRecords struct{ db *Store }

// Request is a request to a host that is to be made.
type Request struct {
	Interval time.Duration // to the next one
	List     bool          // it is part of reading a list
}

// Slot is a host's answer to who wants to ask it.
type Slot struct {
	At       time.Time // when the request may be made, or, when that is not reserved, asked for again; zero: at any time
	Reserved bool
	Paced    bool // requests to the host are kept apart
	Hung     bool // it let the last request hang
}

// ReserveHost reserves a host's next free moment for one request and keeps the
// host busy for its interval after it, over all daemons on the store. When that
// moment lies after reach nothing is reserved.
func (s HostRecords) Reserve(ctx context.Context, host string, now, reach time.Time, r Request) (Slot, error) {
	step := r.Interval.Milliseconds()
	var next, hung int64
	err := s.db.write.QueryRowContext(ctx, `
		INSERT INTO host (host, free_at, pace, list_last) VALUES ($1, $2, $4, $6)
		ON CONFLICT (host) DO UPDATE SET
			free_at = CASE WHEN host.free_at > $3 THEN host.free_at ELSE $3 END + $4,
			pace = $4,
			list_last = CASE WHEN $6 = 1 THEN 1 ELSE host.list_last END
		WHERE host.free_at <= $5
		RETURNING free_at, hung_at`, host, ms(now)+step, ms(now), step, ms(reach), integer(r.List)).Scan(&next, &hung)
	if err == nil {
		return Slot{At: at(next - step), Reserved: true, Paced: true, Hung: hung > 0}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Slot{}, fmt.Errorf("reserve host %s: %w", host, explain(err))
	}
	return s.Free(ctx, host)
}

// HoldHost keeps a host from being asked before until.
func (s HostRecords) Hold(ctx context.Context, host string, until time.Time) error {
	_, err := s.db.write.ExecContext(ctx, `
		INSERT INTO host (host, free_at) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET free_at = CASE WHEN host.free_at > excluded.free_at THEN host.free_at ELSE excluded.free_at END`,
		host, ms(until))
	if err != nil {
		return fmt.Errorf("hold host %s: %w", host, explain(err))
	}
	return nil
}

// HostFree returns when a host can be asked, and reserves nothing.
func (s HostRecords) Free(ctx context.Context, host string) (Slot, error) {
	var free, pace, hung int64
	err := s.db.read.QueryRowContext(ctx, `SELECT free_at, pace, hung_at FROM host WHERE host = $1`, host).Scan(&free, &pace, &hung)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Slot{}, fmt.Errorf("look up host %s: %w", host, explain(err))
	}
	return Slot{At: at(free), Paced: pace > 0, Hung: hung > 0}, nil
}

// DropPace notes that requests to a host are no longer kept apart.
func (s HostRecords) DropPace(ctx context.Context, host string) error {
	if _, err := s.db.write.ExecContext(ctx, `UPDATE host SET pace = 0 WHERE host = $1`, host); err != nil {
		return fmt.Errorf("drop pace of host %s: %w", host, explain(err))
	}
	return nil
}

// MarkHung notes that a host lets a request hang; the zero time, that it
// answers.
func (s HostRecords) MarkHung(ctx context.Context, host string, since time.Time) error {
	_, err := s.db.write.ExecContext(ctx, `
		INSERT INTO host (host, free_at, hung_at) VALUES ($1, 0, $2) ON CONFLICT (host) DO UPDATE SET hung_at = excluded.hung_at`,
		host, ms(since))
	if err != nil {
		return fmt.Errorf("mark host %s: %w", host, explain(err))
	}
	return nil
}

// robotsKept is how long a robots.txt is kept that is not read again: RFC 9309,
// section 2.3.1.4, lets nobody go by an older one.
const robotsKept = 30 * 24 * time.Hour

// Robots returns the robots.txt that an origin ("https://example.org") gave
// last, byte for byte, and when; the zero time when it never gave one.
func (s HostRecords) Robots(ctx context.Context, origin string) (text []byte, read time.Time, err error) {
	var readAt int64
	err = s.db.read.QueryRowContext(ctx, `SELECT body, read_at FROM robots WHERE origin = $1`, origin).Scan(&text, &readAt)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, fmt.Errorf("look up robots.txt of %s: %w", origin, explain(err))
	}
	return text, at(readAt), nil
}

// SaveRobots keeps the robots.txt that an origin gave, unless a newer one is
// kept, and drops those of all origins that are too old to go by.
func (s HostRecords) SaveRobots(ctx context.Context, origin string, text []byte, read time.Time) error {
	if text == nil {
		text = []byte{} // nil would be NULL
	}
	err := s.db.InTx(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO robots (origin, read_at, body) VALUES ($1, $2, $3)
			ON CONFLICT (origin) DO UPDATE SET read_at = excluded.read_at, body = excluded.body WHERE robots.read_at <= excluded.read_at`,
			origin, ms(read), text)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM robots WHERE read_at < $1`, ms(read.Add(-robotsKept)))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep robots.txt of %s: %w", origin, explain(err))
	}
	return nil
}
