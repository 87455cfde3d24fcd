package store

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Counts counts rows, for the status page, metrics and checks of the daemon itself.
type Counts struct{ db *Store }

// Work is how much work is left.
type Work struct {
	Lists      int64 // sources that are due or claimed
	Pages      int64 // stories whose page is still to be read
	Deliveries int64 // unfinished deliveries, without parked and paused ones and those of news.Delivery.Later
}

// Work counts the work that is left.
func (s Counts) Work(ctx context.Context, now time.Time) (Work, error) {
	var w Work
	err := s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM source WHERE enabled = 1 AND (next_at <= $1 OR claimed_until > $1)),
		(SELECT count(*) FROM story WHERE waiting = 1),
		(SELECT count(*) FROM delivery d JOIN channel c ON c.name = d.channel
			WHERE d.state IN ('pending', 'sending', 'in_doubt') AND c.parked = '' AND NOT `+pausedTo("c.name")+`
				AND NOT (d.kind = 'digest' AND d.about <> '' AND d.state = 'pending' AND d.due_at > $1))`, ms(now)).
		Scan(&w.Lists, &w.Pages, &w.Deliveries)
	return w, wrap("count work", err)
}

// Due counts the pages that are waited for, and the deliveries that are due at a time.
func (s Counts) Due(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM story WHERE waiting = 1) +
		(SELECT count(*) FROM delivery d JOIN channel c ON c.name = d.channel
			WHERE d.state IN `+open+` AND d.due_at <= $1 AND c.parked = '' AND NOT `+pausedTo("c.name")+`)`, ms(now)).Scan(&n)
	return n, wrap("count what is due", err)
}

// NextDue returns the earliest time at which anything is or was due, whether it is
// claimed or not. It is zero when nothing is planned. It lies in the past while a
// source is claimed, whose crawl may record what is due at once.
func (s Counts) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var next int64
	err := s.db.write.QueryRowContext(ctx, `SELECT coalesce(min(due), 0) FROM (
		SELECT min(next_at) AS due FROM source WHERE enabled = 1
		UNION ALL SELECT min(CAST($1 AS bigint)) FROM source WHERE claimed_until > $1
		UNION ALL SELECT min(due_at) FROM story WHERE waiting = 1
		UNION ALL SELECT min(look_at) FROM story WHERE look_at > 0 AND waiting = 0
		UNION ALL SELECT min(due_at) FROM subscription
		UNION ALL SELECT min(until) FROM snooze WHERE ended_at = 0
		UNION ALL SELECT min(due_at) FROM unanswered
		UNION ALL SELECT min(busy_until) FROM storm WHERE ended_at = 0
		UNION ALL SELECT min(headed_at) + $2 FROM storm WHERE ended_at = 0
		UNION ALL SELECT min(until_at) FROM pause WHERE until_at > 0
		UNION ALL SELECT min(due_at) FROM delivery WHERE state IN `+open+` AND NOT `+pausedTo("channel")+`) AS work`, ms(now), HeadedFor.Milliseconds()).
		Scan(&next)
	return at(next), wrap("look when work is due", err)
}

// Overdue is how much work was due at some time in the past and is not done.
type Overdue struct {
	Lists    int64 // sources
	Pages    int64 // stories whose page is to be read and whose host was free
	Channels int64 // channels that could be posted to and have a delivery
}

