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

// NoticesTx records what the operators are told.
type NoticesTx struct{ tx *Tx }

// Bounds of messages that stand for many.
const (
	appendUntil = 5 * time.Second // before it is due a message may still grow; daemons' clocks differ by less
	mostAlike   = 15              // lines of one message
)

// telling is the row of a subject.
type telling struct {
	delivery int64
	told     time.Time
	lines    int
	last     string
}

// lock returns the row of a subject, which is nobody else's until the
// transaction ends.
func (s NoticesTx) lock(ctx context.Context, subject string) (t telling, err error) {
	var told int64
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO telling (subject) VALUES ($1) ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject
		RETURNING delivery_id, told_at, lines, last`, subject).Scan(&t.delivery, &told, &t.lines, &t.last)
	t.told = at(told)
	return t, wrap("take telling of "+subject, err)
}

func (s NoticesTx) save(ctx context.Context, subject string, t telling) error {
	_, err := s.tx.ExecContext(ctx, `
		UPDATE telling SET delivery_id = $1, told_at = $2, lines = $3, last = $4 WHERE subject = $5`,
		t.delivery, ms(t.told), t.lines, t.last, subject)
	return wrap("save telling of "+subject, err)
}

// Add records an ops delivery of a subject of which many may come at
// once. The first is due at once; those of the next moments (every) become one
// delivery with a line each, and a count of those beyond the first few.
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

// grow adds a line to the last message of a subject, when that is still to be
// sent.
func (s NoticesTx) grow(ctx context.Context, t *telling, line string, now time.Time, every time.Duration) (bool, error) {
	var body string
	err := s.tx.QueryRowContext(ctx, `
		SELECT body FROM delivery
		WHERE id = $1 AND state = 'pending' AND attempts = 0 AND due_at > $2 AND due_at <= $3`,
		t.delivery, ms(now.Add(appendUntil)), ms(now.Add(every))).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, wrap("read delivery", err)
	}
	t.lines++
	if beyond := t.lines - mostAlike; beyond > 0 {
		if beyond > 1 {
			body = body[:strings.LastIndexByte(body, '\n')]
		}
		line = fmt.Sprintf("… and %d more of the kind", beyond)
	}
	_, err = s.tx.ExecContext(ctx, `UPDATE delivery SET body = $1 WHERE id = $2`, body+"\n"+clean(line), t.delivery)
	return err == nil, wrap("grow delivery", err)
}

// MarkSaid reports whether a text of a subject is to be said: not when it was
// the last one said, by whatever daemon, less than a while ago.
func (s NoticesTx) MarkSaid(ctx context.Context, subject, text string, now time.Time, while time.Duration) (bool, error) {
	t, err := s.lock(ctx, subject)
	if err != nil {
		return false, err
	}
	if since := now.Sub(t.told); t.last == text && since >= 0 && since < while {
		return false, nil
	}
	return true, s.save(ctx, subject, telling{told: now, last: text})
}
