package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// HostRecords keeps, for each host, when it may be requested again, whether it
// answers, and its robots.txt.
type HostRecords struct{ db *Store }

// Request is a request that is to be made.
type Request struct {
	Interval time.Duration // least time to the next request to the host
	List     bool          // it is for a list, not for a page
}

// Slot is the time of a request to a host.
type Slot struct {
	At       time.Time // the host is free then; zero: at any time
	Reserved bool      // the time is reserved for the request; else ask again at At
	Paced    bool      // there is a least time between two requests to the host
	Hung     bool      // the host did not answer its last request
}

// Reserve reserves the next free time of a host for one request, over all daemons
// on the store. The host is free again r.Interval later. Nothing is reserved when
// that time is after reach.
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
		RETURNING free_at, hung_at`,
		host, ms(now)+step, ms(now), step, ms(reach), integer(r.List)).
		Scan(&next, &hung)
	if err == nil {
		return Slot{At: at(next - step), Reserved: true, Paced: true, Hung: hung > 0}, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Slot{}, wrap("reserve host "+host, err)
	}
	return s.Free(ctx, host)
}

// Hold lets nobody request the host before until.
func (s HostRecords) Hold(ctx context.Context, host string, until time.Time) error {
	return exec(ctx, s.db.write, "hold host "+host, `
		INSERT INTO host (host, free_at) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET
			free_at = CASE WHEN host.free_at > excluded.free_at THEN host.free_at ELSE excluded.free_at END`,
		host, ms(until))
}

// Free returns when a host is free, and reserves nothing.
func (s HostRecords) Free(ctx context.Context, host string) (Slot, error) {
	var free, pace, hung int64
	err := s.db.read.QueryRowContext(ctx, `SELECT free_at, pace, hung_at FROM host WHERE host = $1`, host).
		Scan(&free, &pace, &hung)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Slot{}, wrap("look up host "+host, err)
	}
	return Slot{At: at(free), Paced: pace > 0, Hung: hung > 0}, nil
}

// DropPace records that there is no least time between two requests to a host.
func (s HostRecords) DropPace(ctx context.Context, host string) error {
	return exec(ctx, s.db.write, "drop pace of host "+host, `UPDATE host SET pace = 0 WHERE host = $1`, host)
}

// MarkHung records since when a host does not answer a request; the zero time:
// it answers.
func (s HostRecords) MarkHung(ctx context.Context, host string, since time.Time) error {
	return exec(ctx, s.db.write, "mark host "+host, `
		INSERT INTO host (host, free_at, hung_at) VALUES ($1, 0, $2)
		ON CONFLICT (host) DO UPDATE SET hung_at = excluded.hung_at`, host, ms(since))
}

// robotsKept is how long a robots.txt is kept unless it is fetched again. An
// older one is not to be obeyed (RFC 9309, section 2.3.1.4).
const robotsKept = 30 * 24 * time.Hour

// Robots returns the last robots.txt of an origin ("https://example.org"), byte for
// byte, and when it was read. The time is zero when there is none.
func (s HostRecords) Robots(ctx context.Context, origin string) (text []byte, read time.Time, err error) {
	var readAt int64
	err = s.db.read.QueryRowContext(ctx, `SELECT body, read_at FROM robots WHERE origin = $1`, origin).Scan(&text, &readAt)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, wrap("look up robots.txt of "+origin, err)
	}
	return text, at(readAt), nil
}

// SaveRobots saves the robots.txt of an origin, unless a newer one is saved. It
// deletes those of all origins that are too old to be obeyed.
func (s HostRecords) SaveRobots(ctx context.Context, origin string, text []byte, read time.Time) error {
	if text == nil {
		text = []byte{} // nil would be NULL
	}
	err := s.db.InTx(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO robots (origin, read_at, body) VALUES ($1, $2, $3)
			ON CONFLICT (origin) DO UPDATE SET read_at = excluded.read_at, body = excluded.body
				WHERE robots.read_at <= excluded.read_at`,
			origin, ms(read), text)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM robots WHERE read_at < $1`, ms(read.Add(-robotsKept)))
		return err
	})
	return wrap("keep robots.txt of "+origin, err)
}
