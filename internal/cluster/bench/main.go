// Command bench prints the figures of package cluster on the developers' sets of
// same news, beside those of plain rules, as Markdown:
//
//	go run ./internal/cluster/bench
//
// The sets are looked for in $COPYTASTER_CORPUS, else in shared/corpus beside the
// project. Each set is split in two halves by a hash of its labels: thresholds
// that were chosen on one hold on the other.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	words := flag.Bool("words", false, "print the frequent words of the sets' languages instead")
	wanted := flag.Int("half", -1, "count the words of this half of the sets alone, 0 or 1")
	only := flag.String("only", "", "print only joins, copies, translations, links, foreign or worth")
	stream := flag.Int("stream", 0, "print what joins among so many of the wire's last stories instead")
	concepts := flag.String("concepts", "", "print the words for concepts of a folder of CLDR annotations instead")
	readings := flag.String("readings", "", "print the readings of names of a folder of the IPA dictionary instead")
	wrong := flag.Bool("wrong", false, "name what was decided wrongly, on stderr")
	flag.Parse()
	var out, misses strings.Builder
	var err error
	switch {
	case *words:
		err = printWords(&out, *wanted)
	case *concepts != "":
		err = printConcepts(&out, *concepts)
	case *readings != "":
		err = printReadings(&out, *readings)
	case *stream > 0:
		err = printStream(&out, *stream)
	default:
		err = run(&out, &misses, *only)
	}
	if _, werr := os.Stdout.WriteString(out.String()); err == nil {
		err = werr
	}
	if *wrong {
		fmt.Fprint(os.Stderr, misses.String())
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: error: %v\n", err)
		os.Exit(1)
	}
}

// rule is a way to decide whether a pair is one text.
type rule struct {
	name  string
	joins func(p *labelledPair) bool
}

var rules = []rule{{"copytaster", ours}, {"exact title", sameTitle}, {"SimHash", nearSimHash}, {"containment ≥ .5", contained}}

// run prints the tables, or only one.
func run(out, misses *strings.Builder, only string) error {
	for _, part := range []struct {
		name  string
		print func() error
	}{
		{"joins", func() error { return printJoins(out, misses) }},
		{"copies", func() error { return printCopies(out) }},
		{"translations", func() error { return printTranslations(out, misses) }},
		{"links", func() error { return printLinks(out) }},
		{"foreign", func() error { return printForeign(out, misses) }},
		{"worth", func() error { return printWorth(out, misses) }},
	} {
		if only == "" || only == part.name {
			if err := part.print(); err != nil {
				return err
			}
		}
	}
	return nil
}

func printJoins(out, misses *strings.Builder) error {
	for _, set := range []struct {
		name string
		read func() ([]labelledPair, error)
	}{{"wire_pairs", wirePairs}, {"SemEval", semevalPairs}, {"ECB+", ecbPairs}} {
		pairs, err := set.read()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n### Joins: %s\n\n| rule | right pairs joined | wrong pairs joined |\n|---|---|---|\n", set.name)
		for i, r := range rules {
			to := misses
			if i > 0 {
				to = new(strings.Builder)
			}
			right, wrong := scoreJoins(pairs, r.joins, to)
			fmt.Fprintf(out, "| %s | %s | %s |\n", r.name, &right, &wrong)
		}
	}
	return nil
}
