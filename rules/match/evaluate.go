package match

import (
	"slices"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Evaluation evaluates rules on one story, in one goroutine.
type Evaluation struct {
	StoryText
	search search
	used   bool // a rule was evaluated: there is more to forget than what was found

	held      map[int]bool   // whether concepts and levels hold, by the ID of their expression
	spans     map[int][]Span // of concepts and levels, by the ID of their expression
	termSpans map[scopedTerm][]Span
	last      *LevelSpans
}

// scopedTerm is a term, by its ID, and where a node looks for it.
type scopedTerm struct {
	term int32
	in   syntax.Scope
}

// Matches reports whether a rule matches, whether it is enabled or not.
func (e *Evaluation) Matches(rule int, facts *Facts) bool {
	e.used = true
	c := e.index.Compiled(rule)
	if facts.After(c.Until) || c.only != nil && !facts.admitted(c.only) || c.except != nil && facts.excluded(c.except) {
		return false
	}
	return e.Holds(c.Root) && !slices.ContainsFunc(c.Never, e.Holds)
}

// Holds reports whether an expression holds.
func (e *Evaluation) Holds(x *Expr) bool {
	switch x.Op {
	case OpTerm:
		return e.Stands(x)
	case OpConcept, OpLevel:
		return e.remembered(x)
	case OpAny:
		return slices.ContainsFunc(x.Children, e.Holds)
	case OpNone:
		return !slices.ContainsFunc(x.Children, e.Holds)
	case OpAtLeast:
		return atLeast(x.Children, x.Least, e.Holds)
	}
	return !slices.ContainsFunc(x.Children, func(c *Expr) bool { return !e.Holds(c) }) // OpAll
}

// Stands reports whether the term of an expression stands where it looks.
func (e *Evaluation) Stands(x *Expr) bool {
	if postings := e.index.postings; x.In == syntax.TextScope() && !e.inURL && postings.termConclusive(x.Term) {
		return e.finder.Marked(postings.termPhrases[x.Term])
	}
	seen := e.Seen(x.Term)
	if seen&x.In.Fields != 0 {
		return true
	}
	if x.In.First == 0 || seen&syntax.InFirst == 0 {
		return false
	}
	return slices.ContainsFunc(e.places(x.Term), func(o occurrence) bool { return e.inScope(o, x.In) })
}

func (e *Evaluation) remembered(x *Expr) bool {
	known, asked := e.held[x.ID]
	if asked {
		return known
	}
	if x.Op == OpConcept {
		known = e.Holds(x.Children[0])
	} else {
		known = e.levelHolds(x)
	}
	if e.held == nil {
		e.held = map[int]bool{}
	}
	e.held[x.ID] = known
	return known
}

// atLeast reports whether so many expressions are as asked.
func atLeast(exprs []*Expr, least int, asked func(*Expr) bool) bool {
	for i, x := range exprs {
		if least == 0 || least > len(exprs)-i {
			break
		}
		if asked(x) {
			least--
		}
	}
	return least == 0
}

// Spans returns the spans of an expression, in order, each once.
func (e *Evaluation) Spans(x *Expr) []Span {
	switch x.Op {
	case OpTerm:
		return e.spansOfTerm(scopedTerm{x.Term, x.In})
	case OpConcept, OpLevel:
		known, asked := e.spans[x.ID]
		if asked {
			return known
		}
		if x.Op == OpConcept {
			known = e.Spans(x.Children[0])
		} else {
			known = e.spansOfLevel(x)
		}
		if e.spans == nil {
			e.spans = map[int][]Span{}
		}
		e.spans[x.ID] = known
		return known
	case OpAny:
		return e.SpansOf(x.Children)
	case OpAtLeast, OpAll:
		if !e.Holds(x) {
			return nil
		}
		return e.Combine(e.lists(x.Children), x.Least, syntax.Anywhere)
	}
	return nil // OpNone: nothing stands where something is missing
}

func (e *Evaluation) spansOfTerm(t scopedTerm) []Span {
	known, asked := e.termSpans[t]
	if asked {
		return known
	}
	for _, o := range e.places(t.term) {
		if e.inScope(o, t.in) {
			known = append(known, Span{o.field, o.first, o.last, o.last, o.first})
		}
	}
	known = sorted(known)
	if e.termSpans == nil {
		e.termSpans = map[scopedTerm][]Span{}
	}
	e.termSpans[t] = known
	return known
}

// SpansOf returns the spans of several expressions together.
func (e *Evaluation) SpansOf(exprs []*Expr) []Span {
	var union []Span
	for _, x := range exprs {
		if here := e.Spans(x); union == nil {
			union = slices.Clip(here)
		} else {
			union = append(union, here...)
		}
	}
	return sorted(union)
}

// lists returns the spans of each expression, except of those without any.
func (e *Evaluation) lists(exprs []*Expr) [][]Span {
	var lists [][]Span
	for _, x := range exprs {
		if !x.Spanless {
			lists = append(lists, e.Spans(x))
		}
	}
	return lists
}
