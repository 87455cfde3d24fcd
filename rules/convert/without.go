package convert

import "github.com/copytaster/copytaster/rules/syntax"

// limit is what a node must not do, because the rest of the query turns on it.
type limit uint8

const (
	noLimit limit = iota // what it loses is noted
	noMore               // find more than the query: it must not be there
	noLess               // find less: it is let off from what must not be there
)

// effect is what a loss does to what a node finds.
type effect uint8

const (
	wider effect = 1 << iota
	narrower
)

// excluded is node for what must not be there.
func (w *writer) excluded(e *expr) *syntax.Node {
	before := w.limit
	w.limit = map[limit]limit{noLimit: noMore, noMore: noLess, noLess: noMore}[before]
	defer func() { w.limit = before }()
	return w.node(e)
}

// without is one thing where another is not.
func (w *writer) without(e *expr) *syntax.Node {
	n, no := w.node(e.kids[0]), w.excluded(e.kids[1])
	if no == nil {
		w.changed |= wider
	}
	switch {
	case n == nil && no != nil:
		w.lose(e.column, written(e), "it only says what must not be there, and stands where something must: it was left out")
		return nil
	case n == nil || no == nil:
		return n
	case n.IsList():
		return &syntax.Node{Any: n.Any, None: listed(no)}
	}
	return &syntax.Node{All: []syntax.Node{*n}, None: listed(no)}
}

// apart is one thing where another is not near.
func (w *writer) apart(e *expr) *syntax.Node {
	n, no := w.node(e.kids[0]), w.excluded(e.kids[1])
	if no == nil {
		w.changed |= wider
	}
	if n == nil && no != nil {
		w.lose(e.column, written(e.kids[1]), "nothing is left that it must not be near: it was left out")
	}
	if n == nil || no == nil {
		return n
	}
	return &syntax.Node{Any: listed(n), NotNear: listed(no), Within: e.op.window}
}
