package replay

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/rules"
)

// FewestStories is how many stories must be there for a share of them to say
// anything of a term.
const FewestStories = 200

// TermReport is in how many stories the terms of a definition stand.
type TermReport struct {
	Stories int         // that were read
	Terms   []TermCount // in the order of rules.Readings
}

// TermCount is in how many stories a term stands.
type TermCount struct {
	Path    string // of the term: rules.Reading.Path
	Term    string // as written
	Stories int

	// Others are the stories that hold another form of a term without a sign,
	// and no term of its list: those that the list would find with ~ before it.
	Others int
	// Alone says that this term is enough to make a rule match: nothing else is
	// asked of the story, nor where the term stands in it.
	Alone bool
}

// Wide reports whether a term alone makes a rule match more than a fifth of so
// many stories.
func (c TermCount) Wide(stories int) bool {
	return c.Alone && stories >= FewestStories && 5*c.Stories > stories
}

// MissesForms reports whether a term would find a quarter more stories, five at
// least, in all its forms.
func (c TermCount) MissesForms() bool { return c.Others >= 5 && 4*c.Others >= c.Stories }

// Terms counts in how many stories of an archive the terms of a definition
// stand, in title, lead and body. It reads the newest stories only, so many at
// most.
func Terms(ctx context.Context, a *Archive, d rules.Definition, most int) (TermReport, error) {
	c := newTermCounter(d)
	set, found := rules.Compile(c.definition())
	if set == nil {
		return TermReport{}, fmt.Errorf("count terms: %s", found[0].Message)
	}
	newest := *a
	newest.span.Newest = most
	err := stream(ctx, &newest,
		func(p *part) [][]int {
			var all [][]int
			for _, story := range newest.stories(p).stories {
				all = append(all, set.Matched(story, nil))
			}
			return all
		},
		func(_ *part, stories [][]int) error {
			for _, matched := range stories {
				c.add(matched)
			}
			return nil
		})
	return c.report, err
}

// termCounter counts terms. Each is looked for once, by a rule that has nothing
// else, wherever it is written.
type termCounter struct {
	report TermReport
	rules  []termRule
	byTerm map[string]int // the rule
	listOf []int          // by place in report.Terms
	last   []int          // by list: the story in which one of its terms was found last
}

// termRule is a rule of a single term.
type termRule struct {
	term  string
	found []int // where it is written: places in report.Terms
	forms []int // where it is written without ~
}

func newTermCounter(d rules.Definition) *termCounter {
	c := &termCounter{byTerm: map[string]int{}}
	alone, lists := termsAlone(d), map[string]int{}
	for place, r := range rules.Readings(d) {
		c.report.Terms = append(c.report.Terms, TermCount{Path: r.Path, Term: r.Written, Alone: alone[r.Path]})
		own := c.rule(r.Written)
		own.found = append(own.found, place)
		if isPlain(r.Written) {
			inflected := c.rule("~" + r.Written)
			inflected.forms = append(inflected.forms, place)
		}
		name := listOf(r.Path)
		if _, known := lists[name]; !known {
			lists[name] = len(lists)
		}
		c.listOf = append(c.listOf, lists[name])
	}
	c.last = make([]int, len(lists))
	return c
}

// rule is the rule of a term; it is good until the next one is made.
func (c *termCounter) rule(term string) *termRule {
	i, known := c.byTerm[term]
	if !known {
		i = len(c.rules)
		c.byTerm[term] = i
		c.rules = append(c.rules, termRule{term: term})
	}
	return &c.rules[i]
}

func (c *termCounter) definition() (d rules.Definition) {
	for i, r := range c.rules {
		d.Rules = append(d.Rules, rules.Rule{Name: strconv.Itoa(i), Node: rules.Node{Term: r.term}})
	}
	return d
}

// add counts a story, in which the terms of some rules were found.
func (c *termCounter) add(matched []int) {
	c.report.Stories++
	for _, rule := range matched {
		for _, place := range c.rules[rule].found {
			c.report.Terms[place].Stories++
			c.last[c.listOf[place]] = c.report.Stories
		}
	}
	for _, rule := range matched {
		for _, place := range c.rules[rule].forms {
			if c.last[c.listOf[place]] != c.report.Stories {
				c.report.Terms[place].Others++
			}
		}
	}
}

// isPlain reports whether a term is of English words that may have other forms.
// Capitals are left to names, which have none.
func isPlain(term string) bool {
	return strings.Trim(term, "abcdefghijklmnopqrstuvwxyz ") == ""
}

// listOf names the list of choices that a term stands in. Where every term
// counts, in all and in of, each is one by itself.
func listOf(path string) string {
	list := path[:max(strings.LastIndexByte(path, '['), 0)]
	if list == "" || list == "rules" || strings.HasSuffix(list, ".all") || strings.HasSuffix(list, ".of") {
		return path
	}
	return list
}

// termsAlone returns the paths of the terms that are enough, each alone, to make
// a rule match.
func termsAlone(d rules.Definition) map[string]bool {
	w := choices{concepts: d.Concepts, seen: map[string]bool{}, terms: map[string]bool{}}
	for i := range d.Rules {
		if r := &d.Rules[i]; !r.Disabled && reflect.ValueOf(r.Only).IsZero() {
			path := fmt.Sprintf("rules[%d]", i)
			w.level(&r.Node, path, ".any")
		}
	}
	return w.terms
}

// choices goes to the nodes that are enough to make a rule match.
type choices struct {
	concepts map[string]rules.Node
	seen     map[string]bool // concepts
	terms    map[string]bool // by path
}

// node goes on at a node that is enough. Choices alone are a bare YAML
// list, which has no key in the paths.
func (w *choices) node(n *rules.Node, path string) {
	key := ""
	if n.None != nil {
		key = ".any"
	}
	w.level(n, path, key)
}

// level goes on below a level that is enough, where one node of it is. anyKey
// is what its choices have in the paths.
func (w *choices) level(n *rules.Node, path, anyKey string) {
	if n.IsNarrow() {
		return
	}
	if n.Term != "" {
		w.terms[path] = true
	}
	if n.Concept != "" && !w.seen[n.Concept] {
		w.seen[n.Concept] = true
		concept := w.concepts[n.Concept]
		w.node(&concept, "concepts."+n.Concept)
	}
	nodes, key := n.Any, anyKey
	switch {
	case n.All == nil && n.Of == nil:
	case n.Any == nil && n.Of == nil && len(n.All) == 1:
		nodes, key = n.All, ".all"
	case n.Any == nil && n.All == nil && n.AtLeast <= 1:
		nodes, key = n.Of, ".of"
	default:
		return // more than one is needed
	}
	for i := range nodes {
		w.node(&nodes[i], fmt.Sprintf("%s%s[%d]", path, key, i))
	}
}
