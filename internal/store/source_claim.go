package store

import (
	"context"
	"fmt"
	"time"
)

// ListTurns are the bounds of ClaimSources.
type ListLimits struct {
	Limit   int      // lists under way in all, of hosts that answer
	PerHost int      // lists under way of a host without a pace
	Hung    int      // lists under way in all, of hosts that let requests hang
	Except  []string // sources that are left to others
}

// pacedLists is how many lists of a paced host are under way at once: were there
// more, its pages would have to wait for all of their slots.
const pacedLists = 2

// manyDue is how many of the sources that were due first ClaimSources looks at
// in the first place: of thousands it need not put all in order.
const manyDue = 256

// ClaimSources claims sources that are due, by these rules:
//
//  1. Those of turns.Except are left out.
//  2. What was due first goes first.
//  3. Under way at once are: one list of a host that hung when it was asked last,
//     pacedLists of a host whose requests are kept apart, turns.PerHost of any
//     other.
//  4. Under way at once are turns.Hung lists of all hosts that hung, turns.Limit
//     of all others: more would only grow old in the queue.
func (s SourcesTx) Claim(ctx context.Context, now time.Time, turns ListLimits) ([]Claim, error) {
	var answering, due int
	err := s.tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM source s LEFT JOIN host h ON h.host = s.host
			WHERE s.claimed_until > 0 AND s.claimed_until > $1 AND coalesce(h.hung_at, 0) = 0),
		(SELECT count(*) FROM source WHERE enabled = 1 AND next_at <= $1 AND claimed_until <= $1)`, ms(now)).Scan(&answering, &due)
	if err != nil {
		return nil, fmt.Errorf("count sources that are due: %w", explain(err))
	}
	if due == 0 {
		return nil, nil
	}
	claims, err := s.claimFirstDue(ctx, now, turns, manyDue)
	if err != nil || due <= manyDue || len(claims) >= turns.Limit-answering {
		return claims, err
	}
	more, err := s.claimFirstDue(ctx, now, turns, due)
	return append(claims, more...), err
}

// claimFirstDue is ClaimSources among the sources that were due first. The
// numbers are those of its rules.
func (s SourcesTx) claimFirstDue(ctx context.Context, now time.Time, turns ListLimits, most int) ([]Claim, error) {
	args, others := []any{ms(now.Add(ClaimTime)), ms(now), pacedLists, turns.PerHost, turns.Hung, turns.Limit, most}, ""
	if len(turns.Except) > 0 {
		others = ` AND name NOT IN (` + placeholders(len(args)+1, len(turns.Except)) + `)` // 1
	}
	for _, name := range turns.Except {
		args = append(args, name)
	}
	rows, err := s.tx.QueryContext(ctx, `
		WITH under_way AS (
			SELECT s.host, CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END AS hung
			FROM source s LEFT JOIN host h ON h.host = s.host WHERE s.claimed_until > 0 AND s.claimed_until > $2
		), due AS (
			SELECT name, host, next_at FROM source
			WHERE enabled = 1 AND next_at <= $2 AND claimed_until <= $2`+others+`
			ORDER BY next_at, name LIMIT $7 -- 2
		), of_host AS (
			SELECT d.name, d.next_at, coalesce(h.pace, 0) AS pace, CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END AS hung,
				coalesce(u.n, 0) + row_number() OVER (PARTITION BY d.host ORDER BY d.next_at, d.name) AS turn
			FROM due d LEFT JOIN host h ON h.host = d.host
				LEFT JOIN (SELECT host, count(*) AS n FROM under_way GROUP BY host) AS u ON u.host = d.host
		), placed AS (
			SELECT name, hung, row_number() OVER (PARTITION BY hung ORDER BY next_at, name) AS place
			FROM of_host
			WHERE turn <= CASE WHEN hung = 1 THEN 1 WHEN pace > 0 THEN CAST($3 AS bigint) ELSE CAST($4 AS bigint) END -- 3
		)
		UPDATE source SET claim = claim + 1, claimed_until = $1
		WHERE claimed_until <= $2 AND name IN (
			SELECT p.name FROM placed p LEFT JOIN (SELECT hung, count(*) AS n FROM under_way GROUP BY hung) AS u ON u.hung = p.hung
			WHERE p.place + coalesce(u.n, 0) <= CASE WHEN p.hung = 1 THEN CAST($5 AS bigint) ELSE CAST($6 AS bigint) END) -- 4
		RETURNING name, claim, host`, args...)
	return collect(rows, err, "claim sources", func(scan func(...any) error) (c Claim, err error) {
		return c, scan(&c.Name, &c.Token, &c.Host)
	})
}

// ClaimSource claims one source whether it is due or not; ok is false when
// somebody else holds it, it is disabled or there is none of that name.
func (s Sources) ClaimOne(ctx context.Context, name string, now time.Time) (c Claim, ok bool, err error) {
	rows, err := s.db.write.QueryContext(ctx, `
		UPDATE source SET claim = claim + 1, claimed_until = $1 WHERE name = $2 AND claimed_until <= $3 AND enabled = 1
		RETURNING name, claim`, ms(now.Add(ClaimTime)), name, ms(now))
	got, err := claims(rows, err, "claim source")
	if err != nil || len(got) == 0 {
		return Claim{}, false, err
	}
	return got[0], true, nil
}
