package store

import (
	"context"
	"time"
)

// Leases says which daemon of several does what only one may do.
type Leases struct{ db *Store }

// Hold takes a lease, or renews it, until a time. It returns false while another holder
// has it. longest is how far ahead a lease may reach: one that reaches further was taken
// while the clock was ahead, and is nobody's.
func (s Leases) Hold(
	ctx context.Context, name, holder string, now, until time.Time, longest time.Duration,
) (held bool, err error) {
	return change(ctx, s.db.write, "hold lease "+name, `
		INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE lease.holder = excluded.holder OR lease.until <= $4 OR lease.until > $5`,
		name, holder, ms(until), ms(now), ms(now.Add(longest)))
}

// Release gives a lease back, so that another daemon need not wait for its end.
func (s Leases) Release(ctx context.Context, name, holder string) error {
	return exec(ctx, s.db.write, "release lease "+name, `DELETE FROM lease WHERE name = $1 AND holder = $2`, name, holder)
}
