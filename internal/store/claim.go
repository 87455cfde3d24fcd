package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// ClaimTime is how long a claim on a source, a page or a channel holds unless
// it is renewed: longer than any single crawl or post may take.
const ClaimTime = 60 * time.Second

// Claim is the right to work on one row until it runs out: a source or a
// channel by its name, a story by its ID.
type Claim struct {
	Name  string `json:"name,omitempty"`
	Story int64  `json:"story,omitempty"`
	Token int64  `json:"token"`
	Host  string `json:"host,omitempty"` // that is to be asked, of a list or a page
}

// ReleaseAll forgets every claim. Only the one owner of a SQLite file may do
// so, when it starts: whoever held them is dead.
func (tx *Tx) ReleaseClaims(ctx context.Context) error {
	for _, table := range []string{"source", "story", "channel"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET claimed_until = 0 WHERE claimed_until > 0`); err != nil {
			return fmt.Errorf("release claims: %w", explain(err))
		}
	}
	return nil
}

func claims(rows *sql.Rows, err error, act string) ([]Claim, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	defer rows.Close() //nolint:errcheck // read only
	var out []Claim
	for rows.Next() {
		var c Claim
		if err := rows.Scan(&c.Name, &c.Token); err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	return out, nil
}
