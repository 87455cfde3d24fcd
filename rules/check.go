package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/rules/foreign"
)

// deepest is how many lists may stand inside each other.
const deepest = 100

// checker finds the mistakes of a definition, all of them at once.
type checker struct {
	d        *Definition
	names    []string // of the concepts, sorted
	terms    *glossary
	mistakes []Mistake
	errors   int // of them: the others are warnings

	keys       []string // of the lists being looked at, the inner ones last
	lookalikes lookalikes
	findings   map[string]bool // which concepts can hold only where something was found
	extents    map[string]extent
	reaches    map[conceptUse]fields
	unknown    map[string]string // what is suggested for names of concepts that are not known
}

// check gives the mistakes of a definition. As long as there is nothing
// wrong it hands every rule over when it has looked at it: what was just looked
// at is quickly looked at again.
func check(d *Definition, terms *glossary, rule func(i int)) []Mistake {
	used := survey(d)
	c := checker{d: d, names: slices.Sorted(maps.Keys(d.Concepts)), terms: terms,
		findings: map[string]bool{}, extents: map[string]extent{}, reaches: map[conceptUse]fields{}, unknown: map[string]string{}}
	c.lookalikes = newLookalikes(used, c.names)
	for _, name := range c.names {
		n := d.Concepts[name]
		at := path{key: "concepts." + name, index: -1}
		c.node(&n, visit{at: &at, in: everywhere, concept: name})
		c.conflicts(&n, nil, &at)
	}
	c.cycles()
	first := make(map[string]int, len(d.Rules))
	for i := range d.Rules {
		r, at := &d.Rules[i], path{key: "rules", index: i}
		c.name(r.Name, &at, i, first)
		c.rule(r, &at)
		if c.errors == 0 {
			rule(i)
		}
	}
	return c.mistakes
}

func (c *checker) add(at *path, message, hint string) {
	c.errors++
	c.mistakes = append(c.mistakes, Mistake{Path: at.String(), Message: message, Hint: hint})
}

func (c *checker) warn(at *path, message, hint string) {
	c.mistakes = append(c.mistakes, Mistake{Path: at.String(), Message: message, Hint: hint, Warning: true})
}

// addOn and warnOn are about a key of a level.
func (c *checker) addOn(level *path, key, message, hint string) {
	at := level.at(key)
	c.add(&at, message, hint)
}

func (c *checker) warnOn(level *path, key, message, hint string) {
	at := level.at(key)
	c.warn(&at, message, hint)
}

func (c *checker) name(name string, at *path, i int, first map[string]int) {
	if strings.TrimSpace(name) == "" {
		c.add(at, "the rule has no name", "add name: a short word for it")
		return
	}
	if j, taken := first[name]; taken {
		c.addOn(at, "name", fmt.Sprintf("two rules are named %s", quote(name)), fmt.Sprintf("the other is rule %d of all", j+1))
		return
	}
	first[name] = i
}

func (c *checker) rule(r *Rule, at *path) {
	if r.Node.Term == "" && r.Node.Concept == "" && !r.Node.hasLists() {
		c.add(at, "the rule has nothing to look for", "add all: or any: with a list of terms")
	} else {
		c.level(&r.Node, visit{at: at, in: everywhere})
		if !c.finds(&r.Node, 0) && !r.Node.hasEmpty() {
			c.add(at, "the rule only says what must not be there", "add all: or any: with what to look for")
		}
	}
	if r.Never != nil {
		c.nodes(r.Never, "never", true, visit{at: at, in: everywhere})
	}
	c.conflicts(&r.Node, r.Never, at)
	c.lengths(&r.Only, at, "only")
	c.lengths(&r.Except, at, "except")
	for i := range r.Tests {
		if t := &r.Tests[i]; strings.TrimSpace(t.Text) == "" && t.Story.empty() {
			test := at.list("tests", i)
			c.add(&test, "the test has no text", "")
		}
	}
}

func (c *checker) lengths(f *Filter, at *path, key string) {
	if f.MinWords < 0 || f.MaxWords < 0 || f.MaxWords > 0 && f.MaxWords < f.MinWords {
		filter := at.at(key)
		c.addOn(&filter, "words", "no text is that long", "the first number is the least, the second the most")
	}
}

// visit is a node being looked at: where it stands, where it looks, how deep it
// lies and the concept that it defines a part of, or "".
type visit struct {
	at      *path
	in      scope
	depth   int
	concept string
}

// node checks a node; a bare list's children are counted without "any". The key
// is by what it finds the same as another: a term's words, a concept's name; ""
// when it cannot be said.
func (c *checker) node(n *Node, v visit) (key string) {
	if !n.isList() {
		return c.level(n, v)
	}
	if v.depth++; !c.tooDeep(v) {
		c.nodes(n.Any, "", true, v)
	}
	return ""
}

func (c *checker) tooDeep(v visit) bool {
	if v.depth <= deepest {
		return false
	}
	c.add(v.at, fmt.Sprintf("more than %d lists inside each other", deepest), "make a concept of an inner one")
	return true
}

func (c *checker) level(n *Node, v visit) (key string) {
	v.in = n.scope(v.in)
	switch lists := n.hasLists(); {
	case n.Term != "" && n.Concept != "", n.Term+n.Concept != "" && lists:
		c.add(v.at, "a term and a list on one level", "put the term into the list")
	case n.Term+n.Concept != "" && n.asksOfMentions():
		c.add(v.at, "a condition on the mentions of a term that stands beside it", "put the term into a list: any: ["+n.Term+"]")
	case n.Concept != "":
		c.reference(n.Concept, v.at)
		key = "$" + n.Concept
	case n.Term != "" || !lists && !n.asksOfMentions() && n.AtLeast == 0:
		key = c.term(n.Term, v)
	}
	if n.In != nil {
		key = ""
		c.places(n, v.at)
	}
	if n.asksOfMentions() || n.Of != nil || n.AtLeast != 0 {
		c.conditions(n, v)
	}
	if v.depth++; !n.hasLists() || c.tooDeep(v) {
		return key
	}
	for _, list := range n.lists() {
		if list.nodes != nil {
			c.nodes(list.nodes, list.key, list.key != "all" || !n.Ordered, v) // in order, a term may come twice
		}
	}
	return ""
}

