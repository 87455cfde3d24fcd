package store

import (
	"context"
	"time"
)

// Troubles ends what is wrong.
type Troubles struct{ db *Store }

// TroublesTx begins it.
type TroublesTx struct{ tx *Tx }

// BeginTrouble records that something is wrong which only time ends; first is
// false when that was known.
func (s TroublesTx) Begin(ctx context.Context, name, cause string, now time.Time) (first bool, err error) {
	return changed(s.tx.ExecContext(ctx, `INSERT INTO trouble (name, since, error) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
		name, ms(now), clean(cause)))("begin trouble")
}

// EndTrouble records that something is right again.
func (s Troubles) End(ctx context.Context, name string) error {
	return s.db.mark(ctx, "end trouble", `DELETE FROM trouble WHERE name = $1`, name)
}
