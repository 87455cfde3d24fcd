package store

import (
	"context"
	"time"
)

// Clock reads the clock of the database server.
type Clock struct{ db *Store }

// ClockTx corrects the times in the store after the clock was set.
type ClockTx struct{ tx *Tx }

// Beat is a reading of the clock by a daemon at work.
type Beat struct {
	At     time.Time     // by the clock of all times in the store
	Steady time.Time     // the clock was not set between then and At
	Boot   string        // ID of the boot of the daemon's machine; "" when it is not known
	Uptime time.Duration // of that machine since the boot, with the time in which it was suspended
}

// stepTolerance is the difference from the expected time up to which a clock does
// not count as set. The beats of other daemons are some milliseconds off.
const stepTolerance = 2 * time.Second

// Step returns by how much the clock was set between a beat and the next one: more
// than 0 forwards, less than 0 backwards. If both are of one boot, the difference
// of the uptimes shows the whole step. Otherwise only a clock that went backwards
// shows, and the step is at least so large.
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

// Beat records a beat and returns the previous one. It calls read after it has
// locked the clock, so that no other daemon records a later beat in between: that
// would look as if the clock had been set back.
func (s ClockTx) Beat(ctx context.Context, read func(context.Context) (Beat, error)) (before, b Beat, err error) {
	var beat, steady, up int64
	if err := exec(ctx, s.tx, "lock clock", `UPDATE clock SET id = 1 WHERE id = 1`); err != nil {
		return before, b, err
	}
	if b, err = read(ctx); err != nil {
		return before, b, err
	}
	err = s.tx.QueryRowContext(ctx, `SELECT beat_at, steady_since, boot, uptime FROM clock WHERE id = 1`).
		Scan(&beat, &steady, &before.Boot, &up)
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `
			UPDATE clock SET beat_at = $1, steady_since = $2, boot = $3, uptime = $4 WHERE id = 1`,
			ms(b.At), ms(b.Steady), b.Boot, b.Uptime.Milliseconds())
	}
	if err != nil {
		return before, b, wrap("record beat", err)
	}
	before.At, before.Steady, before.Uptime = at(beat), at(steady), time.Duration(up)*time.Millisecond
	return before, b, nil
}

// timeColumn is a column with a time of our clock. Times of other clocks, such as
// the dates of stories, are not among them.
type timeColumn struct {
	table, name string
	only        string        // SQL condition on the rows; "" is all
	bound       time.Duration // how far in the future its times may be
	freed       bool          // a time beyond the bound becomes 0 instead of now: a claim, which nobody holds
}

// LongestDoubt is how long a delivery rests at most of which a sink does not say what became of it.
const LongestDoubt = 6 * time.Hour

// collected selects the digests of what was missed, and of a pause, as long as nobody has tried to send
// them: they wait for the end of quiet hours. soon selects what waits neither for that, nor for what
// people asked, nor for its turn in a thread.
const (
	collected = `kind = 'digest' AND about IN ('', 'pause') AND attempts = 0`
	soon      = `about <> 'batch' AND NOT (` + deferred + `) AND NOT (` + collected + `)`
)

// waits are the columns with a time until which something waits. A time beyond its
// bound was written while the clock was ahead, and the row would wait for it.
// Two are not among them, because the caller knows what they follow: source.next_at
// (PlannedAfter), and due_at of digests of quiet hours and of the calendar (Gathering).
var waits = [...]timeColumn{
	{table: "source", name: "claimed_until", bound: 2 * ClaimTime, freed: true},
	{table: "story", name: "claimed_until", only: "waiting = 1", bound: 2 * ClaimTime, freed: true},
	{table: "story", name: "claimed_until", only: "waiting = 0 AND look_at > 0", bound: 2 * ClaimTime, freed: true},
	{table: "channel", name: "claimed_until", bound: 2 * ClaimTime, freed: true},
	{table: "channel", name: "free_at", bound: time.Hour + time.Minute},
	{table: "delivery", name: "due_at", only: soon + " AND state IN ('pending', 'parked')", bound: time.Hour + time.Minute},
	{table: "delivery", name: "due_at", only: soon + " AND state IN ('sending', 'in_doubt')", bound: LongestDoubt + time.Minute},
	{table: "delivery", name: "due_at", only: collected + " AND state IN " + open, bound: 8*24*time.Hour + time.Hour},
	{table: "delivery", name: "due_at", only: deferred + " AND about = 'snooze' AND state IN " + open, bound: 15*24*time.Hour + time.Hour},
	{table: "delivery", name: "due_at", only: "about = 'batch' AND state IN " + open, bound: 4*time.Hour + time.Minute},
	{table: "sink", name: "paused_until", bound: time.Hour},
	{table: "host", name: "free_at", bound: 24*time.Hour + time.Minute},
	{table: "delivery", name: "lost_until", only: "state IN " + open, bound: time.Hour},
	{table: "epoch", name: "lost_until", bound: time.Hour},
	{table: "epoch", name: "doubt_until", bound: doubtFor + time.Hour},
	{table: "story", name: "due_at", only: "waiting = 1", bound: 25 * time.Hour},
	{table: "story", name: "wait_until", only: "waiting = 1 AND wait_until > 0", bound: 11 * time.Minute},
	{table: "story", name: "look_at", only: "look_at > 0", bound: 49 * time.Hour},
	{table: "subscription", name: "due_at", bound: 11 * 24 * time.Hour},
	{table: "subscription", name: "leased_until", bound: 11 * 24 * time.Hour},
	{table: "signal", name: "burst_until", bound: 8 * 24 * time.Hour},
	{table: "unanswered", name: "due_at", bound: LookUnanswered + time.Minute},
	{table: "press", name: "due_at", bound: time.Hour + time.Minute},
	{table: "storm", name: "busy_until", only: "ended_at = 0", bound: 25 * time.Hour},
	{table: "storm", name: "single_until", bound: time.Hour + time.Minute},
	{table: "pause", name: "until_at", bound: LongestPause + time.Hour},
	{table: "snooze", name: "until", only: "ended_at = 0", bound: 7*24*time.Hour + time.Hour},
}

