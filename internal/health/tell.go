package health

import (
	"cmp"
	"slices"
	"time"
)

// Times of what is told.
const (
	collect   = 30 * time.Second // from a change to its message: what belongs together comes together
	joinAfter = 5 * time.Minute  // the same for a further source, soon after several were told to be unreadable
	joinUntil = 30 * time.Minute // how long that is soon
	overAfter = 10 * time.Minute // from the first source that is read again to the word that a shared trouble is over
)

// fewest is how many sources make their network suspect before the verdict on
// most of them is reached.
const fewest = 3

// Cause is what several sources that became unreadable together have in common.
type Cause string

// The causes.
const (
	Alone   Cause = ""        // a source by itself
	Network Cause = "network" // hardly any source that was asked since could be read
	Site    Cause = "site"    // all of them are on one host
	Several Cause = "several" // nothing that is known
)

// Told is what the operators have heard of a source. The zero Told is that of
// a source of which they heard nothing bad.
type Told struct {
	Verdict Verdict   `json:"verdict,omitempty"`
	Since   time.Time `json:"since,omitzero"`   // when the trouble began
	At      time.Time `json:"at,omitzero"`      // when they heard; the sources of one message share it
	Shared  Cause     `json:"shared,omitempty"` // the trouble ends for all of its sources in one message
	Gap     string    `json:"gap,omitempty"`    // the last gap that they heard of
}

// Watched is one enabled source as Tell sees it.
type Watched struct {
	Name     string
	Host     string
	Adaptive bool      // copytaster itself sets its pace
	Crawled  time.Time // when its last crawl ended, well or badly
	State    State
	Told     Told
	Caught   Caught // of the time that Down returns, where that is over
}

// Telling is what is to be done about what the operators have not heard yet.
type Telling struct {
	Text  string          // the message; "" for none
	Told  map[string]Told // by source, what they have heard from now on, where that changes
	Ask   []string        // sources to be asked at once: what kept them from being read seems to be over
	Again bool            // something waits: Tell is to be called again within seconds
}

// Tell compares what is thought of the sources with what the operators have
// heard of them. zone is that of the times in the message.
//
//  1. A change is told after half a minute, together with whatever else there
//     is to tell by then.
//  2. Sources that became unreadable together are one trouble, which ends in
//     one message: when none of its sources is unreadable any more, or ten
//     minutes after the first of them could be read; those that cannot be read
//     even then are troubles of their own.
//  3. Where hardly any source that was asked since could be read, it is probably
//     our network. Sources that fail only later belong to that trouble.
//  4. What has passed before it was told is not told.
func Tell(now time.Time, zone *time.Location, sources []Watched) Telling {
	t := &teller{
		now: now, all: slices.Clone(sources), troubles: map[int64]*trouble{}, told: map[string]Told{},
		text: text{now: now, zone: zone, total: len(sources)},
	}
	for i := range t.all {
		t.sort(&t.all[i])
	}
	for _, at := range t.order() {
		t.end(t.troubles[at])
	}
	for i := range t.all {
		t.weigh(&t.all[i])
	}
	if t.due {
		t.tell()
	}
	for i, w := range t.all {
		if w.Told != sources[i].Told { //nolint:gosec // t.all was made of sources
			t.told[w.Name] = w.Told
		}
	}
	return Telling{Text: t.text.String(), Told: t.told, Ask: t.ask, Again: t.again || t.waits && !t.due}
}

// teller sorts the sources into what is to be told.
type teller struct {
	now      time.Time
	all      []Watched
	troubles map[int64]*trouble // shared ones that go on, by when they were told
	due      bool               // something has waited long enough
	waits    bool               // something has not
	again    bool               // a shared trouble may be over soon
	ask      []string
	told     map[string]Told
	text     text

	over []*trouble // shared troubles that have ended
	bad  []*Watched // whose verdict has become bad, or another bad one
	good []*Watched // that are ok again, each by itself
	gaps []*Watched // that may have missed stories
}

// trouble is what several sources share.
type trouble struct {
	sources []*Watched
	back    []*Watched // that can be read again
	left    []*Watched // that cannot
	until   time.Time  // when the first of them could be read again
}

// unreadable reports whether a verdict says that a list cannot be read.
func (v Verdict) unreadable() bool {
	return slices.Contains([]Verdict{Failing, Blocked, Gone, NotAList, Wall}, v)
}

func (v Verdict) bad() bool { return v != Unknown && v != OK }

