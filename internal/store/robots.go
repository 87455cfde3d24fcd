package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

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
