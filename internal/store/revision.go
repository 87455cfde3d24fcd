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

// Revise saves what a story says now and, unless r.Kinds is empty, the revision
// with what it said before. fromPage tells that the text is from the page.
func (s StoriesTx) Revise(ctx context.Context, story *news.Story, r news.Revision, fromPage bool) error {
	withdrawn, back := news.RevisionKind(""), 0
	for _, kind := range r.Kinds {
		back += integer(kind == news.RevisedRestored)
		if kind.Withdraws() > 0 {
			withdrawn = kind
		}
	}
	err := exec(ctx, s.tx, "revise story", `
		UPDATE story SET title = $1, titles = $2, summary = $3, body = $4, modified_at = $5, from_page = $6,
			withdrawn_at  = CASE WHEN $7 <> '' THEN $8 WHEN $9 > 0 THEN 0 ELSE withdrawn_at END,
			withdrawn_how = CASE WHEN $7 <> '' THEN $7 WHEN $9 > 0 THEN '' ELSE withdrawn_how END,
			withdrawn_by  = CASE WHEN $7 <> '' THEN $10 WHEN $9 > 0 THEN '' ELSE withdrawn_by END
		WHERE id = $11`,
		clean(story.Title), cleanList(story.Titles), clean(story.Summary), clean(story.Text), ms(story.Modified),
		integer(fromPage), string(withdrawn), ms(r.Seen), back, string(r.By), story.ID)
	if err != nil || len(r.Kinds) == 0 {
		return err
	}
	return s.addRevision(ctx, story.ID, r)
}

func (s StoriesTx) addRevision(ctx context.Context, story int64, r news.Revision) error {
	kinds, err := json.Marshal(r.Kinds)
	if err != nil {
		return wrap("add revision", err)
	}
	diff, err := json.Marshal(r.Changes)
	if err != nil {
		return wrap("add revision", err)
	}
	return exec(ctx, s.tx, "add revision", `
		INSERT INTO revision (story_id, seen_at, kinds, title, body, diff) VALUES ($1, $2, $3, $4, $5, $6)`,
		story, ms(r.Seen), string(kinds), clean(r.Title), clean(r.Text), clean(string(diff)))
}

// Revisions returns the revisions of a story, the oldest first. Each has what the
// story said before it; what it says now is in the story itself.
func (s Stories) Revisions(ctx context.Context, story int64) ([]news.Revision, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, story_id, seen_at, kinds, title, body, diff FROM revision WHERE story_id = $1 ORDER BY id`, story)
	return collect(rows, err, "read revisions", func(scan func(...any) error) (r news.Revision, err error) {
		var (
			seen        int64
			kinds, diff string
		)
		if err := scan(&r.ID, &r.Story, &seen, &kinds, &r.Title, &r.Text, &diff); err != nil {
			return r, err
		}
		r.Seen = at(seen)
		if err := json.Unmarshal([]byte(kinds), &r.Kinds); err != nil {
			return r, fmt.Errorf("kinds: %w", err)
		}
		if diff == "" { // pruned
			return r, nil
		}
		if err := json.Unmarshal([]byte(diff), &r.Changes); err != nil {
			return r, fmt.Errorf("diff: %w", err)
		}
		return r, nil
	})
}

// Audience is an alert whose channel was shown a story.
type Audience struct {
	news.Alert

	Unposted bool // nobody has tried to post its message, which says what the story says by then
	InDigest bool // its message is a digest
}

// Audience returns the alerts whose channels were shown a story: it raised them, or a
// message about it went to the channel. level is the least that a report of it was worth.
func (s AlertsTx) Audience(ctx context.Context, story int64, level int) ([]Audience, error) {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT `+alertColumns+`,
			CASE WHEN digest_id <> 0 THEN 1 ELSE 0 END,
			CASE WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.alert_id = alert.id AND d.kind = 'story'
				AND d.state IN ('pending', 'parked') AND d.attempts = 0) THEN 1 ELSE 0 END
		FROM alert
		WHERE id IN (SELECT id FROM alert WHERE story_id = $1
			UNION SELECT alert_id FROM delivery WHERE story_id = $1 AND story_id <> 0 AND kind IN ('story', 'update') AND about NOT IN ('batch', 'linked')
			UNION SELECT alert_id FROM report WHERE story_id = $1 AND delivery_id <> 0 AND level >= $2)
		ORDER BY id`, story, level)
	return collect(rows, err, "read alerts of story", func(scan func(...any) error) (a Audience, err error) {
		a.Alert, err = scanAlert(func(columns ...any) error {
			return scan(append(columns, &a.InDigest, &a.Unposted)...)
		})
		return a, err
	})
}

