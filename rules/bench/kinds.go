package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/copytaster/copytaster/rules"
)

// kind is one part of the rule language; shape brings a plain rule, all of some
// lists, into it.
type kind struct {
	name  string
	shape func(*rules.Node)
}

func kinds() []kind {
	within := func(w rules.Window) func(*rules.Node) { return func(n *rules.Node) { n.Within = w } }
	terms := func(change func(string) string) func(*rules.Node) {
		return func(n *rules.Node) {
			for _, c := range n.All {
				for i := range c.Any {
					c.Any[i].Term = change(c.Any[i].Term)
				}
			}
		}
	}
	return []kind{
		{"plain: all of 3 lists", func(*rules.Node) {}},
		{"within: 30 words", within(rules.Window{Unit: rules.Words, Words: 30})},
		{"within: sentence", within(rules.Window{Unit: rules.Sentence})},
		{"within: paragraph", within(rules.Window{Unit: rules.Paragraph})},
		{"ordered", func(n *rules.Node) { n.Ordered = true }},
		{"near: within 10 words", func(n *rules.Node) {
			*n = rules.Node{Any: n.All[0].Any, Near: n.All[1].Any, Within: rules.Window{Unit: rules.Words, Words: 10}}
		}},
		{"not near: within 10 words", func(n *rules.Node) {
			*n = rules.Node{Any: n.All[0].Any, NotNear: n.All[1].Any, Within: rules.Window{Unit: rules.Words, Words: 10}}
		}},
		{"not part of", func(n *rules.Node) { n.All[0].NotPartOf = n.All[1].Any }},
		{"times: 3", func(n *rules.Node) { *n = rules.Node{Any: n.All[0].Any, Times: 3} }},
		{"none", func(n *rules.Node) { *n = rules.Node{All: n.All[:2], None: n.All[2].Any} }},
		{"at least: 2 of 3", func(n *rules.Node) { *n = rules.Node{Of: n.All, AtLeast: 2} }},
		{"=Term", terms(func(t string) string { return "=" + strings.ToUpper(t[:1]) + t[1:] })},
		{"~term", terms(func(t string) string { return "~" + t })},
		{"term*", terms(func(t string) string { return t + "*" })},
		{"te?m", terms(oneLetter)},
		{"/regexp/ of 3 lists one", func(n *rules.Node) {
			n.All[0] = rules.Node{Term: "/" + strings.ReplaceAll(n.All[0].Any[0].Term, " ", `\s+`) + `(s|ed|ing)?\b/`}
		}},
		{"/regexp/ alone", func(n *rules.Node) {
			*n = rules.Node{Term: `/\b` + strings.ReplaceAll(n.All[0].Any[0].Term, " ", `\s+`) + `\s+\w+ed\b/`}
		}},
	}
}

// oneLetter puts ? for the second letter of a term.
func oneLetter(term string) string {
	runes := []rune(term)
	runes[1] = '?'
	return string(runes)
}

// printKinds prints what each part of the language costs.
func (b *bench) printKinds() error {
	n := b.kindRules
	set := ruleSet{rules: b.vocab.ascii().rules(n, rand.New(rand.NewPCG(b.seed, 5))), df: b.df}
	fmt.Fprintf(b.out, "Kinds of rules: copytaster, %s rules of one kind, the texts of the yardstick\n", thousands(n))
	var contenders []contender
	for _, k := range kinds() {
		definition := define(set.rules)
		for i := range definition.Rules {
			k.shape(&definition.Rules[i].Node)
		}
		contenders = append(contenders, contender{k.name, func() builder {
			return func() (*built, error) { return compile(definition) }
		}})
	}
	results, err := measure(contenders, b.docs, b.time/4)
	if err != nil {
		return err
	}
	w := newTable(b.out)
	fmt.Fprintln(w, "\tkind\tCPU µs/text\t× plain\tallocs/text\tbytes/text\tbuild CPU\theap MiB\tmatches/text\t")
	for _, r := range results {
		fmt.Fprintf(w, "\t%s\t%s\t%.2f\t%.1f\t%.0f\t%s\t%.1f\t%.2f\t\n", r.engine, micros(r.micros), r.against(results[0]), r.allocs, r.bytes,
			seconds(r.build), float64(r.heap)/(1<<20), r.matches())
	}
	w.Flush()
	fmt.Fprintln(b.out)
	return nil
}
