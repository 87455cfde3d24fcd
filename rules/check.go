package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// checker finds the mistakes of a definition, all of them at once.
type checker struct {
	d        Definition
	mistakes []Mistake
}

func check(d Definition) []Mistake {
	c := checker{d: d}
	names := slices.Sorted(maps.Keys(d.Concepts))
	for _, name := range names {
		c.node(d.Concepts[name], "concepts."+name, name)
	}
	c.cycles(names)
	first := map[string]int{}
	for i, r := range d.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		c.name(r.Name, path, i, first)
		c.rule(r, path)
	}
	return c.mistakes
}

func (c *checker) add(path, message, hint string) {
	c.mistakes = append(c.mistakes, Mistake{Path: path, Message: message, Hint: hint})
}

func (c *checker) name(name, path string, i int, first map[string]int) {
	if strings.TrimSpace(name) == "" {
		c.add(path, "the rule has no name", "add name: a short word for it")
		return
	}
	if j, taken := first[name]; taken {
		c.add(path+".name", fmt.Sprintf("two rules are named %s", quote(name)), fmt.Sprintf("the other is rule %d of all", j+1))
		return
	}
	first[name] = i
}

func (c *checker) rule(r Rule, path string) {
	if r.Node.Term == "" && r.Node.Concept == "" && r.Node.All == nil && r.Node.Any == nil && r.Node.None == nil {
		c.add(path, "the rule has nothing to look for", "add all: or any: with a list of terms")
	} else {
		c.level(r.Node, path, "")
		if !c.finds(r.Node, map[string]bool{}) && !c.empty(r.Node) {
			c.add(path, "the rule only says what must not be there", "add all: or any: with what to look for")
		}
	}
	for i, n := range r.Never {
		c.node(n, fmt.Sprintf("%s.never[%d]", path, i), "")
	}
	c.lengths(r.Only, path+".only.words")
	c.lengths(r.Except, path+".except.words")
	for i, t := range r.Tests {
		if strings.TrimSpace(t.Text) == "" && t.Story.empty() {
			c.add(fmt.Sprintf("%s.tests[%d]", path, i), "the test has no text", "")
		}
	}
}

func (c *checker) lengths(f Filter, path string) {
	if f.MinWords < 0 || f.MaxWords < 0 || f.MaxWords > 0 && f.MaxWords < f.MinWords {
		c.add(path, "no text is that long", "the first number is the least, the second the most")
	}
}

// node checks a node; a bare list's children are counted without "any". The
// concept is the one that the node defines a part of, or "".
func (c *checker) node(n Node, path, concept string) {
	if n.isList() {
		c.nodes(n.Any, path, concept)
		return
	}
	c.level(n, path, concept)
}

// isList reports whether a node is what a bare YAML list gives.
func (n *Node) isList() bool {
	return n.Any != nil && n.Term == "" && n.Concept == "" && n.All == nil && n.None == nil && n.In == nil
}

func (c *checker) level(n Node, path, concept string) {
	lists := n.All != nil || n.Any != nil || n.None != nil
	switch {
	case n.Term != "" && n.Concept != "", n.Term+n.Concept != "" && lists:
		c.add(path, "a term and a list on one level", "put the term into the list")
	case n.Concept != "":
		c.reference(n.Concept, path)
	case n.Term != "" || !lists:
		c.term(n.Term, path, concept)
	}
	for i, p := range n.In {
		if fieldBit(p.Field) == 0 {
			c.add(fmt.Sprintf("%s.in[%d]", path, i), fmt.Sprintf("unknown field %s", quote(string(p.Field))),
				suggest(string(p.Field), fieldNames(), "", "use title, lead, body or url"))
		}
	}
	for _, list := range n.lists() {
		if list.nodes != nil {
			c.nodes(list.nodes, path+"."+list.key, concept)
		}
	}
}

// nodeList is one of the lists of a node under its key.
type nodeList struct {
	key   string
	nodes []Node
}

