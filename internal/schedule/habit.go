package schedule

import (
	"slices"
	"time"
)

// The bounds of the pace of an adaptive source. A conditional request costs a
// host next to nothing, a whole list does not.
const (
	Floor        = time.Minute     // when the list carries validators that can be trusted
	BlindFloor   = 5 * time.Minute // without them: every poll fetches the whole list
	Ceiling      = time.Hour
	FirstPace    = 10 * time.Minute // of a source whose rhythm is not known yet
	slowPerMille = 1500             // of the wait before, when a poll gave nothing new
	jitter       = 0.1              // of a wait
)

// How a pace follows from the gaps between stories. With half the usual gap a
// story is met a quarter of a gap late on average; right after a story, when
// others often follow, it is half of that. A source is never left alone for
// longer than four usual gaps, however quiet it is at the moment.
const (
	paceParts    = 2  // of the usual gap
	afterNew     = 2  // of the pace
	quietGaps    = 4  // usual gaps
	leastGaps    = 3  // before a gap is called usual
	keptGaps     = 24 // the newest
	leastGap     = 30 * time.Second
	distrustTime = 7 * 24 * time.Hour // without validators, once they have lied
	liesToCatch  = 2                  // doubtful answers in a row
)

// When a source counts as silent. The longest gap is remembered for one to two
// spans of a fortnight, so that nights and weekends are part of it, and is
// believed after a week, which holds one of each.
const (
	longestSpan  = 14 * 24 * time.Hour
	silentAfter  = 7 * 24 * time.Hour // of being watched
	silentGaps   = 3                  // times the longest gap
	leastSilence = 24 * time.Hour
)

// Habit is what the crawls of a source have shown of its rhythm. The zero
// Habit is that of a source that was never crawled. It is small, and is meant
// to be stored as JSON beside the source.
type Habit struct {
	Pace     int64     `json:"pace,omitempty"`    // seconds to the next poll, before the jitter
	Polls    int64     `json:"polls,omitempty"`   // that succeeded
	Gaps     []int64   `json:"gaps,omitempty"`    // seconds between new stories, the newest gap last
	Watched  time.Time `json:"watched,omitzero"`  // since when
	LastNew  time.Time `json:"last_new,omitzero"` // when the newest story came; never later than the poll that gave it
	Longest  int64     `json:"longest,omitempty"` // seconds: the longest gap since Fortnight
	Former   int64     `json:"former,omitempty"`  // seconds: the longest gap of the fortnight before
	Begun    time.Time `json:"begun,omitzero"`    // when the fortnight of Longest began
	Lies     int       `json:"lies,omitempty"`    // doubtful "not modified" answers in a row
	Distrust time.Time `json:"distrust,omitzero"` // until then its validators are not used
}

// Poll is what one successful poll of a source gave.
type Poll struct {
	First      bool        // the first of this source: what is listed is not new, but tells of its rhythm
	New        []time.Time // when each story was published that was never seen before; zero where that is not known
	Validators bool        // the list carries validators
	Newest     time.Time   // the latest date in the list, seen before or not; zero when none is known
	Gap        bool        // stories may have been missed since the poll before
	Last       time.Time   // the poll before, zero when there was none
}

// Learn returns the habit after one more poll.
func (h Habit) Learn(now time.Time, p Poll) Habit {
	now = now.UTC().Truncate(time.Second)
	fresh := len(p.New) > 0
	h.Gaps = slices.Clone(h.Gaps)
	h.Polls++
	if h.Watched.IsZero() {
		h.Watched, h.Begun = now, now
	}
	for _, came := range moments(now, p) {
		h.add(came, p)
	}
	if newest := p.Newest.UTC().Truncate(time.Second); newest.After(h.LastNew) && !newest.After(now) {
		h.LastNew = newest // another source was first with it: no reason to be faster, nor to call this one silent
	}
	floor := BlindFloor
	if p.Validators && !now.Before(h.Distrust) {
		floor = Floor
	}
	usual, known := h.usual()
	pace, slowest := FirstPace, Ceiling
	if known {
		pace, slowest = usual/paceParts, usual*quietGaps
	}
	switch {
	case p.Gap:
		pace = floor
	case p.First:
	case fresh:
		pace /= afterNew
	default:
		pace = h.pace() * slowPerMille / 1000
	}
	h.Pace = int64(min(max(min(pace, slowest), floor), Ceiling) / time.Second)
	return h
}

// moment is when a new story came.
type moment struct {
	at    time.Time
	dated bool // by the story; else it came at some time since the last poll
}