func (c *checker) places(n *Node, at *path) {
	for i, p := range n.In {
		place := at.list("in", i)
		switch {
		case p.Field == "" && p.Words > 0:
		case p.Field == "" && p.Words < 0:
			c.add(&place, fmt.Sprintf("first %d words: no text has those", p.Words), "write first 100 words")
		case p.Field != "" && p.Words != 0:
			c.add(&place, "a field and a number of words in one place", "make them two: [title, first 100 words]")
		case fieldBit(p.Field) == 0:
			c.add(&place, fmt.Sprintf("unknown field %s", quote(string(p.Field))),
				suggest(string(p.Field), fieldNames(), "", "use title, lead, body or url"))
		}
	}
}

// nodes checks a list of nodes, and whether some of them find the same.
func (c *checker) nodes(nodes []Node, key string, compare bool, v visit) {
	switch {
	case len(nodes) > 0:
	case key == "":
		c.add(v.at, "the list is empty", "")
	default:
		c.addOn(v.at, key, "the list is empty", "")
	}
	first := len(c.keys)
	at := v.at.list(key, 0)
	for ; at.index < len(nodes); at.index++ {
		found := c.node(&nodes[at.index], visit{&at, v.in, v.depth, v.concept})
		c.keys = append(c.keys, found)
	}
	c.percents(c.keys[first:], v.at, key)
	if compare {
		c.alike(nodes, c.keys[first:], v.at, key)
	}
	c.keys = c.keys[:first]
}

func (c *checker) term(written string, v visit) (key string) {
	t := &c.terms.terms[c.terms.read(written)]
	form, isForeign := foreign.Find(t.written)
	if t.mistake != nil {
		m := *t.mistake
		m.Path = v.at.String()
		if isForeign {
			m.Hint = form.Hint
		}
		c.mistakes = append(c.mistakes, m)
		c.errors++
		return ""
	}
	if isForeign {
		c.warn(v.at, form.Message, form.Hint)
		return t.key
	}
	if _, known := c.d.Concepts[t.written]; known && t.written != v.concept {
		c.warn(v.at, quote(t.written)+" is looked for as a word, and is the name of a concept too", fmt.Sprintf("did you mean $%s?", t.written))
	} else if name := c.lookalikes.of(t); name != "" && name != v.concept {
		c.warn(v.at, fmt.Sprintf("%s is looked for as a word, and nothing uses the concept $%s", quote(t.written), name), fmt.Sprintf("did you mean $%s?", name))
	}
	if t.length == 1 && !t.look.Exact && !t.look.Prefix && t.indexed() && frequent[strings.TrimPrefix(t.key, "~")] {
		hint := "look for a longer phrase"
		if t.words == strings.ToUpper(t.words) && t.words != strings.ToLower(t.words) {
			hint = "=" + t.words + " finds it in capitals only"
		}
		c.warn(v.at, quote(t.written)+" is found in nearly every story", hint)
	}
	return t.key
}

// suggestedNames bounds for how many unknown names a likely one is looked for.
const suggestedNames = 100

func (c *checker) reference(name string, at *path) {
	if _, ok := c.d.Concepts[name]; ok {
		return
	}
	hint, known := c.unknown[name]
	if !known {
		hint = "define it under concepts:"
		if len(c.unknown) < suggestedNames {
			hint = suggest(name, c.names, "$", hint)
		}
		c.unknown[name] = hint
	}
	c.add(at, UnknownConcept+name, hint)
}

// finds reports whether a node holds only where something was found.
func (c *checker) finds(n *Node, depth int) bool {
	switch {
	case n.Term != "" || depth > deepest:
		return true // of the depth is complained already
	case n.Concept != "":
		def, known := c.d.Concepts[n.Concept]
		if !known {
			return true // complained of already
		}
		if answer, asked := c.findings[n.Concept]; asked {
			return answer
		}
		c.findings[n.Concept] = true // while it is looked at: of a cycle is complained too
		c.findings[n.Concept] = c.finds(&def, 0)
		return c.findings[n.Concept]
	case n.All == nil && n.Any == nil && n.Of == nil && (n.None == nil || n.asksOfMentions()), n.Of != nil && n.AtLeast < 1:
		return true // complained of already
	}
	return c.found(n.All, depth) > 0 || n.AtLeast > len(n.Of)-c.found(n.Of, depth) || len(n.Any) > 0 && c.found(n.Any, depth) == len(n.Any)
}

// found counts the nodes that hold only where something was found.
func (c *checker) found(nodes []Node, depth int) int {
	count := 0
	for i := range nodes {
		if c.finds(&nodes[i], depth+1) {
			count++
		}
	}
	return count
}

// hasEmpty reports whether a node has an empty list, which is complained of
// already.
func (n *Node) hasEmpty() bool {
	for _, list := range n.lists() {
		if list.nodes != nil && len(list.nodes) == 0 {
			return true
		}
	}
	return false
}

func (s *TestStory) empty() bool {
	return strings.TrimSpace(s.Title+strings.Join(s.Titles, "")+s.Lead+s.Body+s.URL) == ""
}
