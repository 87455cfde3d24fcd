package match

import (
	"slices"
	"strings"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Op says when an expression holds.
type Op uint8

// The operations.
const (
	OpTerm    Op = iota // its term is found where it looks
	OpConcept           // its only child holds
	OpAll               // every child holds
	OpAny               // some child holds
	OpNone              // no child holds
	OpAtLeast           // as many children as it says hold
	OpLevel             // its level's conditions on spans hold
)

// Expr is a Node with its concepts put in. Expressions are shared between all
// uses of a concept that look in the same places.
type Expr struct {
	ID       int // what is known of it during an evaluation is kept under this
	Op       Op
	Term     int32 // ID of the term, of an OpTerm
	Least    int   // of an OpAtLeast
	In       syntax.Scope
	Children []*Expr // of an OpLevel its operands: each node of All, then Any, then Of
	Level    *Level  // of an OpLevel
	Spanless bool    // it can hold without a span: none, and what is made of it
	Key      string  // the list of its parent that it stands in
	Index    int     // its place in that list; -1 when it is the whole list
	Source   *syntax.Node
}

// Level is what an OpLevel asks of the spans of its operands.
type Level struct {
	Of         *Expr // the last of the operands, when it is the level's own Of
	None       []*Expr
	Conditions []Condition
	Window     syntax.Window
	Ordered    bool
	Times      int
}

// Condition is a list that single spans of a level are compared with: one of
// syntax.SpanLists.
type Condition struct {
	Has   syntax.Keys
	Name  string
	Exprs []*Expr
}

// Compiled is a rule ready to be evaluated.
type Compiled struct {
	*syntax.Rule
	Root  *Expr
	Never []*Expr
	Hash  string

	only, except *syntax.Filter // nil when they say nothing
}

// compiler makes expressions of nodes.
type compiler struct {
	terms    map[string]int32              // the IDs of those in the nodes decoded so far
	define   func(name string) syntax.Node // returns what a concept looks for
	concepts map[conceptUse]*Expr          // those made so far
	hasher   *syntax.Hasher
	exprs    int // how many were made
}

// conceptUse is a concept and where it looks.
type conceptUse struct {
	name string
	in   syntax.Scope
}

func newCompiler(define func(name string) syntax.Node) compiler {
	return compiler{terms: map[string]int32{}, define: define,
		concepts: map[conceptUse]*Expr{}, hasher: syntax.NewHasher(define)}
}

func (b *compiler) rule(r *syntax.Rule) *Compiled {
	c := &Compiled{Rule: r, Root: b.level(&r.Node, syntax.TextScope()), Hash: b.hasher.Rule(r)}
	if c.Root.Op == OpAny && c.Root.Key == "" {
		c.Root.Key = "any" // a rule is no bare list
	}
	for j := range r.Never {
		c.Never = append(c.Never, b.child(&r.Never[j], syntax.TextScope(), "never", j))
	}
	if !r.Only.IsZero() {
		c.only = &r.Only
	}
	if !r.Except.IsZero() {
		c.except = &r.Except
	}
	return c
}

func (b *compiler) new(e Expr) *Expr {
	e.ID = b.exprs
	b.exprs++
	e.Spanless = e.isSpanless()
	return &e
}

// isSpanless reports whether an expression can hold without a span.
func (e *Expr) isSpanless() bool {
	switch e.Op {
	case OpNone:
		return true
	case OpConcept, OpAll:
		return !slices.ContainsFunc(e.Children, func(c *Expr) bool { return !c.Spanless })
	}
	return false
}

// child makes the expression of a node at a place in its parent.
func (b *compiler) child(n *syntax.Node, outer syntax.Scope, key string, index int) *Expr {
	made := *b.level(n, outer)
	made.Key, made.Index = key, index
	return &made
}

func (b *compiler) children(nodes []syntax.Node, in syntax.Scope, key string) []*Expr {
	if nodes == nil {
		return nil
	}
	made := make([]*Expr, len(nodes))
	for i := range nodes {
		made[i] = b.child(&nodes[i], in, key, i)
	}
	return made
}

// level makes one expression of everything on one level of a node.
func (b *compiler) level(n *syntax.Node, outer syntax.Scope) *Expr {
	in := n.Scope(outer)
	switch {
	case n.Term != "":
		return b.new(Expr{Op: OpTerm, Term: b.terms[strings.TrimSpace(n.Term)], In: in, Index: -1, Source: n})
	case n.Concept != "":
		return b.concept(n, in)
	}
	operands := b.children(n.All, in, "all")
	if n.Any != nil {
		operands = append(operands, b.any(n, in))
	}
	var of *Expr
	if n.Of != nil {
		of = b.new(Expr{Op: OpAtLeast, Least: n.AtLeast, In: in, Index: -1, Children: b.children(n.Of, in, "of"), Source: n})
		operands = append(operands, of)
	}
	none := b.children(n.None, in, "none")
	if n.HasConditions() {
		return b.new(Expr{Op: OpLevel, In: in, Index: -1, Children: operands, Source: n, Level: &Level{Of: of, None: none,
			Conditions: b.conditions(n, in), Window: n.Within, Ordered: n.Ordered, Times: n.Times}})
	}
	if n.None != nil {
		operands = append(operands, b.new(Expr{Op: OpNone, In: in, Index: -1, Children: none, Source: n}))
	}
	if len(operands) == 1 && n.All == nil {
		return operands[0]
	}
	return b.new(Expr{Op: OpAll, In: in, Index: -1, Children: operands, Source: n})
}

func (b *compiler) conditions(n *syntax.Node, in syntax.Scope) []Condition {
	var all []Condition
	for list := range n.Lists() {
		if list.Has&syntax.SpanLists != 0 {
			all = append(all, Condition{list.Has, list.Name, b.children(list.Nodes, in, list.Name)})
		}
	}
	return all
}

func (b *compiler) any(n *syntax.Node, in syntax.Scope) *Expr {
	key, list := "any", "any"
	if n.IsList() {
		key, list = "", ""
	}
	return b.new(Expr{Op: OpAny, In: in, Key: key, Index: -1, Children: b.children(n.Any, in, list), Source: n})
}

// concept makes the expression of a concept once for all uses in the same places.
func (b *compiler) concept(n *syntax.Node, in syntax.Scope) *Expr {
	use := conceptUse{n.Concept, in}
	if made, ok := b.concepts[use]; ok {
		return made
	}
	def := b.define(n.Concept)
	made := b.new(Expr{Op: OpConcept, In: in, Index: -1, Source: n, Children: []*Expr{b.level(&def, in)}})
	b.concepts[use] = made
	return made
}