// sort finds the shared trouble that a source belongs to.
func (t *teller) sort(w *Watched) {
	if w.Told.Shared == Alone {
		return
	}
	at := w.Told.At.Unix()
	if t.troubles[at] == nil {
		t.troubles[at] = new(trouble)
	}
	t.troubles[at].sources = append(t.troubles[at].sources, w)
}

// order are the shared troubles, the oldest first.
func (t *teller) order() []int64 {
	var all []int64
	for at := range t.troubles {
		all = append(all, at)
	}
	slices.Sort(all)
	return all
}

// end finds out whether a shared trouble is over. The first source that can be
// read again has the others asked at once.
func (t *teller) end(tr *trouble) {
	for _, w := range tr.sources {
		if w.State.Leaning.unreadable() {
			tr.left = append(tr.left, w)
			continue
		}
		tr.back = append(tr.back, w)
		if good := cmp.Or(w.State.Turned, w.Crawled); tr.until.IsZero() || good.Before(tr.until) {
			tr.until = good
		}
	}
	t.again = t.again || len(tr.back) > 0 || tr.sources[0].Told.Shared == Network
	if len(tr.back) == 0 {
		return
	}
	if len(tr.left) > 0 && !t.old(tr.until, overAfter) || !t.old(tr.until, collect) {
		for _, w := range tr.left {
			if w.State.Leaning == Failing && w.Crawled.Before(tr.until) {
				t.ask = append(t.ask, w.Name)
			}
		}
		return
	}
	t.over, t.due = append(t.over, tr), true
	delete(t.troubles, tr.sources[0].Told.At.Unix())
}

// old reports whether a time lies so far back. One in the future does: the
// clock was set back since.
func (t *teller) old(at time.Time, d time.Duration) bool {
	return at.After(t.now) || t.now.Sub(at) >= d
}

// weigh decides what there is to tell of one source.
func (t *teller) weigh(w *Watched) {
	shared := w.Told.Shared != Alone
	if shared && t.troubles[w.Told.At.Unix()] == nil {
		return // it is over, and told as a whole
	}
	down := w.Told.Verdict.unreadable() && w.State.Verdict.unreadable()
	if w.State.Gap != "" && w.State.Gap != w.Told.Gap && !shared && !down {
		t.gaps = append(t.gaps, w)
		t.wait(w.State.GapAt, collect)
	}
	switch was, is := w.Told.Verdict, w.State.Verdict; {
	case shared:
	case is == Unknown && !w.State.Leaning.bad():
		w.Told = Told{Gap: w.Told.Gap} // it has another URL, and starts over
	case is == OK && was.bad():
		t.good = append(t.good, w)
		t.wait(w.State.Since, collect)
	case !w.State.Leaning.bad() || is.unreadable() && !w.State.Leaning.unreadable():
		// it may be over by the next crawl
	case is.bad() && is != was:
		t.worse(w)
	}
}

// worse takes in a source whose verdict has become bad.
func (t *teller) worse(w *Watched) {
	after := collect
	for _, tr := range t.troubles {
		switch first := tr.sources[0]; {
		case first.Told.Shared == Network && w.State.Leaning == Failing:
			if !w.Told.Verdict.bad() {
				w.Told.Verdict, w.Told.Since, w.Told.At, w.Told.Shared = w.State.Verdict, w.State.Began(), first.Told.At, Network
			}
			return
		case first.Told.Shared == Site && first.Host != w.Host:
		case w.State.Verdict.unreadable() && !t.old(first.Told.At, joinUntil):
			after = joinAfter
		}
	}
	t.bad = append(t.bad, w)
	t.wait(w.State.Since, after)
}

// wait has a change told once it is so old.
func (t *teller) wait(since time.Time, d time.Duration) {
	if t.old(since, d) {
		t.due = true
		return
	}
	t.waits = true
}

// Began returns when what is wrong with a source began, which it may take a while to judge.
func (s State) Began() time.Time {
	if s.Leaning.unreadable() && !s.Turned.IsZero() {
		return s.Turned
	}
	return s.Since
}

// tell writes the message and notes who was told of in it.
func (t *teller) tell() {
	for _, tr := range t.over {
		t.tellOver(tr)
	}
	unreadable, other := split(t.bad, func(w *Watched) bool { return w.State.Verdict.unreadable() })
	t.tellUnreadable(unreadable)
	t.text.verdicts(other)
	t.heard(other, Alone, time.Time{})
	t.text.okAgain(t.good)
	for _, w := range t.good {
		w.Told = Told{Gap: w.Told.Gap}
	}
	t.text.gapsAt(t.gaps)
	for _, w := range t.gaps {
		w.Told.Gap = w.State.Gap
	}
}

