package rules

import (
	"fmt"
	"strings"
)

// checker finds the mistakes of a definition, all of them at once.
type checker struct {
	analysis
	names    []string // of the concepts, sorted
	mistakes []Mistake
	errors   int // of them: the others are warnings

	keys       []string // of the nodes of the lists being looked at, the inner ones last
	lookalikes lookalikes
	unknown    map[string]string // the hints for names of concepts that are not known
}

// Check returns the mistakes of a definition, whose concepts have the sorted
// names, and whose terms it adds to the dictionary. It calls rule with the number
// of each rule that it has looked at, as long as there is nothing wrong: what is
// in the processor's caches then is cheap to compile.
func Check(d *Definition, names []string, terms *Terms, rule func(i int)) []Mistake {
	c := checker{analysis: newAnalysis(d, terms), names: names, unknown: map[string]string{}}
	c.lookalikes = newLookalikes(usedConcepts(d), names)
	for _, name := range names {
		n := d.Concepts[name]
		at := ConceptPath(name)
		c.node(&n, visit{at: at, in: TextScope(), concept: name})
		c.conflicts(&n, nil, at)
	}
	c.cycles()
	first := make(map[string]int, len(d.Rules))
	for i := range d.Rules {
		r, at := &d.Rules[i], RulePath(i)
		c.name(r.Name, at, i, first)
		c.rule(r, at)
		if c.errors == 0 {
			rule(i)
		}
	}
	return c.mistakes
}

func (c *checker) add(at *Path, message, hint string) {
	c.errors++
	c.mistakes = append(c.mistakes, Mistake{Path: at.String(), Message: message, Hint: hint})
}

func (c *checker) warn(at *Path, message, hint string) {
	c.mistakes = append(c.mistakes, Mistake{Path: at.String(), Message: message, Hint: hint, Warning: true})
}

// addOn and warnOn are about a key of a level.
func (c *checker) addOn(level *Path, key, message, hint string) {
	at := level.Key(key)
	c.add(at, message, hint)
}

func (c *checker) warnOn(level *Path, key, message, hint string) {
	at := level.Key(key)
	c.warn(at, message, hint)
}

func (c *checker) name(name string, at *Path, i int, first map[string]int) {
	if strings.TrimSpace(name) == "" {
		c.add(at, "the rule has no name", "add name: a short word for it")
		return
	}
	if j, taken := first[name]; taken {
		c.addOn(at, "name", fmt.Sprintf("two rules are named %s", Quote(name)), fmt.Sprintf("the other is rule %d of all", j+1))
		return
	}
	first[name] = i
}

func (c *checker) rule(r *Rule, at *Path) {
	if !r.Node.HasLists() && r.Node.Term == "" && r.Node.Concept == "" {
		c.add(at, "the rule has nothing to look for", "add all: or any: with a list of terms")
	} else {
		c.level(&r.Node, visit{at: at, in: TextScope()})
		if !c.finds(&r.Node, 0) && !r.Node.HasEmptyList() {
			c.add(at, "the rule only says what must not be there", "add all: or any: with what to look for")
		}
	}
	if r.Never != nil {
		c.nodes(r.Never, "never", true, visit{at: at, in: TextScope()})
	}
	c.conflicts(&r.Node, r.Never, at)
	c.lengths(&r.Only, at, "only")
	c.lengths(&r.Except, at, "except")
	for i := range r.Tests {
		if t := &r.Tests[i]; strings.TrimSpace(t.Text) == "" && isEmpty(&t.Story) {
			test := at.Element("tests", i)
			c.add(test, "the test has no text", "")
		}
	}
}

func (c *checker) lengths(f *Filter, at *Path, key string) {
	if f.MinWords < 0 || f.MaxWords < 0 || f.MaxWords > 0 && f.MaxWords < f.MinWords {
		filter := at.Key(key)
		c.addOn(filter, "words", "no text is that long", "the first number is the least, the second the most")
	}
}

// visit is a node being looked at: where it stands, where it looks, how deep it
// lies and the concept that it defines a part of, or "".
type visit struct {
	at      *Path
	in      Scope
	depth   int
	concept string
}

// node checks a node; a bare list's children are counted without "any". The key
// is by what it finds the same as another: a term's words, a concept's name; ""
// when it cannot be said.
func (c *checker) node(n *Node, v visit) (key string) {
	if !n.IsList() {
		return c.level(n, v)
	}
	if v.depth++; !c.tooDeep(v) {
		c.nodes(n.Any, "", true, v)
	}
	return ""
}

func (c *checker) tooDeep(v visit) bool {
	if v.depth <= MaxDepth {
		return false
	}
	c.add(v.at, fmt.Sprintf("more than %d lists inside each other", MaxDepth), "make a concept of an inner one")
	return true
}

func (c *checker) level(n *Node, v visit) (key string) {
	v.in = n.Scope(v.in)
	switch lists := n.HasLists(); {
	case n.Term != "" && n.Concept != "", n.Term+n.Concept != "" && lists:
		c.add(v.at, "a term and a list on one level", "put the term into the list")
	case n.Term+n.Concept != "" && n.HasConditions():
		c.add(v.at, "a condition on the mentions of a term that stands beside it", "put the term into a list: any: ["+n.Term+"]")
	case n.Concept != "":
		c.reference(n.Concept, v.at)
		key = "$" + n.Concept
	case n.Term != "" || !lists && !n.HasConditions() && n.AtLeast == 0:
		key = c.term(n.Term, v)
	}
	if n.In != nil {
		key = ""
		c.places(n, v.at)
	}
	if n.HasConditions() || n.Of != nil || n.AtLeast != 0 {
		c.conditions(n, v)
	}
	if v.depth++; !n.HasLists() || c.tooDeep(v) {
		return key
	}
	for list := range n.Lists() {
		c.nodes(list.Nodes, list.Name, list.Has != HasAll || !n.Ordered, v) // in order, a term may come twice
	}
	return ""
}

func (c *checker) places(n *Node, at *Path) {
	for i, p := range n.In {
		place := at.Element("in", i)
		switch {
		case p.Field == "" && p.Words > 0:
		case p.Field == "" && p.Words < 0:
			c.add(place, fmt.Sprintf("first %d words: no text has those", p.Words), "write first 100 words")
		case p.Field != "" && p.Words != 0:
			c.add(place, "a field and a number of words in one place", "make them two: [title, first 100 words]")
		case FieldBit(p.Field) == 0:
			c.add(place, fmt.Sprintf("unknown field %s", Quote(string(p.Field))),
				suggest(string(p.Field), FieldNames(), "", "use title, lead, body or url"))
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
	at := v.at.Element(key, 0)
	for ; at.Index < len(nodes); at.Index++ {
		found := c.node(&nodes[at.Index], visit{at, v.in, v.depth, v.concept})
		c.keys = append(c.keys, found)
	}
	c.percents(c.keys[first:], v.at, key)
	if compare {
		c.alike(nodes, c.keys[first:], v.at, key)
	}
	c.keys = c.keys[:first]
}

func isEmpty(s *TestStory) bool {
	return strings.TrimSpace(s.Title+strings.Join(s.Titles, "")+s.Lead+s.Body+s.URL) == ""
}
