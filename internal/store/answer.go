package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Answers reads what people said of alerts.
type Answers struct{ db *Store }

// AnswersTx records answers in a transaction.
type AnswersTx struct{ tx *Tx }

const answerColumns = `id, request, kind, alert_id, channel, by_id, by_name, said_at, reason, rules, target_id, effect, undone_at`

func scanAnswer(scan func(...any) error) (a news.Answer, err error) {
	var (
		rules        string
		said, undone int64
	)
	err = scan(&a.ID, &a.Request, &a.Kind, &a.Alert, &a.Channel, &a.By.ID, &a.By.Name, &said, &a.Reason, &rules, &a.Target,
		&a.Effect, &undone)
	a.At, a.Rules, a.Undone = at(said), lists(rules), at(undone)
	return a, err
}

// oneAnswer returns the answer that a query selects; its ID is 0 when there is none.
func oneAnswer(ctx context.Context, q querier, query string, args ...any) (news.Answer, error) {
	a, err := scanAnswer(q.QueryRowContext(ctx, `SELECT `+answerColumns+` FROM answer `+query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return news.Answer{}, nil
	}
	return a, wrap("read answer", err)
}

// Add records an answer, and returns its ID. The answer's request must not be known.
func (s AnswersTx) Add(ctx context.Context, a news.Answer) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO answer (request, kind, alert_id, channel, by_id, by_name, said_at, reason, rules, target_id, effect)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		clean(a.Request), string(a.Kind), a.Alert, clean(a.Channel), clean(a.By.ID), clean(a.By.Name), ms(a.At),
		clean(a.Reason), cleanList(a.Rules), a.Target, string(a.Effect)).Scan(&id)
	return id, wrap("add answer", err)
}

// ByRequest returns the answer to a request; its ID is 0 when there is none.
func (s AnswersTx) ByRequest(ctx context.Context, request string) (news.Answer, error) {
	return oneAnswer(ctx, s.tx, `WHERE request = $1`, clean(request))
}

// Get returns an answer by its ID; it is 0 when there is none.
func (s AnswersTx) Get(ctx context.Context, id int64) (news.Answer, error) {
	return oneAnswer(ctx, s.tx, `WHERE id = $1`, id)
}

// Undo records that an answer was taken back. It returns false when it was before.
func (s AnswersTx) Undo(ctx context.Context, id int64, now time.Time) (undone bool, err error) {
	return change(ctx, s.tx, "undo answer", `UPDATE answer SET undone_at = $1 WHERE id = $2 AND undone_at = 0`, ms(now), id)
}

// reopened selects when an alert was opened again: by a turn, or by a message that told the
// channel of its news anew, unless it was taken back. A correction opens the alerts that it is
// shown to. What opened other channels' alerts before there was this one counts: a channel that
// hears of the news because of a turn is not told that somebody saw to it before. The alert is
// an expression of its ID.
func reopened(alert string) string {
	return `(SELECT coalesce(max(d.created_at), 0) FROM delivery d
	WHERE d.alert_id IN (SELECT o.id FROM alert o WHERE o.cluster_id IN ` + onNews(alert) + `)
		AND (d.alert_id = ` + alert + ` OR d.created_at <= (SELECT created_at FROM alert WHERE id = ` + alert + `)) AND d.kind = 'update'
		AND (d.about = 'turn' OR d.about IN ('raised', 'withdrawn', 'mismatch') AND d.body <> '' OR d.broadcast = 1 AND d.about = 'corrected'
			OR d.state = 'sent' AND d.thread = '' AND d.ts <> ''))`
}

// Reopened returns when an alert was opened again last; it is zero of one that never was.
func (s AnswersTx) Reopened(ctx context.Context, alert int64) (time.Time, error) {
	var opened int64
	err := s.tx.QueryRowContext(ctx, `SELECT `+reopened("$1"), alert).Scan(&opened)
	return at(opened), wrap("read when an alert was opened again", err)
}

// onNews selects the clusters of an alert's news.
func onNews(alert string) string {
	return sameAs(news.SameNewsThread, `(SELECT cluster_id FROM alert WHERE id = `+alert+`)`)
}

// standing selects the answers of a kind that hold, except for those from before the
// alert was opened again.
func standing(alert string) string {
	return `effect = 'applied' AND undone_at = 0 AND alert_id <> 0 AND said_at > ` + reopened(alert)
}

// Got returns who sees to the news of an alert; the ID is 0 when nobody does, or did so
// before the alert was opened again.
func (s Answers) Got(ctx context.Context, alert int64) (news.Answer, error) {
	return got(ctx, s.db.write, alert)
}

// Got is Answers.Got in the transaction.
func (s AnswersTx) Got(ctx context.Context, alert int64) (news.Answer, error) {
	return got(ctx, s.tx, alert)
}

func got(ctx context.Context, q querier, alert int64) (news.Answer, error) {
	return oneAnswer(ctx, q, `WHERE kind = 'got' AND alert_id IN (SELECT id FROM alert WHERE cluster_id IN `+onNews("$1")+`) AND `+standing("$1")+`
		ORDER BY id DESC LIMIT 1`, alert)
}

