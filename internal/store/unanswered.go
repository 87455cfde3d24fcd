package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// LookUnanswered is how often an alert is looked at, at the least, for which an answer is
// waited.
const LookUnanswered = time.Hour

// AnsweredSince is the error of a delivery that is not sent because somebody answered the alert
// of which it tells that nobody does.
const AnsweredSince = "somebody answered the alert meanwhile"

// Unanswered reads the alerts of which others are told when nobody answers them.
type Unanswered struct{ db *Store }

// UnansweredTx records them in a transaction.
type UnansweredTx struct{ tx *Tx }

// Add records who is told of an alert that nobody answers. Of two calls for one alert the
// one that comes first holds.
func (s UnansweredTx) Add(ctx context.Context, a news.Alert) error {
	f := a.Fallback
	if f.After == 0 {
		return nil
	}
	return exec(ctx, s.tx, "wait for an answer", `
		INSERT INTO unanswered (alert_id, patience, told_in, mentions, due_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (alert_id) DO UPDATE
			SET patience = excluded.patience, told_in = excluded.told_in, mentions = excluded.mentions, due_at = excluded.due_at
			WHERE excluded.patience < unanswered.patience`,
		a.ID, f.After.Milliseconds(), list(f.To), list(f.Mentions), ms(a.Created.Add(min(f.After, LookUnanswered))))
}

// Begin records that a delivery was posted which tells of alerts: an answer is waited for
// from now on.
func (s Unanswered) Begin(ctx context.Context, d news.Delivery, now time.Time) error {
	return exec(ctx, s.db.write, "wait for an answer", `
		UPDATE unanswered SET since_at = $1, due_at = CASE WHEN patience < $2 THEN $1 + patience ELSE $1 + $2 END
		WHERE since_at = 0 AND alert_id IN (SELECT id FROM alert WHERE id = $3
			UNION ALL SELECT id FROM alert WHERE digest_id = $4 AND digest_id <> 0)`,
		ms(now), LookUnanswered.Milliseconds(), d.Alert, d.ID)
}

// Again has an answer waited for once more to an alert that is open since a time: what was to be
// told of it is not, because somebody answered it, and may take that back.
func (s Unanswered) Again(ctx context.Context, alert int64, f news.Fallback, since, now time.Time) error {
	return exec(ctx, s.db.write, "wait for an answer", `
		INSERT INTO unanswered (alert_id, patience, told_in, mentions, since_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (alert_id) DO NOTHING`,
		alert, f.After.Milliseconds(), list(f.To), list(f.Mentions), ms(since), ms(now.Add(min(f.After, LookUnanswered))))
}

// mostDue is how many alerts Due looks at, and Count at each kind.
const mostDue = 200