// tellOver tells that a shared trouble is over, and what may have been missed
// in it. Of the sources that are left, each is a trouble of its own.
func (t *teller) tellOver(tr *trouble) {
	t.text.over(tr)
	for _, w := range tr.left {
		w.Told.Shared = Alone
	}
	for _, w := range tr.back {
		w.Told = Told{Gap: w.Told.Gap}
		if w.State.Verdict.bad() {
			w.Told.Verdict = OK // the verdict follows with the next good crawl
		}
		if w.State.Gap != "" && w.State.Gap != w.Told.Gap {
			t.gaps = append(t.gaps, w)
		}
	}
}

// tellUnreadable tells of sources that cannot be read any more, and of what
// they have in common.
func (t *teller) tellUnreadable(bad []*Watched) {
	if len(bad) == 0 {
		return
	}
	suspects, asked := t.suspects(bad)
	switch {
	case networkAt(bad, suspects, asked):
		bad = suspects
		t.text.network(bad, t.before(bad))
		t.heard(bad, Network, t.now)
	case len(bad) == 1:
		t.text.verdicts(bad)
		t.heard(bad, Alone, time.Time{})
	case oneHost(bad) != "":
		t.text.site(bad, oneHost(bad))
		t.heard(bad, Site, t.now)
	default:
		t.text.several(bad)
		t.heard(bad, Several, t.now)
	}
}

// suspects are the given sources and those whose last crawl failed like theirs,
// though that may still be a hiccup; asked is how many sources were crawled since
// the first of them failed, those of which nothing is new left out.
func (t *teller) suspects(bad []*Watched) (suspects []*Watched, asked int) {
	since := earliest(bad)
	hiccup := func(w *Watched) bool {
		return !w.Told.Verdict.bad() && w.State.Leaning == Failing && !w.State.Began().Before(since.Add(-overAfter))
	}
	for i := range t.all {
		w := &t.all[i]
		switch isBad := slices.Contains(bad, w); {
		case isBad || hiccup(w):
			suspects = append(suspects, w)
			asked++
		case !w.Told.Verdict.bad() && w.Crawled.After(since):
			asked++
		}
	}
	return suspects, asked
}

// networkAt reports whether suspects speak for trouble with our network: they
// all fail, and at most one in ten of those asked does not.
func networkAt(bad, suspects []*Watched, asked int) bool {
	if len(suspects) < 2 || len(suspects) < fewest && len(bad) < len(suspects) {
		return false
	}
	for _, w := range suspects {
		if w.State.Leaning != Failing {
			return false
		}
	}
	return 10*(asked-len(suspects)) <= asked
}

// before are the sources that were told to be unreadable before the given ones.
func (t *teller) before(bad []*Watched) (before []*Watched) {
	for i := range t.all {
		if w := &t.all[i]; w.Told.Verdict.unreadable() && !slices.Contains(bad, w) {
			before = append(before, w)
		}
	}
	return before
}

// heard notes what the operators have heard of sources.
func (t *teller) heard(sources []*Watched, shared Cause, at time.Time) {
	for _, w := range sources {
		w.Told.Verdict, w.Told.Since, w.Told.Shared = w.State.Verdict, w.State.Began(), shared
		if shared == Network {
			w.Told.Verdict = Failing // of some it is only about to be the verdict
		}
		w.Told.At = whole(cmp.Or(at, t.now))
	}
	t.again = t.again || shared == Network
}

// earliest is when the first of sources went wrong.
func earliest(sources []*Watched) time.Time {
	first := sources[0].State.Began()
	for _, w := range sources {
		if since := w.State.Began(); since.Before(first) {
			first = since
		}
	}
	return first
}

// oneHost is the host that all sources are on, "" when there are several.
func oneHost(sources []*Watched) string {
	for _, w := range sources {
		if w.Host != sources[0].Host {
			return ""
		}
	}
	return sources[0].Host
}

// split keeps the order of what fits and of what does not.
func split(all []*Watched, fits func(*Watched) bool) (yes, no []*Watched) {
	for _, w := range all {
		if fits(w) {
			yes = append(yes, w)
		} else {
			no = append(no, w)
		}
	}
	return yes, no
}
