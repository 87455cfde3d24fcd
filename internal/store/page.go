package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Pages works on the stories whose page is to be read.
type Pages struct{ db *Store }

// PagesTx is Pages in a transaction.
type PagesTx struct{ tx *Tx }

// PageTurns are the bounds of ClaimPages.
type PageLimits struct {
	FreeBy  time.Time // when a host must be free at the latest; of others the pages would only queue up
	Limit   int       // pages under way in all, of hosts that answer
	PerHost int       // pages under way of a host without a pace
	Hung    int       // pages under way in all, of hosts that let requests hang
}

// pacedPages is how many pages of a paced host are under way at once: the next
// one waits for its slot while one is read.
const pacedPages = 2

// pageRounds is how many pages of a host without a pace are claimed at once.
const pageRounds = 4

// ClaimPages claims stories whose page is to be read, by these rules:
//
//  1. A story whose alert has waited for its page long enough (LimitWait) is
//     claimed at once, whatever follows: its page is no longer asked for.
//  2. A host that is not free by turns.Reach gives no page.
//  3. Under way at once are: one page of a host that hung when it was asked
//     last, pacedPages of a host whose requests are kept apart, turns.PerHost of
//     any other.
//  4. Where a list waits for the next slot of a paced host, lists and pages take
//     turns: a page is claimed if the last slot was a list's, or if no list
//     has taken the slot for as long as two slots last.
//  5. The next page of a host is the first of: new stories of its own lists, new
//     stories that other hosts' lists name, a first crawl's stories of its own
//     lists, those of others. Sources of equal rank take turns, and each gives
//     its pages in the order in which they were due.
//  6. Every fourth page of a host is of the source whose turn was longest ago,
//     whatever its rank.
//  7. Over all hosts new stories go before a first crawl's, then those of the
//     source with the fewest pages under way, then those that were due first.
//  8. Under way at once are turns.Hung pages of all hosts that hung, turns.Limit
//     of all others.
//
// So no page waits for more than the lists that are under way and one more; of
// the slots that the pages of a host get, each of n sources gets one in 4n at
// the least.
func (s PagesTx) Claim(ctx context.Context, now time.Time, turns PageLimits) ([]Claim, error) {
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE story SET claim = claim + 1, claimed_until = $1
		WHERE waiting = 1 AND wait_until > 0 AND wait_until <= $2 AND due_at <= $2 AND claimed_until <= $2
		RETURNING id, claim, host`, ms(now.Add(ClaimTime)), ms(now)) // 1
	claims, err := collect(rows, err, "claim pages", func(scan func(...any) error) (c Claim, err error) {
		return c, scan(&c.Story, &c.Token, &c.Host)
	})
	if err != nil {
		return nil, err
	}
	var answering, hung, hungHosts int
	err = s.tx.QueryRowContext(ctx, `
		SELECT count(*) - count(h.host), count(h.host), (SELECT count(*) FROM host WHERE hung_at > 0)
		FROM story s LEFT JOIN host h ON h.host = s.host AND h.hung_at > 0
		WHERE s.waiting = 1 AND s.claimed_until > 0 AND s.claimed_until > $1`, ms(now)).Scan(&answering, &hung, &hungHosts)
	if err != nil {
		return nil, fmt.Errorf("count pages under way: %w", explain(err))
	}
	rounds := []pageRound{{free: turns.Limit - answering}} // 8
	if hungHosts > 0 {
		rounds = append(rounds, pageRound{free: turns.Hung - hung, hung: true})
	}
	for _, r := range rounds {
		pages, err := s.claimInTurn(ctx, now, turns, r)
		if err != nil {
			return nil, err
		}
		claims = append(claims, pages...)
	}
	return claims, nil
}

// claimedPage is a page that was claimed.
type claimedPage struct {
	Claim
	source string
	paced  bool
}

// pageRound claims at most one page a host.
type pageRound struct {
	free    int  // pages that may be claimed
	hung    bool // of hosts that hung; else of the others
	unpaced bool // only of hosts without a pace
}

// claimInTurn claims a page a host, and further ones of hosts without a pace.
func (s PagesTx) claimInTurn(ctx context.Context, now time.Time, turns PageLimits, r pageRound) (claims []Claim, err error) {
	for range pageRounds {
		if r.free <= 0 {
			break
		}
		pages, err := s.claimRound(ctx, now, turns, r)
		if err != nil {
			return nil, err
		}
		if err := s.noteTurns(ctx, now, pages); err != nil {
			return nil, err
		}
		for _, p := range pages {
			claims = append(claims, p.Claim)
		}
		if r.hung || !slices.ContainsFunc(pages, func(p claimedPage) bool { return !p.paced }) {
			break
		}
		r.unpaced = true
		r.free -= len(pages)
	}
	return claims, nil
}

// The first page, that is due, of what a source named of a host. Most hosts'
// pages are named by one source.
const (
	firstOf  = `(SELECT s.id FROM story s WHERE s.waiting = 1 AND s.host = w.host AND s.due_at <= $2 AND s.claimed_until <= $2 AND s.source = `
	firstEnd = ` ORDER BY s.first_run, s.due_at, s.id LIMIT 1)`
)

// claimRound is one round. The numbers are those of the rules of ClaimPages.
func (s PagesTx) claimRound(ctx context.Context, now time.Time, turns PageLimits, r pageRound) ([]claimedPage, error) {
	rows, err := s.tx.QueryContext(ctx, `
		WITH under_way AS (
			SELECT host, source FROM story WHERE waiting = 1 AND claimed_until > 0 AND claimed_until > $2
		), next_page AS MATERIALIZED (
			SELECT CASE WHEN w.first = w.last THEN `+firstOf+`w.first`+firstEnd+` ELSE (
				SELECT s.id
				FROM (SELECT h.pages AS pages, `+firstOf+`q.source`+firstEnd+` AS id
						FROM (SELECT source FROM story WHERE waiting = 1 AND host = w.host GROUP BY source) AS q) AS of_source
					JOIN story s ON s.id = of_source.id
					LEFT JOIN source l ON l.name = s.source AND l.host = s.host
					LEFT JOIN page_turn t ON t.host = s.host AND t.source = s.source
				ORDER BY CASE WHEN of_source.pages % 4 = 3 THEN 0 -- 6
						ELSE 2 * s.first_run + CASE WHEN l.host IS NULL THEN 1 ELSE 0 END END, -- 5
					coalesce(t.served_at, 0), s.due_at, s.id LIMIT 1) END AS id
			FROM (SELECT host, min(source) AS first, max(source) AS last FROM story WHERE waiting = 1 GROUP BY host) AS w
				LEFT JOIN host h ON h.host = w.host
				LEFT JOIN (SELECT host, count(*) AS n FROM under_way GROUP BY host) AS u ON u.host = w.host
			WHERE coalesce(h.free_at, 0) <= $3 -- 2
				AND CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END = CAST($4 AS bigint)
				AND coalesce(u.n, 0) < CASE WHEN h.hung_at > 0 THEN 1 WHEN h.pace > 0 THEN CAST($5 AS bigint) ELSE CAST($6 AS bigint) END -- 3
				AND (coalesce(h.pace, 0) = 0 OR CAST($7 AS bigint) = 0 AND ( -- 4
					h.list_last = 1 OR h.free_at + 2 * h.pace <= $2 OR NOT EXISTS (
						SELECT 1 FROM source l WHERE l.host = w.host AND l.enabled = 1 AND l.claimed_until <= $2
							AND l.next_at <= CASE WHEN h.free_at > $2 THEN h.free_at ELSE $2 END)))
		)
		UPDATE story SET claim = claim + 1, claimed_until = $1
		WHERE waiting = 1 AND claimed_until <= $2 AND id IN (
			SELECT s.id
			FROM next_page n JOIN story s ON s.id = n.id
				LEFT JOIN (SELECT source, count(*) AS n FROM under_way GROUP BY source) AS u ON u.source = s.source
			ORDER BY s.first_run, coalesce(u.n, 0), s.due_at, s.id -- 7
			LIMIT $8) -- 8
		RETURNING id, claim, host, source, coalesce((SELECT h.pace FROM host h WHERE h.host = story.host), 0)`,
		ms(now.Add(ClaimTime)), ms(now), ms(turns.FreeBy), integer(r.hung), pacedPages, turns.PerHost, integer(r.unpaced), r.free)
	return collect(rows, err, "claim pages", func(scan func(...any) error) (p claimedPage, err error) {
		var pace int64
		err = scan(&p.Story, &p.Token, &p.Host, &p.source, &pace)
		p.paced = pace > 0
		return p, err
	})
}

// noteTurns notes that sources and hosts have had their turn.
func (s PagesTx) noteTurns(ctx context.Context, now time.Time, pages []claimedPage) error {
	if len(pages) == 0 {
		return nil
	}
	slices.SortFunc(pages, func(a, b claimedPage) int { return cmp.Compare(a.Host, b.Host) }) // two daemons lock them in one order
	var hosts, turns strings.Builder
	names, pairs := []any{}, []any{ms(now)}
	for i, p := range pages {
		sep := ", "
		if i == 0 {
			sep = ""
		}
		names, pairs = append(names, p.Host), append(pairs, p.Host, p.source)
		fmt.Fprintf(&hosts, "%s($%d, 0, 1)", sep, len(names))
		fmt.Fprintf(&turns, "%s($%d, $%d, $1)", sep, len(pairs)-1, len(pairs))
	}
	_, err := s.tx.ExecContext(ctx, `INSERT INTO host (host, free_at, pages) VALUES `+hosts.String()+`
		ON CONFLICT (host) DO UPDATE SET pages = host.pages + 1, list_last = 0`, names...)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `INSERT INTO page_turn (host, source, served_at) VALUES `+turns.String()+`
			ON CONFLICT (host, source) DO UPDATE SET served_at = excluded.served_at`, pairs...)
	}
	if err != nil {
		return fmt.Errorf("note turns: %w", explain(err))
	}
	return nil
}

// LimitWait bounds how long an alert waits for the page of its story: from until
// on ClaimPages hands the story out whatever its host does.
func (s PagesTx) LimitWait(ctx context.Context, story int64, until time.Time) error {
	if _, err := s.tx.ExecContext(ctx, `UPDATE story SET wait_until = $1 WHERE id = $2 AND waiting = 1`, ms(until), story); err != nil {
		return fmt.Errorf("limit wait for page: %w", explain(err))
	}
	return nil
}

// TakePage takes the claim up, or prolongs it; until is when an alert has waited
// long enough for the page, zero when none waits. ok is false when the claim is
// lost or the page was read.
func (s Pages) Renew(ctx context.Context, c Claim, now time.Time) (until time.Time, ok bool, err error) {
	var limit int64
	err = s.db.write.QueryRowContext(ctx, `
		UPDATE story SET claimed_until = $1 WHERE id = $2 AND claim = $3 AND waiting = 1 RETURNING wait_until`,
		ms(now.Add(ClaimTime)), c.Story, c.Token).Scan(&limit)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("take page: %w", explain(err))
	}
	return at(limit), true, nil
}

// PostponePage gives a claim on a page back: it is due again at next, even if an
// alert has waited for it long enough. failed counts a try; the count so far is
// returned, 0 when the claim was lost.
func (s Pages) Postpone(ctx context.Context, c Claim, next time.Time, failed bool) (tries int, err error) {
	err = s.db.write.QueryRowContext(ctx, `
		UPDATE story SET due_at = $1, claimed_until = 0, tries = tries + $2 WHERE id = $3 AND claim = $4 RETURNING tries`,
		ms(next), integer(failed), c.Story, c.Token).Scan(&tries)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("postpone page: %w", explain(err))
	}
	return tries, nil
}
