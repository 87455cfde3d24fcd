package match

import (
	"slices"

	"github.com/copytaster/copytaster/rules/syntax"
)

// LevelSpans is what a level makes of the spans of its operands, step by step.
type LevelSpans struct {
	Filter   *SpanFilter
	Lists    [][]Span // of each operand that has spans, those that count
	Combined []Span   // one of each, in order and in one window as the level asks
	Clear    []Span   // those of Combined without a span of a none node in their window

	id int // of the expression
}

// levelHolds reports whether a level's conditions hold.
func (e *Evaluation) levelHolds(x *Expr) bool {
	if slices.ContainsFunc(x.Children, func(c *Expr) bool { return !e.Holds(c) }) {
		return false
	}
	l, s := x.Level, e.LevelSpans(x)
	switch {
	case l.Times > 0:
		return e.Count(l, s.Combined) >= l.Times && !e.AnyCounts(s.Filter, l.None)
	case l.Joins():
		return len(s.Clear) > 0
	}
	return !slices.ContainsFunc(x.Children, func(c *Expr) bool { return !e.Counts(l, s.Filter, c) }) &&
		!e.AnyCounts(s.Filter, l.None)
}

// Joins reports whether a level asks for a combination of its operands in one
// window, be it of one operand.
func (l *Level) Joins() bool { return l.Ordered || l.Window.Unit != syntax.Anywhere }

// Counts reports whether an operand of a level has a span that counts. Of the
// level's own Of enough nodes must have one.
func (e *Evaluation) Counts(l *Level, f *SpanFilter, operand *Expr) bool {
	switch {
	case operand.Spanless:
		return true // it holds
	case operand == l.Of:
		return atLeast(operand.Children, operand.Least, func(c *Expr) bool {
			return c.Spanless && e.Holds(c) || len(f.Keep(e.Spans(c))) > 0
		})
	}
	return len(f.Keep(e.Spans(operand))) > 0
}

// AnyCounts reports whether a node holds that must not. Where only some spans
// count, it must have one that does.
func (e *Evaluation) AnyCounts(f *SpanFilter, none []*Expr) bool {
	if len(f.Tests) == 0 {
		return slices.ContainsFunc(none, e.Holds)
	}
	return slices.ContainsFunc(none, func(x *Expr) bool { return len(f.Keep(e.Spans(x))) > 0 })
}

// spansOfLevel returns the spans of a level, which has some when it holds.
func (e *Evaluation) spansOfLevel(x *Expr) []Span {
	if !e.Holds(x) {
		return nil
	}
	s := e.LevelSpans(x)
	if x.Level.Times == 0 && x.Level.Joins() {
		return s.Clear
	}
	return s.Combined
}

// LevelSpans returns the spans of a level whose operands hold. It caches those of
// the last level: after whether it holds, the caller asks what made it hold.
func (e *Evaluation) LevelSpans(x *Expr) *LevelSpans {
	if e.last == nil || e.last.id != x.ID {
		e.last = e.levelSpans(x)
	}
	return e.last
}

func (e *Evaluation) levelSpans(x *Expr) *LevelSpans {
	l := x.Level
	s := &LevelSpans{id: x.ID, Filter: e.spanFilter(l)}
	for _, operand := range x.Children {
		if !operand.Spanless {
			s.Lists = append(s.Lists, e.counting(l, s.Filter, operand))
		}
	}
	switch {
	case slices.ContainsFunc(s.Lists, func(list []Span) bool { return len(list) == 0 }):
		return s
	case l.Ordered:
		s.Combined = e.Chains(s.Lists, l.Window.Unit)
	default:
		s.Combined = e.Combine(s.Lists, 0, l.Window.Unit)
	}
	s.Combined = e.fitting(s.Combined, l.Window)
	if l.Times == 0 && l.Joins() {
		s.Clear = e.clear(s, l)
	}
	return s
}

// counting returns the spans of an operand of a level that count. Those of the
// level's own Of are filtered before they are combined.
func (e *Evaluation) counting(l *Level, f *SpanFilter, operand *Expr) []Span {
	if operand != l.Of {
		return f.Keep(e.Spans(operand))
	}
	return e.Combine(e.countingEach(f, operand.Children), operand.Least, l.Window.Unit)
}

func (e *Evaluation) countingEach(f *SpanFilter, exprs []*Expr) [][]Span {
	lists := make([][]Span, len(exprs))
	for i, x := range exprs {
		lists[i] = f.Keep(e.Spans(x))
	}
	return lists
}

// clear leaves out the combinations with a span of a none node in their window.
func (e *Evaluation) clear(s *LevelSpans, l *Level) []Span {
	if l.None == nil {
		return s.Combined
	}
	blocking := e.neighbours(s.Filter.Keep(e.SpansOf(l.None)), l.Window)
	var free []Span
	for _, c := range s.Combined {
		if _, blocked := blocking.find(c); !blocked {
			free = append(free, c)
		}
	}
	return free
}

// Blocker returns a span of a none node of a level that lies in one window with
// some combination.
func (e *Evaluation) Blocker(l *Level, s *LevelSpans, none *Expr) (Span, bool) {
	blocking := e.neighbours(s.Filter.Keep(e.Spans(none)), l.Window)
	for _, c := range s.Combined {
		if by, blocked := blocking.find(c); blocked {
			return by, true
		}
	}
	return Span{}, false
}
