package store

import (
	"context"
	"time"
)

// PushesTx records what hubs push, and whether polls or pushes come first.
type PushesTx struct{ tx *Tx }

// PushClaim is the claim on a source to record what a hub has pushed of it.
type PushClaim struct {
	Claim
	Next time.Time // when the source was due without the push
}

// Claim claims the source of an active subscription, to record what its hub has
// pushed. Until it is recorded the source is due, so that a poll finds it if the
// holder of the claim dies. ok is false when the source is claimed or disabled,
// has another URL than the subscription, or was not crawled yet.
func (s PushesTx) Claim(ctx context.Context, sub Subscription, now time.Time) (c PushClaim, ok bool, err error) {
	var next int64
	err = s.tx.QueryRowContext(ctx, `
		SELECT coalesce(max(s.next_at), 0) FROM source s JOIN subscription p ON p.source = s.name AND p.url = s.url
		WHERE p.token = $1 AND p.state = 'active' AND s.enabled = 1 AND s.first_crawled_at > 0 AND s.claimed_until <= $2`,
		sub.Token, ms(now)).Scan(&next)
	if err != nil || next == 0 {
		return PushClaim{}, false, wrap("claim push", err)
	}
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE source SET claim = claim + 1, claimed_until = $1, next_at = CASE WHEN next_at > $2 THEN $2 ELSE next_at END
		WHERE name = $3 AND claimed_until <= $2 AND enabled = 1 RETURNING name, claim`,
		ms(now.Add(ClaimTime)), ms(now), sub.Source)
	got, err := collect(rows, err, "claim push", scanClaim)
	if err != nil || len(got) == 0 {
		return PushClaim{}, false, err
	}
	err = exec(ctx, s.tx, "claim push", `UPDATE subscription SET pushed_at = $1 WHERE token = $2`, ms(now), sub.Token)
	return PushClaim{Claim: got[0], Next: at(next)}, true, err
}

// MarkUnread records that a push came and was not read. The source is polled at
// due at the latest.
func (s PushesTx) MarkUnread(ctx context.Context, sub Subscription, now, due time.Time) error {
	err := exec(ctx, s.tx, "mark push unread", `
		UPDATE subscription SET unread_at = $1 WHERE token = $2`, ms(now), sub.Token)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "mark push unread", `
		UPDATE source SET next_at = $1 WHERE name = $2 AND url = $3 AND next_at > $1`, ms(due), sub.Source, sub.URL)
}

// PushResult is what is kept of a push that was read.
type PushResult struct {
	Token string    // of the subscription
	Fresh bool      // it had new stories: pushes come before polls
	Habit string    // of the source, see SourceState
	Taken time.Time // when the push came
	Soon  time.Time // of the next poll, if a push that was not read has come since Taken
}

// MarkRecorded records that the stories of a push were recorded and releases the
// claim: the source is due when it was without the push. The error is
// ErrClaimLost when the claim was lost.
func (s PushesTx) MarkRecorded(ctx context.Context, c PushClaim, r PushResult) error {
	err := changeHeld(ctx, s.tx, "mark push recorded", `
		UPDATE source SET next_at = $1, claimed_until = 0, habit = $2 WHERE name = $3 AND claim = $4`,
		ms(c.Next), r.Habit, c.Name, c.Token)
	if err == nil && r.Fresh {
		err = exec(ctx, s.tx, "mark push recorded", `UPDATE subscription SET agrees = 1 WHERE token = $1`, r.Token)
	}
	if err != nil {
		return err
	}
	return s.CatchUp(ctx, c.Name, r.Taken.Add(-time.Millisecond), r.Soon)
}

// MarkPolled compares a poll with the pushes of the source. It belongs after
// MarkCrawled. The poll began at start, the one before it ended at last, and fresh
// tells that it found new stories.
//
//  1. A fresh poll shows that pushes do not come before polls, unless a push that
//     was not read has come since last and was the reason for the poll.
//  2. If a push that was not read has come since start, the source is due at soon.
func (s PushesTx) MarkPolled(ctx context.Context, source string, last, start, soon time.Time, fresh bool) error {
	if fresh {
		err := exec(ctx, s.tx, "mark polled", `
			UPDATE subscription SET agrees = CASE WHEN unread_at > $1 THEN 1 ELSE 0 END -- 1
			WHERE source = $2 AND state = 'active'`, ms(last), source)
		if err != nil {
			return err
		}
	}
	return s.CatchUp(ctx, source, start, soon) // 2
}

// CatchUp makes a source due at soon, if a push that was not read has come since.
func (s PushesTx) CatchUp(ctx context.Context, source string, since, soon time.Time) error {
	return exec(ctx, s.tx, "catch up with pushes", `
		UPDATE source SET next_at = $1 WHERE name = $2 AND next_at > $1
			AND EXISTS (SELECT 1 FROM subscription WHERE source = $2 AND state = 'active' AND unread_at > $3)`,
		ms(soon), source, ms(since))
}
