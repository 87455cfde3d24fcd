package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"text/tabwriter"
)

// bench is what all tables share.
type bench struct {
	options
	scale
	out    io.Writer
	real   bool           // the texts are the corpus's
	docs   []document     // to be matched
	df     map[string]int // of the other texts
	vocab  *vocabulary
	drawn  []concepts // of the yardstick, drawn so far
	source *rand.Rand // of drawn
}

// scale is how large the tables are beside the yardstick.
type scale struct {
	growth, lengths []int // numbers of rules; bytes of a text
	rulesAtLength   int
	languageRules   int
	kindRules       int
}

func fullScale() scale {
	return scale{growth: []int{10, 100, 1000, 10_000, 100_000, 300_000}, lengths: []int{100, 1000, 10_000, 100_000, 1_000_000},
		rulesAtLength: 10_000, languageRules: 10_000, kindRules: 1000}
}

func newBench(o options, out io.Writer) (*bench, error) {
	b := &bench{options: o, scale: fullScale(), out: out, real: true, source: rand.New(rand.NewPCG(o.seed, 1))}
	texts, err := readArticles(corpusFolder())
	if errors.Is(err, fs.ErrNotExist) {
		b.real = false
		texts, err = inventTexts(92, 5500, rand.New(rand.NewPCG(o.seed, 2))), nil
	}
	if err != nil {
		return nil, err
	}
	var sample []string
	for i, t := range texts {
		if i%2 == 0 {
			sample = append(sample, t)
		} else {
			b.docs = append(b.docs, newDocument(t))
		}
	}
	b.df = allFrequencies(sample)
	b.vocab = newVocabulary(texts, rand.New(rand.NewPCG(o.seed, 3)))
	return b, nil
}

func allFrequencies(texts []string) map[string]int {
	all, pairs, triples := documentFrequencies(texts)
	for _, m := range []map[string]int{pairs, triples} {
		for p, n := range m {
			all[p] = n
		}
	}
	return all
}

// rules returns the first n rules of the yardstick.
func (b *bench) rules(n int) ruleSet {
	if missing := n - len(b.drawn); missing > 0 {
		b.drawn = append(b.drawn, b.vocab.rules(missing, b.source)...)
	}
	return ruleSet{rules: b.drawn[:n], df: b.df}
}

func (b *bench) wants(engine string) bool {
	return len(b.engines) == 0 || slices.Contains(b.engines, engine)
}

// contenders returns the engines that were asked for and can bear the rules.
func (b *bench) contenders(all []engine, set ruleSet) []contender {
	var chosen []contender
	for _, e := range all {
		if b.wants(e.name) && (e.limit == 0 || len(set.rules) <= e.limit || len(b.engines) > 0) {
			chosen = append(chosen, contender{e.name, func() builder { return e.prepare(set) }})
		}
	}
	return chosen
}

// printYardstick prints all engines side by side, for some numbers of rules.
func (b *bench) printYardstick() error {
	kind := "real English"
	if !b.real {
		kind = "invented"
	}
	fmt.Fprintf(b.out, "The yardstick: %d %s texts, mean %d bytes; a rule = all of 3 concepts of 3 phrases; one core.\n\n", len(b.docs), kind, meanBytes(b.docs))
	fast, slow := bySpeed()
	for _, n := range b.sizes {
		set := b.rules(n)
		results, err := measure(b.contenders(fast, set), b.docs, b.time)
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "%s rules\n", thousands(n))
		b.printResults(results)
		b.printDifferences(set, results)
		for _, e := range slow {
			if err := b.few(e, set); err != nil {
				return err
			}
		}
	}
	return nil
}

// bySpeed sets the engines apart for which a few texts must do.
func bySpeed() (fast, slow []engine) {
	for _, e := range engines() {
		if e.texts == 0 {
			fast = append(fast, e)
		} else {
			slow = append(slow, e)
		}
	}
	return fast, slow
}

// few measures an engine beside the sketch with the first texts only.
func (b *bench) few(e engine, set ruleSet) error {
	pair := b.contenders([]engine{e}, set)
	if pair == nil {
		return nil
	}
	docs := b.docs[:min(e.texts, len(b.docs))]
	results, err := measure(append(b.contenders(engines()[:1], set), pair...), docs, b.time/4)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%s rules, the first %d texts only, mean %d bytes\n", thousands(len(set.rules)), len(docs), meanBytes(docs))
	b.printResults(results)
	return nil
}

func (b *bench) printResults(results []*result) {
	if len(results) == 0 {
		return
	}
	w := newTable(b.out)
	fmt.Fprintln(w, "\tengine\tCPU µs/text\t× sketch\tallocs/text\tbytes/text\tbuild CPU\theap MiB\tmatches/text\tchecksum\t")
	for _, r := range results {
		fmt.Fprintf(w, "\t%s\t%s\t%s\t%.1f\t%.0f\t%s\t%.1f\t%.2f\t%08x\t\n", r.engine, micros(r.micros), ratio(r, results[0]), r.allocs, r.bytes,
			seconds(r.build), float64(r.heap)/(1<<20), r.matches(), r.sum())
	}
	w.Flush()
	fmt.Fprintln(b.out)
}

func newTable(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
}
