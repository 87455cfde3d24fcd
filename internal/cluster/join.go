package cluster

import "time"

// Relation says what two stories are to each other.
type Relation uint8

// The verdicts.
const (
	Apart  Relation = iota // two news, or no telling
	Linked                 // one event, told in other words or another language
	Update                 // one text, of which much is new: told in the thread
	Copy                   // one text: counted
)

var relationNames = [...]string{"apart", "link", "update", "copy"}

// String returns the verdict's name.
func (v Relation) String() string {
	if int(v) >= len(relationNames) {
		return ""
	}
	return relationNames[v]
}

// Joins reports whether the verdict makes two stories one cluster.
func (v Relation) Joins() bool { return v >= Update }

// Decision is what two stories are to each other, and why.
type Decision struct {
	Relation Relation
	Loose    bool    // a link that may be wrong: it only mentions the earlier story
	With     *Sketch // the earlier story
	Why      Why
}

// The least measures with which a story joins a cluster.
const (
	joinRare    = 0.25
	joinFacts   = 0.5
	joinNumbers = 0.7

	// Of a short history, rarity says little.
	shortText    = 0.35
	shortFacts   = 0.5
	shortNumbers = 0.8
	shortTitles  = 0.3
	shortWithin  = 12 * time.Hour // later, only one with the same numbers and nearly the same facts joins

	// Of a marked version by the same outlet.
	markedText   = 0.2
	markedTitles = 0.4

	// Of a story that is compared with a member other than the first.
	copyText    = 0.8
	copyFacts   = 0.8
	copyNumbers = 0.9

	// updateBelow is the share of rare text below which a joined story tells much
	// that is new.
	updateBelow = 0.5
)

// Join decides whether a story carries the text of a cluster. first is the first
// story of the cluster, with its Rarity; members are others of the cluster
// that are likely to be near, the newest among them. A story may join by a
// member only when that joined by the first one itself, so that a cluster does
// not wander.
func Join(first *Sketch, members []*Sketch, s *Sketch) Decision {
	best := joinFirst(first, s)
	if best.Relation.Joins() || best.Why.Rule == RuleLate {
		return best
	}
	for _, m := range members {
		if m.Indirect || m == first || m == s {
			continue
		}
		if d := joinMember(m, s); d.Relation.Joins() {
			return d
		}
	}
	return best
}

// joinFirst compares a story with the first one of a cluster.
func joinFirst(first, s *Sketch) Decision {
	d := Decision{With: first}
	if !first.Comparable() || !s.Comparable() {
		d.Why.Rule = RuleNoText
		return d
	}
	gap := s.Seen.Sub(first.Seen).Abs()
	if gap > Window {
		d.Why.Rule = RuleLate
		return d
	}
	d.Why = explain(first, s, measure(first, s, first.Rarity))
	m := d.Why.Measures
	marked := first.Outlet == s.Outlet && first.Outlet != "" && s.Marker.Kind != NoMarker
	switch {
	case marked && m.Text >= markedText && m.Titles >= markedTitles:
		d.Why.Rule, d.Relation = RuleMarked, Update
		if s.Marker.Kind == MarkRepeat && m.Text >= copyText {
			d.Relation = Copy
		}
		return d
	case d.Why.otherNames():
		d.Why.Rule = RuleNames
		return d
	case first.Rarity.whole():
		d.Why.Rule = RuleRare
		if m.Rare >= joinRare && m.Facts >= joinFacts && m.Numbers >= joinNumbers {
			d.Relation = copyOrUpdate(m.Rare, d.Why)
		}
	default:
		d.Why.Rule = RuleNew
		near := m.Facts >= copyFacts && m.Numbers == 1
		if m.Text >= shortText && m.Rare >= joinRare && m.Facts >= shortFacts && m.Numbers >= shortNumbers &&
			m.Titles >= shortTitles && (gap <= shortWithin || near) {
			d.Relation = copyOrUpdate(m.Rare, d.Why)
		}
	}
	return d
}

// joinMember compares a story with a member of a cluster that is not its first
// story. Only a near copy of it joins.
func joinMember(member, s *Sketch) Decision {
	d := Decision{With: member}
	if !member.Comparable() || !s.Comparable() {
		return d
	}
	d.Why = explain(member, s, measure(member, s, nil))
	d.Why.Rule = RuleMember
	m := d.Why.Measures
	if m.Text >= copyText && m.Facts >= copyFacts && m.Numbers >= copyNumbers &&
		!d.Why.otherNames() {
		d.Relation = Copy
	}
	return d
}

func copyOrUpdate(rare float64, w Why) Relation {
	if rare < updateBelow || len(w.NewNumbers) > 0 {
		return Update
	}
	return Copy
}

// explain notes what people see of a comparison.
func explain(first, s *Sketch, m Measures) Why {
	w := Why{Measures: m, OnlyFirst: first.missing(s), OnlyOther: s.missing(first), Marker: s.Marker}
	w.NewNumbers = newNumbers(first, s)
	w.OldNumbers = newNumbers(s, first)
	if len(w.NewNumbers) > 0 && len(w.OldNumbers) > 0 && len(w.OnlyFirst)+len(w.OnlyOther) == 0 {
		// Two of a kind may name each other below their headlines.
		w.OnlyFirst, w.OnlyOther = onlyIn(first.titleNames, s.titleWords), onlyIn(s.titleNames, first.titleWords)
		if len(w.OnlyFirst) == 0 || len(w.OnlyOther) == 0 {
			w.OnlyFirst, w.OnlyOther = nil, nil
		}
	}
	for _, name := range first.names {
		if len(w.Names) < mostShown && s.holds(name) && weight(first.Language, name) > leastName {
			w.Names = append(w.Names, name)
		}
	}
	for _, n := range first.numbers {
		if len(w.Numbers) < mostShown && contains(s.numbers, n) {
			w.Numbers = append(w.Numbers, n)
		}
	}
	return w
}

// onlyIn returns the words of a sorted list that another one does not have.
func onlyIn(list, other []string) (only []string) {
	for _, word := range list {
		if !contains(other, word) {
			only = append(only, word)
		}
	}
	return only
}

// newNumbers returns the numbers of a story's headline that an earlier one does not have.
func newNumbers(first, s *Sketch) (list []string) {
	for _, n := range s.titleNumbers {
		if !contains(first.numbers, n) {
			list = append(list, n)
		}
	}
	return list
}

// otherNames reports whether each headline has a name that the other story has
// not: two of a series. A number stands for a name on one side.
func (w *Why) otherNames() bool {
	first, other := len(w.OnlyFirst) > 0, len(w.OnlyOther) > 0
	return first && other || first && len(w.NewNumbers) > 0 || other && len(w.OldNumbers) > 0
}

// mostShown is how many names and how many numbers a Why lists.
const mostShown = 8
