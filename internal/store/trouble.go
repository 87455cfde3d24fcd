package store

import (
	"context"
	"time"
)

// Troubles records the ends of troubles: of faults of the daemon's surroundings
// that end by themselves.
type Troubles struct{ db *Store }

// TroublesTx records the beginnings and ends of troubles, in a transaction.
type TroublesTx struct{ tx *Tx }

// Begin records that a trouble has begun. first is false when that is known.
func (s TroublesTx) Begin(ctx context.Context, name, cause string, now time.Time) (first bool, err error) {
	return change(ctx, s.tx, "begin trouble", `
		INSERT INTO trouble (name, since, error) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
		name, ms(now), clean(cause))
}

// Lasts reports whether a trouble has begun and not ended.
func (s Troubles) Lasts(ctx context.Context, name string) (lasts bool, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) > 0 FROM trouble WHERE name = $1`, name).Scan(&lasts)
	return lasts, wrap("look for a trouble", err)
}

// End records that a trouble has ended.
func (s Troubles) End(ctx context.Context, name string) error {
	return exec(ctx, s.db.write, "end trouble", `DELETE FROM trouble WHERE name = $1`, name)
}

// End records that a trouble has ended. known is false when none had begun.
func (s TroublesTx) End(ctx context.Context, name string) (known bool, err error) {
	return change(ctx, s.tx, "end trouble", `DELETE FROM trouble WHERE name = $1`, name)
}