// Due returns alerts that are to be looked at, the first that were due, at most mostDue.
func (s Unanswered) Due(ctx context.Context, now time.Time) ([]int64, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT alert_id FROM unanswered WHERE due_at <= $1
		ORDER BY due_at, alert_id LIMIT $2`, ms(now), mostDue)
	return collect(rows, err, "look for unanswered alerts", func(scan func(...any) error) (alert int64, err error) {
		return alert, scan(&alert)
	})
}

// NobodyAnswered is how many alerts nobody has answered, of routes that have others told of that.
type NobodyAnswered struct {
	Alerts int
	Told   int // those of them of which the others have a message
}

// Count counts the posted alerts for which an answer is waited, and those of which others were to be
// told after a time: of both the newest mostDue.
func (s Unanswered) Count(ctx context.Context, since time.Time) (n NobodyAnswered, err error) {
	waiting, err := s.needed(ctx, `SELECT alert_id FROM unanswered WHERE since_at > 0 ORDER BY alert_id DESC LIMIT $1`, mostDue)
	if err != nil {
		return n, err
	}
	over, err := s.needed(ctx, `SELECT DISTINCT alert_id FROM delivery
		WHERE kind = 'unanswered' AND created_at >= $2 AND error <> $3 ORDER BY alert_id DESC LIMIT $1`, mostDue, ms(since), AnsweredSince)
	if err != nil {
		return n, err
	}
	told, err := s.needed(ctx, `SELECT DISTINCT alert_id FROM delivery
		WHERE kind = 'unanswered' AND created_at >= $2 AND state = 'sent' ORDER BY alert_id DESC LIMIT $1`, mostDue, ms(since))
	maps.Copy(over, waiting)
	return NobodyAnswered{Alerts: len(over), Told: len(told)}, err
}

// needed returns those of the alerts of a query that need somebody.
func (s Unanswered) needed(ctx context.Context, query string, args ...any) (map[int64]bool, error) {
	rows, err := s.db.read.QueryContext(ctx, query, args...)
	alerts, err := collect(rows, err, "count unanswered alerts", func(scan func(...any) error) (alert int64, err error) {
		return alert, scan(&alert)
	})
	if err != nil {
		return nil, err
	}
	return needed(ctx, s.db.read, alerts, false)
}

// OpenAlert is an alert for which an answer is waited.
type OpenAlert struct {
	Fallback news.Fallback
	Since    time.Time // when it was posted, or opened again last; zero: it was not posted yet
	Answered bool      // by a person, or it is of no matter any more
	Told     bool      // somebody was told already that nobody answers its news
}

// Get returns an alert for which an answer is waited and that is due at a time. found is
// false when there is none, because another daemon was faster.
func (s UnansweredTx) Get(ctx context.Context, alert int64, now time.Time) (o OpenAlert, found bool, err error) {
	var (
		patience, since, shown, opened, back int64
		to, mentions                         string
	)
	err = s.tx.QueryRowContext(ctx, `
		SELECT patience, told_in, mentions, since_at, `+firstShown+`, `+reopened("$1")+`, `+takenBack()+`,
			(SELECT count(*) > 0 FROM delivery d JOIN alert o ON o.id = d.alert_id WHERE d.kind = 'unanswered' AND d.error <> $3 AND o.cluster_id IN `+onNews("$1")+`)
		FROM unanswered WHERE alert_id = $1 AND due_at <= $2`, alert, ms(now), AnsweredSince).
		Scan(&patience, &to, &mentions, &since, &shown, &opened, &back, &o.Told)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, wrap("look for an unanswered alert", err)
	}
	o.Fallback = news.Fallback{After: time.Duration(patience) * time.Millisecond, To: lists(to), Mentions: lists(mentions)}
	if since == 0 {
		since = shown
	}
	if since > 0 {
		since = max(since, opened, back)
	}
	o.Since = at(since)
	o.Answered, err = answered(ctx, s.tx, alert)
	return o, true, err
}

// firstShown is when the channel of the alert $1 was first shown it, by a message of its own
// or by any digest; 0: it was not yet.
const firstShown = `(SELECT coalesce(min(done_at), 0) FROM delivery WHERE state = 'sent' AND ts <> ''
	AND (alert_id = $1 AND kind IN ('story', 'update') AND (thread = '' OR broadcast = 1)
		OR kind = 'digest' AND id = (SELECT digest_id FROM alert WHERE id = $1)))`

// takenBack selects when somebody last took back an answer to the news of the alert $1; 0:
// never.
func takenBack() string {
	return `(SELECT max(at) FROM (
	SELECT coalesce(max(w.undone_at), 0) AS at FROM answer w JOIN alert o ON o.id = w.alert_id WHERE o.cluster_id IN ` + onNews("$1") + `
	UNION ALL SELECT coalesce(max(r.undone_at), 0) FROM recall r JOIN recalled t ON t.recall_id = r.id
		JOIN alert o ON o.id = t.alert_id WHERE o.cluster_id IN ` + onNews("$1") + `
	UNION ALL SELECT coalesce(max(ended_at), 0) FROM snooze
		WHERE kind = 'news' AND ended_by_name <> '' AND cluster_id IN ` + onNews("$1") + `) AS ends)`
}

// Answered reports whether an alert needs nobody any more.
func (s Unanswered) Answered(ctx context.Context, alert int64) (bool, error) {
	return answered(ctx, s.db.write, alert)
}

func answered(ctx context.Context, q querier, alert int64) (bool, error) {
	open, err := needed(ctx, q, []int64{alert}, false)
	return err == nil && len(open) == 0, err
}

// Needed returns those of some alerts, at most mostKeys, that need somebody in their own channel.
func (s Unanswered) Needed(ctx context.Context, alerts []int64) (map[int64]bool, error) {
	return needed(ctx, s.db.read, alerts, true)
}

// seenTo selects whether the news of an alert a needs nobody. As a CASE it is no join for
// PostgreSQL, which would read all answers for it.
var seenTo = `CASE WHEN EXISTS (SELECT 1 FROM answer WHERE kind = 'got' AND ` + standing("a.id") + `
		AND alert_id IN (SELECT o.id FROM alert o WHERE o.cluster_id IN ` + onNews("a.id") + `))
	OR EXISTS (SELECT 1 FROM snooze z WHERE z.kind = 'news' AND z.cluster_id IN ` + onNews("a.id") + `
		AND (z.ended_at = 0 OR z.ended_by_name = '') AND z.since > ` + reopened("a.id") + `)
	OR EXISTS (SELECT 1 FROM story s WHERE s.id = a.story_id AND s.withdrawn_at > 0) THEN 1 ELSE 0 END`

// needed returns which of some alerts, at most mostKeys, need somebody. An alert needs nobody any more
// when one of these is true since it was opened last:
//
//  1. Somebody got its news.
//  2. Somebody snoozed it, and nobody ended that by hand.
//  3. Its outlet does not stand by the story.
//  4. In each of its channels all its rules were called not relevant, or recalled.
//  5. With here: in its own channel it was called not relevant, or all its rules were recalled.
func needed(ctx context.Context, q querier, alerts []int64, here bool) (open map[int64]bool, err error) {
	open = map[int64]bool{}
	if len(alerts) == 0 {
		return open, nil
	}
	type channel struct{ alert, told int64 } // told is the alert of the same news in it
	rules, dismissed := map[channel][]string{}, map[channel][]string{}
	irrelevant := map[int64]bool{}
	in, args := inList(alerts)
	rows, err := q.QueryContext(ctx, `SELECT a.id, t.id, t.rules, coalesce(r.rule, ''), (SELECT rules FROM answer
			WHERE kind = 'irrelevant' AND alert_id = t.id AND `+standing("t.id")+` ORDER BY id DESC LIMIT 1)
		FROM alert a JOIN cluster own ON own.id = a.cluster_id
		JOIN cluster c ON c.id = `+newsOf("own")+` OR c.news_id = `+newsOf("own")+` AND c.news_id <> 0
		JOIN alert t ON t.cluster_id = c.id
		LEFT JOIN (recalled d JOIN recall r ON r.id = d.recall_id AND r.undone_at = 0) ON d.alert_id = t.id
		WHERE a.id IN (`+in+`) AND `+seenTo+` = 0`, args...)
	_, err = collect(rows, err, "look whether alerts were answered", func(scan func(...any) error) (_ struct{}, err error) {
		var (
			c              channel
			told, recalled string
			said           *string
		)
		if err = scan(&c.alert, &c.told, &told, &recalled, &said); err != nil {
			return struct{}{}, err
		}
		rules[c] = lists(told)
		if recalled != "" {
			dismissed[c] = append(dismissed[c], recalled)
		}
		if said != nil {
			irrelevant[c.told] = true
			dismissed[c] = append(dismissed[c], lists(*said)...)
		}
		return struct{}{}, nil
	})
	over := func(c channel) bool { return len(dismissed[c]) > 0 && containsAll(dismissed[c], rules[c]) }
	for c := range rules {
		own := channel{c.alert, c.alert}
		if !over(c) && (!here || !irrelevant[c.alert] && !over(own)) {
			open[c.alert] = true
		}
	}
	return open, err
}

// containsAll reports whether a list has all texts of another.
func containsAll(list, texts []string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return !slices.Contains(list, t) })
}

// LookAgain has an alert that is open since a time looked at again at another one.
func (s UnansweredTx) LookAgain(ctx context.Context, alert int64, since, due time.Time) error {
	return exec(ctx, s.tx, "wait for an answer", `UPDATE unanswered SET since_at = $1, due_at = $2 WHERE alert_id = $3`,
		ms(since), ms(due), alert)
}

// Drop has an alert not looked at any more.
func (s UnansweredTx) Drop(ctx context.Context, alert int64) error {
	return exec(ctx, s.tx, "wait for no answer", `DELETE FROM unanswered WHERE alert_id = $1`, alert)
}
