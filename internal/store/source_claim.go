package store

import (
	"context"
	"time"
)

// ListLimits are the limits of SourcesTx.Claim. A list is under way while the
// claim on its source holds.
type ListLimits struct {
	Limit   int      // of the lists under way, over all hosts that answer
	PerHost int      // of the lists under way at a host that is not paced
	Hung    int      // of the lists under way, over all hosts that are hung
	Except  []string // names of sources that are not to be claimed
}

// pacedLists limits the lists under way at a paced host. With more of them its
// pages would wait for the slots of all.
const pacedLists = 2

// firstDue is how many sources Claim puts in order at first, of perhaps
// thousands that are due.
const firstDue = 256

// Claim claims sources whose list is due. A host is paced if there is a least
// time between two requests to it, and hung if it did not answer its last one.
//
//  1. The sources of limits.Except are left out.
//  2. The others go in the order in which they were due.
//  3. At one host at most so many lists are under way: 1 if it is hung,
//     pacedLists if it is paced, else limits.PerHost.
//  4. Over all hung hosts at most limits.Hung lists are under way, and
//     limits.Limit over all others: more would only wait in the queue.
func (s SourcesTx) Claim(ctx context.Context, now time.Time, limits ListLimits) ([]Claim, error) {
	var answering, due int
	err := s.tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM source s LEFT JOIN host h ON h.host = s.host
			WHERE s.claimed_until > 0 AND s.claimed_until > $1 AND coalesce(h.hung_at, 0) = 0),
		(SELECT count(*) FROM source WHERE enabled = 1 AND next_at <= $1 AND claimed_until <= $1)`, ms(now)).
		Scan(&answering, &due)
	if err != nil {
		return nil, wrap("count sources that are due", err)
	}
	if due == 0 {
		return nil, nil
	}
	claims, err := s.claimFirstDue(ctx, now, limits, firstDue)
	if err != nil || due <= firstDue || len(claims) >= limits.Limit-answering {
		return claims, err
	}
	more, err := s.claimFirstDue(ctx, now, limits, due)
	return append(claims, more...), err
}

// claimFirstDue is Claim among the n sources that were due first. The numbers
// are those of its rules.
func (s SourcesTx) claimFirstDue(ctx context.Context, now time.Time, limits ListLimits, n int) ([]Claim, error) {
	args := []any{ms(now.Add(ClaimTime)), ms(now), pacedLists, limits.PerHost, limits.Hung, limits.Limit, n}
	others := ""
	if len(limits.Except) > 0 {
		others = ` AND name NOT IN (` + placeholders(len(args)+1, len(limits.Except)) + `)` // 1
	}
	for _, name := range limits.Except {
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
			WHERE turn <= CASE -- 3
				WHEN hung = 1 THEN 1 WHEN pace > 0 THEN CAST($3 AS bigint) ELSE CAST($4 AS bigint) END
		)
		UPDATE source SET claim = claim + 1, claimed_until = $1
		WHERE claimed_until <= $2 AND name IN (
			SELECT p.name
			FROM placed p LEFT JOIN (SELECT hung, count(*) AS n FROM under_way GROUP BY hung) AS u ON u.hung = p.hung
			WHERE p.place + coalesce(u.n, 0) <= CASE -- 4
				WHEN p.hung = 1 THEN CAST($5 AS bigint) ELSE CAST($6 AS bigint) END)
		RETURNING name, claim, host`, args...)
	return collect(rows, err, "claim sources", func(scan func(...any) error) (c Claim, err error) {
		return c, scan(&c.Name, &c.Token, &c.Host)
	})
}

// ClaimOne claims one source whether it is due or not. ok is false when another
// claim on it holds, when it is disabled, and when there is none of that name.
func (s Sources) ClaimOne(ctx context.Context, name string, now time.Time) (c Claim, ok bool, err error) {
	rows, err := s.db.write.QueryContext(ctx, `
		UPDATE source SET claim = claim + 1, claimed_until = $1 WHERE name = $2 AND claimed_until <= $3 AND enabled = 1
		RETURNING name, claim`, ms(now.Add(ClaimTime)), name, ms(now))
	got, err := collect(rows, err, "claim source", scanClaim)
	if err != nil || len(got) == 0 {
		return Claim{}, false, err
	}
	return got[0], true, nil
}

// Claimed reports whether somebody crawls a source at the moment.
func (s Sources) Claimed(ctx context.Context, name string, now time.Time) (claimed bool, err error) {
	n := 0
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM source WHERE name = $1 AND claimed_until > $2`, name, ms(now)).Scan(&n)
	return n > 0, wrap("read source's claim", err)
}
