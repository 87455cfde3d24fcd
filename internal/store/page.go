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

	"github.com/copytaster/copytaster/internal/news"
)

// Pages keeps the claims on stories whose page is to be read.
type Pages struct{ db *Store }

// PagesTx claims pages, and completes their stories, in a transaction.
type PagesTx struct{ tx *Tx }

// PageLimits are the limits of PagesTx.Claim. A page is under way while its
// claim holds.
type PageLimits struct {
	FreeBy  time.Time // pages of a host that is free only later are not claimed: they would wait in the queue
	Limit   int       // of the pages under way, over all hosts that answer
	PerHost int       // of the pages under way at a host that is not paced
	Hung    int       // of the pages under way, over all hosts that are hung
}

// pacedPages limits the pages under way at a paced host: one is read while the
// next one waits for its slot.
const pacedPages = 2

// pageRounds limits the pages of one host that a call of Claim claims.
const pageRounds = 4

// Claim claims stories whose page is due to be read. Below, a host is paced if
// there is a least time between two requests to it (a slot), and hung if it did
// not answer its last request.
//
// Before all others:
//
//  1. A story whose alert has waited for the page for long enough (LimitWait) is
//     claimed whatever the other rules say. Its page is not requested any more.
//
// Hosts whose next page may be claimed:
//
//  2. The host is free by limits.FreeBy.
//  3. Fewer pages of the host are under way than may be: 1 if it is hung,
//     pacedPages if it is paced, else limits.PerHost.
//  4. If the host is paced and a list of it is due by its next slot, lists and
//     pages take turns: the last slot was a list's. A page is also claimed if
//     the host has been free for two slots, because no list takes them.
//
// The next page of a host:
//
//  5. Stories are ranked: new ones of the host's own lists, new ones of other
//     lists, those of a first crawl of own lists, those of a first crawl of other
//     lists. In one rank the source that was served longest ago goes first. A
//     source's new stories go before those of its first crawl, then those that
//     were due first.
//  6. At every fourth page of a host the rank does not count: the source that was
//     served longest ago goes first.
//
// The order and number of hosts:
//
//  7. New stories go before those of a first crawl, then those of the source with
//     the fewest pages under way, then those that were due first.
//  8. At most limits.Hung pages of hung hosts are under way, and limits.Limit of
//     all other hosts.
//
// From this follows: a page waits for the lists of its host that are under way
// and for one more, and each of n sources gets at least one of 4n pages of a
// host.
func (s PagesTx) Claim(ctx context.Context, now time.Time, limits PageLimits) ([]Claim, error) {
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE story SET claim = claim + 1, claimed_until = $1
		WHERE waiting = 1 AND wait_until > 0 AND wait_until <= $2 AND due_at <= $2 AND claimed_until <= $2 -- 1
		RETURNING id, claim, host`, ms(now.Add(ClaimTime)), ms(now))
	claims, err := collect(rows, err, "claim pages", scanStoryClaim)
	if err != nil {
		return nil, err
	}
	var answering, hung, hungHosts int
	err = s.tx.QueryRowContext(ctx, `
		SELECT count(*) - count(h.host), count(h.host), (SELECT count(*) FROM host WHERE hung_at > 0)
		FROM story s LEFT JOIN host h ON h.host = s.host AND h.hung_at > 0
		WHERE s.waiting = 1 AND s.claimed_until > 0 AND s.claimed_until > $1`, ms(now)).
		Scan(&answering, &hung, &hungHosts)
	if err != nil {
		return nil, wrap("count pages under way", err)
	}
	rounds := []pageRound{{left: limits.Limit - answering}} // 8
	if hungHosts > 0 {
		rounds = append(rounds, pageRound{left: limits.Hung - hung, hung: true}) // 8
	}
	for _, r := range rounds {
		pages, err := s.claimRounds(ctx, now, limits, r)
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
	paced  bool // its host is paced
}

// pageRound says what one statement claims: at most one page of each host.
type pageRound struct {
	left    int  // most pages to claim
	hung    bool // of hung hosts; else of all others
	unpaced bool // only of hosts that are not paced
}

// claimRounds claims one page of each host, then further ones of hosts that are
// not paced.
func (s PagesTx) claimRounds(
	ctx context.Context, now time.Time, limits PageLimits, r pageRound,
) (claims []Claim, err error) {
	for range pageRounds {
		if r.left <= 0 {
			break
		}
		pages, err := s.claimRound(ctx, now, limits, r)
		if err != nil {
			return nil, err
		}
		if err := s.markServed(ctx, now, pages); err != nil {
			return nil, err
		}
		for _, p := range pages {
			claims = append(claims, p.Claim)
		}
		if r.hung || !slices.ContainsFunc(pages, func(p claimedPage) bool { return !p.paced }) {
			break
		}
		r.unpaced = true
		r.left -= len(pages)
	}
	return claims, nil
}

// firstPage and firstPageEnd enclose the name of a source in the query of its
// first due page of the host w.
const (
	firstPage = `(SELECT s.id FROM story s
		WHERE s.waiting = 1 AND s.host = w.host AND s.due_at <= $2 AND s.claimed_until <= $2 AND s.source = `
	firstPageEnd = ` ORDER BY s.first_run, s.due_at, s.id LIMIT 1)`
)

// claimRound claims at most one page of each host. The numbers are those of the
// rules of Claim.
func (s PagesTx) claimRound(
	ctx context.Context, now time.Time, limits PageLimits, r pageRound,
) ([]claimedPage, error) {
	rows, err := s.tx.QueryContext(ctx, `
		WITH under_way AS (
			SELECT host, source FROM story WHERE waiting = 1 AND claimed_until > 0 AND claimed_until > $2
		), next_page AS MATERIALIZED ( -- of each host; most hosts have one source
			SELECT CASE WHEN w.first_source = w.last_source THEN `+firstPage+`w.first_source`+firstPageEnd+` ELSE (
				SELECT s.id
				FROM (SELECT h.pages AS pages, `+firstPage+`q.source`+firstPageEnd+` AS id
						FROM (SELECT source FROM story WHERE waiting = 1 AND host = w.host GROUP BY source) AS q) AS of_source
					JOIN story s ON s.id = of_source.id
					LEFT JOIN source own ON own.name = s.source AND own.host = s.host
					LEFT JOIN page_turn t ON t.host = s.host AND t.source = s.source
				ORDER BY CASE WHEN of_source.pages % 4 = 3 THEN 0 -- 6
						ELSE 2 * s.first_run + CASE WHEN own.host IS NULL THEN 1 ELSE 0 END END, -- 5
					coalesce(t.served_at, 0), s.due_at, s.id LIMIT 1) END AS id
			FROM (SELECT host, min(source) AS first_source, max(source) AS last_source
					FROM story WHERE waiting = 1 GROUP BY host) AS w
				LEFT JOIN host h ON h.host = w.host
				LEFT JOIN (SELECT host, count(*) AS n FROM under_way GROUP BY host) AS u ON u.host = w.host
			WHERE coalesce(h.free_at, 0) <= $3 -- 2
				AND CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END = CAST($4 AS bigint)
				AND coalesce(u.n, 0) < CASE -- 3
					WHEN h.hung_at > 0 THEN 1 WHEN h.pace > 0 THEN CAST($5 AS bigint) ELSE CAST($6 AS bigint) END
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
		ms(now.Add(ClaimTime)), ms(now), ms(limits.FreeBy), integer(r.hung), pacedPages, limits.PerHost,
		integer(r.unpaced), r.left)
	return collect(rows, err, "claim pages", func(scan func(...any) error) (p claimedPage, err error) {
		var pace int64
		err = scan(&p.Story, &p.Token, &p.Host, &p.source, &pace)
		p.paced = pace > 0
		return p, err
	})
}

