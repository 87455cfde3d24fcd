package health

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestBroken(t *testing.T) {
	poll := func(change func(*Overlap)) Overlap {
		o := Overlap{Listed: 20, Previous: noon.Add(-30 * time.Minute), Oldest: noon.Add(-10 * time.Minute), At: noon}
		if change != nil {
			change(&o)
		}
		return o
	}
	for _, c := range []struct {
		what string
		o    Overlap
		want string // the span, "" when nothing was missed
	}{
		{"nothing in common", poll(nil), "13 Sep 2023 11:30–11:50"},
		{"nothing in common and no dates", poll(func(o *Overlap) { o.Oldest = time.Time{} }), "13 Sep 2023 11:30–12:00"},
		{"over midnight", poll(func(o *Overlap) { o.Previous = noon.Add(-13 * time.Hour) }), "12 Sep 2023 23:00–13 Sep 2023 11:50"},
		{"one story in common", poll(func(o *Overlap) { o.Seen = 1 }), ""},
		{"the list reaches back far enough", poll(func(o *Overlap) { o.Oldest = o.Previous }), ""},
		{"an empty list", poll(func(o *Overlap) { o.Listed = 0 }), ""},
		{"nothing to compare with", poll(func(o *Overlap) { o.Previous = time.Time{} }), ""},
	} {
		if got := c.o.Broken(); got != (c.want != "") {
			t.Errorf("%s: broken %v", c.what, got)
		}
		if got := c.o.Span(); c.want != "" && got != c.want {
			t.Errorf("%s: span %q, want %q", c.what, got, c.want)
		}
	}
}

// People hear of the first gap, and not again before a good many lists in a row
// have joined up.
func TestGapIsToldOnce(t *testing.T) {
	broken := Overlap{Listed: 20, Previous: noon.Add(-30 * time.Minute), At: noon}
	whole := broken
	whole.Seen = 5
	var s State
	var told []string
	polls := strings.Repeat("w", 30) + strings.Repeat("g", 10) + strings.Repeat("wwg", 10) +
		strings.Repeat("w", overlapsToForget-1) + "g" + strings.Repeat("w", overlapsToForget) + "gg"
	for i, kind := range polls {
		o := map[rune]Overlap{'w': whole, 'g': broken}[kind]
		var tell bool
		if s, tell = JudgeOverlap(s, o); tell {
			told = append(told, polls[max(0, i-2):i+1])
		}
	}
	if len(told) != 2 || told[0] != "wwg" || told[1] != "wwg" {
		t.Errorf("told after %q: %+v", told, s)
	}
	text := GapMessage("tass", s, true, time.UTC)
	for _, want := range []string{"source tass: possible gap 13 Sep 2023 11:30–12:00 UTC", "polls it faster"} {
		if !strings.Contains(text, want) {
			t.Errorf("message %q lacks %q", text, want)
		}
	}
	if text := GapMessage("tass", s, true, time.FixedZone("CEST", 2*60*60)); !strings.Contains(text, "13 Sep 2023 13:30–14:00 CEST,") {
		t.Errorf("message %q", text)
	}
	s.GapFrom = time.Time{} // an older version found it
	if text := GapMessage("tass", s, true, time.FixedZone("CEST", 2*60*60)); !strings.Contains(text, "13 Sep 2023 11:30–12:00 UTC,") {
		t.Errorf("message %q", text)
	}
	if text := GapMessage("tass", s, false, time.UTC); !strings.Contains(text, "its schedule is too slow") {
		t.Errorf("message %q", text)
	}
}

// A source that never had a gap keeps its state byte for byte.
func TestOverlapLeavesTheStateAlone(t *testing.T) {
	s := State{Verdict: OK, Leaning: OK, Streak: toWorse}
	next, tell := JudgeOverlap(s, Overlap{Listed: 3, Seen: 3, Previous: noon, At: noon})
	if !reflect.DeepEqual(next, s) || tell {
		t.Errorf("got %+v", next)
	}
}
