package health

import (
	"fmt"
	"strings"
	"time"
)

// Bounds of one message.
const (
	mostLines = 8   // sources that get a line of their own
	mostNames = 20  // sources that are named in one line
	lineBytes = 180 // of one source's line
)

// text is the message that Tell writes: the heading of what is worst first.
type text struct {
	now   time.Time
	zone  *time.Location
	total int // sources
	timed bool
	lines []string
}

func (t *text) add(format string, args ...any) {
	t.lines = append(t.lines, fmt.Sprintf(format, args...))
}

// String is the whole message, "" for none.
func (t *text) String() string {
	zone := ""
	switch {
	case t.timed && len(t.lines) == 1:
		zone = fmt.Sprintf(" (%s)", t.zone)
	case t.timed:
		zone = fmt.Sprintf("\nTimes are in %s.", t.zone)
	}
	return strings.Join(t.lines, "\n") + zone
}

// clock is a time of today, or with its day.
func (t *text) clock(at time.Time) string {
	t.timed = true
	at, now := at.In(t.zone), t.now.In(t.zone)
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return at.Format("15:04")
	}
	return at.Format("2 Jan 15:04")
}

// network says that sources cannot be read and that our network is suspect;
// before are those that could not be read before.
func (t *text) network(bad, before []*Watched) {
	host := ""
	if h := oneHost(bad); h != "" {
		host = ", or that of " + h + ", where all of them are"
	}
	t.add("%d of %d sources unreadable since %s: probably our network%s", len(bad), t.total, t.clock(earliest(bad)), host)
	t.add("%s.", names(bad))
	t.add("The last error: %s.", clip(bad[len(bad)-1].State.Detail))
	if len(before) > 0 {
		t.add("Unreadable before that: %s.", names(before))
	}
	t.add("They are asked at longer and longer intervals, and all at once as soon as one of them answers. " +
		"Look at the network, the name server and the proxy of this machine.")
}

// site says that sources on one host cannot be read.
func (t *text) site(bad []*Watched, host string) {
	t.add("%d of %d sources unreadable since %s: all of them on %s, probably that site",
		len(bad), t.total, t.clock(earliest(bad)), host)
	t.listed(bad)
}

// several says that sources cannot be read that have nothing in common.
func (t *text) several(bad []*Watched) {
	t.add("%d of %d sources unreadable since %s:", len(bad), t.total, t.clock(earliest(bad)))
	t.listed(bad)
}

// listed adds a line for each source, and the names of those beyond the first.
func (t *text) listed(sources []*Watched) {
	for _, w := range sources[:min(mostLines, len(sources))] {
		t.add("• %s", clip(Message(w.Name, State{}, w.State)))
	}
	if rest := sources[min(mostLines, len(sources)):]; len(rest) > 0 {
		t.add("• and: %s", names(rest))
	}
}

// verdicts says what is thought of sources, those of one verdict together.
func (t *text) verdicts(sources []*Watched) {
	for _, v := range Verdicts() {
		alike, _ := split(sources, func(w *Watched) bool { return w.State.Verdict == v })
		switch len(alike) {
		case 0:
		case 1:
			t.add("%s", Message(alike[0].Name, State{}, alike[0].State))
		default:
			t.add("%d of %d sources are %s:", len(alike), t.total, v)
			t.listed(alike)
		}
	}
}

// over says that a shared trouble has ended, and for whom it has not.
func (t *text) over(tr *trouble) {
	since := tr.sources[0].Told.Since
	for _, w := range tr.sources {
		if w.Told.Since.Before(since) {
			since = w.Told.Since
		}
	}
	t.add("%d of %d sources can be read again since %s: unreadable since %s, for %s",
		len(tr.back), t.total, t.clock(tr.until), t.clock(since), roughly(tr.until.Sub(since)))
	t.add("%s.", names(tr.back))
	t.caughtUp(tr.back)
	if len(tr.left) > 0 {
		t.add("Still unreadable: %s.", names(tr.left))
	}
}

// okAgain says which sources are ok again, what they were and since when.
func (t *text) okAgain(good []*Watched) {
	was := func(w *Watched) string {
		if w.Told.Since.IsZero() {
			return fmt.Sprintf("it was %s", w.Told.Verdict)
		}
		lasted := w.State.Since.Sub(w.Told.Since)
		return fmt.Sprintf("it was %s since %s, for %s", w.Told.Verdict, t.clock(w.Told.Since), roughly(lasted))
	}
	if len(good) > 1 {
		t.add("%d of %d sources are ok again:", len(good), t.total)
	}
	for i, w := range good {
		switch {
		case len(good) == 1:
			t.add("source %s is ok again: %s", w.Name, was(w))
		case i < mostLines:
			t.add("• %s: %s", w.Name, was(w))
		case i == mostLines:
			t.add("• and: %s", names(good[i:]))
		}
	}
	t.caughtUp(good)
}

// gapsAt says where stories may have been missed.
func (t *text) gapsAt(gaps []*Watched) {
	if len(gaps) == 1 {
		t.add("%s", GapMessage(gaps[0].Name, gaps[0].State, gaps[0].Adaptive, t.zone))
		return
	}
	for i, w := range gaps {
		switch {
		case i == 0:
			t.add("Possible gaps at %d sources, whose lists share no story with those before:", len(gaps))
			fallthrough
		case i < mostLines:
			t.add("• %s: %s", w.Name, w.State.Missed().GapIn(t.zone))
		case i == mostLines:
			t.add("• and: %s", names(gaps[i:]))
		}
	}
}

// names lists sources in one line, the first of many.
func names(sources []*Watched) string {
	var all []string
	for _, w := range sources[:min(mostNames, len(sources))] {
		all = append(all, w.Name)
	}
	more := ""
	if n := len(sources) - mostNames; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(all, ", ") + more
}

// clip cuts what is said of one source of many.
func clip(line string) string {
	if len(line) <= lineBytes {
		return line
	}
	return strings.ToValidUTF8(line[:lineBytes], "") + "…"
}
