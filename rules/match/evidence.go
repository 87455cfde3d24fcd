package match

import (
	"cmp"
	"slices"
	"sort"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// How much evidence a match shows.
const (
	shownFindings = 3   // of one concept, or of one term outside concepts
	shownEvidence = 60  // of one rule
	sentenceRunes = 300 // around a finding
	readFindings  = 20  // of one term in one field, to choose those from that are shown
)

// finding is an occurrence with the term that was found there.
type finding struct {
	occurrence
	term    int32
	concept string // that it is part of, or ""
}

// evidence collects the findings that made expressions hold, condition by condition.
type evidence struct {
	*Evaluation
	proven map[int]bool // concepts whose findings are collected: once, however often they are used
	proofs [][]finding  // of each condition that held
}

// Evidence returns for every condition of an expression that holds the first
// findings, title before lead before body.
func (e *Evaluation) Evidence(x *Expr) []news.Evidence {
	v := evidence{Evaluation: e, proven: map[int]bool{}}
	v.collect(x, "")
	out := []news.Evidence{}
	for _, findings := range v.proofs {
		for _, h := range firstFindings(findings) {
			if len(out) == shownEvidence {
				return out
			}
			out = append(out, e.shown(h))
		}
	}
	return out
}

func (e *Evaluation) shown(h finding) news.Evidence {
	field, start, end := e.Fields[h.field], int(h.start), int(h.end)
	return news.Evidence{Term: e.index.Written(h.term), Concept: h.concept, Field: field.Name, Variant: field.Variant,
		Text: field.Text[start:end], Start: start, End: end, Sentence: text.Sentence(field.Text, start, end, sentenceRunes)}
}

// firstFindings chooses the findings to show: in the order of the fields, the longer of
// two in one place.
func firstFindings(all []finding) []finding {
	slices.SortFunc(all, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start),
			cmp.Compare(b.end, a.end), cmp.Compare(a.term, b.term))
	})
	var shown []finding
	for _, h := range all {
		if n := len(shown); n > 0 && shown[n-1].field == h.field && h.start < shown[n-1].end {
			continue
		}
		if shown = append(shown, h); len(shown) == shownFindings {
			break
		}
	}
	return shown
}

// collect adds what made an expression hold. Nothing proves that something is
// missing: an OpNone has no findings.
func (v *evidence) collect(x *Expr, concept string) {
	if !v.Holds(x) {
		return
	}
	switch x.Op {
	case OpTerm:
		v.proofs = append(v.proofs, v.findings(x, concept))
	case OpConcept:
		if !v.proven[x.ID] {
			v.proven[x.ID] = true
			v.collect(x.Children[0], x.Source.Concept)
		}
	case OpAny:
		v.collectAny(x, concept)
	case OpAll, OpAtLeast:
		for _, c := range x.Children {
			v.collect(c, concept)
		}
	case OpLevel:
		v.collectLevel(x, concept)
	}
}

// collectAny makes one proof of the terms of an OpAny, and then proves its other
// children one by one.
func (v *evidence) collectAny(x *Expr, concept string) {
	var terms []finding
	for _, c := range x.Children {
		if c.Op == OpTerm {
			terms = append(terms, v.findings(c, concept)...)
		}
	}
	if terms != nil {
		v.proofs = append(v.proofs, terms)
	}
	for _, c := range x.Children {
		if c.Op != OpTerm {
			v.collect(c, concept)
		}
	}
}

// findings returns the first findings of a term where its expression looks.
func (e *Evaluation) findings(x *Expr, concept string) []finding {
	if !e.Stands(x) {
		return nil
	}
	var all []finding
	here := 0 // in one field
	for _, o := range e.places(x.Term) {
		if len(all) > 0 && all[len(all)-1].field != o.field {
			here = 0
		}
		if here < readFindings && e.inScope(o, x.In) {
			all = append(all, finding{o, x.Term, concept})
			here++
		}
	}
	return all
}

// FirstField returns the field in which the term of an expression stands first
// where the expression looks.
func (e *Evaluation) FirstField(x *Expr) (name news.FieldName, ok bool) {
	findings := e.findings(x, "")
	if len(findings) == 0 {
		return "", false
	}
	return e.Fields[findings[0].field].Name, true
}

// collectLevel adds the findings of the first combination that made a level hold,
// or of the spans that it counted.
func (v *evidence) collectLevel(x *Expr, concept string) {
	l, s := x.Level, v.LevelSpans(x)
	parts := spanParts{v.Evaluation}
	var findings []finding
	switch {
	case l.Times > 0:
		for _, c := range v.counted(l, s.Combined) {
			findings = append(findings, parts.of(x, c, concept)...)
		}
	case l.Joins():
		findings = parts.of(x, s.Clear[0], concept)
	default:
		for _, operand := range x.Children {
			findings = append(findings, parts.ofOperand(l, s.Filter, operand, concept)...)
		}
	}
	seen := map[finding]bool{}
	for _, h := range findings {
		if !seen[h] {
			seen[h] = true
			v.proofs = append(v.proofs, []finding{h})
		}
	}
}

