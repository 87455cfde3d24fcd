package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Notices reads what was said.
type Notices struct{ db *Store }

// NoticesTx records messages to the operators, so that several daemons do not send
// the same one, and many of one subject become one message.
type NoticesTx struct{ tx *Tx }

// Limits of a message that collects many notices.
const (
	closeBefore = 5 * time.Second // before it is due a message takes no more notices: daemons' clocks differ by less
	mostLines   = 15              // of one message
)

// telling is what was last told of a subject, a row of the table of that name.
type telling struct {
	delivery int64     // the last message
	told     time.Time // when that is due
	lines    int       // that it has
	last     string    // its text, of MarkSaid
}

// lock returns the row of a subject and locks it until the transaction ends.
func (s NoticesTx) lock(ctx context.Context, subject string) (t telling, err error) {
	var told int64
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO telling (subject) VALUES ($1) ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject
		RETURNING delivery_id, told_at, lines, last`, subject).
		Scan(&t.delivery, &told, &t.lines, &t.last)
	t.told = at(told)
	return t, wrap("lock notices of "+subject, err)
}

func (s NoticesTx) save(ctx context.Context, subject string, t telling) error {
	return exec(ctx, s.tx, "save notices of "+subject, `
		UPDATE telling SET delivery_id = $1, told_at = $2, lines = $3, last = $4 WHERE subject = $5`,
		t.delivery, ms(t.told), t.lines, t.last, subject)
}

// Add records a notice d of a subject of which many may come at once. The first
// one is due now. Those of the time every after it become one delivery, which has
// a line for each, and a count instead of the lines after mostLines.
func (s NoticesTx) Add(ctx context.Context, subject string, d news.Delivery, every time.Duration) error {
	t, err := s.lock(ctx, subject)
	if err != nil {
		return err
	}
	now := d.Created
	if grown, err := s.grow(ctx, &t, d.Text, now, every); err != nil {
		return err
	} else if grown {
		return s.save(ctx, subject, t)
	}
	d.Due = now
	if since := now.Sub(t.told); since > -every && since < every {
		d.Due = t.told.Add(every)
	}
	id, err := s.tx.Deliveries.add(ctx, d)
	if err != nil {
		return err
	}
	return s.save(ctx, subject, telling{delivery: id, told: d.Due, lines: 1})
}

// grow adds a line to the last message of a subject. It returns false when the
// message takes no more lines.
func (s NoticesTx) grow(
	ctx context.Context, t *telling, line string, now time.Time, every time.Duration,
) (bool, error) {
	var body string
	err := s.tx.QueryRowContext(ctx, `
		SELECT body FROM delivery
		WHERE id = $1 AND state = 'pending' AND attempts = 0 AND due_at > $2 AND due_at <= $3`,
		t.delivery, ms(now.Add(closeBefore)), ms(now.Add(every))).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, wrap("read delivery", err)
	}
	t.lines++
	if beyond := t.lines - mostLines; beyond > 0 {
		if beyond > 1 {
			body = body[:strings.LastIndexByte(body, '\n')]
		}
		line = fmt.Sprintf("… and %d more of the kind", beyond)
	}
	return change(ctx, s.tx, "grow delivery", `
		UPDATE delivery SET body = $1 WHERE id = $2`, body+"\n"+clean(line), t.delivery)
}

// weekApart is the least time between two messages of MarkWeek: after a clock that was ahead
// is set back, the weeks begin again.
const weekApart = 3 * 24 * time.Hour

// MarkWeek records that a subject is told of what the week since a time brought. It returns
// false when it was told of that week, and when the subject is new: then its first week ends
// with the next one. After the store has lost rows nobody knows whether it was told: it
// counts as told.
func (s NoticesTx) MarkWeek(ctx context.Context, subject string, since, now time.Time) (bool, error) {
	t, err := s.lock(ctx, subject)
	if err != nil {
		return false, err
	}
	week, before := since.UTC().Format(time.RFC3339), t
	if t.last == week {
		return false, nil
	}
	e, err := newestEpoch(ctx, s.tx)
	if err != nil {
		return false, wrap("read epoch", err)
	}
	if err := s.save(ctx, subject, telling{told: now, last: week}); err != nil {
		return false, err
	}
	return before.last != "" && now.Sub(before.told) >= weekApart && !e.Began.After(since), nil
}

// Week returns when the subject was told last, as MarkWeek records it; zero when never.
func (s Notices) Week(ctx context.Context, subject string) (since time.Time, err error) {
	var last string
	err = s.db.read.QueryRowContext(ctx, `SELECT last FROM telling WHERE subject = $1`, subject).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return since, nil
	}
	if err == nil {
		since, err = time.Parse(time.RFC3339, last)
	}
	return since, wrap("read notices of "+subject, err)
}

// Said returns what was said last of a subject, as MarkSaid records it; "" when nothing was.
func (s Notices) Said(ctx context.Context, subject string) (last string, err error) {
	err = s.db.write.QueryRowContext(ctx, `SELECT last FROM telling WHERE subject = $1`, subject).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return last, wrap("read notices of "+subject, err)
}

// MarkSaid records that a text of a subject is said now. It returns false when a
// daemon has said the same text last, less than while ago: then it is not to be
// said again.
func (s NoticesTx) MarkSaid(
	ctx context.Context, subject, text string, now time.Time, while time.Duration,
) (bool, error) {
	t, err := s.lock(ctx, subject)
	if err != nil {
		return false, err
	}
	if since := now.Sub(t.told); t.last == text && since >= 0 && since < while {
		return false, nil
	}
	return true, s.save(ctx, subject, telling{told: now, last: text})
}

// UnsentNotices returns the notices of a channel about something that nobody has tried to send,
// the oldest first.
func (s DeliveriesTx) UnsentNotices(ctx context.Context, channel string, about news.About) ([]news.Delivery, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
		WHERE channel = $1 AND kind = 'notice' AND about = $2 AND state IN ('pending', 'parked') AND attempts = 0
		ORDER BY id`, channel, string(about))
	return collect(rows, err, "read notices", scanDelivery)
}
