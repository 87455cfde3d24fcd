package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Recalls reads what people took back.
type Recalls struct{ db *Store }

// RecallsTx takes back, and undoes that, in a transaction.
type RecallsTx struct{ tx *Tx }

// TakenBack is the error of a delivery that is not sent because a recall took its alert back.
const TakenBack = "a recall took its alert back"

const recallColumns = `id, rule, channel, since, by_id, by_name, why, made_at, undone_at, undone_by_id, undone_by_name`

func scanRecall(scan func(...any) error) (r news.Recall, err error) {
	var since, made, undone int64
	err = scan(&r.ID, &r.Rule, &r.Channel, &since, &r.By.ID, &r.By.Name, &r.Why, &made, &undone, &r.UndoneBy.ID,
		&r.UndoneBy.Name)
	r.Since, r.At, r.Undone = at(since), at(made), at(undone)
	return r, err
}

// Add records a recall, and returns its ID.
func (s RecallsTx) Add(ctx context.Context, r news.Recall) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO recall (rule, channel, since, by_id, by_name, why, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		clean(r.Rule), clean(r.Channel), ms(r.Since), clean(r.By.ID), clean(r.By.Name), clean(r.Why), ms(r.At)).Scan(&id)
	return id, wrap("add recall", err)
}

// Get returns a recall, or ErrNotFound.
func (s RecallsTx) Get(ctx context.Context, id int64) (news.Recall, error) {
	r, err := scanRecall(s.tx.QueryRowContext(ctx, `SELECT `+recallColumns+` FROM recall WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return r, wrap(fmt.Sprintf("read recall %d", id), err)
	}
	return r, nil
}

// Undo records that a recall does not stand any more. It returns false when it did not before.
func (s RecallsTx) Undo(ctx context.Context, id int64, by news.Person, now time.Time) (undone bool, err error) {
	return change(ctx, s.tx, "undo recall", `
		UPDATE recall SET undone_at = $1, undone_by_id = $2, undone_by_name = $3 WHERE id = $4 AND undone_at = 0`,
		ms(now), clean(by.ID), clean(by.Name), id)
}

// List returns the newest recalls, the newest first.
func (s Recalls) List(ctx context.Context, limit int) ([]news.Recall, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+recallColumns+` FROM recall ORDER BY id DESC LIMIT $1`, limit)
	return collect(rows, err, "read recalls", scanRecall)
}

// Count returns how many alerts a recall took back.
func (s Recalls) Count(ctx context.Context, id int64) (n int, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FROM recalled WHERE recall_id = $1`, id).Scan(&n)
	return n, wrap("count recalled alerts", err)
}

// Flooding is an alert that a recall takes back, or took back.
type Flooding struct {
	news.Alert
	Source string // of its story
	Told   bool   // its channel has been told, or may have been
	Digest int64  // that is to tell it, and that nobody has tried to send; 0: none
	Waited bool   // of one that was taken back: a digest was to tell it, and does not any more
}

// alertSource selects the source of the story of an alert a.
const alertSource = `coalesce((SELECT s.source FROM story s WHERE s.id = a.story_id), '')`

// told selects whether the channel of an alert a may have been told.
const toldAlert = `EXISTS (SELECT 1 FROM delivery d WHERE (d.alert_id = a.id AND d.kind = 'story' OR d.id = a.digest_id AND a.digest_id <> 0)
	AND (d.ts <> '' OR d.state IN ('sending', 'in_doubt')))`

// unsentDigest selects the digest that is to tell an alert a, and that nobody has tried to
// send; 0 when there is none.
const unsentDigest = `coalesce((SELECT d.id FROM delivery d WHERE d.id = a.digest_id AND a.digest_id <> 0 AND d.kind = 'digest'
	AND d.state IN ('pending', 'parked') AND d.attempts = 0 AND d.lost_until = 0), 0)`

// Flood returns the alerts that a recall takes back, the oldest first: those of its rule that
// no other recall of the rule took back.
func (s RecallsTx) Flood(ctx context.Context, r news.Recall) ([]Flooding, error) {
	name, _ := json.Marshal(r.Rule) //nolint:errchkjson // a string always marshals
	rows, err := s.tx.QueryContext(ctx, `
		SELECT `+alertColumns+`, `+alertSource+`, CASE WHEN `+toldAlert+` THEN 1 ELSE 0 END, `+unsentDigest+`, 0 FROM alert a
		WHERE created_at >= $1 AND replace(rules, $2, '') <> rules AND (channel = $3 OR $3 = '')
			AND NOT EXISTS (SELECT 1 FROM recalled o JOIN recall r ON r.id = o.recall_id
				WHERE o.alert_id = a.id AND r.undone_at = 0 AND r.rule = $4)
		ORDER BY id`, ms(r.Since), string(name), r.Channel, r.Rule)
	return collect(rows, err, "read alerts of rule", scanFlooding)
}

func scanFlooding(scan func(...any) error) (f Flooding, err error) {
	f.Alert, err = scanAlert(func(into ...any) error {
		return scan(append(into, &f.Source, &f.Told, &f.Digest, &f.Waited)...)
	})
	return f, err
}

// Taken returns the alerts that a recall took back, the oldest first.
func (s RecallsTx) Taken(ctx context.Context, id int64) ([]Flooding, error) {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT `+alertColumns+`, `+alertSource+`, CASE WHEN `+toldAlert+` THEN 1 ELSE 0 END, `+unsentDigest+`, t.waited
		FROM alert a JOIN recalled t ON t.alert_id = a.id WHERE t.recall_id = $1 ORDER BY id`, id)
	return collect(rows, err, "read recalled alerts", scanFlooding)
}

// Take records that a recall takes an alert back. With waited no digest tells it any more.
func (s RecallsTx) Take(ctx context.Context, id, alert int64, waited bool) error {
	err := exec(ctx, s.tx, "take back alert", `INSERT INTO recalled (alert_id, recall_id, waited) VALUES ($1, $2, $3)`,
		alert, id, integer(waited))
	if err != nil || !waited {
		return err
	}
	err = exec(ctx, s.tx, "take back alert", `
		UPDATE delivery SET edition = edition + 1 WHERE id = (SELECT digest_id FROM alert WHERE id = $1)`, alert)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "take back alert", `UPDATE alert SET digest_id = 0 WHERE id = $1`, alert)
}

// Reconsider has what is still to be sent of an alert rendered anew. With again also what
// was not sent because the alert was taken back is sent, now.
func (s RecallsTx) Reconsider(ctx context.Context, alert int64, again bool, now time.Time) error {
	err := exec(ctx, s.tx, "reconsider deliveries", `
		UPDATE delivery SET edition = edition + 1 WHERE alert_id = $1 AND kind IN ('story', 'update') AND state IN `+open, alert)
	if err != nil || !again {
		return err
	}
	return exec(ctx, s.tx, "reconsider deliveries", `
		UPDATE delivery SET state = 'pending', error = '', done_at = 0, due_at = $1, created_at = $1, edition = edition + 1
		WHERE alert_id = $2 AND state = 'sent' AND ts = '' AND error = $3`, ms(now), alert, TakenBack)
}

// Of returns the recalls that took an alert back, the oldest first.
func (s RecallsTx) Of(ctx context.Context, alert int64) ([]news.Recall, error) {
	return recallsOf(ctx, s.tx, alert)
}

// Of is RecallsTx.Of for those who only look.
func (s Recalls) Of(ctx context.Context, alert int64) ([]news.Recall, error) {
	return recallsOf(ctx, s.db.write, alert)
}

func recallsOf(ctx context.Context, q querier, alert int64) ([]news.Recall, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+recallColumns+` FROM recall
		WHERE undone_at = 0 AND id IN (SELECT recall_id FROM recalled WHERE alert_id = $1) ORDER BY id`, alert)
	return collect(rows, err, "read recalls", scanRecall)
}

// OnNews returns the recalls that took alerts of a channel on a news back.
func (s RecallsTx) OnNews(ctx context.Context, id int64, channel string) ([]news.Recall, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT `+recallColumns+` FROM recall
		WHERE undone_at = 0 AND id IN (SELECT t.recall_id FROM recalled t JOIN alert a ON a.id = t.alert_id
			WHERE a.cluster_id IN `+ofNews+` AND a.channel = $2) ORDER BY id`, id, channel)
	return collect(rows, err, "read recalls", scanRecall)
}

// Rejoin has an alert that no message tells told again: by a digest that says in, or in a
// message of its own where in is nil.
func (s AlertsTx) Rejoin(ctx context.Context, a news.Alert, in *DigestOf) error {
	if in == nil {
		return s.deliver(ctx, a.ID, a, "")
	}
	digest, err := s.digestOf(ctx, a, *in)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "rejoin digest", `UPDATE alert SET digest_id = $1 WHERE id = $2`, digest, a.ID)
}

// WaitWith has an alert told by a digest that says in, if a snooze keeps it or nothing tells it any
// more because it was taken back.
func (s AlertsTx) WaitWith(ctx context.Context, a news.Alert, in DigestOf) error {
	var kept bool
	err := s.tx.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM alert a LEFT JOIN delivery d ON d.id = a.digest_id AND a.digest_id <> 0
		WHERE a.id = $1 AND (d.about = 'snooze' AND d.state = 'pending'
			OR a.digest_id = 0 AND NOT EXISTS (SELECT 1 FROM delivery o WHERE o.alert_id = a.id AND o.kind = 'story'))`, a.ID).Scan(&kept)
	if err != nil || !kept {
		return wrap("look for the digest of an alert", err)
	}
	return s.Rejoin(ctx, a, &in)
}
