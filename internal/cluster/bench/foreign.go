package main

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/cluster"
)

// printForeign prints which pairs of web pages in two languages are linked, where
// nothing else is known, and among all pages of the set. Those that tell different
// stories are often alike: of one person, place or affair.
func printForeign(out, miss *strings.Builder) error {
	all, err := semevalPairs()
	if err != nil {
		return err
	}
	var pairs []labelledPair
	for _, p := range all {
		if p.a.Language != p.b.Language {
			pairs = append(pairs, p)
		}
	}
	fmt.Fprint(out, "\n### Links: SemEval, of two languages\n\n| known beside them | same story | another story |\n|---|---|---|\n")
	for _, among := range []bool{false, true} {
		var right, wrong tally
		for i, d := range linkPairs(pairs, among) {
			switch p := &pairs[i]; {
			case p.same:
				right.add(p.id, d.Relation == cluster.Linked)
				continue
			case p.wrong:
				wrong.add(p.id, d.Relation == cluster.Linked)
			}
			if d.Relation == cluster.Linked {
				fmt.Fprintf(miss, "linked (%.2f): %s | %s\n", d.Why.Cosine, pairs[i].a.Title, pairs[i].b.Title)
			}
		}
		name := map[bool]string{false: "nothing", true: "all others"}[among]
		fmt.Fprintf(out, "| %s | %s | %s |\n", name, &right, &wrong)
	}
	return nil
}

// linkPairs decides whether the second story of each pair is linked to the first,
// each pair alone or among all stories.
func linkPairs(pairs []labelledPair, among bool) []cluster.Decision {
	decided := make([]cluster.Decision, len(pairs))
	x := cluster.NewLinkIndex()
	sketches := make([][2]*cluster.Sketch, len(pairs))
	for i, p := range pairs {
		if !among {
			x = cluster.NewLinkIndex()
		}
		k := cluster.Sketcher{Vocabulary: x.Vocabulary()}
		a, b := k.Sketch(p.a), k.Sketch(p.b)
		for at, s := range []*cluster.Sketch{a, b} {
			s.Story = int64(2*i + at + 1)
			s.Cluster = s.Story
			x.Add(s)
		}
		sketches[i] = [2]*cluster.Sketch{a, b}
		if !among {
			decided[i] = linkPair(x, a, b)
		}
	}
	for i, p := range sketches {
		if among {
			decided[i] = linkPair(x, p[0], p[1])
		}
	}
	return decided
}

// linkPair decides whether b is linked to the news that a began.
func linkPair(x *cluster.LinkIndex, a, b *cluster.Sketch) cluster.Decision {
	d, _ := cluster.FindNews(x, b, func(id int64) *cluster.News {
		if id == a.Cluster {
			return &cluster.News{ID: id, First: a}
		}
		return nil // no news of its own: counts as a rival only
	})
	return d
}