// moments are when the new stories came, oldest first. A story that is dated
// before the last poll came up late.
func moments(now time.Time, p Poll) []moment {
	var all []moment
	for _, came := range p.New {
		came = came.UTC().Truncate(time.Second)
		switch dated := !came.IsZero() && !came.After(now); {
		case p.First && !dated:
		case p.First || dated && came.After(p.Last):
			all = append(all, moment{came, true})
		default:
			all = append(all, moment{now, false})
		}
	}
	slices.SortFunc(all, func(a, b moment) int { return a.at.Compare(b.at) })
	return all
}

// add takes a new story into the rhythm. Stories that come together are one. A
// gap that holds stories which were missed is none, nor is one during which
// nobody looked for the most part.
func (h *Habit) add(m moment, p Poll) {
	gap, since := m.at.Sub(h.LastNew), h.LastNew
	if !since.IsZero() && gap < leastGap {
		return
	}
	h.LastNew = m.at
	missed := p.Gap && !since.After(p.Last)
	unwatched := !m.dated && m.at.Sub(p.Last) > max(gap/2, Ceiling)
	if since.IsZero() || missed || unwatched {
		return
	}
	h.Gaps = append(h.Gaps, int64(gap/time.Second))
	h.Gaps = h.Gaps[max(0, len(h.Gaps)-keptGaps):]
	if m.at.Sub(h.Begun) >= longestSpan {
		h.Former, h.Longest, h.Begun = h.Longest, 0, m.at
	}
	h.Longest = max(h.Longest, int64(gap/time.Second))
}

// usual is the median gap; known is false before there are enough.
func (h Habit) usual() (gap time.Duration, known bool) {
	if len(h.Gaps) < leastGaps {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(h.Gaps))
	return time.Duration(sorted[len(sorted)/2]) * time.Second, true
}

func (h Habit) pace() time.Duration {
	if h.Pace == 0 {
		return FirstPace
	}
	return time.Duration(h.Pace) * time.Second
}

// Interval is how long an adaptive source is left alone at present, before the
// jitter; 0 before its first poll.
func (h Habit) Interval() time.Duration { return time.Duration(h.Pace) * time.Second }

// Next is when an adaptive source is due again after a poll that ended now. It
// waits for its pace and up to a tenth more (near the ceiling: less), by a hash
// of the name and the number of the poll, so that sources with one rhythm drift
// apart. After its first poll it waits for a share of the pace, by a hash of
// the name: many sources are added at once.
func (h Habit) Next(now time.Time, name string) time.Time {
	pace, share := h.pace(), share(name, h.Polls)
	wait := pace
	switch extra := time.Duration(jitter * share * float64(pace)); {
	case h.Polls <= 1:
		wait = min(pace, Floor) + time.Duration(share*float64(max(pace-Floor, 0)))
	case pace+extra > Ceiling:
		wait -= extra
	default:
		wait += extra
	}
	return now.Add(wait).UTC()
}

// share is a number from 0 up to 1, always the same for a name and a number.
func share(name string, n int64) float64 {
	return float64(mix(hash(name)+uint64(n))>>11) / (1 << 53)
}

// Silence is how long a source has given nothing new, and the longest that it
// usually does. ok is false while that is nothing to wonder at: within three
// times the usual, within a day, or before enough is known of it.
func (h Habit) Silence(now time.Time) (silent, usually time.Duration, ok bool) {
	usually = time.Duration(max(h.Longest, h.Former)) * time.Second
	silent = now.Sub(h.LastNew)
	known := len(h.Gaps) >= leastGaps && usually > 0 && h.LastNew.Sub(h.Watched) >= silentAfter
	return silent, usually, known && silent > max(silentGaps*usually, leastSilence)
}

// Trusted reports whether the source's validators are to be used: "not
// modified" answers are believed.
func (h Habit) Trusted(now time.Time) bool { return !now.Before(h.Distrust) }

// Honesty is what an unconditional poll showed of the "not modified" answers
// that came before it.
type Honesty int

// The degrees of honesty.
const (
	Honest   Honesty = iota // nothing speaks against them
	Doubtful                // a story is new that was published before the last such answer
	Lying                   // the list has changed, and its validators have not
)

// Weigh returns the habit after an unconditional poll of a source that had
// answered "not modified"; caught is true when its validators are not to be
// used from now on. One doubtful answer may be a story that was published late.
func (h Habit) Weigh(now time.Time, c Honesty) (next Habit, caught bool) {
	switch c {
	case Honest:
		h.Lies = 0
		return h, false
	case Doubtful:
		h.Lies++
	case Lying:
		h.Lies = liesToCatch
	}
	if h.Lies < liesToCatch {
		return h, false
	}
	h.Lies, h.Distrust = 0, now.Add(distrustTime).UTC().Truncate(time.Second)
	return h, true
}
