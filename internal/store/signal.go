package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Signals reads how often rules match that are watched for it.
type Signals struct{ db *Store }

// SignalsTx records what was told of how often rules match.
type SignalsTx struct{ tx *Tx }

// Keep records which rules are watched, since now where that is new, and forgets what
// was told of the others.
func (s Signals) Keep(ctx context.Context, rules []string, now time.Time) error {
	for _, rule := range rules {
		if _, err := s.Watch(ctx, rule, now); err != nil {
			return err
		}
	}
	query, args := `DELETE FROM signal`, make([]any, len(rules))
	for i, rule := range rules {
		args[i] = rule
	}
	if len(rules) > 0 {
		query += ` WHERE rule NOT IN (` + placeholders(1, len(rules)) + `)`
	}
	return exec(ctx, s.db.write, "forget signals", query, args...)
}

// Watch returns since when a rule is watched: since now if it was not.
func (s Signals) Watch(ctx context.Context, rule string, now time.Time) (since time.Time, err error) {
	var began int64
	err = s.db.write.QueryRowContext(ctx, `
		INSERT INTO signal (rule, watched_since) VALUES ($1, $2) ON CONFLICT (rule) DO UPDATE SET rule = excluded.rule
		RETURNING watched_since`, rule, ms(now)).Scan(&began)
	return at(began), wrap("watch rule", err)
}

// LastMatch returns when a rule matched last, and the story that it matched; the zero
// time when it never has. A match from after now was recorded while the clock was
// ahead, and counts as none.
func (s Signals) LastMatch(ctx context.Context, rule string, now time.Time) (time.Time, news.Story, error) {
	return lastMatch(ctx, s.db.write, rule, now)
}

// LastMatch is Signals.LastMatch in the transaction.
func (s SignalsTx) LastMatch(ctx context.Context, rule string, now time.Time) (time.Time, news.Story, error) {
	return lastMatch(ctx, s.tx, rule, now)
}

func lastMatch(ctx context.Context, q querier, rule string, now time.Time) (time.Time, news.Story, error) {
	n, err := scanNews(q.QueryRowContext(ctx, `
		SELECT m.matched_at, s.title, s.url, s.outlet, s.source, s.language FROM match m JOIN story s ON s.id = m.story_id
		WHERE m.rule = $1 AND m.matched_at <= $2 ORDER BY m.matched_at DESC, m.story_id DESC LIMIT 1`,
		rule, ms(now.Add(recordBound))).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, news.Story{}, nil
	}
	return n.At, n.Story, wrap("read last match", err)
}

// MarkSilent records that a rule's silence since a time is told. It returns false
// when it was told before.
func (s SignalsTx) MarkSilent(ctx context.Context, rule string, since time.Time) (first bool, err error) {
	return change(ctx, s.tx, "mark rule silent", `
		UPDATE signal SET silent_since = $1 WHERE rule = $2 AND silent_since <> $1`, ms(since), rule)
}

// AlertedNews is a news that a rule raised an alert of, by its first alert.
type AlertedNews struct {
	At    time.Time
	Story news.Story // title, URL, outlet, language and source
}

func scanNews(scan func(...any) error) (n AlertedNews, err error) {
	var when int64
	s := &n.Story
	err = scan(&when, &s.Title, &s.URL, &s.Outlet, &s.Origin.Source, &s.Language)
	n.At = at(when)
	return n, err
}

// alertedBy selects the first alerts of the clusters that a rule ($1, and as JSON $2)
// raised an alert of from $3 to $4. What is told in a digest is no alert, except
// for what a storm folds.
const alertedBy = `
	SELECT min(a.id) AS id FROM match m JOIN story s ON s.id = m.story_id JOIN alert a ON a.cluster_id = s.cluster_id
	WHERE m.rule = $1 AND m.matched_at >= $3 AND a.created_at >= $3 AND a.created_at <= $4 AND (a.digest_id = 0 OR ` + fold + `)
		AND replace(a.rules, $2, '') <> a.rules
	GROUP BY s.cluster_id`

func alertedArgs(rule string, from, to time.Time) []any {
	name, _ := json.Marshal(rule) //nolint:errchkjson // a string always marshals
	return []any{rule, string(name), ms(from), ms(to)}
}

// Newest returns the newest news that a rule raised alerts of in a time, the newest
// first: at most limit, after the first skip ones.
func (s SignalsTx) Newest(
	ctx context.Context, rule string, from, to time.Time, skip, limit int,
) ([]AlertedNews, error) {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT a.created_at, s.title, s.url, s.outlet, s.source, s.language
		FROM (`+alertedBy+`) AS first JOIN alert a ON a.id = first.id JOIN story s ON s.id = a.story_id
		ORDER BY a.created_at DESC, a.id DESC LIMIT $5 OFFSET $6`, append(alertedArgs(rule, from, to), limit, skip)...)
	return collect(rows, err, "read news of rule", scanNews)
}

// Count counts the news that a rule raised alerts of in a time, and returns when the
// first of them came.
func (s SignalsTx) Count(ctx context.Context, rule string, from, to time.Time) (n int64, first time.Time, err error) {
	var oldest int64
	err = s.tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(min(a.created_at), 0) FROM (`+alertedBy+`) AS first JOIN alert a ON a.id = first.id`,
		alertedArgs(rule, from, to)...).Scan(&n, &oldest)
	return n, at(oldest), wrap("count news of rule", err)
}

// MarkBurst records that a rule's news are a burst now, which goes on until a time if
// no more come. first is false when they were one before. since is when the rule was
// first watched. longest is how far ahead a burst may go on: one that goes on for
// longer was recorded while the clock was ahead.
func (s SignalsTx) MarkBurst(
	ctx context.Context, rule string, now, until time.Time, longest time.Duration,
) (first bool, since time.Time, err error) {
	var watched, before int64
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO signal (rule, watched_since) VALUES ($1, $2) ON CONFLICT (rule) DO UPDATE SET rule = excluded.rule
		RETURNING watched_since, burst_until`, rule, ms(now)).Scan(&watched, &before)
	if err != nil {
		return false, since, wrap("mark burst", err)
	}
	ended := at(before)
	first = now.After(ended) || ended.Sub(now) > longest
	err = exec(ctx, s.tx, "mark burst", `UPDATE signal SET burst_until = $1 WHERE rule = $2`, ms(until), rule)
	return first, at(watched), err
}
