package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// witness says how a story stands to one rule.
type witness struct {
	*match.Evaluation
	index    *match.Index
	words    *vocabulary
	expanded map[int]bool   // concepts whose parts were told, by the ID of their expression
	reasons  map[int]string // by the ID of the expression
}

// root returns the conditions of a rule.
func (w *witness) root(x *match.Expr) []verdict {
	v := w.verdict(x)
	if v.label == "" && v.composed {
		return v.children
	}
	return []verdict{v}
}

func (w *witness) verdict(x *match.Expr) verdict {
	v := verdict{label: label(x), text: written(x), held: w.Holds(x)}
	switch x.Op {
	case match.OpConcept:
		if !w.expanded[x.ID] {
			w.expanded[x.ID] = true
			v.children = w.definition(x.Children[0])
		}
	case match.OpAny:
		v.children = w.choices(x.Children)
	case match.OpAtLeast:
		v.children = w.choices(x.Children)
		if !v.held {
			v.reason = w.tooFew(x)
		}
		return v
	case match.OpNone:
		v.composed, v.children = true, w.absences(x.Children)
	case match.OpAll:
		v.composed, v.children = true, w.sequence(x.Children)
	case match.OpLevel:
		v.composed, v.children = true, append(w.sequence(x.Children), w.conditions(x)...)
	}
	if !v.held && !v.composed {
		v.reason = w.because(x)
	}
	return v
}

// maxReason bounds what is said of one condition, in bytes: a concept's reason
// is that of the concept inside it, and so on.
const maxReason = 400

// because says why an expression does not hold, and remembers it.
func (w *witness) because(x *match.Expr) string {
	reason, known := w.reasons[x.ID]
	if !known {
		reason = w.absence(x)
		if len(reason) > maxReason {
			reason = strings.ToValidUTF8(reason[:maxReason], "") + "…"
		}
		w.reasons[x.ID] = reason
	}
	return reason
}

// definition returns what a concept is defined as; a bare list says no more than
// its elements.
func (w *witness) definition(x *match.Expr) []verdict {
	v := w.verdict(x)
	if v.label == "" && len(v.children) > 0 {
		return v.children
	}
	return []verdict{v}
}

