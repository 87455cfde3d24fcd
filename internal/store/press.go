package store

import (
	"context"
	"time"
)

// Presses keeps what people did in Slack until it is known what that came to.
type Presses struct{ db *Store }

// KeptPress is what somebody did in Slack, and what it came to is not known yet.
type KeptPress struct {
	Request string // names it: what arrives twice is one
	Body    string // as it came in
	At      time.Time
	Tries   int // that were begun
}

// Add keeps what somebody did, with one try begun. Another one begins at due. It returns
// false when it is kept already.
func (s Presses) Add(ctx context.Context, p KeptPress, due time.Time) (fresh bool, err error) {
	return change(ctx, s.db.write, "keep press", `
		INSERT INTO press (request, body, pressed_at, due_at) VALUES ($1, $2, $3, $4) ON CONFLICT (request) DO NOTHING`,
		clean(p.Request), clean(p.Body), ms(p.At), ms(due))
}

// Due returns what is to be tried again, the oldest first, and at most so much.
func (s Presses) Due(ctx context.Context, now time.Time, most int) ([]KeptPress, error) {
	rows, err := s.db.write.QueryContext(ctx, `
		SELECT request, body, pressed_at, tries FROM press WHERE due_at <= $1 ORDER BY pressed_at, request LIMIT $2`, ms(now), most)
	return collect(rows, err, "read presses", func(scan func(...any) error) (p KeptPress, err error) {
		var pressed int64
		err = scan(&p.Request, &p.Body, &pressed, &p.Tries)
		p.At = at(pressed)
		return p, err
	})
}

// Claim begins another try of what Due returned; the next one begins at due. It returns
// false when another daemon was first, or it is done.
func (s Presses) Claim(ctx context.Context, p KeptPress, due time.Time) (claimed bool, err error) {
	return change(ctx, s.db.write, "claim press", `
		UPDATE press SET tries = tries + 1, due_at = $1 WHERE request = $2 AND tries = $3`, ms(due), clean(p.Request), p.Tries)
}

// Postpone has it tried again at due.
func (s Presses) Postpone(ctx context.Context, request string, due time.Time) error {
	return exec(ctx, s.db.write, "postpone press", `UPDATE press SET due_at = $1 WHERE request = $2`, ms(due), clean(request))
}

// Done forgets what had its effect, or was refused.
func (s Presses) Done(ctx context.Context, request string) error {
	return exec(ctx, s.db.write, "forget press", `DELETE FROM press WHERE request = $1`, clean(request))
}
