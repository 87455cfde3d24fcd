package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// diagnosis finds which conditions of one rule a story meets, and why not the others.
type diagnosis struct {
	*match.Evaluation
	index    *match.Index
	words    *vocabulary
	expanded map[int]bool   // concepts whose parts were shown, by the ID of their expression
	reasons  map[int]string // by the ID of the expression
}

// root returns the conditions of a rule.
func (d *diagnosis) root(x *match.Expr) []verdict {
	v := d.verdict(x)
	if v.label == "" && v.composed {
		return v.children
	}
	return []verdict{v}
}

func (d *diagnosis) verdict(x *match.Expr) verdict {
	v := verdict{label: label(x), text: written(x), held: d.Holds(x)}
	switch x.Op {
	case match.OpConcept:
		if !d.expanded[x.ID] {
			d.expanded[x.ID] = true
			v.children = d.definition(x.Children[0])
		}
	case match.OpAny:
		v.children = d.choices(x.Children)
	case match.OpAtLeast:
		v.children = d.choices(x.Children)
		if !v.held {
			v.reason = d.tooFew(x)
		}
		return v
	case match.OpNone:
		v.composed, v.children = true, d.absences(x.Children)
	case match.OpAll:
		v.composed, v.children = true, d.sequence(x.Children)
	case match.OpLevel:
		v.composed, v.children = true, append(d.sequence(x.Children), d.conditions(x)...)
	}
	if !v.held && !v.composed {
		v.reason = d.because(x)
	}
	return v
}

// maxReason bounds what is said of one condition, in bytes: a concept's reason
// is that of the concept inside it, and so on.
const maxReason = 400

// because says why an expression does not hold, and remembers it.
func (d *diagnosis) because(x *match.Expr) string {
	reason, known := d.reasons[x.ID]
	if !known {
		reason = d.absence(x)
		if len(reason) > maxReason {
			reason = strings.ToValidUTF8(reason[:maxReason], "") + "…"
		}
		d.reasons[x.ID] = reason
	}
	return reason
}

// definition returns what a concept is defined as; a bare list says no more than
// its elements.
func (d *diagnosis) definition(x *match.Expr) []verdict {
	v := d.verdict(x)
	if v.label == "" && len(v.children) > 0 {
		return v.children
	}
	return []verdict{v}
}

// sequence returns the verdicts of expressions that belong together. What an
// expression without a name of its own is made of stands in its place.
func (d *diagnosis) sequence(exprs []*match.Expr) []verdict {
	var all []verdict
	for _, x := range exprs {
		v := d.verdict(x)
		if v.label == "" && v.composed {
			all = append(all, v.children...)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// shownChoices is how many nodes of a list of alternatives are shown at most.
const shownChoices = 20

// choices returns the verdicts of alternatives, those that hold before others
// when there are too many. A term that was not found needs no reason.
func (d *diagnosis) choices(exprs []*match.Expr) []verdict {
	shown := exprs
	if len(exprs) > shownChoices {
		held := slices.DeleteFunc(slices.Clone(exprs), func(x *match.Expr) bool { return !d.Holds(x) })
		others := slices.DeleteFunc(slices.Clone(exprs), d.Holds)
		shown = append(held, others...)[:shownChoices]
	}
	var all []verdict
	for _, x := range shown {
		v := d.verdict(x)
		if x.Op == match.OpTerm {
			v.reason = ""
		}
		all = append(all, v)
	}
	if more := len(exprs) - len(shown); more > 0 {
		all = append(all, verdict{text: fmt.Sprintf("… and %d more", more)})
	}
	return all
}

func (d *diagnosis) absences(exprs []*match.Expr) []verdict {
	var all []verdict
	for _, x := range exprs {
		v := verdict{label: label(x), text: written(x), held: !d.Holds(x)}
		if !v.held {
			v.reason = d.presence(x)
		}
		all = append(all, v)
	}
	return all
}

// tooFew says which of the nodes hold of which more must.
func (d *diagnosis) tooFew(x *match.Expr) string {
	var held []string
	for _, c := range x.Children {
		if d.Holds(c) {
			held = append(held, written(c))
		}
	}
	if held == nil {
		return d.noneOf(leaves(x), "")
	}
	return "only " + strings.Join(held, ", ")
}

// absence says why an expression that should hold does not.
func (d *diagnosis) absence(x *match.Expr) string {
	inner := x
	for inner.Op == match.OpConcept {
		inner = inner.Children[0]
	}
	switch inner.Op {
	case match.OpAll, match.OpNone, match.OpLevel:
		v := d.verdict(inner)
		for _, f := range failures([]verdict{v}) {
			return f.String()
		}
	case match.OpAtLeast:
		return written(inner) + ": " + d.tooFew(inner)
	}
	if nearly := d.nearly(inner); nearly != "" {
		return nearly
	}
	terms := leaves(inner)
	if elsewhere := d.elsewhere(terms); elsewhere != "" {
		return elsewhere
	}
	if len(terms) == 1 && x.Op != match.OpConcept {
		return d.noneOf(terms, "not found")
	}
	return d.noneOf(terms, "")
}

// nearly returns the reason of the first choice of a list of which some term was
// found.
func (d *diagnosis) nearly(x *match.Expr) string {
	for _, c := range x.Children {
		if c.Op != match.OpTerm && slices.ContainsFunc(leaves(c), d.Stands) {
			named := verdict{label: label(c), text: written(c)}
			return named.name() + ": " + d.because(c)
		}
	}
	return ""
}

// noneOf says that no term was found, and what comes nearest to one.
func (d *diagnosis) noneOf(terms []*match.Expr, reason string) string {
	if reason == "" {
		reason = fmt.Sprintf("none of %d terms found", len(terms))
	}
	return reason + d.words.nearest(terms)
}

// elsewhere says where terms were found that had to be somewhere else.
func (d *diagnosis) elsewhere(terms []*match.Expr) string {
	var in syntax.Fields
	var wanted syntax.Scope
	for _, x := range terms {
		if seen := d.Seen(x.Term); seen != 0 && !d.Stands(x) {
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
func (d *diagnosis) presence(x *match.Expr) string {
	for _, term := range leaves(x) {
		if field, ok := d.FirstField(term); ok {
			return fmt.Sprintf("%s found in %s", syntax.Quote(d.index.Written(term.Term)), field)
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
