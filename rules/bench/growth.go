package main

import (
	"fmt"
	"strings"
)

// products are the engine and the one to beat.
func products() []engine { return engines()[:2] }

// growth prints how the cost grows with the number of rules.
func (b *bench) printGrowth() error {
	fmt.Fprintf(b.out, "Growth over rules: the texts of the yardstick\n")
	w := newTable(b.out)
	fmt.Fprintln(w, "\trules\tengine\tCPU µs/text\t× sketch\tallocs/text\tbuild CPU\theap MiB\tmatches/text\t")
	for _, n := range b.growth {
		results, err := measure(b.contenders(products(), b.rules(n)), b.docs, b.time/2)
		if err != nil {
			return err
		}
		for _, r := range results {
			fmt.Fprintf(w, "\t%s\t%s\t%s\t%s\t%.1f\t%s\t%.1f\t%.2f\t\n", thousands(n), r.engine, micros(r.micros), ratio(r, results[0]), r.allocs,
				seconds(r.build), float64(r.heap)/(1<<20), r.matches())
		}
	}
	w.Flush()
	fmt.Fprintln(b.out)
	return nil
}

// length prints how the cost grows with the length of the text.
func (b *bench) printLengths() error {
	set := b.rules(b.rulesAtLength)
	fmt.Fprintf(b.out, "Growth over the length of the text: %s rules\n", thousands(len(set.rules)))
	w := newTable(b.out)
	fmt.Fprintln(w, "\tbytes/text\tengine\tCPU µs/text\tns/byte\t× sketch\tallocs/text\tmatches/text\t")
	for _, bytes := range b.lengths {
		results, err := measure(b.contenders(products(), set), b.ofLength(bytes), b.time/2)
		if err != nil {
			return err
		}
		for _, r := range results {
			fmt.Fprintf(w, "\t%s\t%s\t%s\t%.2f\t%s\t%.1f\t%.2f\t\n", thousands(bytes), r.engine, micros(r.micros), 1000*r.micros/float64(bytes),
				ratio(r, results[0]), r.allocs, r.matches())
		}
	}
	w.Flush()
	fmt.Fprintln(b.out)
	return nil
}

// ofLength returns texts of a length: the articles cut, or put one after the
// other from different ones on.
func (b *bench) ofLength(bytes int) []document {
	var texts []string
	for i := range max(2, min(len(b.docs), 1_000_000/bytes)) {
		var text strings.Builder
		for k := i; text.Len() < bytes; k++ {
			text.WriteString(b.docs[k%len(b.docs)].text + "\n")
		}
		texts = append(texts, strings.ToValidUTF8(text.String()[:bytes], ""))
	}
	return documents(texts)
}

// ratio writes how many times the time of the sketch a result takes.
func ratio(r, sketch *result) string {
	if sketch.engine != "sketch" {
		return "–"
	}
	return fmt.Sprintf("%.2f", r.against(sketch))
}
