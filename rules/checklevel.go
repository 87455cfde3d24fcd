package rules

import (
	"fmt"
	"slices"
)

// conditions checks what a level asks of its mentions.
func (c *checker) conditions(n *Node, v visit) {
	c.atLeast(n, v.at)
	positive := 0
	for _, list := range [...][]Node{n.All, n.Any, n.Of} {
		if list != nil {
			positive++
		}
	}
	switch {
	case n.Times < 0:
		c.addOn(v.at, "times", "times counts mentions: at least 1", "")
	case n.Times == 1:
		c.warnOn(v.at, "times", "times: 1 asks for nothing more", "leave it out")
	case n.Times > 1 && positive > 1:
		c.addOn(v.at, "times", "times counts the mentions of one list, and there are several", "put the others on a level of their own")
	}
	if n.Ordered && (len(n.All) < 2 || positive > 1) {
		c.addOn(v.at, "ordered", "ordered is about the nodes of all, two or more, and of no other list", "write all: [first, second], ordered: true")
	}
	c.window(n, v.at)
	if n.asksOfMentions() && positive == 0 && n.Term+n.Concept == "" {
		c.add(v.at, "nothing is looked for that could be mentioned", "add all: or any: with a list of terms")
		return
	}
	if n.asksOfMentions() {
		c.mentioned(n, v)
	}
}

func (c *checker) atLeast(n *Node, at *path) {
	switch size := len(n.Of); {
	case n.Of == nil && n.AtLeast != 0:
		c.add(at, "at least says how many of a list, and there is no list", "add of: with the list")
	case n.Of != nil && n.AtLeast == 0:
		c.add(at, "of does not say how many of its list", "add at least: and a number")
	case n.Of != nil && size > 0 && (n.AtLeast < 1 || n.AtLeast > size):
		c.addOn(at, "at least", fmt.Sprintf("at least %d of a list of %d", n.AtLeast, size), fmt.Sprintf("write a number from 1 to %d", size))
	case n.AtLeast == 1 && size > 0:
		c.warnOn(at, "at least", "at least 1 of a list is any of it", "write any:")
	case n.Of != nil && n.AtLeast == size && size > 0:
		c.warnOn(at, "at least", fmt.Sprintf("at least %d of a list of %d is all of it", size, size), "write all:")
	}
}

// window checks within and what needs it.
func (c *checker) window(n *Node, at *path) {
	w := n.Within
	switch {
	case w.Unit > Paragraph, w.Words < 0, w.Unit != Words && w.Words != 0:
		c.addOn(at, "within", "within is no number of words, sentence or paragraph", "write within: 10 words")
	case w.Unit == Anywhere && n.Near != nil:
		c.add(at, "near does not say how near", "add within: 10 words, sentence or paragraph")
	case w.Unit == Anywhere && n.NotNear != nil:
		c.add(at, "not near does not say how near", "add within: 10 words, sentence or paragraph")
	case w.Unit != Anywhere && n.Near == nil && n.NotNear == nil && n.None == nil && n.Times == 0 && n.single():
		c.warnOn(at, "within", "within is about several things, and there is only one", "leave it out, or add to all:")
	}
}

// single reports whether a level looks for one thing, in one mention.
func (n *Node) single() bool {
	switch {
	case len(n.All) == 1 && n.Any == nil && n.Of == nil:
		return n.All[0].oneWord()
	case n.Any != nil && n.All == nil && n.Of == nil:
		return !slices.ContainsFunc(n.Any, func(n Node) bool { return !n.oneWord() })
	}
	return false
}

func (n *Node) oneWord() bool {
	return n.Term != "" || n.isList() && !slices.ContainsFunc(n.Any, func(n Node) bool { return n.Term == "" })
}

