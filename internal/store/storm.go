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

// Storms reads what is folded.
type Storms struct{ db *Store }

// StormsTx begins and ends storms in a transaction.
type StormsTx struct{ tx *Tx }

const stormColumns = `id, rule, channel, since, began_at, busy_until, head_id, headed_at, ended_at, ended_by_id, ended_by_name,
	single_until`

func scanStorm(scan func(...any) error) (s news.Storm, err error) {
	var since, began, busy, headed, ended, single int64
	err = scan(&s.ID, &s.Rule, &s.Channel, &since, &began, &busy, &s.Head, &headed, &ended, &s.EndedBy.ID, &s.EndedBy.Name,
		&single)
	s.Since, s.Began, s.Busy = at(since), at(began), at(busy)
	s.Headed, s.Ended, s.Singly = at(headed), at(ended), at(single)
	return s, err
}

// oneStorm returns the storm that a query selects, or ErrNotFound.
func oneStorm(ctx context.Context, q querier, query string, args ...any) (news.Storm, error) {
	s, err := scanStorm(q.QueryRowContext(ctx, `SELECT `+stormColumns+` FROM storm `+query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return s, wrap("read storm", err)
}

// stormKey is the text of the deliveries of a storm.
type stormKey struct {
	Storm int64 `json:"storm"`
}

// StormKey is the text of the deliveries of a storm.
func StormKey(id int64) string {
	key, _ := json.Marshal(stormKey{id}) //nolint:errchkjson // a number always marshals
	return string(key)
}

// Get returns a storm, or ErrNotFound.
func (s StormsTx) Get(ctx context.Context, id int64) (news.Storm, error) {
	return oneStorm(ctx, s.tx, `WHERE id = $1`, id)
}

// Get is StormsTx.Get for those who only look.
func (s Storms) Get(ctx context.Context, id int64) (news.Storm, error) {
	return oneStorm(ctx, s.db.write, `WHERE id = $1`, id)
}

// StormOf returns the storm that a delivery belongs to, or ErrNotFound.
func (s Storms) StormOf(ctx context.Context, d news.Delivery) (news.Storm, error) {
	if d.Kind == news.DeliverSignal {
		return oneStorm(ctx, s.db.write, `WHERE head_id = $1 ORDER BY id DESC LIMIT 1`, d.ID)
	}
	var key stormKey
	if err := json.Unmarshal([]byte(d.Text), &key); err != nil {
		return news.Storm{}, fmt.Errorf("read delivery %d: %w", d.ID, err)
	}
	return s.Get(ctx, key.Storm)
}

// On returns the newest storm of a rule in a channel, or ErrNotFound.
func (s StormsTx) On(ctx context.Context, rule, channel string) (news.Storm, error) {
	return oneStorm(ctx, s.tx, `WHERE rule = $1 AND channel = $2 ORDER BY id DESC LIMIT 1`, rule, channel)
}

// fold holds for an alert that a digest lists in which a storm folded it.
const fold = `EXISTS (SELECT 1 FROM delivery f WHERE f.id = digest_id AND f.kind = 'digest' AND f.about = 'fold')`

// Count counts the alerts of a rule in a channel since a time that are as severe, and no
// digest of another kind tells.
func (s StormsTx) Count(
	ctx context.Context, rule, channel string, severity news.Severity, since time.Time,
) (n int, err error) {
	name, _ := json.Marshal(rule) //nolint:errchkjson // a string always marshals
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) FROM alert
		WHERE created_at >= $1 AND channel = $2 AND severity >= $3 AND replace(rules, $4, '') <> rules
			AND (digest_id = 0 OR `+fold+`)`, ms(since), channel, int(severity), string(name)).Scan(&n)
	return n, wrap("count alerts of rule", err)
}

// Begin records a storm, and the delivery that heads it unless there is one. It returns its
// ID.
func (s StormsTx) Begin(ctx context.Context, st news.Storm) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO storm (rule, channel, since, began_at, busy_until, head_id, headed_at) VALUES ($1, $2, $3, $4, $5, $6, $4)
		RETURNING id`, clean(st.Rule), clean(st.Channel), ms(st.Since), ms(st.Began), ms(st.Busy), st.Head).Scan(&id)
	if err != nil || st.Head != 0 {
		return id, wrap("begin storm", err)
	}
	st.ID = id
	return id, s.HeadAnew(ctx, st, st.Began)
}

// HeadAnew has a new message head a storm.
func (s StormsTx) HeadAnew(ctx context.Context, st news.Storm, now time.Time) error {
	head, err := s.tx.Deliveries.insert(ctx, news.Delivery{
		Channel: st.Channel, Kind: news.DeliverDigest, About: news.AboutStorm, Severity: news.Normal,
		State: news.StatePending, Text: StormKey(st.ID), Due: now, Created: now,
	})
	if err != nil {
		return err
	}
	return s.HeadBy(ctx, st, head, now)
}

// KeepHead has the message that heads a storm head it for longer.
func (s StormsTx) KeepHead(ctx context.Context, id int64, now time.Time) error {
	return exec(ctx, s.tx, "head storm", `UPDATE storm SET headed_at = $1 WHERE id = $2`, ms(now), id)
}

