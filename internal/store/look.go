package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Looks works on the stories that are looked at again.
type Looks struct{ db *Store }

// LooksTx is Looks in a transaction.
type LooksTx struct{ tx *Tx }

// Look is a story that is looked at again, with what is known of it from the
// looks before.
type Look struct {
	NewStory
	Claim     Claim     // as it was when the story was read
	FromPage  bool      // its text is as its page gave it, rather than as the list did
	Gone      int       // looks in a row that found no page
	Withdrawn time.Time // when its page was found gone for good; zero: it is there
	Alerted   time.Time // when it first raised an alert; zero: never
	Headlines []string  // that it had before, one a revision, the oldest first
}

// lookColumns are storyColumns and what a Look knows beside them.
const lookColumns = storyColumns + `, waiting, claim, from_page, tries, withdrawn_at,
	(SELECT coalesce(min(created_at), 0) FROM alert a WHERE a.cluster_id = story.cluster_id AND a.story_id = story.id)`

// scanLook reads the lookColumns; the headlines of before are not among them.
func scanLook(scan func(...any) error) (l Look, err error) {
	var (
		withdrawn, alerted int64
		waiting            bool
	)
	l.NewStory, err = scanStory(func(columns ...any) error {
		return scan(append(columns, &waiting, &l.Claim.Token, &l.FromPage, &l.Gone, &withdrawn, &alerted)...)
	})
	if err != nil {
		return l, err
	}
	l.Waiting = waiting
	l.Claim.Story, l.Withdrawn, l.Alerted = l.ID, at(withdrawn), at(alerted)
	return l, nil
}