// counted returns the spans that make up the number that a level asks for.
func (l *Layout) counted(level *Level, list []Span) []Span {
	apart, from := Disjoint(list), 0
	if level.Window.Unit == syntax.Anywhere {
		apart = l.oneTitle(apart)
	} else {
		from, _ = l.densest(level, apart)
	}
	return apart[from : from+min(level.Times, shownEvidence)]
}

// spanParts takes spans apart into the findings that they were made of.
type spanParts struct{ *Evaluation }

// of returns the findings that a span of an expression is made of.
func (p spanParts) of(x *Expr, s Span, concept string) []finding {
	switch x.Op {
	case OpTerm:
		return p.ofTerm(x, s, concept)
	case OpConcept:
		return p.of(x.Children[0], s, x.Source.Concept)
	case OpAny:
		return p.ofAny(x.Children, s, concept)
	case OpAll, OpAtLeast:
		children := slices.DeleteFunc(slices.Clone(x.Children), func(c *Expr) bool { return c.Spanless })
		lists := p.lists(children)
		return distribute(p.madeOf(lists, x.Least, syntax.Anywhere, s), lists, func(i int, s Span) []finding {
			return p.of(children[i], s, concept)
		})
	case OpLevel:
		return p.ofLevel(x, s, concept)
	}
	return nil
}

func (p spanParts) ofTerm(x *Expr, s Span, concept string) []finding {
	places := p.places(x.Term)
	i := sort.Search(len(places), func(i int) bool {
		return cmp.Or(cmp.Compare(places[i].field, s.Field), cmp.Compare(places[i].first, s.Start)) >= 0
	})
	for ; i < len(places) && places[i].field == s.Field && places[i].first == s.Start; i++ {
		if places[i].last == s.End {
			return []finding{{places[i], x.Term, concept}}
		}
	}
	return nil
}

func (p spanParts) ofAny(exprs []*Expr, s Span, concept string) []finding {
	for _, x := range exprs {
		if holdsSpan(p.Spans(x), s) {
			return p.of(x, s, concept)
		}
	}
	return nil
}

// ofOperand returns the findings of the first spans of an operand that count.
func (p spanParts) ofOperand(l *Level, f *SpanFilter, operand *Expr, concept string) []finding {
	exprs := []*Expr{operand}
	if operand == l.Of {
		exprs = operand.Children
	}
	var findings []finding
	for _, x := range exprs {
		kept := f.Keep(p.Spans(x))
		for _, s := range kept[:min(len(kept), shownFindings)] {
			findings = append(findings, p.ofCounting(f, x, s, concept)...)
		}
	}
	return findings
}

// ofCounting returns the findings of a span that counts, and of the span near it
// that made it count.
func (p spanParts) ofCounting(f *SpanFilter, x *Expr, s Span, concept string) []finding {
	findings := p.of(x, s, concept)
	for i := range f.Tests {
		if t := &f.Tests[i]; t.Wanted() {
			near, _ := t.Find(s)
			findings = append(findings, p.ofAny(t.Exprs, near, "")...)
		}
	}
	return findings
}

// ofLevel takes a span of a level apart.
func (p spanParts) ofLevel(x *Expr, s Span, concept string) []finding {
	l, f := x.Level, p.spanFilter(x.Level)
	var operands []*Expr
	var lists [][]Span
	for _, operand := range x.Children {
		if !operand.Spanless {
			operands, lists = append(operands, operand), append(lists, p.counting(l, f, operand))
		}
	}
	of := []Span{s}
	switch {
	case l.Ordered:
		p.Chain(lists, l.Window.Unit, func(found Span, made []Span) bool {
			of = made
			return found != s
		})
	case len(lists) > 1:
		of = p.madeOf(lists, 0, l.Window.Unit, s)
	}
	return distribute(of, lists, func(i int, s Span) []finding {
		if operands[i] != l.Of {
			return p.ofCounting(f, operands[i], s, concept)
		}
		each := p.countingEach(f, operands[i].Children)
		return distribute(p.madeOf(each, operands[i].Least, l.Window.Unit, s), each, func(k int, s Span) []finding {
			return p.ofCounting(f, operands[i].Children[k], s, concept)
		})
	})
}

// distribute assigns each span to the list that it is from, one to a list, and
// returns their findings in the order of the lists.
func distribute(of []Span, lists [][]Span, findings func(i int, s Span) []finding) []finding {
	left := slices.Clone(of)
	var all []finding
	for i, list := range lists {
		at := slices.IndexFunc(left, func(s Span) bool { return holdsSpan(list, s) })
		if at >= 0 {
			all = append(all, findings(i, left[at])...)
			left = slices.Delete(left, at, at+1)
		}
	}
	return all
}