// mentioned checks that everything a level asks of mentions can be had.
func (c *checker) mentioned(n *Node, v visit) {
	for _, list := range n.lists() {
		for i := range list.nodes {
			if list.key == "none" || c.finds(&list.nodes[i], v.depth) || list.nodes[i].hasEmpty() {
				continue
			}
			at := v.at.list(list.key, i)
			c.add(&at, "this only says what must not be there: it is mentioned nowhere", "put it beside "+list.key+":, as none:")
		}
	}
	if c.broken(n) {
		return
	}
	parts := c.reach(n, v.in)
	switch {
	case parts == 0 && (n.Within.Unit != Anywhere || n.Ordered):
		c.warn(v.at, "this can never hold: its nodes look in different fields, and within and ordered never leave one", "look in one field, or leave them out")
	case n.Within.Unit == Paragraph && parts&^(inTitle|inURL) == 0, n.Within.Unit == Sentence && parts == inURL:
		c.warnOn(v.at, "within", "there is one "+unitName(n.Within.Unit)+" where this looks", "leave within out, or look in lead and body too")
	case n.Near != nil && parts&c.reachAny(n.Near, v.in) == 0:
		c.warnOn(v.at, "near", "this can never hold: what has to be near is looked for in other fields", "look in one field")
	}
	c.room(n, v.at)
	c.guards(n, v.at)
}

func unitName(u Unit) string {
	if u == Sentence {
		return "sentence"
	}
	return "paragraph"
}

// broken reports whether a level has a mistake that keeps it from being asked
// what it reaches.
func (c *checker) broken(n *Node) bool {
	if n.hasEmpty() || n.AtLeast < 0 || n.AtLeast > len(n.Of) || n.Of != nil && n.AtLeast == 0 {
		return true
	}
	for _, list := range n.lists() {
		if slices.ContainsFunc(list.nodes, func(n Node) bool { return n.Term == "" && n.Concept == "" && !n.hasLists() || c.broken(&n) }) {
			return true
		}
	}
	return false
}

// guards warns of what can never be around a mention.
func (c *checker) guards(n *Node, at *path) {
	if n.NotPartOf == nil {
		return
	}
	shortest := unknownLength
	for _, list := range [...][]Node{n.All, n.Any, n.Of, n.None} {
		for i := range list {
			shortest = min(shortest, c.extent(&list[i], 0).least)
		}
	}
	for i := range n.NotPartOf {
		if longest := c.extent(&n.NotPartOf[i], 0).most; longest <= shortest {
			here := at.list("not part of", i)
			c.warn(&here, "this is not longer than what it is to be around: it never keeps anything out", "write the whole phrase: \"2021 coup\"")
		}
	}
}

// room warns of windows that what they are to hold does not fit in: in order,
// all but the first and the last node lie between.
func (c *checker) room(n *Node, at *path) {
	if n.Within.Unit != Words || !n.Ordered {
		return
	}
	between := 0
	for i := 1; i+1 < len(n.All); i++ {
		between += c.extent(&n.All[i], 0).words
	}
	if between > n.Within.Words {
		c.warnOn(at, "within", fmt.Sprintf("this can never hold: at least %d words lie between the first node and the last", between),
			fmt.Sprintf("write within: %d words or more", between))
	}
}

// extent is how many tokens a mention of a node takes, and how many words it
// counts at least.
type extent struct{ least, most, words int }

// unknownLength is longer than any mention.
const unknownLength = 1 << 30

func (c *checker) extent(n *Node, depth int) extent {
	switch {
	case depth > deepest:
		return extent{0, unknownLength, 0}
	case n.Term != "":
		t := c.termOf(n)
		if t.length == 0 {
			return extent{1, unknownLength, 0}
		}
		e := extent{int(t.length), int(t.length), 0}
		if t.latin {
			e.words = int(t.length)
		}
		return e
	case n.Concept != "":
		return c.extentOf(n.Concept)
	}
	var e extent
	for i := range n.All {
		part := c.extent(&n.All[i], depth+1)
		e.least, e.words = max(e.least, part.least), max(e.words, part.words)
	}
	e.most = unknownLength
	if n.Any != nil {
		choice := extent{unknownLength, 0, unknownLength}
		for i := range n.Any {
			part := c.extent(&n.Any[i], depth+1)
			choice = extent{min(choice.least, part.least), max(choice.most, part.most), min(choice.words, part.words)}
		}
		if n.All != nil || n.Of != nil {
			choice.most = unknownLength
		}
		e = extent{max(e.least, choice.least), choice.most, max(e.words, choice.words)}
	}
	return e
}

func (c *checker) extentOf(concept string) extent {
	known, asked := c.extents[concept]
	if !asked {
		c.extents[concept] = extent{0, unknownLength, 0} // while it is looked at: it may use itself
		def, defined := c.d.Concepts[concept]
		if known = c.extents[concept]; defined {
			known = c.extent(&def, 0)
		}
		c.extents[concept] = known
	}
	return known
}
