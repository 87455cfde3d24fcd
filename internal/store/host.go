package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ReserveHost reserves a host's next free moment for one request and keeps the
// host busy for interval after it, over all daemons on the store. When that
// moment lies after reach nothing is reserved; ok is false, and free is when
// the host can be asked.
func (s *Store) ReserveHost(ctx context.Context, host string, now, reach time.Time, interval time.Duration) (free time.Time, ok bool, err error) {
	step := interval.Milliseconds()
	var next int64
	err = s.write.QueryRowContext(ctx, `
		INSERT INTO host (host, free_at) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET free_at = CASE WHEN host.free_at > $3 THEN host.free_at ELSE $3 END + $4
		WHERE host.free_at <= $5
		RETURNING free_at`, host, ms(now)+step, ms(now), step, ms(reach)).Scan(&next)
	if err == nil {
		return at(next - step), true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, fmt.Errorf("reserve host %s: %w", host, explain(err))
	}
	if err := s.write.QueryRowContext(ctx, `SELECT free_at FROM host WHERE host = $1`, host).Scan(&next); err != nil {
		return time.Time{}, false, fmt.Errorf("reserve host %s: %w", host, explain(err))
	}
	return at(next), false, nil
}

// HoldHost keeps a host from being asked before until.
func (s *Store) HoldHost(ctx context.Context, host string, until time.Time) error {
	_, err := s.write.ExecContext(ctx, `
		INSERT INTO host (host, free_at) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET free_at = CASE WHEN host.free_at > excluded.free_at THEN host.free_at ELSE excluded.free_at END`,
		host, ms(until))
	if err != nil {
		return fmt.Errorf("hold host %s: %w", host, explain(err))
	}
	return nil
}

// HostFree returns when a host can be asked; the zero time when it always can.
func (s *Store) HostFree(ctx context.Context, host string) (time.Time, error) {
	var free int64
	err := s.read.QueryRowContext(ctx, `SELECT free_at FROM host WHERE host = $1`, host).Scan(&free)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("look up host %s: %w", host, explain(err))
	}
	return at(free), nil
}
