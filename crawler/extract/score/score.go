// Package score measures a reader of articles against pages of which people
// said what is to be read: LoadBenchmark and LoadPublishers load the pages, and a Card
// counts over them what a reader got right.
//
// A body is compared by its shingles of four words, as multisets, which is the
// measure of the article-extraction-benchmark of Scrapinghub.
package score

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Overlap is the precision and recall of one text against another, from 0 to 1.
type Overlap struct{ Precision, Recall float64 }

// F1 is the harmonic mean of precision and recall.
func (o Overlap) F1() float64 {
	if o.Precision+o.Recall == 0 {
		return 0
	}
	return 2 * o.Precision * o.Recall / (o.Precision + o.Recall)
}

// Compare holds the words of a text that was read against those wanted. Two
// texts without a word are equal.
func Compare(want, got []string) Overlap {
	a, b := shingles(want), shingles(got)
	var tp, fp, fn float64
	for k, n := range a {
		tp += float64(min(n, b[k]))
		fn += float64(max(0, n-b[k]))
	}
	for k, n := range b {
		fp += float64(max(0, n-a[k]))
	}
	o := Overlap{1, 1}
	if tp+fp > 0 {
		o.Precision = tp / (tp + fp)
	} else if fn > 0 {
		o.Precision = 0
	}
	if tp+fn > 0 {
		o.Recall = tp / (tp + fn)
	}
	return o
}

// shingleSize is that of the benchmark.
const shingleSize = 4

func shingles(words []string) map[string]int {
	m := map[string]int{}
	for i := range max(1, len(words)-shingleSize+1) {
		if part := words[i:min(i+shingleSize, len(words))]; len(part) > 0 {
			m[strings.Join(part, " ")]++
		}
	}
	return m
}

// Words splits a text as the benchmark does: at everything that is neither a
// letter, a number nor "_".
func Words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
}

// WideWords is Words with each Han, kana and Hangul character a word.
func WideWords(s string) []string {
	var spaced strings.Builder
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			spaced.WriteRune(' ')
			spaced.WriteRune(r)
			r = ' '
		}
		spaced.WriteRune(r)
	}
	return Words(spaced.String())
}

// normal makes texts equal that differ in typography or case only.
func normal(s string) string {
	straight := strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'",
		"–", "-", "—", "-", "‑", "-", "…", "...", "\u00ad", "", "\u200b", "")
	s = straight.Replace(norm.NFC.String(s))
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

// sameDay reports whether a date is on the wanted day, in the wanted zone or
// in its own.
func sameDay(want, got time.Time) bool {
	day := want.Format(time.DateOnly)
	return !got.IsZero() && (day == got.In(want.Location()).Format(time.DateOnly) || day == got.Format(time.DateOnly))
}

// sameNames compares two lists of names as sets.
func sameNames(want, got []string) bool {
	set := func(names []string) []string {
		var out []string
		for _, n := range names {
			out = append(out, normal(n))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(set(want), set(got))
}
