package crawl

import (
	"cmp"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// "Not modified" is never believed for ever: some servers say so whatever has
// changed.
const (
	wholeEvery = 20            // polls
	wholeAfter = 6 * time.Hour // since the list last came whole
)

// firstRest is what a source is left alone after its first failure. It doubles
// with every further one, up to longestSourceRest.
const (
	firstRest         = 30 * time.Second
	longestSourceRest = time.Hour
)

// LongestRest is the longest Retry-After that is obeyed.
const LongestRest = 24 * time.Hour

func (v *Visit) firstRun() bool { return v.state.FirstCrawl.IsZero() }

// validators are what the list is asked for with, none when it is to come
// whole.
func (v *Visit) validators() news.Validators {
	if v.state.Unmodified >= wholeEvery-1 || v.start.Sub(v.state.Read) >= wholeAfter || !v.habit.Trusted(v.start) {
		return news.Validators{}
	}
	return v.state.Validators
}

// validatorsAfter are those of the list after a crawl: a "not modified" answer
// need not repeat them.
func (v *Visit) validatorsAfter() news.Validators {
	if v.list.NotModified && v.list.Validators == (news.Validators{}) {
		return v.state.Validators
	}
	return v.list.Validators
}

// learn takes in what a list gave.
func (v *Visit) learn(found identified, now time.Time) {
	poll := schedule.Poll{
		First: v.firstRun(), Validators: v.validatorsAfter() != news.Validators{}, Last: v.state.Succeeded,
		New: make([]time.Time, 0, len(found.fresh)),
	}
	for _, s := range found.fresh {
		poll.New = append(poll.New, s.Published)
	}
	poll.Newest, v.oldest = dates(v.list.Stories)
	poll.Gap = v.overlap(found, now)
	v.weigh(found.fresh, now)
	v.habit = v.habit.Learn(now, poll)
	l := v.list
	o := health.Outcome{
		At: now, Took: now.Sub(v.start), MovedTo: l.MovedTo, Skipped: l.Skipped,
		Empty:   len(l.Stories) == 0 && (!l.NotModified || v.health.ListsNothing()),
		Yielded: v.src.Kind.Traits().NeverEmpty && !v.firstRun() && v.state.Stories > 0,
	}
	if l.NotModified {
		o.Skipped = v.health.Skipped
	}
	v.listen(&o, now)
	v.judge(o)
}

// listen finds out whether the source is silent: for longer than the config expects
// if it says what, else for far longer than usual.
func (v *Visit) listen(o *health.Outcome, now time.Time) {
	if o.Expect = v.src.Expect; o.Expect.Within == 0 {
		if silent, usually, ok := v.habit.Silence(now); ok {
			o.Silent, o.Usually = silent, usually
		}
		return
	}
	since := cmp.Or(v.habit.LastNew, v.habit.Watched)
	if !now.Before(schedule.Deadline(o.Expect, since, v.plan.Timezone)) {
		o.Silent = now.Sub(since)
	}
}

// dates are the latest and the earliest date of stories, zero when none has
// one.
func dates(stories []news.Story) (newest, oldest time.Time) {
	for i := range stories {
		at := stories[i].Published
		if at.IsZero() {
			continue
		}
		newest = later(newest, at)
		if oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	return newest, oldest
}

// overlap compares a list of a kind that holds the newest stories with the one
// before it. Where they share no story, some may have been missed, and the gap is
// noted; broken is true when that is so because the source is polled too seldom,
// and not because it was down.
func (v *Visit) overlap(found identified, now time.Time) (broken bool) {
	if !v.src.Kind.Traits().Newest || v.firstRun() || v.state.Stories == 0 {
		return false
	}
	if v.list.NotModified {
		if v.state.Failures > 0 {
			v.health = v.health.JoinedUp(now)
		}
		return false
	}
	o := health.Overlap{
		Listed: found.stories, Seen: found.stories - len(found.fresh), Previous: v.state.Succeeded, Oldest: v.oldest, At: now,
		Down: v.state.Failures > 0,
	}
	var tell bool
	if v.health, tell = health.JudgeOverlap(v.health, o); tell {
		v.tell(health.GapMessage(v.src.Name, v.health, v.plan.Schedules[v.src.Name].Adaptive(), v.plan.Timezone))
	}
	if o.Broken() {
		v.done.Missed = o.Missed()
	}
	return o.Broken() && !o.Down
}

// weigh looks, when a list came whole after "not modified" answers, whether
// those were true.
func (v *Visit) weigh(fresh []store.NewStory, now time.Time) {
	if v.list.NotModified || v.state.Unmodified == 0 || v.validators() != (news.Validators{}) || len(fresh) == 0 {
		return
	}
	truth := schedule.Honest
	for _, s := range fresh {
		if !s.Published.IsZero() && s.Published.Before(v.state.Succeeded) {
			truth = schedule.Doubtful
		}
	}
	if v.list.Validators == v.state.Validators {
		truth = schedule.Lying
	}
	var caught bool
	if v.habit, caught = v.habit.Weigh(now, truth); caught {
		until := v.habit.Distrust.Format(time.RFC3339)
		v.reports = append(v.reports, func() {
			v.lists.Log.Warn("source answers \"not modified\" to what has changed: its list is read whole from now on",
				"source", v.src.Name, "until", until)
		})
	}
}

// judge takes a crawl's outcome into the verdict on its source.
func (v *Visit) judge(o health.Outcome) {
	next, changed := health.Judge(v.health, o)
	if changed {
		v.tell(health.Message(v.src.Name, v.health, next))
	}
	v.health = next
	v.timeline = v.timeline.Add(o.At, o.Err, v.list.NotModified)
}

// tell has a message logged of which the operators may have to be told.
func (v *Visit) tell(message string) {
	v.reports = append(v.reports, func() {
		v.lists.Log.Warn(message) //nolint:sloglint // in the words of the ops channel
		v.lists.verdict()
	})
}

// restAfter is how long a source is left alone after a crawl that failed: what
// its failures call for, or longer when the server asked for it.
func (v *Visit) restAfter(cause *news.CrawlError) time.Duration {
	if cause.Fault == news.FaultHostile {
		return hostileRest
	}
	return max(schedule.Backoff(v.state.Failures+1, firstRest, longestSourceRest), min(cause.RetryAfter, LongestRest))
}

// afterFailure is when a source is due after a crawl that failed now: at a run
// of its schedule that does not lie within the rest.
func (v *Visit) afterFailure(rest time.Duration, now time.Time) time.Time {
	plan := v.lists.Plan()
	if plan.Schedules[v.src.Name].Adaptive() {
		return later(plan.Next(v.src.Name, now, v.habit), now.Add(rest))
	}
	return plan.Next(v.src.Name, now.Add(max(rest-1, 0)), v.habit) // a run at the very end of the rest will do
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
