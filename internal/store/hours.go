package store

import (
	"context"
	"slices"
	"time"
)

// Hour is what was done in an hour.
type Hour struct {
	Began   time.Time
	Stories int64 // that were first listed
	Alerts  int64
}

// Hours counts what was done in each of the n hours before a time, the oldest first.
func (s Counts) Hours(ctx context.Context, until time.Time, n int) ([]Hour, error) {
	since := until.Add(-time.Duration(n) * time.Hour)
	hours := make([]Hour, n)
	for i := range hours {
		hours[i].Began = since.Add(time.Duration(i) * time.Hour)
	}
	for i := range hours { // one by one: only an index is read, and nothing is grouped
		h := &hours[i]
		err := s.db.read.QueryRowContext(ctx, `SELECT
			(SELECT count(*) FROM story WHERE first_seen_at >= $1 AND first_seen_at < $2),
			(SELECT count(*) FROM alert WHERE created_at >= $1 AND created_at < $2)`,
			ms(h.Began), ms(h.Began.Add(time.Hour))).Scan(&h.Stories, &h.Alerts)
		if err != nil {
			return nil, wrap("count hours", err)
		}
	}
	return hours, nil
}

// RuleDays counts how often each of some rules matched on each of n days of 24 hours from a time
// on, the oldest first.
func (s Counts) RuleDays(ctx context.Context, rules []string, since time.Time, n int) (map[string][]int64, error) {
	days := make(map[string][]int64, len(rules))
	const day = 24 * time.Hour
	for some := range slices.Chunk(rules, mostKeys/2) {
		list, args := inList(some, ms(since), day.Milliseconds(), ms(since.Add(time.Duration(n)*day)))
		//nolint:gosec // placeholders
		rows, err := s.db.read.QueryContext(ctx, `SELECT rule, (matched_at - $1) / $2, count(*) FROM match
			WHERE rule IN (`+list+`) AND matched_at >= $1 AND matched_at < $3 GROUP BY 1, 2`, args...)
		_, err = collect(rows, err, "count matches", func(scan func(...any) error) (_ struct{}, err error) {
			var (
				rule      string
				at, found int64
			)
			if err = scan(&rule, &at, &found); err == nil {
				if days[rule] == nil {
					days[rule] = make([]int64, n)
				}
				days[rule][at] = found
			}
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return days, nil
}
