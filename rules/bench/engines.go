package main

import (
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/rules"
)

// engine is one way to find the rules that match a text.
type engine struct {
	name  string
	limit int // of rules, by default: above it the engine takes too long, or too much memory
	texts int // how many are enough, for the slowest; 0 is all

	// prepare brings rules into the shape that the engine takes.
	prepare func(ruleSet) builder
}

// builder builds an engine; this is what is timed.
type builder func() (*built, error)

// built is an engine that is ready.
type built struct {
	match   func(d *document, into []int) []int // appends the rules that match, in any order
	outside int64                               // bytes kept outside of Go's heap
	close   func()                              // gives them back; may be nil
}

// ruleSet is a set of rules, and in how many texts of a sample each phrase is.
type ruleSet struct {
	rules []concepts
	df    map[string]int
}

func (b *built) release() {
	if b.close != nil {
		b.close()
	}
}

func engines() []engine {
	return append([]engine{
		{name: "sketch", prepare: prepareSketch},
		{name: "copytaster", prepare: prepareCopytaster},
		{name: "bobusumisu", prepare: prepareBobuSumisu, limit: 10_000},
		{name: "petar", prepare: preparePetar, limit: 10_000},
		{name: "contains", prepare: prepareContains, limit: 1000},
		{name: "bleve", prepare: prepareBleve, limit: 1000, texts: 4},
	}, peersInC()...)
}

func engineNames() []string {
	var names []string
	for _, e := range engines() {
		names = append(names, e.name)
	}
	return names
}

func prepareSketch(set ruleSet) builder {
	return func() (*built, error) {
		s := newSketch(set.rules, set.df)
		return &built{match: func(d *document, into []int) []int { return appendNumbers(into, s.match(d.text)) }}, nil
	}
}

func appendNumbers(into []int, matched []uint32) []int {
	for _, n := range matched {
		into = append(into, int(n))
	}
	return into
}

func prepareCopytaster(set ruleSet) builder {
	definition := define(set.rules)
	return func() (*built, error) { return compile(definition) }
}

// define writes rules of the yardstick as people would.
func define(all []concepts) rules.Definition {
	var d rules.Definition
	for i, r := range all {
		made := rules.Rule{Name: fmt.Sprintf("rule-%d", i)}
		for _, phrases := range r {
			var c rules.Node
			for _, p := range phrases {
				c.Any = append(c.Any, rules.Node{Term: p})
			}
			made.Node.All = append(made.Node.All, c)
		}
		d.Rules = append(d.Rules, made)
	}
	return d
}

func compile(d rules.Definition) (*built, error) {
	set, mistakes := rules.Compile(d)
	if set == nil {
		i := slices.IndexFunc(mistakes, func(m rules.Mistake) bool { return !m.Warning })
		return nil, fmt.Errorf("compile rules: %s: %s", mistakes[i].Path, mistakes[i].Message)
	}
	return &built{match: func(doc *document, into []int) []int { return set.Matched(doc.story, into) }}, nil
}
