package lint

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/copytaster/copytaster/rules/syntax"
)

// conditions checks what a level asks of its spans.
func (c *inspection) conditions(n *syntax.Node, v visit) {
	c.atLeast(n, v.at)
	operands := bits.OnesCount32(uint32(n.Keys() & syntax.Operands))
	switch {
	case n.Times < 0:
		c.addOn(v.at, "times", "times counts mentions: at least 1", "")
	case n.Times == 1:
		c.warnOn(v.at, "times", "times: 1 asks for nothing more", "leave it out")
	case n.Times > 1 && operands > 1:
		c.addOn(v.at, "times", "times counts the mentions of one list, and there are several",
			"put the others on a level of their own")
	}
	if n.Ordered && (len(n.All) < 2 || operands > 1) {
		c.addOn(v.at, "ordered", "ordered is about the nodes of all, two or more, and of no other list",
			"write all: [first, second], ordered: true")
	}
	c.window(n, v.at)
	if n.HasConditions() && operands == 0 && n.Term+n.Concept == "" {
		c.add(v.at, "nothing is looked for that could be mentioned", "add all: or any: with a list of terms")
		return
	}
	if n.HasConditions() {
		c.spans(n, v)
	}
}

func (c *inspection) atLeast(n *syntax.Node, at *syntax.Path) {
	switch size := len(n.Of); {
	case n.Of == nil && n.AtLeast != 0:
		c.add(at, "at least says how many of a list, and there is no list", "add of: with the list")
	case n.Of != nil && n.AtLeast == 0:
		c.add(at, "of does not say how many of its list", "add at least: and a number")
	case n.Of != nil && size > 0 && (n.AtLeast < 1 || n.AtLeast > size):
		c.addOn(at, "at least", fmt.Sprintf("at least %d of a list of %d", n.AtLeast, size),
			fmt.Sprintf("write a number from 1 to %d", size))
	case n.AtLeast == 1 && size > 0:
		c.warnOn(at, "at least", "at least 1 of a list is any of it", "write any:")
	case n.Of != nil && n.AtLeast == size && size > 0:
		c.warnOn(at, "at least", fmt.Sprintf("at least %d of a list of %d is all of it", size, size), "write all:")
	}
}

// window checks within and what needs it.
func (c *inspection) window(n *syntax.Node, at *syntax.Path) {
	w := n.Within
	switch {
	case w.Unit > syntax.Paragraph, w.Words < 0, w.Unit != syntax.Words && w.Words != 0:
		c.addOn(at, "within", "within is no number of words, sentence or paragraph", "write within: 10 words")
	case w.Unit == syntax.Anywhere:
		for list := range n.Lists() {
			if list.Has&syntax.Windowed != 0 {
				c.add(at, list.Name+" does not say how near", "add within: 10 words, sentence or paragraph")
				return
			}
		}
	case n.Keys()&(syntax.Windowed|syntax.HasNone|syntax.HasTimes) == 0 && isSingle(n):
		c.warnOn(at, "within", "within is about several things, and there is only one", "leave it out, or add to all:")
	}
}

// isSingle reports whether a level looks for alternatives to one term alone.
func isSingle(n *syntax.Node) bool {
	switch {
	case len(n.All) == 1 && n.Any == nil && n.Of == nil:
		return isOneWord(&n.All[0])
	case n.Any != nil && n.All == nil && n.Of == nil:
		return !slices.ContainsFunc(n.Any, func(n syntax.Node) bool { return !isOneWord(&n) })
	}
	return false
}

func isOneWord(n *syntax.Node) bool {
	return n.Term != "" || n.IsList() && !slices.ContainsFunc(n.Any, func(n syntax.Node) bool { return n.Term == "" })
}

// spans checks that the spans which a level asks for can exist.
func (c *inspection) spans(n *syntax.Node, v visit) {
	for list := range n.Lists() {
		for i := range list.Nodes {
			if list.Has == syntax.HasNone || c.needsTerm(&list.Nodes[i], v.depth) || list.Nodes[i].HasEmptyList() {
				continue
			}
			at := v.at.Element(list.Name, i)
			c.add(at, "this only says what must not be there: it is mentioned nowhere", "put it beside "+list.Name+":, as none:")
		}
	}
	if isBroken(n) {
		return
	}
	parts := c.reach(n, v.in)
	switch {
	case parts == 0 && (n.Within.Unit != syntax.Anywhere || n.Ordered):
		c.warn(v.at, "this can never hold: its nodes look in different fields, and within and ordered never leave one",
			"look in one field, or leave them out")
	case n.Within.Unit == syntax.Paragraph && parts&^(syntax.InTitle|syntax.InURL) == 0,
		n.Within.Unit == syntax.Sentence && parts == syntax.InURL:
		c.warnOn(v.at, "within", "there is one "+n.Within.Unit.Name()+" where this looks",
			"leave within out, or look in lead and body too")
	default:
		c.outOfReach(n, parts, v)
	}
	c.tightWindow(n, v.at)
	c.neverAround(n, v.at)
}

// outOfReach warns of what must be found near the spans of a level, and is looked
// for in other fields than these.
func (c *inspection) outOfReach(n *syntax.Node, fields syntax.Fields, v visit) {
	for list := range n.Lists() {
		if list.Has&syntax.Wanted != 0 && fields&c.reachAny(list.Nodes, v.in) == 0 {
			c.warnOn(v.at, list.Name, "this can never hold: what has to be near is looked for in other fields",
				"look in one field")
		}
	}
}

// isBroken reports whether a level has a mistake because of which its reach and
// extent cannot be told.
func isBroken(n *syntax.Node) bool {
	if n.HasEmptyList() || n.AtLeast < 0 || n.AtLeast > len(n.Of) || n.Of != nil && n.AtLeast == 0 {
		return true
	}
	for list := range n.Lists() {
		for i := range list.Nodes {
			if n := &list.Nodes[i]; n.Term == "" && n.Concept == "" && !n.HasLists() || isBroken(n) {
				return true
			}
		}
	}
	return false
}

// neverAround warns of what can never be around a span.
func (c *inspection) neverAround(n *syntax.Node, at *syntax.Path) {
	if n.Keys()&syntax.SpanLists&^syntax.Windowed == 0 {
		return
	}
	shortest := unknownLength
	for _, list := range [...][]syntax.Node{n.All, n.Any, n.Of, n.None} {
		for i := range list {
			shortest = min(shortest, c.extent(&list[i], 0).least)
		}
	}
	for list := range n.Lists() {
		for i := range list.Nodes {
			if list.Has&syntax.SpanLists&^syntax.Windowed != 0 && c.extent(&list.Nodes[i], 0).most <= shortest {
				c.warn(at.Element(list.Name, i), "this is not longer than what it is to be around: it never keeps anything out",
					"write the whole phrase: \"2021 coup\"")
			}
		}
	}
}

// tightWindow warns of a window of words that is too small. In order, all nodes
// except the first and the last lie between these.
func (c *inspection) tightWindow(n *syntax.Node, at *syntax.Path) {
	if n.Within.Unit != syntax.Words || !n.Ordered {
		return
	}
	between := 0
	for i := 1; i+1 < len(n.All); i++ {
		between += c.extent(&n.All[i], 0).words
	}
	if between > n.Within.Words {
		c.warnOn(at, "within",
			fmt.Sprintf("this can never hold: at least %d words lie between the first node and the last", between),
			fmt.Sprintf("write within: %d words or more", between))
	}
}
