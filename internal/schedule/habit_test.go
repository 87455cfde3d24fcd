package schedule

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// source is a source of a made-up rhythm that is polled as its habit says.
type source struct {
	habit      Habit
	now, last  time.Time
	news       []time.Time // when it publishes, oldest first
	validators bool
	undated    bool
	waits      []time.Duration
	late       []time.Duration // from publication to the poll that found it
}

// poll polls once, then moves the clock to the next poll.
func (s *source) poll(name string) {
	p := Poll{First: s.last.IsZero(), Validators: s.validators, Last: s.last}
	for len(s.news) > 0 && !s.news[0].After(s.now) {
		if !s.last.IsZero() {
			s.late = append(s.late, s.now.Sub(s.news[0]))
		}
		if s.undated {
			p.New = append(p.New, time.Time{})
		} else {
			p.New = append(p.New, s.news[0])
		}
		s.news = s.news[1:]
	}
	s.habit = s.habit.Learn(s.now, p)
	next := s.habit.Next(s.now, name)
	s.waits = append(s.waits, next.Sub(s.now))
	s.last, s.now = s.now, next
}

func (s *source) until(end time.Time) {
	for s.now.Before(end) {
		s.poll("tass")
	}
}

// everyGap publishes n stories a gap apart, from a time on.
func everyGap(from time.Time, gap time.Duration, n int) (all []time.Time) {
	for i := range n {
		all = append(all, from.Add(time.Duration(i)*gap))
	}
	return all
}

// TestPace: a steady source is polled some two to four times a gap, within the
// bounds, and its news is met early.
func TestPace(t *testing.T) {
	from := at(t, "2026-03-01T10:00:00Z")
	for _, c := range []struct {
		name       string
		gap        time.Duration
		validators bool
		polls      [2]float64    // a day, least and most
		late       time.Duration // at most, on average
	}{
		{"a wire", 2 * time.Minute, true, [2]float64{1000, 1440}, time.Minute},
		{"a wire without validators", 2 * time.Minute, false, [2]float64{260, 289}, 3 * time.Minute},
		{"a paper", 20 * time.Minute, true, [2]float64{100, 320}, 8 * time.Minute},
		{"a weekly", 7 * 24 * time.Hour, true, [2]float64{23, 27}, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 6 + int(12*24*time.Hour/c.gap)
			s := &source{now: from, validators: c.validators, news: everyGap(from.Add(-5*c.gap), c.gap, n)}
			s.until(from.Add(24 * time.Hour))
			warm := len(s.waits)
			s.until(from.Add(11 * 24 * time.Hour))
			perDay := float64(len(s.waits)-warm) / 10
			if perDay < c.polls[0] || perDay > c.polls[1] {
				t.Errorf("%.0f polls a day, want %v", perDay, c.polls)
			}
			var sum time.Duration
			for _, late := range s.late {
				sum += late
			}
			if mean := sum / time.Duration(len(s.late)); mean > c.late {
				t.Errorf("stories are met after %v on average, want %v", mean, c.late)
			}
			t.Logf("%.0f polls a day", perDay)
		})
	}
}

// TestPaceBounds: whatever a source does, it is asked neither sooner than the
// floor nor later than the ceiling.
func TestPaceBounds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for i := range 50 {
		now := at(t, "2026-03-01T10:00:00Z")
		var h Habit
		last := time.Time{}
		for range 200 {
			p := Poll{First: last.IsZero(), Validators: rnd.IntN(3) > 0, Gap: rnd.IntN(10) == 0, Last: last}
			for range rnd.IntN(4) {
				p.New = append(p.New, now.Add(-time.Duration(rnd.Int64N(int64(100*24*time.Hour))))) // whenever
			}
			if rnd.IntN(5) == 0 {
				p.New = append(p.New, time.Time{}, now.Add(time.Hour))
			}
			if h = h.Learn(now, p); len(h.Gaps) > keptGaps || h.LastNew.After(now) {
				t.Fatalf("%+v", h)
			}
			floor := BlindFloor
			if p.Validators {
				floor = Floor
			}
			if h.Polls == 1 {
				floor = Floor // the first wait is a share of the pace
			}
			wait := h.Next(now, fmt.Sprint(i)).Sub(now)
			if wait < floor || wait > Ceiling {
				t.Fatalf("the wait is %v: %+v after %+v", wait, h, p)
			}
			last, now = now, now.Add(wait+time.Duration(rnd.Int64N(int64(time.Minute))))
		}
	}
}

