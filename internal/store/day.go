package store

import (
	"context"
	"slices"
	"time"
)

// SettingDaily is when the operators were last told how a day was, RFC 3339.
const SettingDaily = "daily"

// Day is what was done since a time.
type Day struct {
	Stories int64 // that were first listed
	Alerts  int64
	Dead    int64         // dead letters: see GivenUp
	P95     time.Duration // in which 95 % of the first messages arrived, from publication; 0: there was none
	Sent    int           // first messages of which that is known
}

// Day counts what was done since a time.
func (s Counts) Day(ctx context.Context, since time.Time) (d Day, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM story WHERE first_seen_at > $1),
		(SELECT count(*) FROM alert WHERE created_at > $1)`, ms(since)).Scan(&d.Stories, &d.Alerts)
	if err != nil {
		return d, wrap("count the day", err)
	}
	if d.Dead, err = s.GivenUp(ctx, since); err != nil {
		return d, err
	}
	rows, err := s.db.read.QueryContext(ctx, `SELECT d.done_at - s.published_at FROM delivery d
		JOIN alert a ON a.id = d.alert_id JOIN story s ON s.id = a.story_id
		WHERE d.kind = 'story' AND d.state = 'sent' AND d.ts <> '' AND d.done_at > $1 AND s.published_at > 0`, ms(since))
	took, err := collect(rows, err, "count the day", func(scan func(...any) error) (ms int64, err error) {
		return ms, scan(&ms)
	})
	if d.Sent = len(took); d.Sent > 0 {
		slices.Sort(took)
		d.P95 = max(0, time.Duration(took[(19*d.Sent+19)/20-1])*time.Millisecond)
	}
	return d, err
}

// MarkDaily records when the operators are told how a day was. It returns false when
// another daemon has recorded another time than was since.
func (s NoticesTx) MarkDaily(ctx context.Context, was, is string) (mine bool, err error) {
	if was == "" {
		return change(ctx, s.tx, "mark day", `
			INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, SettingDaily, is)
	}
	return change(ctx, s.tx, "mark day", `UPDATE setting SET value = $1 WHERE name = $2 AND value = $3`, is, SettingDaily, was)
}