// sequence returns the verdicts of expressions that belong together. What an
// expression without a name of its own is made of stands in its place.
func (w *witness) sequence(exprs []*match.Expr) []verdict {
	var all []verdict
	for _, x := range exprs {
		v := w.verdict(x)
		if v.label == "" && v.composed {
			all = append(all, v.children...)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// shownChoices is how many nodes of a list of alternatives are told at most.
const shownChoices = 20

// choices returns the verdicts of alternatives, those that hold before others
// when there are too many. A term that was not found needs no reason.
func (w *witness) choices(exprs []*match.Expr) []verdict {
	told := exprs
	if len(exprs) > shownChoices {
		held := slices.DeleteFunc(slices.Clone(exprs), func(x *match.Expr) bool { return !w.Holds(x) })
		others := slices.DeleteFunc(slices.Clone(exprs), w.Holds)
		told = append(held, others...)[:shownChoices]
	}
	var all []verdict
	for _, x := range told {
		v := w.verdict(x)
		if x.Op == match.OpTerm {
			v.reason = ""
		}
		all = append(all, v)
	}
	if more := len(exprs) - len(told); more > 0 {
		all = append(all, verdict{text: fmt.Sprintf("… and %d more", more)})
	}
	return all
}

func (w *witness) absences(exprs []*match.Expr) []verdict {
	var all []verdict
	for _, x := range exprs {
		v := verdict{label: label(x), text: written(x), held: !w.Holds(x)}
		if !v.held {
			v.reason = w.presence(x)
		}
		all = append(all, v)
	}
	return all
}

// tooFew says which of the nodes hold of which more must.
func (w *witness) tooFew(x *match.Expr) string {
	var held []string
	for _, c := range x.Children {
		if w.Holds(c) {
			held = append(held, written(c))
		}
	}
	if held == nil {
		return w.noneOf(leaves(x), "")
	}
	return "only " + strings.Join(held, ", ")
}

// absence says why an expression that should hold does not.
func (w *witness) absence(x *match.Expr) string {
	inner := x
	for inner.Op == match.OpConcept {
		inner = inner.Children[0]
	}
	switch inner.Op {
	case match.OpAll, match.OpNone, match.OpLevel:
		v := w.verdict(inner)
		for _, f := range failures([]verdict{v}) {
			return f.String()
		}
	case match.OpAtLeast:
		return written(inner) + ": " + w.tooFew(inner)
	}
	if nearly := w.nearly(inner); nearly != "" {
		return nearly
	}
	terms := leaves(inner)
	if elsewhere := w.elsewhere(terms); elsewhere != "" {
		return elsewhere
	}
	if len(terms) == 1 && x.Op != match.OpConcept {
		return w.noneOf(terms, "not found")
	}
	return w.noneOf(terms, "")
}

// nearly returns the reason of the first choice of a list of which some term was
// found.
func (w *witness) nearly(x *match.Expr) string {
	for _, c := range x.Children {
		if c.Op != match.OpTerm && slices.ContainsFunc(leaves(c), w.Stands) {
			named := verdict{label: label(c), text: written(c)}
			return named.name() + ": " + w.because(c)
		}
	}
	return ""
}

// noneOf says that no term was found, and what comes nearest to one.
func (w *witness) noneOf(terms []*match.Expr, reason string) string {
	if reason == "" {
		reason = fmt.Sprintf("none of %d terms found", len(terms))
	}
	return reason + w.words.nearest(terms)
}

// elsewhere says where terms were found that had to be somewhere else.
func (w *witness) elsewhere(terms []*match.Expr) string {
	var in syntax.Fields
	var wanted syntax.Scope
	for _, x := range terms {
		if seen := w.Seen(x.Term); seen != 0 && !w.Stands(x) {
			in |= seen
			wanted.Fields |= x.In.Fields
			wanted.First = max(wanted.First, x.In.First)
		}
	}
	if in == 0 {
		return ""
	}
	return fmt.Sprintf("found only in %s, wanted %s", strings.Join(in.Names(), " and "), wanted)
}

// presence says where a term was found that must not be there.
func (w *witness) presence(x *match.Expr) string {
	for _, term := range leaves(x) {
		if field, ok := w.FirstField(term); ok {
			return fmt.Sprintf("%s found in %s", syntax.Quote(w.index.Written(term.Term)), field)
		}
	}
	return written(x) + " holds"
}

// leaves lists the terms that can make an expression hold, each once.
func leaves(x *match.Expr) []*match.Expr {
	var terms []*match.Expr
	seen := map[int]bool{}
	var walk func(x *match.Expr)
	walk = func(x *match.Expr) {
		if seen[x.ID] {
			return
		}
		seen[x.ID] = true
		switch x.Op {
		case match.OpTerm:
			terms = append(terms, x)
		case match.OpNone:
		default:
			for _, c := range x.Children {
				walk(c)
			}
		}
	}
	walk(x)
	return terms
}

// label says where an expression stands in its parent.
func label(x *match.Expr) string {
	if x.Index < 0 {
		return x.Key
	}
	return fmt.Sprintf("%s[%d]", x.Key, x.Index)
}

// written is an expression as people wrote it, shortened.
func written(x *match.Expr) string {
	switch x.Op {
	case match.OpTerm, match.OpConcept:
		return x.Source.Name()
	case match.OpAny:
		return syntax.FormatList(x.Source.Any, "")
	case match.OpAtLeast:
		return fmt.Sprintf("at least %d of", x.Least)
	case match.OpAll:
		return syntax.FormatList(x.Source.All, "all of ")
	case match.OpLevel:
		return x.Source.Brief()
	}
	return syntax.FormatList(x.Source.None, "none of ") // OpNone
}
