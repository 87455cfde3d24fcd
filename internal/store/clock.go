package store

import (
	"context"
	"time"
)

// Clock reads the database's clock.
type Clock struct{ db *Store }

// ClockTx keeps the times in the store right when the clock is set.
type ClockTx struct{ tx *Tx }

// Beat says what the clock showed when the store was at work.
type Beat struct {
	At     time.Time     // by the clock that all times in the store are written with
	Steady time.Time     // the clock was not set between then and At
	Boot   string        // names the start of the machine that wrote the beat; "" when it is not known
	Uptime time.Duration // of that machine, with the time it was suspended
}

// stepTolerance is how far the clock may be from where it is expected before it
// counts as set: other daemons' beats are some milliseconds off.
const stepTolerance = 2 * time.Second

// Step is how far the clock was set between two beats, the earlier one first:
// forwards above 0, backwards below. When both are of one start of one machine
// its uptime shows the step in full; else a clock that shows less than before
// was set back by so much at least.
func (b Beat) Step(next Beat) time.Duration {
	if b.At.IsZero() {
		return 0
	}
	step := next.At.Sub(b.At)
	if b.Boot != "" && b.Boot == next.Boot {
		step -= next.Uptime - b.Uptime
	} else {
		step = min(step, 0)
	}
	if step.Abs() < stepTolerance {
		return 0
	}
	return step
}

// Beat records a beat and returns the one before. It is read once no other
// daemon can record one until the transaction ends: a daemon that was held up
// between both would find that the clock was set back.
func (s ClockTx) Beat(ctx context.Context, read func(context.Context) (Beat, error)) (before, b Beat, err error) {
	var beat, steady, up int64
	if _, err := s.tx.ExecContext(ctx, `UPDATE clock SET id = 1 WHERE id = 1`); err != nil { // locks the row
		return before, b, wrap("record beat", err)
	}
	if b, err = read(ctx); err != nil {
		return before, b, err
	}
	err = s.tx.QueryRowContext(ctx, `SELECT beat_at, steady_since, boot, uptime FROM clock WHERE id = 1`).Scan(&beat, &steady, &before.Boot, &up)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `UPDATE clock SET beat_at = $1, steady_since = $2, boot = $3, uptime = $4 WHERE id = 1`,
			ms(b.At), ms(b.Steady), b.Boot, b.Uptime.Milliseconds())
	}
	if err != nil {
		return before, b, wrap("record beat", err)
	}
	before.At, before.Steady, before.Uptime = at(beat), at(steady), time.Duration(up)*time.Millisecond
	return before, b, nil
}

// timeColumn is a column that holds a time by our clock. Times that others
// name, as the dates of stories, are not ours.
type timeColumn struct {
	table, name string
	only        string        // which rows count; "" is all
	bound       time.Duration // how far ahead it may lie
	freed       bool          // a time too far ahead becomes 0 rather than now: nobody holds the row
}

// waits are the times that something is put off to. A time beyond its bound was
// written while the clock was ahead, and would hold its row up until then. When
// a source is due next, which its schedule says, is for whoever knows that.
var waits = [...]timeColumn{
	{table: "source", name: "claimed_until", bound: 2 * ClaimTime, freed: true},
	{table: "story", name: "claimed_until", only: "waiting = 1", bound: 2 * ClaimTime, freed: true},
	{table: "story", name: "claimed_until", only: "waiting = 0 AND look_at > 0", bound: 2 * ClaimTime, freed: true},
	{table: "channel", name: "claimed_until", bound: 2 * ClaimTime, freed: true},
	{table: "channel", name: "free_at", bound: time.Hour + time.Minute},
	{table: "delivery", name: "due_at", only: "state IN " + open, bound: time.Hour + time.Minute},
	{table: "sink", name: "paused_until", bound: time.Hour},
	{table: "host", name: "free_at", bound: 24*time.Hour + time.Minute},
	{table: "delivery", name: "lost_until", only: "state IN " + open, bound: time.Hour},
	{table: "epoch", name: "lost_until", bound: time.Hour}, {table: "epoch", name: "doubt_until", bound: doubtFor + time.Hour},
	{table: "story", name: "due_at", only: "waiting = 1", bound: 25 * time.Hour},
	{table: "story", name: "wait_until", only: "waiting = 1 AND wait_until > 0", bound: 11 * time.Minute},
	{table: "story", name: "look_at", only: "look_at > 0", bound: 49 * time.Hour},
	{table: "subscription", name: "due_at", bound: 11 * 24 * time.Hour},
	{table: "subscription", name: "leased_until", bound: 11 * 24 * time.Hour},
}

