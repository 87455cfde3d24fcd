package lint

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/rules/syntax"
)

// checker walks a definition.
type checker struct {
	inspection
	keys []string // of the nodes of the lists being looked at, the inner ones last
}

// Check returns the mistakes of a definition. The names are those of its concepts,
// sorted; its terms are added to the dictionary. As long as there is no error it
// calls rule with the number of each rule that it has checked: while the rule is
// in the processor's caches it is cheap to compile.
func Check(d *syntax.Definition, names []string, terms *syntax.Terms, rule func(i int)) []syntax.Mistake {
	c := checker{inspection: inspection{analysis: newAnalysis(d, terms), names: names,
		lookalikes: newLookalikes(usedConcepts(d), names), unknown: map[string]string{}}}
	for _, name := range names {
		n := d.Concepts[name]
		at := syntax.ConceptPath(name)
		c.node(&n, visit{at: at, in: syntax.TextScope(), concept: name})
		c.conflicts(&n, nil, at)
	}
	c.cycles()
	first := make(map[string]int, len(d.Rules))
	for i := range d.Rules {
		r, at := &d.Rules[i], syntax.RulePath(i)
		c.name(r.Name, at, i, first)
		c.rule(r, at)
		if c.errors == 0 {
			rule(i)
		}
	}
	return c.mistakes
}

func (c *checker) name(name string, at *syntax.Path, i int, first map[string]int) {
	if strings.TrimSpace(name) == "" {
		c.add(at, "the rule has no name", "add name: a short word for it")
		return
	}
	if j, taken := first[name]; taken {
		c.addOn(at, "name", fmt.Sprintf("two rules are named %s", syntax.Quote(name)),
			fmt.Sprintf("the other is rule %d of all", j+1))
		return
	}
	first[name] = i
}

func (c *checker) rule(r *syntax.Rule, at *syntax.Path) {
	if !r.Node.HasLists() && r.Node.Term == "" && r.Node.Concept == "" {
		c.add(at, "the rule has nothing to look for", "add all: or any: with a list of terms")
	} else {
		c.level(&r.Node, visit{at: at, in: syntax.TextScope()})
		if !c.needsTerm(&r.Node, 0) && !r.Node.HasEmptyList() {
			c.add(at, "the rule only says what must not be there", "add all: or any: with what to look for")
		}
	}
	if r.Never != nil {
		c.nodes(r.Never, "never", true, visit{at: at, in: syntax.TextScope()})
	}
	c.conflicts(&r.Node, r.Never, at)
	c.lengths(&r.Only, at, "only")
	c.lengths(&r.Except, at, "except")
	for i := range r.Tests {
		if t := &r.Tests[i]; strings.TrimSpace(t.Text) == "" && isEmpty(&t.Story) {
			c.add(at.Element("tests", i), "the test has no text", "")
		}
	}
}

func (c *checker) lengths(f *syntax.Filter, at *syntax.Path, key string) {
	if f.MinWords < 0 || f.MaxWords < 0 || f.MaxWords > 0 && f.MaxWords < f.MinWords {
		c.addOn(at.Key(key), "words", "no text is that long", "the first number is the least, the second the most")
	}
}

// node checks a node. It returns a key that nodes share when they find the same:
// a term's words, a concept's name; "" when it cannot be told.
func (c *checker) node(n *syntax.Node, v visit) (key string) {
	if !n.IsList() {
		return c.level(n, v)
	}
	if v.depth++; !c.tooDeep(v) {
		c.nodes(n.Any, "", true, v)
	}
	return ""
}

func (c *checker) tooDeep(v visit) bool {
	if v.depth <= syntax.MaxDepth {
		return false
	}
	c.add(v.at, fmt.Sprintf("more than %d lists inside each other", syntax.MaxDepth), "make a concept of an inner one")
	return true
}

func (c *checker) level(n *syntax.Node, v visit) (key string) {
	v.in = n.Scope(v.in)
	lists, conditions := n.HasLists(), n.HasConditions()
	switch {
	case n.Term != "" && n.Concept != "", n.Term+n.Concept != "" && lists:
		c.add(v.at, "a term and a list on one level", "put the term into the list")
	case n.Term+n.Concept != "" && conditions:
		c.add(v.at, "a condition on the mentions of a term that stands beside it",
			"put the term into a list: any: ["+n.Term+"]")
	case n.Concept != "":
		c.reference(n.Concept, v.at)
		key = "$" + n.Concept
	case n.Term != "" || !lists && !conditions && n.AtLeast == 0:
		key = c.term(n.Term, v)
	}
	if n.In != nil {
		key = ""
		c.places(n, v.at)
	}
	if conditions || n.Of != nil || n.AtLeast != 0 {
		c.conditions(n, v)
	}
	if v.depth++; !lists || c.tooDeep(v) {
		return key
	}
	for list := range n.Lists() {
		compare := list.Has != syntax.HasAll || !n.Ordered // in order, a term may come twice
		c.nodes(list.Nodes, list.Name, compare, v)
	}
	return ""
}

func (c *checker) places(n *syntax.Node, at *syntax.Path) {
	for i, p := range n.In {
		place := at.Element("in", i)
		switch {
		case p.Field == "" && p.Words > 0:
		case p.Field == "" && p.Words < 0:
			c.add(place, fmt.Sprintf("first %d words: no text has those", p.Words), "write first 100 words")
		case p.Field != "" && p.Words != 0:
			c.add(place, "a field and a number of words in one place", "make them two: [title, first 100 words]")
		case syntax.FieldBit(p.Field) == 0:
			c.add(place, fmt.Sprintf("unknown field %s", syntax.Quote(string(p.Field))),
				suggest(string(p.Field), syntax.FieldNames(), "", "use title, lead, body or url"))
		}
	}
}

// nodes checks a list of nodes under a key, "" for a bare list. With compare it
// warns of those that find the same.
func (c *checker) nodes(nodes []syntax.Node, key string, compare bool, v visit) {
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
	l := checkedList{nodes, c.keys[first:], v.at, key}
	c.percents(&l)
	if compare {
		c.duplicates(&l)
	}
	c.keys = c.keys[:first]
}

func isEmpty(s *syntax.TestStory) bool {
	return strings.TrimSpace(s.Title+strings.Join(s.Titles, "")+s.Lead+s.Body+s.URL) == ""
}
