package store

import (
	"context"
	"errors"
	"time"
)

// ClaimTime is how long a claim holds unless it is renewed: longer than any
// single crawl or post may take.
const ClaimTime = 60 * time.Second

// Claim is the right to work on one row until the claim runs out.
type Claim struct {
	Name  string `json:"name,omitempty"`  // of a source or channel; of a subscription, the token in its URL
	Story int64  `json:"story,omitempty"` // ID of a story, for a page or a look
	Token int64  `json:"token"`           // grows with every claim on the row; of a subscription, its due time
	Host  string `json:"host,omitempty"`  // of the list or page that is to be requested
}

// ErrClaimLost says that a claim is not held any more. Somebody else has claimed
// the row, or the work on it is done. A transaction that returns it must not commit.
var ErrClaimLost = errors.New("the claim was lost to another worker")

// ReleaseClaims ends every claim. Only the one owner of a SQLite file may call
// it, when it starts: the process that held the claims is dead.
func (tx *Tx) ReleaseClaims(ctx context.Context) error {
	for _, table := range []string{"source", "story", "channel"} {
		if err := exec(ctx, tx, "release claims", `UPDATE `+table+` SET claimed_until = 0 WHERE claimed_until > 0`); err != nil {
			return err
		}
	}
	return nil
}

// scanClaim reads a claim on a row with a name.
func scanClaim(scan func(...any) error) (c Claim, err error) { return c, scan(&c.Name, &c.Token) }

// scanStoryClaim reads a claim on a story.
func scanStoryClaim(scan func(...any) error) (c Claim, err error) {
	return c, scan(&c.Story, &c.Token, &c.Host)
}
