package main

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

// printTable writes the figures of all readers on one collection.
func printTable(w *strings.Builder, set collection, results []result) {
	fmt.Fprintf(w, "### %d pages of %s\n\n", len(set.pages), set.name)
	header := []string{"reader", "body F1", "precision", "recall", "under .5", "over .9"}
	if hasMetadata(results, set) {
		header = append(header, "title", "among titles", "day", "instant", "authors", "language")
	}
	row(w, append(header, "CPU ms a page", "allocations", "KB")...)
	row(w, strings.Split(strings.Repeat("--- ", len(header)+3), " ")[:len(header)+3]...)
	for _, r := range results {
		if r.set.name != set.name {
			continue
		}
		mean := r.card.Mean()
		cells := []string{r.reader.name, rate(r.card.F1()), rate(mean.Precision), rate(mean.Recall), fmt.Sprint(r.card.Poor),
			fmt.Sprint(r.card.Good)}
		if hasMetadata(results, set) {
			for _, t := range tallies(&r.card) {
				cells = append(cells, fmt.Sprintf("%d of %d", t.tally.Right, t.tally.Of))
			}
		}
		n := len(set.pages)
		row(w, append(cells, fmt.Sprintf("%.1f", r.cost.cpu.Seconds()*1000/float64(n)), fmt.Sprint(int(r.cost.objects)/n),
			fmt.Sprint(int(r.cost.bytes)/n>>10))...)
	}
	fmt.Fprintln(w)
}

// hasMetadata reports whether more than bodies is expected of a collection.
func hasMetadata(results []result, set collection) bool {
	for _, r := range results {
		if r.set.name == set.name && r.card.Titles.Of > 0 {
			return true
		}
	}
	return false
}

type figure struct {
	name  string
	tally score.Tally
}

func tallies(c *score.Card) []figure {
	return []figure{
		{"title", c.Titles}, {"among titles", c.Variants}, {"day", c.Days}, {"instant", c.Instants},
		{"authors", c.Authors}, {"language", c.Languages},
	}
}

// printHalves writes each figure on the two halves of a collection: what was
// tuned to single pages differs between them more than chance does.
func printHalves(w *strings.Builder, r *result) {
	a, b := &r.halves[0], &r.halves[1]
	fmt.Fprintf(w, "### %s on the two halves of %s: %d and %d pages\n\n", r.reader.name, r.set.name, a.Pages, b.Pages)
	row(w, "figure", "one half", "the other", "difference")
	row(w, "---", "---", "---", "---")
	line := func(name string, x, y float64) { row(w, name, rate(x), rate(y), fmt.Sprintf("%+.3f", y-x)) }
	line("body F1", a.F1(), b.F1())
	line("precision", a.Mean().Precision, b.Mean().Precision)
	line("recall", a.Mean().Recall, b.Mean().Recall)
	line("pages under .5", share(a.Poor, a.Pages), share(b.Poor, b.Pages))
	line("pages over .9", share(a.Good, a.Pages), share(b.Good, b.Pages))
	ofB := tallies(b)
	for i, f := range tallies(a) {
		if f.tally.Of > 0 || ofB[i].tally.Of > 0 {
			line(f.name, f.tally.Share(), ofB[i].tally.Share())
		}
	}
	fmt.Fprintln(w)
}

func share(n, of int) float64 { return score.Tally{Right: n, Of: of}.Share() }

// rate writes a share as the literature does: ".974".
func rate(f float64) string {
	if s := fmt.Sprintf("%.3f", f); f < .9995 {
		return strings.TrimPrefix(s, "0")
	}
	return "1"
}

func row(w *strings.Builder, cells ...string) { fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")) }