// records are the columns with a time at which something has happened: none is in
// the future. One that is would count as recent until then. Columns that are only
// shown, or compared with 0, are not among them, because to correct them would take
// a scan of the whole store.
var records = [...]timeColumn{
	{table: "source", name: "first_crawled_at"}, {table: "source", name: "crawled_at"},
	{table: "source", name: "succeeded_at"}, {table: "source", name: "read_at"},
	{table: "host", name: "hung_at"}, {table: "page_turn", name: "served_at"},
	{table: "story", name: "first_seen_at"},
	{table: "fingerprint", name: "seen_at"}, {table: "page_url", name: "seen_at"}, {table: "seen", name: "seen_at"},
	{table: "alert", name: "created_at"}, {table: "report", name: "created_at"}, {table: "sketch", name: "seen_at"},
	{table: "revision", name: "seen_at"}, {table: "config", name: "loaded_at"},
	{table: "delivery", name: "started_at"}, {table: "delivery", name: "created_at"},
	{table: "delivery", name: "done_at"},
	{table: "sink", name: "paused_at"},
	{table: "robots", name: "read_at"},
	{table: "subscription", name: "asked_at"}, {table: "telling", name: "told_at"},
	{table: "subscription", name: "wished_at"}, {table: "subscription", name: "pushed_at"},
	{table: "subscription", name: "unread_at"},
	{table: "trouble", name: "since"}, {table: "signal", name: "watched_since"},
	{table: "epoch", name: "began_at"}, {table: "epoch", name: "lost_since"},
	{table: "answer", name: "said_at"}, {table: "answer", name: "undone_at"},
	{table: "snooze", name: "since"}, {table: "snooze", name: "ended_at"},
	{table: "unanswered", name: "since_at"}, {table: "press", name: "pressed_at"}, {table: "pause", name: "since_at"},
	{table: "storm", name: "since"}, {table: "storm", name: "began_at"}, {table: "storm", name: "headed_at"},
	{table: "storm", name: "ended_at"},
	{table: "recall", name: "since"}, {table: "recall", name: "made_at"}, {table: "recall", name: "undone_at"},
}

// recordBound is how far in the future the time of a record may be: the clock of
// the daemon that has just written it may be ahead.
const recordBound = time.Minute

func (c timeColumn) where() string {
	if c.only == "" {
		return ""
	}
	return ` AND ` + c.only
}

// Mended is how many times of a column were corrected.
type Mended struct {
	Column string // with its table: "channel.free_at"
	Rows   int64
}

// Mend corrects the times that are too far in the future: they become now. With all
// it corrects the times of records as well, which may take a second in a large
// store.
func (s ClockTx) Mend(ctx context.Context, now time.Time, all bool) ([]Mended, error) {
	var mended []Mended
	mend := func(c timeColumn, to int64) error {
		n, err := count(s.tx.ExecContext(ctx,
			`UPDATE `+c.table+` SET `+c.name+` = $1 WHERE `+c.name+` > $2`+c.where(), to, ms(now.Add(c.bound))))
		if n > 0 {
			mended = append(mended, Mended{Column: c.table + "." + c.name, Rows: n})
		}
		return wrap("mend times", err)
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
	for _, c := range records {
		c.bound = recordBound
		if err := mend(c, ms(now)); err != nil {
			return nil, err
		}
	}
	return mended, nil
}

// Shift moves times after the clock was set by a step, and returns how many:
//
//  1. The age of unfinished work stays the same: its times move by the step. After
//     a step forwards, times that were written since the step stay.
//  2. After a step backwards, all times in the future move as well, so that nothing
//     waits longer than it should. The next crawls of sources whose schedule is a
//     calendar stay (see SourcesTx.PlannedAfter).
func (s ClockTx) Shift(ctx context.Context, now time.Time, step time.Duration) (moved int64, err error) {
	by := step.Milliseconds()
	move := func(c timeColumn, where string, bound int64) {
		if err == nil {
			var n int64
			n, err = count(s.tx.ExecContext(ctx, `
				UPDATE `+c.table+` SET `+c.name+` = `+c.name+` + $1
				WHERE `+c.name+` > 0 AND `+c.name+where+c.where(), by, bound))
			err = wrap("shift times", err)
			moved += n
		}
	}
	ages := []timeColumn{
		{table: "delivery", name: "created_at", only: "state IN " + open},
		{table: "delivery", name: "started_at", only: "state IN " + open},
		{table: "delivery", name: "lost_until", only: "state IN " + open},
		{table: "epoch", name: "lost_since"}, {table: "epoch", name: "lost_until"},
		{table: "story", name: "first_seen_at", only: "waiting = 1"},
		{table: "unanswered", name: "since_at"}, {table: "press", name: "pressed_at"},
	}
	if step > 0 {
		for _, c := range ages { // 1
			move(c, ` <= $2`, ms(now.Add(stepTolerance-step)))
		}
		return moved, err
	}
	for _, c := range ages { // 1
		move(c, ` <= $2`, ms(now))
	}
	for _, c := range append(waits[:], records[:]...) { // 2
		move(c, ` > $2`, ms(now))
	}
	for _, relative := range []string{`schedule = ''`, `schedule LIKE '@every%'`} {
		move(timeColumn{table: "source", name: "next_at", only: relative}, ` > $2`, ms(now))
	}
	return moved, err
}