// memories are the times when something was: none lies ahead. One that does
// would count as recent until then. Those that are only ever shown, or compared
// with 0, are left out: to look for them is to read the store whole.
var memories = [...]timeColumn{
	{table: "source", name: "first_crawled_at"}, {table: "source", name: "crawled_at"},
	{table: "source", name: "succeeded_at"}, {table: "source", name: "read_at"},
	{table: "host", name: "hung_at"}, {table: "page_turn", name: "served_at"},
	{table: "story", name: "first_seen_at"},
	{table: "fingerprint", name: "seen_at"}, {table: "page_url", name: "seen_at"}, {table: "seen", name: "seen_at"},
	{table: "alert", name: "created_at"},
	{table: "revision", name: "seen_at"},
	{table: "delivery", name: "started_at"}, {table: "delivery", name: "created_at"}, {table: "delivery", name: "done_at"},
	{table: "sink", name: "paused_at"},
	{table: "robots", name: "read_at"},
	{table: "subscription", name: "asked_at"}, {table: "telling", name: "told_at"},
	{table: "subscription", name: "wished_at"}, {table: "subscription", name: "pushed_at"}, {table: "subscription", name: "unread_at"},
	{table: "trouble", name: "since"},
	{table: "epoch", name: "began_at"}, {table: "epoch", name: "lost_since"},
}

// memoryBound is how far ahead a memory may lie: what another daemon wrote a
// moment ago may.
const memoryBound = time.Minute

func (c timeColumn) where() string {
	if c.only == "" {
		return ""
	}
	return ` AND ` + c.only
}

// Mended is how many times of a column were put right.
type Mended struct {
	Column string // with its table: "channel.free_at"
	Rows   int64
}

// Mend puts right the times that lie absurdly far ahead: what was put off
// to then is due now, what was then was now. all looks at the memories, too,
// which may take a second in a large store.
func (s ClockTx) Mend(ctx context.Context, now time.Time, all bool) ([]Mended, error) {
	var mended []Mended
	mend := func(c timeColumn, to int64) error {
		n, err := s.update(ctx, `UPDATE `+c.table+` SET `+c.name+` = $1 WHERE `+c.name+` > $2`+c.where(), to, ms(now.Add(c.bound)))
		if n > 0 {
			mended = append(mended, Mended{Column: c.table + "." + c.name, Rows: n})
		}
		return err
	}
	for _, c := range waits {
		to := ms(now)
		if c.freed {
			to = 0
		}
		if err := mend(c, to); err != nil {
			return nil, err
		}
	}
	if !all {
		return mended, nil
	}
	for _, c := range memories {
		c.bound = memoryBound
		if err := mend(c, ms(now)); err != nil {
			return nil, err
		}
	}
	return mended, nil
}

// Shift lets the store follow a clock that was set by a step. Ages of what
// is still to be done stay as they are. After a step backwards all times that
// lie ahead move along, so that nothing waits for longer than it was to; runs
// of a source that a calendar names do not (PlannedAhead). It returns how many
// times were moved.
func (s ClockTx) Shift(ctx context.Context, now time.Time, step time.Duration) (moved int64, err error) {
	by := step.Milliseconds()
	move := func(c timeColumn, where string, bound int64) {
		if err == nil {
			var n int64
			n, err = s.update(ctx, `UPDATE `+c.table+` SET `+c.name+` = `+c.name+` + $1 WHERE `+c.name+` > 0 AND `+c.name+where+c.where(), by, bound)
			moved += n
		}
	}
	ages := []timeColumn{
		{table: "delivery", name: "created_at", only: "state IN " + open},
		{table: "delivery", name: "started_at", only: "state IN " + open},
		{table: "delivery", name: "lost_until", only: "state IN " + open},
		{table: "epoch", name: "lost_since"}, {table: "epoch", name: "lost_until"},
		{table: "story", name: "first_seen_at", only: "waiting = 1"},
	}
	if step > 0 { // what was written since the step is right
		for _, c := range ages {
			move(c, ` <= $2`, ms(now.Add(stepTolerance-step)))
		}
		return moved, err
	}
	for _, c := range ages {
		move(c, ` <= $2`, ms(now))
	}
	for _, c := range append(waits[:], memories[:]...) {
		move(c, ` > $2`, ms(now))
	}
	for _, relative := range []string{`schedule = ''`, `schedule LIKE '@every%'`} {
		move(timeColumn{table: "source", name: "next_at", only: relative}, ` > $2`, ms(now))
	}
	return moved, err
}

func (s ClockTx) update(ctx context.Context, query string, args ...any) (rows int64, err error) {
	res, err := s.tx.ExecContext(ctx, query, args...)
	if err == nil {
		rows, err = res.RowsAffected()
	}
	if err != nil {
		return 0, wrap("mend times", err)
	}
	return rows, nil
}