// markServed records that a host has given a page, and a source got one.
func (s PagesTx) markServed(ctx context.Context, now time.Time, pages []claimedPage) error {
	if len(pages) == 0 {
		return nil
	}
	// In one order, so that two daemons do not wait for each other.
	slices.SortFunc(pages, func(a, b claimedPage) int { return cmp.Compare(a.Host, b.Host) })
	var hosts, turns []string
	names, pairs := []any{}, []any{ms(now)}
	for _, p := range pages {
		names, pairs = append(names, p.Host), append(pairs, p.Host, p.source)
		hosts = append(hosts, fmt.Sprintf("($%d, 0, 1)", len(names)))
		turns = append(turns, fmt.Sprintf("($%d, $%d, $1)", len(pairs)-1, len(pairs)))
	}
	err := exec(ctx, s.tx, "record turns of hosts", `
		INSERT INTO host (host, free_at, pages) VALUES `+strings.Join(hosts, ", ")+`
		ON CONFLICT (host) DO UPDATE SET pages = host.pages + 1, list_last = 0`, names...)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "record turns of sources", `
		INSERT INTO page_turn (host, source, served_at) VALUES `+strings.Join(turns, ", ")+`
		ON CONFLICT (host, source) DO UPDATE SET served_at = excluded.served_at`, pairs...)
}

