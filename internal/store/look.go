package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Looks keeps the claims on stories whose page is read again, to see whether it
// has changed.
type Looks struct{ db *Store }

// LooksTx schedules, claims and records looks in a transaction.
type LooksTx struct{ tx *Tx }

// Look is a recorded story with what the earlier looks at its page have found.
type Look struct {
	NewStory
	Claim     Claim             // as it was when the story was read
	FromPage  bool              // the text is from the page and not from the list
	Gone      int               // how many looks in a row have found no page
	Withdrawn time.Time         // when it was seen that the outlet does not stand by the story; zero: it does
	How       news.RevisionKind // in which way it was withdrawn; "": it was not
	By        news.Witness      // what said so
	Stood     time.Time         // when the story was last seen to stand
	Alerted   time.Time         // when the story first raised an alert; zero: never
	Headlines []string          // its earlier headlines, one for each revision, the oldest first

	// What Looks.Get knows, and Siblings does not.
	Unsaid   bool          // a channel is still to be told of an edit
	Told     time.Time     // when a channel was first told of the story; zero: never
	Severity news.Severity // of the most severe alert that told of it
}

// lookColumns are the columns of a Look, except for Headlines, Unsaid, Told and Severity.
const lookColumns = storyColumns + `, waiting, claim, from_page, tries, withdrawn_at, withdrawn_how, withdrawn_by, stood_at,
	(SELECT coalesce(min(created_at), 0) FROM alert a WHERE a.story_id = story.id)`

// scanLook reads the lookColumns.
func scanLook(scan func(...any) error) (l Look, err error) {
	var (
		withdrawn, alerted, stood int64
		waiting                   bool
	)
	l.NewStory, err = scanStory(func(columns ...any) error {
		return scan(append(columns, &waiting, &l.Claim.Token, &l.FromPage, &l.Gone, &withdrawn, &l.How, &l.By, &stood,
			&alerted)...)
	})
	if err != nil {
		return l, err
	}
	l.Waiting = waiting
	l.Claim.Story, l.Withdrawn, l.Alerted, l.Stood = l.ID, at(withdrawn), at(alerted), at(stood)
	if l.Stood.IsZero() {
		l.Stood = l.FirstSeen
	}
	if l.How == "" && withdrawn > 0 {
		l.How = news.RevisedWithdrawn
	}
	if l.By == "" && withdrawn > 0 {
		l.By = news.ByPage
	}
	return l, nil
}

// Get returns a story with what the looks at it have found, or ErrNotFound.
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
	if err == nil {
		err = s.addAudience(ctx, &l)
	}
	return l, err
}

// addAudience adds to a look who was told of the story.
func (s Looks) addAudience(ctx context.Context, l *Look) error {
	var told int64
	err := s.db.write.QueryRowContext(ctx, `
		SELECT coalesce(min(told_at), 0), coalesce(max(severity), 0) FROM (
			SELECT created_at AS told_at, severity FROM alert WHERE story_id = $1
			UNION ALL SELECT r.created_at, a.severity FROM report r JOIN alert a ON a.id = r.alert_id
				WHERE r.story_id = $1 AND r.level > 1) AS told`, l.ID).Scan(&told, &l.Severity)
	if l.Told = at(told); err == nil {
		err = s.db.write.QueryRowContext(ctx, `SELECT count(*) > 0 FROM delivery
			WHERE story_id = $1 AND kind = 'update' AND about = 'corrected' AND state IN ('pending', 'parked') AND attempts = 0`, l.ID).Scan(&l.Unsaid)
	}
	return wrap("look up who was told", err)
}

// Schedule schedules a look at the page of a complete story. An earlier one that is
// scheduled already stays. host is the host of the page.
func (s LooksTx) Schedule(ctx context.Context, story int64, host string, at time.Time) error {
	return exec(ctx, s.tx, "schedule look", `
		UPDATE story SET host = $1,
			tries   = CASE WHEN look_at = 0 THEN 0 ELSE tries END,
			look_at = CASE WHEN look_at = 0 OR look_at > $2 THEN $2 ELSE look_at END
		WHERE id = $3 AND waiting = 0`, host, ms(at), story)
}

// Hasten has a look that is scheduled take place at a time, unless it is due earlier or
// the time is zero.
func (s LooksTx) Hasten(ctx context.Context, story int64, to time.Time) error {
	return exec(ctx, s.tx, "hasten look", `UPDATE story SET look_at = $1 WHERE id = $2 AND waiting = 0 AND look_at > $1 AND $1 > 0`,
		ms(to), story)
}

// MarkStood records that a story was seen to stand as it is recorded.
func (s LooksTx) MarkStood(ctx context.Context, story int64, now time.Time) error {
	return exec(ctx, s.tx, "mark story seen", `UPDATE story SET stood_at = $1 WHERE id = $2`, ms(now), story)
}

