package match_test

import (
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// deepest bounds how many levels the nodes of a case have.
const deepest = 4

// definition writes concepts, each out of those before it, and rules.
func (w *writer) definition() rules.Definition {
	d := rules.Definition{Concepts: map[string]rules.Node{}}
	var names []string
	for i := range w.below(4) {
		name := fmt.Sprintf("c%d", i)
		d.Concepts[name] = w.node(names, 1+w.below(deepest-1))
		names = append(names, name)
	}
	for i := range 1 + w.below(5) {
		d.Rules = append(d.Rules, w.rule(fmt.Sprintf("r%d", i), names))
	}
	return d
}

func (w *writer) rule(name string, concepts []string) rules.Rule {
	r := rules.Rule{Name: name, Node: w.level(concepts, 2+w.below(deepest-1))}
	if w.chance(15) {
		r.Never = w.nodes(concepts, 1+w.below(2), 2)
	}
	if w.chance(15) {
		r.Only = w.filter()
	}
	if w.chance(15) {
		r.Except = w.filter()
	}
	if w.chance(15) {
		r.Until = day(w.below(4))
	}
	r.Disabled = w.chance(3)
	return r
}

func (w *writer) filter() rules.Filter {
	var f rules.Filter
	for range 1 + w.below(2) {
		switch w.below(10) {
		case 0:
			f.Source = sample(w.choices, sources)
		case 1:
			f.Tag = sample(w.choices, tags)
		case 2:
			f.Tier = sample(w.choices, tiers)
		case 3:
			f.Country = sample(w.choices, countries)
		case 4:
			f.Language = sample(w.choices, languages)
		case 5:
			f.Section = sample(w.choices, sections)
		case 6:
			f.Author = sample(w.choices, []string{"O’Brien", "Kim", "staff"})
		case 7:
			f.Outlet = sample(w.choices, outlets)
		case 8:
			f.Cites = sample(w.choices, outlets)
		default:
			f.MinWords = w.below(60)
			f.MaxWords = pick(w.choices, []int{0, f.MinWords + 1 + w.below(60)})
		}
	}
	return f
}

// node writes a node that holds only where something was found.
func (w *writer) node(concepts []string, depth int) rules.Node {
	switch n := w.below(100); {
	case depth <= 1 || n < 45:
		return rules.Node{Term: w.term()}
	case n < 60 && len(concepts) > 0:
		return rules.Node{Concept: pick(w.choices, concepts)}
	case n < 75:
		return rules.Node{Any: w.nodes(concepts, 1+w.below(3), depth-1)}
	}
	return w.level(concepts, depth)
}

func (w *writer) nodes(concepts []string, n, depth int) []rules.Node {
	nodes := make([]rules.Node, n)
	for i := range nodes {
		nodes[i] = w.node(concepts, depth)
	}
	return nodes
}

// level writes a map of keys.
func (w *writer) level(concepts []string, depth int) rules.Node {
	var n rules.Node
	switch w.below(4) {
	case 0:
		w.plain(&n, concepts, depth-1)
	case 1:
		w.window(&n, concepts, depth-1)
	case 2:
		w.counting(&n, concepts, depth-1)
	default:
		w.guarded(&n, concepts, depth-1)
	}
	if w.chance(25) {
		n.None = w.nodes(concepts, 1+w.below(2), min(2, depth-1))
	}
	if w.chance(20) {
		n.In = w.places()
	}
	return n
}

// lists fills some of the lists of what must be there.
func (w *writer) lists(n *rules.Node, concepts []string, depth int) {
	which := 1 + w.below(7)
	if which&1 != 0 {
		n.All = w.nodes(concepts, 1+w.below(3), depth)
	}
	if which&2 != 0 {
		n.Any = w.nodes(concepts, 1+w.below(3), depth)
	}
	if which&4 != 0 {
		w.some(n, concepts, depth)
	}
}

func (w *writer) some(n *rules.Node, concepts []string, depth int) {
	n.Of = w.nodes(concepts, 1+w.below(4), depth)
	n.AtLeast = 1 + w.below(len(n.Of))
}

// plain writes a level without a window. Beside what must be there it may have
// a node that only says what must not.
func (w *writer) plain(n *rules.Node, concepts []string, depth int) {
	w.lists(n, concepts, depth)
	if len(n.All) > 0 && w.chance(15) {
		absent := rules.Node{None: w.nodes(concepts, 1, 1)}
		n.All = append(n.All, pick(w.choices, []rules.Node{absent, {Any: []rules.Node{{Term: w.term()}, absent}}}))
	}
}

func (w *writer) window(n *rules.Node, concepts []string, depth int) {
	if w.chance(40) {
		n.Ordered = true
		n.All = w.nodes(concepts, 2+w.below(2), depth)
		if w.chance(30) {
			return
		}
	} else {
		w.lists(n, concepts, depth)
	}
	n.Within = w.within()
}

func (w *writer) within() rules.Window {
	switch w.below(3) {
	case 0:
		return rules.Window{Unit: rules.Sentence}
	case 1:
		return rules.Window{Unit: rules.Paragraph}
	}
	return rules.Window{Unit: rules.Words, Words: pick(w.choices, []int{3, 0, 1, 2, 5, 8, 12, 20})}
}

// counting writes a level that counts its mentions.
func (w *writer) counting(n *rules.Node, concepts []string, depth int) {
	switch w.below(4) {
	case 0:
		n.All = w.nodes(concepts, 1+w.below(2), depth)
		n.Ordered = len(n.All) > 1 && w.chance(30)
	case 1:
		w.some(n, concepts, depth)
	default:
		n.Any = w.nodes(concepts, 1+w.below(3), depth)
	}
	n.Times = 2 + w.below(3)
	if w.chance(40) {
		n.Within = w.within()
	}
	if w.chance(15) {
		n.NotPartOf = []rules.Node{w.longer(vocabulary[pick(w.choices, w.palette)])}
	}
}

// guarded writes a level where not every mention counts.
func (w *writer) guarded(n *rules.Node, concepts []string, depth int) {
	which, word := 1+w.below(7), vocabulary[pick(w.choices, w.palette)]
	if w.chance(60) {
		n.Any = []rules.Node{{Term: word.written}}
	} else {
		w.lists(n, concepts, depth)
	}
	if which&1 != 0 {
		n.NotPartOf = append(w.nodes(concepts, w.below(2), depth), w.longer(word))
	}
	if which&2 != 0 {
		n.Near = w.nodes(concepts, 1+w.below(2), depth)
	}
	if which&4 != 0 {
		n.NotNear = w.nodes(concepts, 1+w.below(2), depth)
	}
	if which > 1 {
		n.Within = w.within()
	}
}

// longer writes what a mention of a word may be part of.
func (w *writer) longer(word word) rules.Node {
	var n rules.Node
	for _, longer := range word.texts {
		if len(longer) > len(word.written) {
			n.Any = append(n.Any, rules.Node{Term: readable(longer, word)})
		}
	}
	for _, other := range w.between {
		n.Any = append(n.Any, rules.Node{Term: readable(word.written+" "+other, word)},
			rules.Node{Term: readable(other+" "+word.written, word)})
	}
	return n
}

func (w *writer) places() []rules.Place {
	var all []rules.Place
	for len(all) == 0 || len(all) < 3 && w.chance(40) {
		p := pick(w.choices, []rules.Place{
			{Field: news.FieldLead}, {Field: news.FieldBody}, {Field: news.FieldTitle}, {Field: news.FieldURL},
			{Words: 1 + w.below(40)},
		})
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