func (n *Node) lists() [3]nodeList {
	return [3]nodeList{{"all", n.All}, {"any", n.Any}, {"none", n.None}}
}

func (c *checker) nodes(nodes []Node, path, concept string) {
	if len(nodes) == 0 {
		c.add(path, "the list is empty", "")
	}
	for i, n := range nodes {
		c.node(n, fmt.Sprintf("%s[%d]", path, i), concept)
	}
}

func (c *checker) term(written, path, concept string) {
	t, m := parseTerm(written)
	if m != nil {
		m.Path = path
		c.mistakes = append(c.mistakes, *m)
		return
	}
	if _, known := c.d.Concepts[t.written]; known && t.written != concept {
		c.mistakes = append(c.mistakes, Mistake{Path: path, Warning: true,
			Message: fmt.Sprintf("%s is looked for as a word, and is the name of a concept too", quote(t.written)),
			Hint:    fmt.Sprintf("did you mean $%s?", t.written)})
	}
}

func (c *checker) reference(name, path string) {
	if _, ok := c.d.Concepts[name]; ok {
		return
	}
	c.add(path, fmt.Sprintf("unknown concept $%s", name),
		suggest(name, slices.Sorted(maps.Keys(c.d.Concepts)), "$", "define it under concepts:"))
}

// cycles refuses concepts that use themselves: each cycle once, at the concept
// of it that comes first by name.
func (c *checker) cycles(names []string) {
	done := map[string]bool{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		if at := slices.Index(path, name); at >= 0 {
			loop := slices.Clone(path[at:])
			c.add("concepts."+loop[0], fmt.Sprintf("concept $%s uses itself: $%s → $%s", loop[0], strings.Join(loop, " → $"), loop[0]), "")
			return
		}
		if done[name] {
			return
		}
		path = append(path, name)
		for _, next := range c.d.Concepts[name].uses() {
			visit(next)
		}
		path = path[:len(path)-1]
		done[name] = true
	}
	for _, name := range names {
		visit(name)
	}
}

// uses lists the concepts that a node names, each once.
func (n Node) uses() []string {
	var names []string
	var walk func(n *Node)
	walk = func(n *Node) {
		if n.Concept != "" && !slices.Contains(names, n.Concept) {
			names = append(names, n.Concept)
		}
		for _, list := range n.lists() {
			for i := range list.nodes {
				walk(&list.nodes[i])
			}
		}
	}
	walk(&n)
	return names
}

// finds reports whether a node holds only where something was found. Seen
// holds the concepts being looked at: a cycle finds nothing of its own.
func (c *checker) finds(n Node, seen map[string]bool) bool {
	switch {
	case n.Term != "":
		return true
	case n.Concept != "":
		def, known := c.d.Concepts[n.Concept]
		if !known {
			return true // complained of already
		}
		if answer, asked := seen[n.Concept]; asked {
			return answer
		}
		seen[n.Concept] = true
		seen[n.Concept] = c.finds(def, seen)
		return seen[n.Concept]
	case n.All == nil && n.Any == nil && n.None == nil:
		return true // an empty term: complained of already
	}
	one := func(n Node) bool { return c.finds(n, seen) }
	return slices.ContainsFunc(n.All, one) ||
		len(n.Any) > 0 && !slices.ContainsFunc(n.Any, func(n Node) bool { return !one(n) })
}

// empty reports whether a node has an empty list, which is complained of
// already.
func (c *checker) empty(n Node) bool {
	for _, list := range n.lists() {
		if list.nodes != nil && len(list.nodes) == 0 {
			return true
		}
	}
	return false
}

func (s *TestStory) empty() bool {
	return strings.TrimSpace(s.Title+s.Lead+s.Body+s.URL) == ""
}

func fieldNames() []string {
	return []string{string(news.FieldTitle), string(news.FieldLead), string(news.FieldBody), string(news.FieldURL)}
}
