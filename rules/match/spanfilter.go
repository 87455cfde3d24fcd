package match

import (
	"github.com/copytaster/copytaster/rules/syntax"
)

// SpanFilter keeps the spans of a level that count: those that pass every test.
type SpanFilter struct{ Tests []SpanTest }

// SpanTest is one condition of a level on single spans, ready to be asked.
type SpanTest struct {
	*Condition
	finder interface{ find(Span) (Span, bool) }
}

// spanFilter makes the filter of a level. It costs as much as sorting the spans
// of the conditions; to filter a span costs a binary search in each.
func (e *Evaluation) spanFilter(l *Level) *SpanFilter {
	f := &SpanFilter{}
	for i := range l.Conditions {
		t := SpanTest{Condition: &l.Conditions[i]}
		if spans := e.SpansOf(t.Exprs); t.Has&syntax.Windowed != 0 {
			t.finder = e.neighbours(spans, l.Window)
		} else {
			t.finder = newEnclosing(spans)
		}
		f.Tests = append(f.Tests, t)
	}
	return f
}

// Find returns a span of the condition that lies in one window with a span, or
// around it.
func (t *SpanTest) Find(s Span) (Span, bool) { return t.finder.find(s) }

// Wanted reports whether a span passes when Find finds one. Else it passes when
// Find finds none.
func (t *SpanTest) Wanted() bool { return t.Has&syntax.Wanted != 0 }

// Passes reports whether a span passes the test.
func (t *SpanTest) Passes(s Span) bool {
	_, found := t.finder.find(s)
	return found == t.Wanted()
}

// Keep leaves out the spans that do not count.
func (f *SpanFilter) Keep(list []Span) []Span {
	if len(f.Tests) == 0 {
		return list
	}
	var kept []Span
	for _, s := range list {
		if f.counts(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

func (f *SpanFilter) counts(s Span) bool {
	for i := range f.Tests {
		if !f.Tests[i].Passes(s) {
			return false
		}
	}
	return true
}
