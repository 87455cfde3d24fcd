package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// shownDifferences is how many phrases are shown on either side.
const shownDifferences = 4

// printDifferences says how many matches copytaster and the sketch do not
// share, and which phrases make the difference: copytaster reads spellings that
// the sketch does not know, and lets no phrase run over the end of a sentence.
func (b *bench) printDifferences(set ruleSet, results []*result) {
	i := slices.IndexFunc(results, func(r *result) bool { return r.engine == "sketch" })
	k := slices.IndexFunc(results, func(r *result) bool { return r.engine == "copytaster" })
	if i < 0 || k < 0 {
		return
	}
	var both, less, more int
	var missed, added []string
	for d := range b.docs {
		text := string(appendWords(nil, b.docs[d].text))
		sketch, ours := results[i].matched[d], results[k].matched[d]
		for _, rule := range sketch {
			if _, found := slices.BinarySearch(ours, rule); found {
				both++
				continue
			}
			less++
			missed = append(missed, notOurs(set.rules[rule], text, b.docs[d])...)
		}
		for _, rule := range ours {
			if _, found := slices.BinarySearch(sketch, rule); !found {
				more++
				added = append(added, onlyOurs(set.rules[rule], text, b.docs[d])...)
			}
		}
	}
	fmt.Fprintf(b.out, "    both match %d times, the sketch alone %d times%s, copytaster alone %d times%s\n\n", both, less, some(missed), more, some(added))
}

// some writes the first few of some remarks, each once.
func some(remarks []string) string {
	slices.Sort(remarks)
	remarks = slices.Compact(remarks)
	if len(remarks) == 0 {
		return ""
	}
	more := ""
	if len(remarks) > shownDifferences {
		more = ", …"
	}
	return " (" + strings.Join(remarks[:min(shownDifferences, len(remarks))], ", ") + more + ")"
}

// notOurs names the phrases of a rule that stand in the words of a text, but
// that copytaster does not find.
func notOurs(r concepts, words string, d document) []string {
	var remarks []string
	for _, p := range slices.Concat(r...) {
		if strings.Contains(words, padded(p)) && len(evidence(p, d)) == 0 {
			remarks = append(remarks, fmt.Sprintf("%q in %q", p, original(p, d.text)))
		}
	}
	return remarks
}

// original returns the place of a text where a phrase stands, a few bytes more to
// either side.
func original(phrase, text string) string {
	between := `[^\pL\pN]+`
	pattern := `(?is).{0,6}\b` + strings.Join(splitWords(phrase), between) + `.{0,6}`
	return regexp.MustCompile(pattern).FindString(text)
}

// onlyOurs names the phrases that copytaster finds in a text and that do not
// stand in its words.
func onlyOurs(r concepts, words string, d document) []string {
	var remarks []string
	for _, p := range slices.Concat(r...) {
		if found := evidence(p, d); len(found) > 0 && !strings.Contains(words, padded(p)) {
			remarks = append(remarks, fmt.Sprintf("%q in %q", p, found[0].Text))
		}
	}
	return remarks
}

// evidence looks for one phrase.
func evidence(phrase string, d document) []news.Evidence {
	set, _ := rules.Compile(rules.Definition{Rules: []rules.Rule{{Name: "phrase", Node: rules.Node{Any: []rules.Node{{Term: phrase}}}}}})
	if set == nil {
		return nil
	}
	for _, m := range set.Match(d.story) {
		return m.Evidence
	}
	return nil
}