// Look returns a story with what the looks at it have found, or ErrNotFound.
func (s Looks) Get(ctx context.Context, id int64) (Look, error) {
	l, err := scanLook(s.db.write.QueryRowContext(ctx, `SELECT `+lookColumns+` FROM story WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return l, fmt.Errorf("look at story %d: %w", id, explain(err))
	}
	rows, err := s.db.write.QueryContext(ctx, `SELECT title FROM revision WHERE story_id = $1 ORDER BY id`, l.ID)
	l.Headlines, err = collect(rows, err, "read headlines", func(scan func(...any) error) (title string, err error) {
		return title, scan(&title)
	})
	return l, err
}

// PlanLook has the page of a complete story looked at, at a time, or sooner if
// that was planned already. host is the page's.
func (s LooksTx) Plan(ctx context.Context, story int64, host string, at time.Time) error {
	_, err := s.tx.ExecContext(ctx, `
		UPDATE story SET host = $1,
			tries   = CASE WHEN look_at = 0 THEN 0 ELSE tries END,
			look_at = CASE WHEN look_at = 0 OR look_at > $2 THEN $2 ELSE look_at END
		WHERE id = $3 AND waiting = 0`, host, ms(at), story)
	if err != nil {
		return fmt.Errorf("plan look: %w", explain(err))
	}
	return nil
}

// LookTurns are the bounds of ClaimLooks.
type LookLimits struct {
	FreeBy    time.Time // when a host must be free at the latest
	LateSince time.Time // looks that were due before this no longer come after everything new
	Limit     int       // looks under way in all
	PerHost   int       // looks of one host claimed at once
}

// ClaimLooks claims stories that are due to be looked at again. They come after
// everything new: while the host has a list or a new page that is due none is
// claimed, except those that were due before turns.Waited. Of the hosts that
// hung when they were asked last one look at a time is claimed.
func (s LooksTx) Claim(ctx context.Context, now time.Time, turns LookLimits) ([]Claim, error) {
	const hung = `EXISTS (SELECT 1 FROM host g WHERE g.host = story.host AND g.hung_at > 0)`
	var held, heldHung int
	err := s.tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(CASE WHEN `+hung+` THEN 1 ELSE 0 END), 0)
		FROM story WHERE look_at > 0 AND waiting = 0 AND claimed_until > $1`, ms(now)).Scan(&held, &heldHung)
	if err != nil {
		return nil, fmt.Errorf("count looks: %w", explain(err))
	}
	free := turns.Limit - held + heldHung
	if free <= 0 {
		return nil, nil
	}
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE story SET claim = claim + 1, claimed_until = $1
		WHERE look_at > 0 AND waiting = 0 AND claimed_until <= $2 AND id IN (
			SELECT id FROM (
				SELECT s.id, s.look_at,
					CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END AS hung,
					row_number() OVER (PARTITION BY s.host ORDER BY s.look_at, s.id) AS turn,
					row_number() OVER (PARTITION BY CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END ORDER BY s.look_at, s.id) AS place
				FROM story s LEFT JOIN host h ON h.host = s.host
				WHERE s.look_at > 0 AND s.look_at <= $2 AND s.waiting = 0 AND s.claimed_until <= $2
					AND coalesce(h.free_at, 0) <= $3
					AND (s.look_at <= $4
						OR NOT EXISTS (SELECT 1 FROM source l WHERE l.host = s.host AND l.enabled = 1 AND l.next_at <= $2)
						AND NOT EXISTS (SELECT 1 FROM story w WHERE w.waiting = 1 AND w.host = s.host AND w.first_run = 0 AND w.due_at <= $2))
			) AS due WHERE turn <= $5 AND (hung = 0 OR place + $6 <= 1) ORDER BY look_at, id LIMIT $7)
		RETURNING id, claim, host`, ms(now.Add(ClaimTime)), ms(now), ms(turns.FreeBy), ms(turns.LateSince), turns.PerHost, heldHung, free)
	return collect(rows, err, "claim looks", func(scan func(...any) error) (c Claim, err error) {
		return c, scan(&c.Story, &c.Token, &c.Host)
	})
}

// RenewLook takes the claim up, or prolongs it; false means that it is lost.
func (s Looks) Renew(ctx context.Context, c Claim, now time.Time) (bool, error) {
	return changed(s.db.write.ExecContext(ctx, `UPDATE story SET claimed_until = $1 WHERE id = $2 AND claim = $3 AND waiting = 0 AND look_at > 0`,
		ms(now.Add(ClaimTime)), c.Story, c.Token))("renew claim of look")
}

// PostponeLook gives a claim on a look back: it is due again at next, and
// nothing else has happened.
func (s Looks) Postpone(ctx context.Context, c Claim, next time.Time) error {
	_, err := s.db.write.ExecContext(ctx, `UPDATE story SET look_at = $1, claimed_until = 0 WHERE id = $2 AND claim = $3 AND waiting = 0`,
		ms(next), c.Story, c.Token)
	if err != nil {
		return fmt.Errorf("postpone look: %w", explain(err))
	}
	return nil
}

// MarkLooked records that a story was looked at and gives the claim back: next
// is when it is looked at again, zero for never, and gone how many looks in a
// row found no page. False means that the claim was lost, and the transaction
// must not commit.
func (s LooksTx) MarkLooked(ctx context.Context, c Claim, next time.Time, gone int) (bool, error) {
	return changed(s.tx.ExecContext(ctx, `
		UPDATE story SET look_at = $1, tries = $2, looks = looks + 1, claimed_until = 0
		WHERE id = $3 AND claim = $4 AND waiting = 0 AND look_at > 0`, ms(next), gone, c.Story, c.Token))("mark story looked at")
}

// TakeLook takes a story from whoever may be looking at it, for a transaction
// that changes it on the word of a list. False means that somebody else took
// it, or changed it, since it was read.
func (s LooksTx) Revoke(ctx context.Context, c Claim) (bool, error) {
	return changed(s.tx.ExecContext(ctx, `UPDATE story SET claim = claim + 1, claimed_until = 0 WHERE id = $1 AND claim = $2 AND waiting = 0`,
		c.Story, c.Token))("take story")
}