// Newest returns the ID of the newest answer to an alert, whatever came of it; 0 when there is none.
func (s Answers) Newest(ctx context.Context, alert int64) (id int64, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM answer WHERE alert_id = $1 AND alert_id <> 0`, alert).Scan(&id)
	return id, wrap("read answers", err)
}

// GotBefore returns who saw to the news of an alert before it was opened again last; the
// ID is 0 when nobody did.
func (s Answers) GotBefore(ctx context.Context, alert int64) (news.Answer, error) {
	return oneAnswer(ctx, s.db.write, `WHERE kind = 'got' AND alert_id IN (SELECT id FROM alert WHERE cluster_id IN `+onNews("$1")+`) AND effect = 'applied' AND undone_at = 0
		ORDER BY id DESC LIMIT 1`, alert)
}

// Irrelevant returns who said that an alert should not have come; the ID is 0 when nobody
// did, or did so before it was opened again.
func (s Answers) Irrelevant(ctx context.Context, alert int64) (news.Answer, error) {
	return irrelevant(ctx, s.db.write, alert)
}

// Irrelevant is Answers.Irrelevant in the transaction.
func (s AnswersTx) Irrelevant(ctx context.Context, alert int64) (news.Answer, error) {
	return irrelevant(ctx, s.tx, alert)
}

func irrelevant(ctx context.Context, q querier, alert int64) (news.Answer, error) {
	return oneAnswer(ctx, q, `WHERE kind = 'irrelevant' AND alert_id = $1 AND `+standing("$1")+` ORDER BY id DESC LIMIT 1`, alert)
}

// AlertOf returns an alert, or ErrNotFound.
func (s Alerts) AlertOf(ctx context.Context, id int64) (news.Alert, error) {
	return alertOf(ctx, s.db.write, id)
}

// AlertOf is Alerts.AlertOf in the transaction.
func (s AlertsTx) AlertOf(ctx context.Context, id int64) (news.Alert, error) {
	return alertOf(ctx, s.tx, id)
}

func alertOf(ctx context.Context, q querier, id int64) (news.Alert, error) {
	a, err := scanAlert(q.QueryRowContext(ctx, `SELECT `+alertColumns+` FROM alert WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return a, wrap(fmt.Sprintf("read alert %d", id), err)
	}
	return a, nil
}

// ByMessage returns the alert that a message tells of, by the message's place in Slack;
// ErrNotFound when it tells of none.
func (s Alerts) ByMessage(ctx context.Context, channelID, ts string) (news.Alert, error) {
	a, err := scanAlert(s.db.write.QueryRowContext(ctx, `SELECT `+alertColumns+` FROM alert WHERE id =
		(SELECT max(alert_id) FROM delivery WHERE channel_id = $1 AND ts = $2 AND ts <> '')`, channelID, ts).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return a, wrap("look up the alert of a message", err)
}

// RuleAnswers counts what people said of a rule's alerts in a time. What somebody got in one
// channel and another one called irrelevant in its own is irrelevant there.
type RuleAnswers struct {
	Alerts     int // of the rule
	Got        int
	Irrelevant int
}

// Unanswered is how many alerts nobody has answered.
func (n RuleAnswers) Unanswered() int { return n.Alerts - n.Got - n.Irrelevant }

// Add counts one more alert.
func (n *RuleAnswers) Add(a RuleAlert) {
	n.Alerts++
	switch {
	case a.Irrelevant:
		n.Irrelevant++
	case a.Got:
		n.Got++
	}
}

// RuleAlert is an alert, and what people said of it.
type RuleAlert struct {
	news.Alert

	Got        bool   // by somebody, in any channel
	Irrelevant bool   // for the rule, in the alert's channel
	Reason     string // of Irrelevant; "" when none was given
}

// OfRule returns the alerts of a rule since a time, the newest first, and at most so many.
func (s Answers) OfRule(ctx context.Context, rule string, since time.Time, most int) ([]RuleAlert, error) {
	name, _ := json.Marshal(rule) //nolint:errchkjson // a string always marshals
	//nolint:gosec // constants
	query := `SELECT ` + alertColumns + `,
			CASE WHEN (SELECT ` + newsOf("own") + ` FROM cluster own WHERE own.id = a.cluster_id) IN
				(SELECT ` + newsOf("c") + ` FROM answer w JOIN alert o ON o.id = w.alert_id JOIN cluster c ON c.id = o.cluster_id
				WHERE w.kind = 'got' AND w.effect = 'applied' AND w.undone_at = 0) THEN 1 ELSE 0 END,
			CASE WHEN EXISTS (SELECT 1 FROM answer w WHERE w.alert_id = a.id AND w.kind = 'irrelevant' AND w.effect = 'applied'
				AND w.undone_at = 0 AND replace(w.rules, $1, '') <> w.rules) THEN 1 ELSE 0 END,
			coalesce((SELECT w.reason FROM answer w WHERE w.alert_id = a.id AND w.kind = 'irrelevant' AND w.effect = 'applied'
				AND w.undone_at = 0 AND replace(w.rules, $1, '') <> w.rules ORDER BY w.id DESC LIMIT 1), '')
		FROM alert a WHERE replace(a.rules, $1, '') <> a.rules AND a.created_at >= $2 ORDER BY id DESC LIMIT $3`
	rows, err := s.db.read.QueryContext(ctx, query, string(name), ms(since), most)
	return collect(rows, err, "read answers", func(scan func(...any) error) (a RuleAlert, err error) {
		a.Alert, err = scanAlert(func(columns ...any) error {
			return scan(append(columns, &a.Got, &a.Irrelevant, &a.Reason)...)
		})
		return a, err
	})
}

// Answered returns the rules of which an alert was called irrelevant since a time, each
// once.
func (s Answers) Answered(ctx context.Context, since time.Time) (rules []string, err error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT DISTINCT rules FROM answer
		WHERE kind = 'irrelevant' AND effect = 'applied' AND undone_at = 0 AND said_at >= $1`, ms(since))
	all, err := collect(rows, err, "read answers", func(scan func(...any) error) (rules string, err error) {
		return rules, scan(&rules)
	})
	for _, some := range all {
		rules = append(rules, lists(some)...)
	}
	slices.Sort(rules)
	return slices.Compact(rules), err
}
