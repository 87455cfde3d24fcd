package store

import (
	"context"
	"time"
)

// PushesTx records what hubs push.
type PushesTx struct{ tx *Tx }

// PushClaim is the right to record what was pushed of a source.
type PushClaim struct {
	Claim
	Next time.Time // when the source was due without the push
}

// TakePush claims the source of an active subscription for what its hub has
// pushed. Until that is recorded the source is due, so that a poll makes up for
// it should the holder die. ok is false when somebody else is at the source, it
// is disabled or has another URL, or its first crawl is still to come.
func (s PushesTx) Claim(ctx context.Context, sub Subscription, now time.Time) (c PushClaim, ok bool, err error) {
	var next int64
	err = s.tx.QueryRowContext(ctx, `
		SELECT coalesce(max(s.next_at), 0) FROM source s JOIN subscription p ON p.source = s.name AND p.url = s.url
		WHERE p.token = $1 AND p.state = 'active' AND s.enabled = 1 AND s.first_crawled_at > 0 AND s.claimed_until <= $2`,
		sub.Token, ms(now)).Scan(&next)
	if err != nil || next == 0 {
		return PushClaim{}, false, wrap("take push", err)
	}
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE source SET claim = claim + 1, claimed_until = $1, next_at = CASE WHEN next_at > $2 THEN $2 ELSE next_at END
		WHERE name = $3 AND claimed_until <= $2 AND enabled = 1 RETURNING name, claim`, ms(now.Add(ClaimTime)), ms(now), sub.Source)
	got, err := claims(rows, err, "take push")
	if err != nil || len(got) == 0 {
		return PushClaim{}, false, err
	}
	_, err = s.tx.ExecContext(ctx, `UPDATE subscription SET pushed_at = $1 WHERE token = $2`, ms(now), sub.Token)
	return PushClaim{Claim: got[0], Next: at(next)}, true, wrap("take push", err)
}

// MarkUnread records that a push was not read: a poll at due, or before, makes
// up for it.
func (s PushesTx) MarkUnread(ctx context.Context, sub Subscription, now, due time.Time) error {
	_, err := s.tx.ExecContext(ctx, `UPDATE subscription SET unread_at = $1 WHERE token = $2`, ms(now), sub.Token)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `UPDATE source SET next_at = $1 WHERE name = $2 AND url = $3 AND next_at > $1`, ms(due), sub.Source, sub.URL)
	}
	return wrap("mark push unread", err)
}

// PushEnd is what a push came to.
type PushResult struct {
	Token string    // of the subscription
	Fresh bool      // it brought news: pushes come before polls
	Habit string    // what was learnt of the source
	Taken time.Time // when it came
	Soon  time.Time // when the source is due should another one have come since that was not read
}

// MarkPushed records that what was pushed is in the store and gives the claim
// back: the source is due as it was without the push. false means that the
// claim was lost, and the transaction must not commit.
func (s PushesTx) MarkRecorded(ctx context.Context, c PushClaim, end PushResult) (bool, error) {
	ok, err := changed(s.tx.ExecContext(ctx, `UPDATE source SET next_at = $1, claimed_until = 0, habit = $2 WHERE name = $3 AND claim = $4`,
		ms(c.Next), end.Habit, c.Name, c.Token))("mark pushed")
	if err != nil || !ok {
		return false, err
	}
	if end.Fresh {
		if _, err := s.tx.ExecContext(ctx, `UPDATE subscription SET agrees = 1 WHERE token = $1`, end.Token); err != nil {
			return false, wrap("mark pushed", err)
		}
	}
	return true, s.CatchUp(ctx, c.Name, end.Taken.Add(-time.Millisecond), end.Soon)
}

// MarkPolled compares a poll that began at start, after one that ended at last,
// with what was pushed: with fresh it found news, and then pushes come before
// polls only when one that was not read asked for this poll. It belongs behind
// MarkCrawled. A push that came since start makes the source due at soon.
func (s PushesTx) MarkPolled(ctx context.Context, source string, last, start, soon time.Time, fresh bool) error {
	if fresh {
		_, err := s.tx.ExecContext(ctx, `
			UPDATE subscription SET agrees = CASE WHEN unread_at > $1 THEN 1 ELSE 0 END WHERE source = $2 AND state = 'active'`, ms(last), source)
		if err != nil {
			return wrap("mark polled", err)
		}
	}
	return s.CatchUp(ctx, source, start, soon)
}

// CatchUpUnread makes a source due at soon when a push came since that was not
// read.
func (s PushesTx) CatchUp(ctx context.Context, source string, since, soon time.Time) error {
	_, err := s.tx.ExecContext(ctx, `
		UPDATE source SET next_at = $1 WHERE name = $2 AND next_at > $1
			AND EXISTS (SELECT 1 FROM subscription WHERE source = $2 AND state = 'active' AND unread_at > $3)`, ms(soon), source, ms(since))
	return wrap("catch up with pushes", err)
}
