package cluster

import (
	"math"
	"slices"
	"strconv"

	"github.com/copytaster/copytaster/internal/news"
)

// Level says what a further report of a news is worth to those who know it.
type Level uint8

// The levels.
const (
	CopyLevel   Level = iota // it is only counted
	NothingNew               // an own report: a line in the thread's next batch
	Development              // shown in the channel, below the alert
	Turn                     // shown at once, with mentions: the alert is open again
)

var levelNames = [...]string{"copy", "nothing new", "development", "turn"}

// String returns the level's name.
func (l Level) String() string {
	if int(l) >= len(levelNames) {
		return ""
	}
	return levelNames[l]
}

// Reason says why a report is worth its level.
type Reason string

// The reasons.
const (
	ReasonSeverity Reason = "severity" // a rule of higher severity than the alert's matches
	ReasonMentions Reason = "mentions" // others have to be mentioned
	ReasonMarked   Reason = "marked"   // corrected or killed by its outlet
	ReasonDenied   Reason = "denied"   // denied, called off, withdrawn
	ReasonRule     Reason = "rule"     // a rule of the same severity that no member matched
	ReasonNumber   Reason = "number"   // a number that doubled, began or passed 10, 100, 1,000
	ReasonOutcome  Reason = "outcome"  // a word for an outcome that no member had
	ReasonDone     Reason = "done"     // what was to come has come
	ReasonNames    Reason = "names"    // rare names that no member had, confirmed
	ReasonTier     Reason = "tier"     // the first of a wire or a state source
	ReasonUnknown  Reason = "unknown"  // what it tells cannot be compared
)

// Known is what a news has told in a channel before a report.
type Known struct {
	Severity news.Severity // of the alert
	Mentions []string      // of the alert
	Rules    []string      // that members matched
	Told     Told          // by all members: see Told.Add
	Names    []string      // rare names of the members' whole texts, sorted: see Sketch.RareNames
	Wire     bool          // a member is of a wire or a state source
}

// Further is a report of a news that is known.
type Further struct {
	Relation  Relation // Copy, Update or Linked
	Marker    Marker
	Severity  news.Severity // of the rules that its title or lead matches
	Mentions  []string
	Rules     []string // that its title or lead matches
	Told      Told
	Names     []string // rare ones of its whole text
	Confirmed []string // of these names, those that a second own report has
	Wire      bool     // its source is a wire or a state source
}

// Worth is what a report is worth, and why.
type Worth struct {
	Level   Level    `json:"level"`
	Reasons []Reason `json:"reasons,omitempty"`
	News    []string `json:"news,omitempty"` // what is new, to be shown: "dead 41", "signed"
}

// WorthOf says what a further report of a news is worth: the highest level that
// fits.
func WorthOf(k *Known, f *Further) Worth {
	w := Worth{Level: NothingNew}
	w.turns(k, f)
	if f.Relation == Copy && w.Level != Turn {
		return Worth{Level: CopyLevel}
	}
	if w.Level != Turn {
		w.developments(k, f)
	}
	return w
}

func (w *Worth) raise(l Level, why Reason, what ...string) {
	w.Level = max(w.Level, l)
	w.Reasons = append(w.Reasons, why)
	w.News = append(w.News, what...)
}

// turns finds what opens an alert again.
func (w *Worth) turns(k *Known, f *Further) {
	if f.Severity > k.Severity {
		w.raise(Turn, ReasonSeverity, f.Severity.String())
	}
	if more := without(f.Mentions, k.Mentions); len(more) > 0 {
		w.raise(Turn, ReasonMentions, more...)
	}
	if f.Marker.Kind == MarkKill || f.Marker.Kind == MarkCorrect {
		w.raise(Turn, ReasonMarked, f.Marker.Kind.String())
	}
	for _, name := range f.Told.newTo(&k.Told) {
		if toldData().turns[name] {
			w.raise(Turn, ReasonDenied, name)
		}
	}
}

