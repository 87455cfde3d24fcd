package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Epochs reads the epochs.
type Epochs struct{ db *Store }

// EpochsTx begins an epoch in a transaction.
type EpochsTx struct{ tx *Tx }

// doubtFor is how long after the begin of an epoch alerts on older stories are
// looked for in the channel before they are sent. A source that was unreachable
// lists such stories late.
const doubtFor = 7 * 24 * time.Hour

// claimLeap is what an epoch adds to the token of every claim, so that no token of
// an earlier epoch is used again.
const claimLeap = 1 << 32

// Epoch is a part of the store's history. A new one begins when the store has lost
// its newest rows: it was restored from a backup, or a PostgreSQL server was
// promoted that had not received them. Then deliveries that were sent are pending
// again, or not recorded at all, and IDs are used twice.
type Epoch struct {
	Name  string // random; "" for the first epoch
	Began time.Time
	Since time.Time // rows that were recorded before were not lost
	Until time.Time // messages of earlier epochs have arrived by then
	Doubt time.Time // alerts that are recorded before may have been sent in an earlier epoch
	Cause string    // how the rows were lost
}

// Newest returns the newest epoch, the zero value when nothing was ever lost.
func (s Epochs) Newest(ctx context.Context) (Epoch, error) {
	e, err := newestEpoch(ctx, s.db.read)
	return e, wrap("read epoch", err)
}

func newestEpoch(ctx context.Context, q querier) (e Epoch, err error) {
	var began, since, until, doubt int64
	err = q.QueryRowContext(ctx, `
		SELECT name, began_at, lost_since, lost_until, doubt_until, cause FROM epoch ORDER BY began_at DESC LIMIT 1`).
		Scan(&e.Name, &began, &since, &until, &doubt, &e.Cause)
	e.Began, e.Since, e.Until, e.Doubt = at(began), at(since), at(until), at(doubt)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return e, err
}

// Loss is the finding that a store has lost its newest rows.
type Loss struct {
	Cause  string    // how they were lost; "" when nothing was lost
	Whole  time.Time // rows recorded before were recorded before the loss
	Seen   time.Time // an epoch that began later is about this loss; zero: no epoch is
	Settle time.Time // until then messages of the earlier epoch may still arrive
	Moved  bool      // nothing was lost: the store was moved here, and who used it before may have sent more

	place string // SQL expression of where the tables are, if the loss shows by that
}

// Begin begins an epoch: every unfinished delivery is in doubt until it was looked
// for in its channel, and every claim is lost. It returns the number of these
// deliveries. begun is false when another daemon has begun an epoch for the loss.
func (s EpochsTx) Begin(ctx context.Context, l Loss, now time.Time) (doubtful int64, begun bool, err error) {
	known, err := s.isKnown(ctx, l)
	if err != nil || known {
		return 0, false, err
	}
	since, err := s.lostSince(ctx, l, now)
	if err != nil {
		return 0, false, err
	}
	err = exec(ctx, s.tx, "begin epoch", `
		INSERT INTO epoch (name, began_at, lost_since, lost_until, doubt_until, cause)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		rand.Text(), ms(now), ms(since), ms(l.Settle), ms(now.Add(doubtFor)), l.Cause)
	if err != nil {
		return 0, false, err
	}
	doubtful, err = count(s.tx.ExecContext(ctx, `
		UPDATE delivery SET state = 'in_doubt', started_at = created_at, answered = 0, lost_until = $1,
			due_at = CASE WHEN kind = 'digest' AND due_at > $1 THEN due_at ELSE $1 END
		WHERE state IN `+open, ms(l.Settle)))
	for _, table := range []string{"source", "story", "channel"} {
		if err == nil {
			_, err = s.tx.ExecContext(ctx, `UPDATE `+table+` SET claim = claim + $1, claimed_until = 0`, claimLeap)
		}
	}
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `DELETE FROM setting WHERE name = $1`, settingCopied)
	}
	if err != nil {
		return 0, false, wrap("begin epoch", err)
	}
	return doubtful, true, nil
}

// isKnown reports whether an epoch has begun for a loss. Until the transaction ends
// nobody else begins one. On PostgreSQL it saves where the tables are now.
func (s EpochsTx) isKnown(ctx context.Context, l Loss) (bool, error) {
	err := exec(ctx, s.tx, "begin epoch", `
		INSERT INTO setting (name, value) VALUES ($1, '')
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, settingEpoch)
	if err != nil {
		return false, err
	}
	if l.Moved { // Begin drops the setting
		waits, err := change(ctx, s.tx, "begin epoch", `UPDATE setting SET value = value WHERE name = $1`, settingCopied)
		return !waits, err
	}
	if l.place != "" {
		moved, err := change(ctx, s.tx, "save place", `
			UPDATE setting SET value = `+l.place+` WHERE name = $1 AND value <> `+l.place, settingPlace)
		if err != nil || !moved {
			return !moved, err
		}
	}
	e, err := newestEpoch(ctx, s.tx)
	if err != nil {
		return false, wrap("begin epoch", err)
	}
	return l.place == "" && !l.Seen.IsZero() && e.Until.After(l.Seen), nil
}

// lostSince returns when the newest row was recorded that was not lost: the time of
// the backup if that is known, else the time of the newest story.
func (s EpochsTx) lostSince(ctx context.Context, l Loss, now time.Time) (time.Time, error) {
	var (
		newest int64
		copied string
	)
	err := s.tx.QueryRowContext(ctx, `SELECT
		coalesce((SELECT max(first_seen_at) FROM story WHERE first_seen_at < $1), 0),
		coalesce((SELECT value FROM setting WHERE name = $2), '')`, ms(l.Whole), settingCopied).
		Scan(&newest, &copied)
	if err != nil {
		return time.Time{}, wrap("begin epoch", err)
	}
	if t, err := time.Parse(time.RFC3339, copied); err == nil {
		return t, nil
	}
	if newest == 0 {
		return now.Add(-doubtFor), nil
	}
	return at(newest), nil
}

// doubt puts d in doubt if an earlier epoch may have sent it: if its story, or the
// story of its alert, was published before this epoch began or has no date.
func (s DeliveriesTx) doubt(ctx context.Context, d *news.Delivery) error {
	var since, until, published int64
	err := s.tx.QueryRowContext(ctx, `
		SELECT coalesce(min(lost_since), 0), coalesce(max(lost_until), 0),
			coalesce((SELECT published_at FROM story
				WHERE id = $1 OR $1 = 0 AND id = (SELECT story_id FROM alert WHERE id = $2)), 0)
		FROM epoch WHERE doubt_until > $3`, d.Story, d.Alert, ms(d.Created)).
		Scan(&since, &until, &published)
	if err != nil {
		return wrap("add delivery", err)
	}
	if until == 0 || published > until {
		return nil
	}
	d.State, d.Started, d.LostUntil = news.StateInDoubt, at(since), at(until)
	if d.Due.Before(d.LostUntil) {
		d.Due = d.LostUntil
	}
	return nil
}