// Linked returns the alerts on other news that may be the same as a story's news, because one
// of two alerts names the other, and that were told of a report after the story. told selects
// those that were told of what became of the story before, or the others.
func (s AlertsTx) Linked(ctx context.Context, story *news.Story, id int64, told bool) ([]news.Alert, error) {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT `+alertColumns+` FROM alert
		WHERE cluster_id NOT IN `+ofNews+`
			AND (earlier_id IN (SELECT o.id FROM alert o WHERE o.cluster_id IN `+ofNews+`)
				OR id IN (SELECT o.earlier_id FROM alert o WHERE o.cluster_id IN `+ofNews+`))
			AND EXISTS (SELECT 1 FROM story s WHERE s.first_seen_at >= $2
				AND s.id IN (SELECT alert.story_id UNION ALL SELECT r.story_id FROM report r WHERE r.alert_id = alert.id))
			AND (SELECT count(*) FROM delivery d WHERE d.alert_id = alert.id AND d.about = 'linked' AND d.story_id = $3) `+
		map[bool]string{false: "=", true: ">"}[told]+` 0
		ORDER BY id`, id, ms(story.FirstSeen), story.ID)
	return collect(rows, err, "read linked alerts", scanAlert)
}

// UnsentUpdate returns an update of an alert about a story, 0 for any, that nobody has tried to
// send; its ID is 0 when there is none. One that is being rendered is rendered again.
func (s DeliveriesTx) UnsentUpdate(
	ctx context.Context, alert, story int64, about news.About,
) (d news.Delivery, err error) {
	d, err = scanDelivery(s.tx.QueryRowContext(ctx, `
		UPDATE delivery SET edition = edition + 1
		WHERE alert_id = $1 AND (story_id = $2 OR $2 = 0) AND kind = 'update' AND about = $3
			AND state IN ('pending', 'parked') AND attempts = 0
		RETURNING `+deliveryColumns, alert, story, string(about)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return d, wrap("look up update", err)
}

// Reword replaces what an update that nobody has tried to send tells, and has it sent at
// due if that is earlier than it was.
func (s DeliveriesTx) Reword(ctx context.Context, id int64, text string, due time.Time) error {
	return exec(ctx, s.tx, "reword update", `
		UPDATE delivery SET body = $1, due_at = CASE WHEN due_at > $2 THEN $2 ELSE due_at END WHERE id = $3`,
		clean(text), ms(due), id)
}

// TakeBack ends an update that nobody has tried to send, and that has nothing to tell any
// more. It is not sent, and its text is empty from then on.
func (s DeliveriesTx) TakeBack(ctx context.Context, id int64, cause string, now time.Time) error {
	return exec(ctx, s.tx, "take back update", `
		UPDATE delivery SET state = 'sent', error = $1, done_at = $2, body = ''
		WHERE id = $3 AND state IN ('pending', 'parked') AND attempts = 0`, cause, ms(now), id)
}

// TakeBackAll is TakeBack for the updates of an alert that tell something of a story.
func (s DeliveriesTx) TakeBackAll(
	ctx context.Context, alert, story int64, about news.About, cause string, now time.Time,
) error {
	for {
		d, err := s.UnsentUpdate(ctx, alert, story, about)
		if err != nil || d.ID == 0 {
			return err
		}
		if err := s.TakeBack(ctx, d.ID, cause, now); err != nil {
			return err
		}
	}
}

// Standing returns the update of an alert that told last whether the outlet stands by a story, or
// is to tell; its ID is 0 when there is none.
func (s DeliveriesTx) Standing(ctx context.Context, alert, story int64) (d news.Delivery, err error) {
	d, err = scanDelivery(s.tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
		WHERE alert_id = $1 AND story_id = $2 AND kind = 'update' AND about IN ('withdrawn', 'restored') AND body <> '' AND state <> 'dead'
		ORDER BY id DESC LIMIT 1`, alert, story).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return d, wrap("look up update", err)
}

// RaiseAgain has an update that nobody has tried to send say that its alert was raised further now,
// by a story.
func (s DeliveriesTx) RaiseAgain(ctx context.Context, d news.Delivery, now time.Time) error {
	return exec(ctx, s.tx, "raise alert", `
		UPDATE delivery SET story_id = $1, severity = $2, body = $3, due_at = $4, created_at = $4 WHERE id = $5`,
		d.Story, int(d.Severity), clean(d.Text), ms(now), d.ID)
}

// Withdrawn returns the stories of a news that their outlets do not stand by.
func (s Stories) Withdrawn(ctx context.Context, id int64) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id FROM story WHERE cluster_id IN `+ofNews+` AND withdrawn_at > 0`, id)
	return collect(rows, err, "read withdrawn stories", func(scan func(...any) error) (story int64, err error) {
		return story, scan(&story)
	})
}

// ChangedSince returns the revisions of a story's words after a time, the oldest first,
// without the changes.
func (s Stories) ChangedSince(ctx context.Context, story int64, since time.Time) ([]news.Revision, error) {
	rows, err := s.write.QueryContext(ctx, `
		SELECT id, story_id, seen_at, kinds, title, body FROM revision
		WHERE story_id = $1 AND seen_at > $2
			AND (kinds LIKE '%"headline"%' OR kinds LIKE '%"text"%' OR kinds LIKE '%"correction"%')
		ORDER BY id`, story, ms(since))
	return collect(rows, err, "look up revisions", func(scan func(...any) error) (r news.Revision, err error) {
		var (
			seen  int64
			kinds string
		)
		err = scan(&r.ID, &r.Story, &seen, &kinds, &r.Title, &r.Text)
		if r.Seen = at(seen); err == nil {
			err = json.Unmarshal([]byte(kinds), &r.Kinds)
		}
		return r, err
	})
}

// mostAlerted is how many stories Alerted returns.
const mostAlerted = 200

// Alerted returns the other stories of a story's source that raised alerts since a time, the
// newest first, or were reports of alerted news then, without who was told.
func (s Stories) Alerted(ctx context.Context, story *news.Story, since time.Time) ([]Look, error) {
	rows, err := s.write.QueryContext(ctx, `SELECT `+lookColumns+` FROM story
		WHERE source = $1 AND id <> $2 AND id IN (SELECT story_id FROM alert WHERE created_at >= $3
			UNION SELECT story_id FROM report WHERE created_at >= $3)
		ORDER BY id DESC LIMIT $4`, story.Origin.Source, story.ID, ms(since), mostAlerted)
	return collect(rows, err, "look up alerted stories", scanLook)
}