// HeadBy has a delivery head a storm. The one before shows that.
func (s StormsTx) HeadBy(ctx context.Context, st news.Storm, head int64, now time.Time) error {
	err := exec(ctx, s.tx, "head storm", `UPDATE storm SET head_id = $1, headed_at = $2 WHERE id = $3`, head, ms(now), st.ID)
	if err != nil || st.Head == 0 {
		return err
	}
	return s.tx.Deliveries.editMessages(ctx, `id = $1`, now, 0, st.Head)
}

// Show has the message at the head of a storm show what has become of it; between two edits
// passes gap.
func (s StormsTx) Show(ctx context.Context, id int64, now time.Time, gap time.Duration) error {
	return s.tx.Deliveries.editMessages(ctx, `id = (SELECT head_id FROM storm WHERE id = $1)`, now, gap, id)
}

// Blow records that a storm is busy until a time.
func (s StormsTx) Blow(ctx context.Context, id int64, busy time.Time) error {
	return exec(ctx, s.tx, "go on with storm", `UPDATE storm SET busy_until = $1 WHERE id = $2 AND busy_until < $1`, ms(busy), id)
}

// End ends a storm: st.Ended, st.EndedBy and st.Singly say how. It returns false when it was
// over before.
func (s StormsTx) End(ctx context.Context, st news.Storm) (ended bool, err error) {
	return change(ctx, s.tx, "end storm", `
		UPDATE storm SET ended_at = $1, ended_by_id = $2, ended_by_name = $3, single_until = $4 WHERE id = $5 AND ended_at = 0`,
		ms(st.Ended), clean(st.EndedBy.ID), clean(st.EndedBy.Name), ms(st.Singly), st.ID)
}

// HeadedFor is how long a message heads a storm: edits do not surface.
const HeadedFor = time.Hour

// Due returns the storms that go on, and that are to end or to be headed anew at a time.
func (s Storms) Due(ctx context.Context, now time.Time) ([]news.Storm, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT `+stormColumns+` FROM storm
		WHERE ended_at = 0 AND (busy_until <= $1 OR headed_at <= $2) ORDER BY id`, ms(now), ms(now.Add(-HeadedFor)))
	return collect(rows, err, "read storms", scanStorm)
}

// All returns the storms that go on, the oldest first.
func (s Storms) All(ctx context.Context) ([]news.Storm, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+stormColumns+` FROM storm WHERE ended_at = 0 ORDER BY id`)
	return collect(rows, err, "read storms", scanStorm)
}

// Since returns the storms of a channel, of all where that is "", that go on or ended after a
// time, the oldest first.
func (s Storms) Since(ctx context.Context, channel string, since time.Time) ([]news.Storm, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+stormColumns+` FROM storm
		WHERE (ended_at = 0 OR ended_at > $1) AND (channel = $2 OR $2 = '') ORDER BY id`, ms(since), channel)
	return collect(rows, err, "read storms", scanStorm)
}

// folded selects the alerts of the storm whose key is $1.
const folded = `digest_id <> 0 AND digest_id IN (SELECT id FROM delivery WHERE kind = 'digest' AND about = 'fold' AND body = $1)`

// Folded counts the alerts that a storm folded.
func (s StormsTx) Folded(ctx context.Context, id int64) (int, error) {
	return countFolded(ctx, s.tx, id)
}

// Folded is StormsTx.Folded for those who only look.
func (s Storms) Folded(ctx context.Context, id int64) (int, error) {
	return countFolded(ctx, s.db.write, id)
}

func countFolded(ctx context.Context, q querier, id int64) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM alert WHERE `+folded, StormKey(id)).Scan(&n)
	return n, wrap("count what is folded", err)
}

// Stands reports whether a storm folded anything that nobody took back since.
func (s StormsTx) Stands(ctx context.Context, st news.Storm) (stands bool, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM alert WHERE `+folded+` AND NOT EXISTS (
		SELECT 1 FROM recalled t JOIN recall r ON r.id = t.recall_id
		WHERE t.alert_id = alert.id AND r.rule = $2 AND r.undone_at = 0)`, StormKey(st.ID), clean(st.Rule)).Scan(&stands)
	return stands, wrap("look at what is folded", err)
}

// Newest returns the newest alerts that a storm folded, the newest first.
func (s Storms) Newest(ctx context.Context, id int64, limit int) ([]Content, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT id FROM alert WHERE `+folded+` ORDER BY id DESC LIMIT $2`,
		StormKey(id), limit)
	return s.db.Deliveries.contents(ctx, rows, err)
}

// IsFolded reports whether a storm folded an alert.
func (s Storms) IsFolded(ctx context.Context, alert int64) (is bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `SELECT count(*) > 0 FROM alert WHERE id = $1 AND digest_id <> 0 AND `+fold,
		alert).Scan(&is)
	return is, wrap("look for a storm", err)
}

// Signalled returns the deliveries of signals that a channel was told since a time and that
// can be edited, the newest first.
func (s StormsTx) Signalled(ctx context.Context, channel string, since time.Time) ([]news.Delivery, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
		WHERE channel = $1 AND kind = 'signal' AND created_at >= $2 AND state <> 'dead' AND closed = '' ORDER BY id DESC`,
		channel, ms(since))
	return collect(rows, err, "read signals", scanDelivery)
}