// TestSlowerAndFaster: half as long again after each poll without news, up to
// four usual gaps; faster right after a story, and at once when one may have
// been missed.
func TestSlowerAndFaster(t *testing.T) {
	now := at(t, "2026-03-01T10:00:00Z")
	h := Habit{}.Learn(now, Poll{First: true, Validators: true, New: everyGap(now.Add(-2*time.Hour), 12*time.Minute, 10)})
	var paces []time.Duration
	for range 8 {
		paces = append(paces, h.Interval())
		h = h.Learn(now, Poll{Validators: true, Last: now})
	}
	var want []time.Duration
	for _, seconds := range []int{360, 540, 810, 1215, 1822, 2733, 2880, 2880} {
		want = append(want, time.Duration(seconds)*time.Second)
	}
	if !slices.Equal(paces, want) {
		t.Errorf("paces %v, want %v", paces, want)
	}
	last := now
	now = now.Add(48 * time.Minute)
	if h = h.Learn(now, Poll{Validators: true, New: []time.Time{now.Add(-time.Minute)},
		Last: last}); h.Interval() != 3*time.Minute {
		t.Errorf("after a story the pace is %v, want 3m", h.Interval())
	}
	if h = h.Learn(now, Poll{Validators: true, Gap: true, New: []time.Time{now}, Last: now}); h.Interval() != Floor {
		t.Errorf("after a gap the pace is %v", h.Interval())
	}
	if h = h.Learn(now, Poll{Gap: true, New: []time.Time{now}, Last: now}); h.Interval() != BlindFloor {
		t.Errorf("after a gap without validators the pace is %v", h.Interval())
	}
}

// TestFirstPollLearnsFromDates: what a list holds at first tells the rhythm,
// unless it is undated.
func TestFirstPollLearnsFromDates(t *testing.T) {
	now := at(t, "2026-03-01T10:00:00Z")
	dated := Habit{}.Learn(now, Poll{First: true, Validators: true, New: everyGap(now.Add(-time.Hour), 6*time.Minute, 8)})
	if dated.Interval() != 3*time.Minute || len(dated.Gaps) != 7 {
		t.Errorf("got %+v", dated)
	}
	undated := Habit{}.Learn(now, Poll{First: true, Validators: true, New: make([]time.Time, 8)})
	if undated.Interval() != FirstPace || len(undated.Gaps) != 0 || !undated.LastNew.IsZero() {
		t.Errorf("got %+v", undated)
	}
}

// TestDowntimeIsNoGap: nobody looked for a week. What was missed, or came at a
// time that nobody knows, tells nothing of the rhythm; a dated story does.
func TestDowntimeIsNoGap(t *testing.T) {
	now := at(t, "2026-03-08T10:00:00Z")
	last := now.Add(-7 * 24 * time.Hour)
	before := Habit{Watched: last, Begun: last, LastNew: last, Gaps: []int64{600, 600, 600}, Longest: 600}
	for _, c := range []struct {
		what string
		p    Poll
		want int64
	}{
		{"undated", Poll{New: []time.Time{{}}, Last: last}, 600},
		{"missed", Poll{New: []time.Time{now.Add(-time.Hour)}, Gap: true, Last: last}, 600},
		{"missed, then two of the list", Poll{New: []time.Time{now.Add(-3 * time.Hour), now}, Gap: true, Last: last}, 3 * 3600},
		{"dated", Poll{New: []time.Time{now.Add(-time.Hour)}, Last: last}, 6*24*3600 + 23*3600},
	} {
		if got := before.Learn(now, c.p); got.Longest != c.want {
			t.Errorf("%s: the longest gap is %d s, want %d", c.what, got.Longest, c.want)
		}
	}
}

// TestNextIsSpread: sources that were added together, and sources with one
// rhythm, do not stay together; the same poll of the same source always has
// the same wait.
func TestNextIsSpread(t *testing.T) {
	now := at(t, "2026-03-01T10:00:00Z")
	first, later := Habit{Pace: 600, Polls: 1}, Habit{Pace: 600, Polls: 7}
	minutes, waits := [10]int{}, map[time.Duration]int{}
	for i := range 500 {
		name := fmt.Sprintf("s%d", i)
		minutes[first.Next(now, name).Sub(now)/time.Minute]++
		wait := later.Next(now, name).Sub(now)
		waits[wait]++
		if wait < 10*time.Minute || wait > 11*time.Minute || later.Next(now, name).Sub(now) != wait {
			t.Errorf("%s waits %v", name, wait)
		}
	}
	for i, n := range minutes[1:] {
		if n < 25 || n > 90 {
			t.Errorf("%d of 500 run in the %d. minute", n, i+2)
		}
	}
	if len(waits) < 55 {
		t.Errorf("only %d different waits within a minute", len(waits))
	}
	later.Polls++
	if again := later.Next(now, "s1").Sub(now); again == (Habit{Pace: 600, Polls: 7}).Next(now, "s1").Sub(now) {
		t.Errorf("each poll of one source waits %v", again)
	}
}

