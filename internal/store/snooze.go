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

// Snoozes reads what is kept from channels.
type Snoozes struct{ db *Store }

// SnoozesTx begins and ends snoozes in a transaction.
type SnoozesTx struct{ tx *Tx }

const snoozeColumns = `id, kind, channel, cluster_id, rule, source, severity, alert_id,
	coalesce((SELECT title FROM story WHERE story.id = (SELECT story_id FROM alert WHERE alert.id = alert_id)), ''),
	by_id, by_name, why, since, until, ended_at, ended_by_id, ended_by_name`

func scanSnooze(scan func(...any) error) (z news.Snooze, err error) {
	var since, until, ended int64
	err = scan(&z.ID, &z.Kind, &z.Channel, &z.Cluster, &z.Rule, &z.Source, &z.Severity, &z.Alert,
		&z.Title, &z.By.ID, &z.By.Name, &z.Why, &since, &until, &ended, &z.EndedBy.ID, &z.EndedBy.Name)
	z.Since, z.Until, z.Ended = at(since), at(until), at(ended)
	return z, err
}

// Begin records a snooze, and returns its ID.
func (s SnoozesTx) Begin(ctx context.Context, z news.Snooze) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO snooze (kind, channel, cluster_id, rule, source, severity, alert_id, by_id, by_name, why, since, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		string(z.Kind), clean(z.Channel), z.Cluster, clean(z.Rule), clean(z.Source), int(z.Severity), z.Alert, clean(z.By.ID),
		clean(z.By.Name), clean(z.Why), ms(z.Since), ms(z.Until)).Scan(&id)
	return id, wrap("begin snooze", err)
}