// LimitWait limits how long an alert waits for the page of its story: from until
// on, Claim claims the story at once.
func (s PagesTx) LimitWait(ctx context.Context, story int64, until time.Time) error {
	return exec(ctx, s.tx, "limit wait for page", `
		UPDATE story SET wait_until = $1 WHERE id = $2 AND waiting = 1`, ms(until), story)
}

// Renew renews a claim on a page. until is the time of LimitWait, zero when no
// alert waits. The error is ErrClaimLost when the claim is lost or the page was
// read.
func (s Pages) Renew(ctx context.Context, c Claim, now time.Time) (until time.Time, err error) {
	var limit int64
	err = s.db.write.QueryRowContext(ctx, `
		UPDATE story SET claimed_until = $1 WHERE id = $2 AND claim = $3 AND waiting = 1 RETURNING wait_until`,
		ms(now.Add(ClaimTime)), c.Story, c.Token).Scan(&limit)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, ErrClaimLost
	}
	return at(limit), wrap("renew claim of page", err)
}

// Postpone releases a claim on a page, which is due again at next and not before,
// even if an alert waits for it. failed counts a failed try. It returns the
// failed tries so far, 0 when the claim was lost.
func (s Pages) Postpone(ctx context.Context, c Claim, next time.Time, failed bool) (tries int, err error) {
	err = s.db.write.QueryRowContext(ctx, `
		UPDATE story SET due_at = $1, claimed_until = 0, tries = tries + $2 WHERE id = $3 AND claim = $4 RETURNING tries`,
		ms(next), integer(failed), c.Story, c.Token).Scan(&tries)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, wrap("postpone page", err)
	}
	return tries, nil
}

// Complete saves what the page of a waiting story, read now, says and releases the
// claim. fromPage tells that the text is from the page and not from the list. The
// error is ErrClaimLost when the claim was lost.
func (s PagesTx) Complete(ctx context.Context, c Claim, story *news.Story, fromPage bool, now time.Time) error {
	return changeHeld(ctx, s.tx, "complete story", `
		UPDATE story SET canonical = $1, title = $2, titles = $3, summary = $4, body = $5, authors = $6, published_at = $7,
			modified_at = $8, language = $9, outlet = $10, section = $11, cites = $12, paywalled = $13, from_page = $14,
			read_at = $15, waiting = 0, claimed_until = 0
		WHERE id = $16 AND claim = $17 AND waiting = 1`,
		story.Canonical, clean(story.Title), cleanList(story.Titles), clean(story.Summary), clean(story.Text),
		cleanList(story.Authors), ms(story.Published), ms(story.Modified), story.Language, clean(story.Outlet),
		clean(story.Section), cleanList(story.Cites), integer(story.Paywalled), integer(fromPage), ms(now),
		story.ID, c.Token)
}