// LookLimits are the limits of LooksTx.Claim. A look is under way while its claim
// holds.
type LookLimits struct {
	FreeBy    time.Time // looks at a host that is free only later are not claimed
	LateSince time.Time // looks that were due before this no longer wait for lists and new pages
	Limit     int       // of the looks under way
	PerHost   int       // of the looks at one host that a call claims
}

// Claim claims looks that are due, by these rules:
//
//  1. The host is free by limits.FreeBy.
//  2. No list of the host and no new page is due, or the look was due before
//     limits.LateSince.
//  3. What was due first goes first.
//  4. At most limits.PerHost looks at one host are claimed at once.
//  5. Over all hosts that did not answer their last request one look is under way.
//  6. At most limits.Limit looks at other hosts are under way.
func (s LooksTx) Claim(ctx context.Context, now time.Time, limits LookLimits) ([]Claim, error) {
	const hung = `EXISTS (SELECT 1 FROM host g WHERE g.host = story.host AND g.hung_at > 0)`
	var held, heldHung int
	err := s.tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(CASE WHEN `+hung+` THEN 1 ELSE 0 END), 0)
		FROM story WHERE look_at > 0 AND waiting = 0 AND claimed_until > $1`, ms(now)).Scan(&held, &heldHung)
	if err != nil {
		return nil, wrap("count looks", err)
	}
	free := limits.Limit - held + heldHung
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
					row_number() OVER (
						PARTITION BY CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END ORDER BY s.look_at, s.id) AS place
				FROM story s LEFT JOIN host h ON h.host = s.host
				WHERE s.look_at > 0 AND s.look_at <= $2 AND s.waiting = 0 AND s.claimed_until <= $2
					AND coalesce(h.free_at, 0) <= $3 -- 1
					AND (s.look_at <= $4 -- 2
						OR NOT EXISTS (SELECT 1 FROM source l WHERE l.host = s.host AND l.enabled = 1 AND l.next_at <= $2)
						AND NOT EXISTS (SELECT 1 FROM story w
							WHERE w.waiting = 1 AND w.host = s.host AND w.first_run = 0 AND w.due_at <= $2))
			) AS due
			WHERE turn <= $5 -- 4
				AND (hung = 0 OR place + $6 <= 1) -- 5
			ORDER BY look_at, id -- 3
			LIMIT $7) -- 6
		RETURNING id, claim, host`,
		ms(now.Add(ClaimTime)), ms(now), ms(limits.FreeBy), ms(limits.LateSince), limits.PerHost, heldHung, free)
	return collect(rows, err, "claim looks", scanStoryClaim)
}

// Renew renews a claim on a look. The error is ErrClaimLost when the claim was
// lost.
func (s Looks) Renew(ctx context.Context, c Claim, now time.Time) error {
	return changeHeld(ctx, s.db.write, "renew claim of look", `
		UPDATE story SET claimed_until = $1 WHERE id = $2 AND claim = $3 AND waiting = 0 AND look_at > 0`,
		ms(now.Add(ClaimTime)), c.Story, c.Token)
}

// Postpone releases a claim on a look, which is due again at next. Nothing else
// is recorded.
func (s Looks) Postpone(ctx context.Context, c Claim, next time.Time) error {
	return exec(ctx, s.db.write, "postpone look", `
		UPDATE story SET look_at = $1, claimed_until = 0 WHERE id = $2 AND claim = $3 AND waiting = 0`,
		ms(next), c.Story, c.Token)
}

// MarkLooked records that a story was looked at and releases the claim. next is
// the time of the next look, zero for none. gone is how many looks in a row have
// found no page. The error is ErrClaimLost when the claim was lost.
func (s LooksTx) MarkLooked(ctx context.Context, c Claim, next time.Time, gone int) error {
	return changeHeld(ctx, s.tx, "mark story looked at", `
		UPDATE story SET look_at = $1, tries = $2, looks = looks + 1, claimed_until = 0
		WHERE id = $3 AND claim = $4 AND waiting = 0 AND look_at > 0`, ms(next), gone, c.Story, c.Token)
}

// Revoke ends the claim on a story, so that nobody who is looking at it records
// the look: the transaction changes the story by what a list says. The error
// is ErrClaimLost when the story was claimed or changed since it was read.
func (s LooksTx) Revoke(ctx context.Context, c Claim) error {
	return changeHeld(ctx, s.tx, "revoke claim of look", `
		UPDATE story SET claim = claim + 1, claimed_until = 0 WHERE id = $1 AND claim = $2 AND waiting = 0`,
		c.Story, c.Token)
}