// Get returns a snooze, or ErrNotFound.
func (s SnoozesTx) Get(ctx context.Context, id int64) (news.Snooze, error) {
	z, err := scanSnooze(s.tx.QueryRowContext(ctx, `SELECT `+snoozeColumns+` FROM snooze WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return z, wrap(fmt.Sprintf("read snooze %d", id), err)
	}
	return z, nil
}

// notTried selects digests that nobody has tried to send since the store was restored.
const notTried = `(state = 'pending' OR state = 'in_doubt' AND attempts = 0)`

// due1 is the time $1, or when a digest of an earlier epoch has arrived for certain.
const due1 = `CASE WHEN lost_until > $1 THEN lost_until ELSE $1 END`

// End records that a snooze is over. What it kept is told now if somebody ended it, and
// when it is due anyway if by is nobody. It returns false when it was over before.
func (s SnoozesTx) End(ctx context.Context, id int64, by news.Person, now time.Time) (ended bool, err error) {
	ended, err = change(ctx, s.tx, "end snooze", `
		UPDATE snooze SET ended_at = $1, ended_by_id = $2, ended_by_name = $3 WHERE id = $4 AND ended_at = 0`,
		ms(now), clean(by.ID), clean(by.Name), id)
	if err != nil || !ended || by == (news.Person{}) {
		return ended, err
	}
	return true, exec(ctx, s.tx, "end snooze", `
		UPDATE delivery SET due_at = `+due1+`
		WHERE kind = 'digest' AND about = 'snooze' AND body = $2 AND `+notTried+` AND due_at > $1`,
		ms(now), SnoozeKey(id))
}

// Replace ends a snooze in favour of another one, which tells what it kept. due is when.
func (s SnoozesTx) Replace(ctx context.Context, id int64, by *news.Snooze, due, now time.Time) error {
	err := exec(ctx, s.tx, "replace snooze", `
		UPDATE snooze SET ended_at = $1, ended_by_id = $2, ended_by_name = $3 WHERE id = $4 AND ended_at = 0`,
		ms(now), clean(by.By.ID), clean(by.By.Name), id)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "replace snooze", `
		UPDATE delivery SET due_at = `+due1+`, body = $2, edition = edition + 1
		WHERE kind = 'digest' AND about = 'snooze' AND body = $3 AND `+notTried,
		ms(due), SnoozeKey(by.ID), SnoozeKey(id))
}

// Held counts the alerts that a snooze keeps.
func (s SnoozesTx) Held(ctx context.Context, id int64) (n int, err error) { return held(ctx, s.tx, id) }

// Held is SnoozesTx.Held for those who only look.
func (s Snoozes) Held(ctx context.Context, id int64) (n int, err error) {
	return held(ctx, s.db.read, id)
}

func held(ctx context.Context, q querier, id int64) (n int, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT count(*) FROM alert WHERE digest_id IN
			(SELECT id FROM delivery WHERE kind = 'digest' AND about = 'snooze' AND body = $1)`, SnoozeKey(id)).Scan(&n)
	return n, wrap("count what a snooze keeps", err)
}

type snoozeKey struct {
	Snooze int64 `json:"snooze"`
}

// Keeps reports whether a snooze keeps an alert from its channel, or a storm folded it.
func (s SnoozesTx) Keeps(ctx context.Context, alert int64) (kept bool, err error) {
	err = s.tx.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM alert a JOIN delivery d ON d.id = a.digest_id
		WHERE a.id = $1 AND a.digest_id <> 0 AND (d.about = 'snooze' AND d.state = 'pending' OR d.about = 'fold')`, alert).Scan(&kept)
	return kept, wrap("look for a snooze", err)
}

// SnoozeKey is the text of the digests that tell what a snooze kept.
func SnoozeKey(id int64) string {
	key, _ := json.Marshal(snoozeKey{id}) //nolint:errchkjson // a number always marshals
	return string(key)
}

// SnoozeOf returns the snooze that a digest tells the end of; ErrNotFound when it tells
// of none.
func (s Snoozes) SnoozeOf(ctx context.Context, d news.Delivery) (z news.Snooze, err error) {
	var key snoozeKey
	if err := json.Unmarshal([]byte(d.Text), &key); err != nil {
		return z, fmt.Errorf("read digest %d: %w", d.ID, err)
	}
	z, err = scanSnooze(s.db.write.QueryRowContext(ctx, `SELECT `+snoozeColumns+` FROM snooze WHERE id = $1`, key.Snooze).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return z, wrap("read snooze", err)
}

// In returns the snoozes that hold in a channel at a time, the last to end first.
func (s SnoozesTx) In(ctx context.Context, channel string, now time.Time) ([]news.Snooze, error) {
	return snoozesIn(ctx, s.tx, channel, now)
}

// In is SnoozesTx.In for those who only look.
func (s Snoozes) In(ctx context.Context, channel string, now time.Time) ([]news.Snooze, error) {
	return snoozesIn(ctx, s.db.write, channel, now)
}

func snoozesIn(ctx context.Context, q querier, channel string, now time.Time) ([]news.Snooze, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+snoozeColumns+` FROM snooze
		WHERE channel = $1 AND ended_at = 0 AND until > $2 ORDER BY until DESC, id`, channel, ms(now))
	return collect(rows, err, "read snoozes", scanSnooze)
}

// All returns the snoozes that hold at a time, in all channels, the first to end first.
func (s Snoozes) All(ctx context.Context, now time.Time) ([]news.Snooze, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+snoozeColumns+` FROM snooze
		WHERE ended_at = 0 AND until > $1 ORDER BY until, id`, ms(now))
	return collect(rows, err, "read snoozes", scanSnooze)
}

// Over returns the snoozes whose time is over and that nobody has ended, the oldest
// first.
func (s Snoozes) Over(ctx context.Context, now time.Time) ([]news.Snooze, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT `+snoozeColumns+` FROM snooze
		WHERE ended_at = 0 AND until <= $1 ORDER BY until, id`, ms(now))
	return collect(rows, err, "read snoozes", scanSnooze)
}

// OnNews reports whether a snooze of a news holds in a channel at a time.
func (s SnoozesTx) OnNews(ctx context.Context, id int64, channel string, now time.Time) (holds bool, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM snooze
		WHERE kind = 'news' AND cluster_id IN `+ofNews+` AND channel = $2 AND ended_at = 0 AND until > $3`, id, channel, ms(now)).
		Scan(&holds)
	return holds, wrap("look for a snooze", err)
}