// Overdue counts the work that was due at since and is not done. Not counted are
// the sources named in except and the pages of a first crawl, which may wait for
// hours.
func (s Counts) Overdue(ctx context.Context, since time.Time, except []string) (Overdue, error) {
	var o Overdue
	args, others := []any{ms(since)}, ""
	if len(except) > 0 {
		others = ` AND name NOT IN (` + placeholders(2, len(except)) + `)`
	}
	for _, name := range except {
		args = append(args, name)
	}
	err := s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM source WHERE enabled = 1 AND next_at <= $1`+others+`),
		(SELECT count(*) FROM story s LEFT JOIN host h ON h.host = s.host
			WHERE s.waiting = 1 AND s.first_run = 0 AND s.due_at <= $1 AND coalesce(h.free_at, 0) <= $1),
		(SELECT count(*) FROM channel c WHERE c.free_at <= $1 AND NOT `+pausedTo("c.name")+`
			AND EXISTS (SELECT 1 FROM delivery d WHERE d.channel = c.name AND d.state IN `+open+` AND d.due_at <= $1)
			AND NOT EXISTS (SELECT 1 FROM sink WHERE paused_at > 0))`, args...).
		Scan(&o.Lists, &o.Pages, &o.Channels)
	return o, wrap("count overdue work", err)
}

// Unsent is how many deliveries were not sent.
type Unsent struct {
	Counts    map[news.DeliveryState]int64
	OldestDue time.Time // since when the first delivery waits, without parked and dead ones; zero: none is due
}

// Unsent counts the deliveries that were not sent, of the dead those that count as dead letters:
// see GivenUp. A delivery with an attempt has waited since it was created, even if the next attempt
// is later. What an operator paused does not count as waiting.
func (s Counts) Unsent(ctx context.Context, now time.Time) (Unsent, error) {
	u := Unsent{Counts: map[news.DeliveryState]int64{}}
	due := `CASE WHEN ` + pausedTo("channel") + ` THEN NULL WHEN attempts > 0 THEN created_at WHEN due_at <= $1 THEN due_at END`
	//nolint:gosec // an expression of ours
	query := `SELECT state, count(*), coalesce(min(` + due + `), 0) FROM delivery
		WHERE state <> 'sent' AND (state <> 'dead' OR ` + missed + `) GROUP BY state`
	rows, err := s.db.read.QueryContext(ctx, query, ms(now))
	_, err = collect(rows, err, "count unsent deliveries", func(scan func(...any) error) (_ struct{}, err error) {
		var (
			state news.DeliveryState
			n     int64
			first int64
		)
		if err := scan(&state, &n, &first); err != nil {
			return struct{}{}, err
		}
		u.Counts[state] = n
		waits := state != news.StateParked && state != news.StateDead && first > 0
		if waits && (u.OldestDue.IsZero() || at(first).Before(u.OldestDue)) {
			u.OldestDue = at(first)
		}
		return struct{}{}, nil
	})
	return u, err
}

// Count is how many deliveries are in a state.
type Count struct {
	State news.DeliveryState
	N     int64
}

// Deliveries returns how many deliveries are in each state.
func (s Counts) Deliveries(ctx context.Context) ([]Count, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state`)
	return collect(rows, err, "count deliveries", func(scan func(...any) error) (c Count, err error) {
		return c, scan(&c.State, &c.N)
	})
}

// NoThread says why a reply was not sent.
const NoThread = "the message that it replies to was deleted, or never sent, what it tells was pruned, or another message tells it"

// DroppedByHand says why a delivery was not sent that somebody dropped.
const DroppedByHand = "dropped by hand"

// missed holds for a dead delivery that somebody should have read: a dead letter.
const missed = `kind <> 'edit' AND error NOT IN ('` + DroppedByHand + `', '` + AnsweredSince + `', '` + TakenBack + `', '` + NoThread + `')`

// GivenUp counts the dead letters since a time: the deliveries that were given up though somebody
// should have read them. Edits, what somebody dropped, and what nobody needed any more are none.
func (s Counts) GivenUp(ctx context.Context, since time.Time) (n int64, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM delivery
		WHERE state = 'dead' AND done_at >= $1 AND `+missed, ms(since)).Scan(&n)
	return n, wrap("count deliveries that were given up", err)
}

// Totals is how many stories and alerts the store has.
type Totals struct {
	Stories      int64
	Waiting      int64     // stories whose page is still to be read
	WaitingSince time.Time // when the oldest of those was first seen; zero: none waits
	Alerts       int64
	Oldest       time.Time // when the oldest story was first seen
}

// Totals counts the stories and the alerts.
func (s Counts) Totals(ctx context.Context) (Totals, error) {
	var (
		t              Totals
		oldest, waited int64
	)
	err := s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM story), (SELECT count(*) FROM story WHERE waiting = 1),
		(SELECT coalesce(min(first_seen_at), 0) FROM story WHERE waiting = 1),
		(SELECT count(*) FROM alert), (SELECT coalesce(min(first_seen_at), 0) FROM story)`).
		Scan(&t.Stories, &t.Waiting, &waited, &t.Alerts, &oldest)
	if err != nil {
		return t, wrap("count stories", err)
	}
	t.WaitingSince, t.Oldest = at(waited), at(oldest)
	return t, nil
}

// NewsCounts is how much was told of news, and what waits to be told.
type NewsCounts struct {
	News    int64 // that raised an alert
	Reports int64 // stories that told more of a news that a channel had an alert on
	Copies  int64 // of these, those that carry the text of another one
	Batches int64 // replies with reports that add nothing, which wait for their time
	Edits   int64 // of messages, not made yet
}

// News counts what was told of news after a time, and what waits now.
func (s Counts) News(ctx context.Context, since time.Time) (n NewsCounts, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(DISTINCT CASE WHEN c.news_id <> 0 THEN c.news_id ELSE c.id END)
			FROM alert a JOIN cluster c ON c.id = a.cluster_id WHERE a.created_at > $1),
		(SELECT count(DISTINCT story_id) FROM report WHERE created_at > $1),
		(SELECT count(DISTINCT story_id) FROM report WHERE created_at > $1 AND relation = 'copy'),
		(SELECT count(*) FROM delivery WHERE kind = 'update' AND about = 'batch' AND state IN `+open+`),
		(SELECT count(*) FROM delivery WHERE kind = 'edit' AND state IN `+open+`)`, ms(since)).
		Scan(&n.News, &n.Reports, &n.Copies, &n.Batches, &n.Edits)
	return n, wrap("count news", err)
}