// developments finds what is new: rules, numbers, outcomes, names, the first wire.
func (w *Worth) developments(k *Known, f *Further) {
	if more := without(f.Rules, k.Rules); len(more) > 0 && f.Severity >= k.Severity {
		w.raise(Development, ReasonRule, more...)
	}
	for noun, n := range f.Told.Counts {
		was, told := k.Told.Counts[noun]
		begins := !told && k.Told.Known && !slices.Contains(k.Told.Whole, noun)
		if (told || begins) && grew(was, n) && !k.Told.says(n) {
			w.raise(Development, ReasonNumber, noun+" "+strconv.FormatFloat(n, 'f', -1, 64))
		}
	}
	if more := f.Told.newFigures(&k.Told); len(more) > 0 {
		w.raise(Development, ReasonNumber, more...)
	}
	slices.Sort(w.News)
	if more := f.Told.newTo(&k.Told); len(more) > 0 {
		w.raise(Development, ReasonOutcome, more...)
	}
	if done := both(f.Told.Title, k.Told.Title); k.Told.Ahead && !f.Told.Ahead && !f.Told.Comment && len(done) > 0 {
		w.raise(Development, ReasonDone, done...)
	}
	fresh := without(f.Names, k.Names)
	if confirmed := len(fresh) - len(without(fresh, f.Confirmed)); len(fresh) >= 2 && (f.Wire || confirmed >= 2) {
		w.raise(Development, ReasonNames, fresh[:min(len(fresh), mostShown)]...)
	}
	if f.Wire && !k.Wire {
		w.raise(Development, ReasonTier)
	}
	if !f.Told.Known || !k.Told.Known {
		w.raise(Development, ReasonUnknown)
	}
}

// says reports whether a number was told, of what is not counted: the next report may
// say by another word what it counts.
func (t *Told) says(n float64) bool {
	for _, other := range t.Counts {
		if other == n {
			return false
		}
	}
	return slices.Contains(t.Numbers, n)
}

// newFigures returns the figures of a title whose unit the news knows, and which
// are not near one that it has told.
func (t *Told) newFigures(known *Told) (list []string) {
	for _, f := range t.Figures {
		compared := false
		near := slices.ContainsFunc(known.Figures, func(k figure) bool {
			compared = compared || k.Unit == f.Unit
			return k.Unit == f.Unit && math.Abs(k.N-f.N) <= nearFigure*max(k.N, f.N)
		})
		if compared && !near {
			list = append(list, f.Unit+" "+strconv.FormatFloat(f.N, 'f', -1, 64))
		}
	}
	return list
}

// nearFigure is by how much of it a figure may be rounded.
const nearFigure = .02

// grew reports whether a number became news: it doubled, went from nothing to one
// or more, or passed 10, 100 or 1,000.
func grew(was, is float64) bool {
	if is <= was {
		return false
	}
	passed := math.Floor(math.Log10(max(is, 1))) > math.Floor(math.Log10(max(was, 1)))
	return was == 0 || is >= 2*was || passed
}

// Add adds what another member tells.
func (t *Told) Add(other Told) {
	if t.Counts == nil {
		t.Counts = map[string]float64{}
	}
	for noun, n := range other.Counts {
		t.Counts[noun] = max(t.Counts[noun], n)
	}
	t.Ahead = other.Ahead && (t.Ahead || !t.Known)
	t.Title = union(t.Title, other.Title)
	t.Figures = append(t.Figures, other.Figures...)
	t.Numbers = append(t.Numbers, other.Numbers...)
	t.Outcomes, t.Whole = union(t.Outcomes, other.Outcomes), union(t.Whole, other.Whole)
	t.Known = t.Known || other.Known
}

// newTo returns the outcomes that a report tells and its news did not: of its
// title those that no title or lead had. When the title tells none, of the lead's
// first sentence those that turn the news around and that no text had.
func (t *Told) newTo(known *Told) []string {
	if t.Comment {
		return nil
	}
	if len(t.Title) > 0 {
		return without(t.Title, implied(known.Outcomes))
	}
	return slices.DeleteFunc(without(t.Lead, known.Whole), func(name string) bool { return !toldData().turns[name] })
}

// union returns what either list has, sorted.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// RareNames returns the rare names of the story, sorted.
func (s *Sketch) RareNames() []string {
	var rare []string
	for _, name := range s.names {
		if weight(s.Language, name) >= rareName {
			rare = append(rare, name)
		}
	}
	return rare
}

// rareName is the weight of a name that three of a thousand stories hold.
const rareName = 5.8

// both returns what of a list another one has.
func both(list, other []string) []string { return without(list, without(list, other)) }

// without returns what of a list another one does not have.
func without(list, other []string) (rest []string) {
	for _, s := range list {
		if !slices.Contains(other, s) {
			rest = append(rest, s)
		}
	}
	return rest
}