// TestSilence: a paper that pauses at night and at weekends is not silent then,
// but on the second day without a word; one that was met yesterday never is.
func TestSilence(t *testing.T) {
	monday := at(t, "2026-03-02T08:00:00Z")
	var news []time.Time
	for day := range 19 { // to the third Friday
		if weekday := day % 7; weekday < 5 {
			news = append(news, everyGap(monday.AddDate(0, 0, day), time.Hour, 10)...)
		}
	}
	s := &source{now: monday, news: news, validators: true}
	for s.now.Before(monday.AddDate(0, 0, 19)) {
		s.poll("paper")
		if silent, usually, ok := s.habit.Silence(s.now); ok {
			t.Fatalf("silent at %v for %v, usually %v: %+v", s.now, silent, usually, s.habit)
		}
	}
	// The last story came on Friday at 17:00; the longest gap was a weekend, 63 h.
	friday := monday.AddDate(0, 0, 18).Add(9 * time.Hour)
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{{63 * time.Hour, false}, {3 * 63 * time.Hour, false}, {3*63*time.Hour + time.Second, true}} {
		if silent, usually, ok := s.habit.Silence(friday.Add(c.after)); ok != c.want || silent != c.after ||
			usually != 63*time.Hour {
			t.Errorf("after %v: silent for %v, usually %v: %v", c.after, silent, usually, ok)
		}
	}
	wire := Habit{Watched: monday, LastNew: monday.AddDate(0, 0, 8), Gaps: []int64{60, 60, 60}, Longest: 7200}
	for after, want := range map[time.Duration]bool{24 * time.Hour: false, 24*time.Hour + 1: true} {
		if _, _, ok := wire.Silence(wire.LastNew.Add(after)); ok != want {
			t.Errorf("a wire after %v: %v", after, ok)
		}
	}
	young := wire
	young.Watched = monday.AddDate(0, 0, 2)
	if _, _, ok := young.Silence(monday.AddDate(0, 1, 0)); ok {
		t.Error("a source that is hardly known is called silent")
	}
	if _, _, ok := (Habit{}).Silence(monday); ok {
		t.Error("a source that was never crawled is called silent")
	}
}

// TestLongestGapFades: a gap counts for one to two fortnights.
func TestLongestGapFades(t *testing.T) {
	now := at(t, "2026-03-01T10:00:00Z")
	h := Habit{Watched: now, Begun: now, LastNew: now}
	gaps := []time.Duration{50 * time.Hour}
	for range 40 * 24 {
		gaps = append(gaps, time.Hour)
	}
	for _, gap := range gaps {
		last := now
		now = now.Add(gap)
		h = h.Learn(now, Poll{New: []time.Time{now}, Last: last})
		want := int64(50 * 3600)
		if _, usually, _ := h.Silence(now); now.Sub(h.Watched) < longestSpan && int64(usually/time.Second) != want {
			t.Fatalf("after %v the longest gap is %v", now.Sub(h.Watched), usually)
		}
	}
	if _, usually, _ := h.Silence(now); usually != time.Hour {
		t.Errorf("after 42 days the longest gap is %v", usually)
	}
}

func TestWeigh(t *testing.T) {
	now := at(t, "2026-03-01T10:00:00Z")
	for _, c := range []struct {
		what    string
		answers []Honesty
		caught  bool
	}{
		{"honest", []Honesty{Honest, Honest, Honest}, false},
		{"a lie is enough", []Honesty{Lying}, true},
		{"one doubt is not", []Honesty{Doubtful}, false},
		{"nor are two apart", []Honesty{Doubtful, Honest, Doubtful}, false},
		{"two in a row are", []Honesty{Doubtful, Doubtful}, true},
	} {
		var h Habit
		var caught bool
		for _, a := range c.answers {
			h, caught = h.Weigh(now, a)
		}
		if caught != c.caught || h.Trusted(now) == c.caught || !h.Trusted(now.Add(distrustTime)) {
			t.Errorf("%s: caught %v, %+v", c.what, caught, h)
		}
	}
	h, _ := Habit{}.Weigh(now, Lying)
	if h = h.Learn(now, Poll{Validators: true, Gap: true}); h.Interval() != BlindFloor {
		t.Errorf("a source whose validators lie is polled every %v", h.Interval())
	}
}

func TestHabitSurvivesJSON(t *testing.T) {
	now := at(t, "2026-03-01T10:00:00Z")
	h := Habit{}.Learn(now, Poll{First: true, New: everyGap(now.Add(-10*time.Hour), time.Hour, 40)})
	for range keptGaps + 5 {
		now = now.Add(time.Hour)
		h = h.Learn(now, Poll{New: []time.Time{now}, Last: now.Add(-time.Hour)})
	}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var back Habit
	if err := json.Unmarshal(text, &back); err != nil || fmt.Sprint(back) != fmt.Sprint(h) {
		t.Errorf("%s became %+v, error %v", text, back, err)
	}
	if len(text) > 400 {
		t.Errorf("a habit takes %d bytes: %s", len(text), text)
	}
	if text, _ := json.Marshal(Habit{}); string(text) != "{}" {
		t.Errorf("the zero habit is %s, want {}", text)
	}
}
