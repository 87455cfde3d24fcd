package match_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// longestCut is how many words a term has that is cut out of a text.
const longestCut = 4

// cutOut makes a story of a text, and rules that look for words of the text
// with every sign. It reports false when no term can be cut out.
func cutOut(s string, first, words int) (trial, bool) {
	c := trial{stories: []*news.Story{{Text: s}}}
	tokens := text.Split(s)
	if len(tokens) == 0 {
		return c, false
	}
	first %= len(tokens)
	last := min(first+words%longestCut, len(tokens)-1)
	term := s[tokens[first].Start:tokens[last].End]
	terms := []string{"/" + regexp.QuoteMeta(term) + "/"}
	if !strings.ContainsAny(term, "*?/=~$") {
		terms = append(terms, term, "="+term, "~"+term, term+"*", "="+term+"*", shorter(term)+"*", swapped(term), "="+swapped(term))
	}
	for _, written := range terms {
		if utf8.ValidString(written) {
			c.definition.Rules = append(c.definition.Rules, rules.Rule{Name: fmt.Sprint(len(c.definition.Rules)),
				Node: rules.Node{Any: []rules.Node{{Term: written}}}})
		}
	}
	return c, true
}

// shorter returns the beginning of a term, for a prefix.
func shorter(term string) string {
	_, size := utf8.DecodeLastRuneInString(term)
	if cut := term[:len(term)-size]; len(text.Split(cut)) > 0 && strings.TrimSpace(cut) == cut {
		return cut
	}
	return term
}

// swapped writes a term in the other case.
func swapped(term string) string {
	if up := strings.ToUpper(term); up != term {
		return up
	}
	return strings.ToLower(term)
}

func FuzzText(f *testing.F) {
	for _, w := range vocabulary {
		f.Add(strings.Join(w.texts, " "), 0, 1)
		f.Add(strings.Join(w.texts, "")+w.written, 1, 2)
	}
	f.Fuzz(func(t *testing.T, s string, first, words int) {
		if c, ok := cutOut(s, max(0, first), max(0, words)); ok {
			if found := c.differences(); found != "" {
				t.Error(found)
			}
		}
	})
}

// signed makes rules that look for words of the vocabulary with every sign.
func (w *writer) signed() rules.Definition {
	var d rules.Definition
	for _, n := range w.palette {
		word := vocabulary[n]
		for _, written := range []string{
			word.written, "=" + word.written, "~" + word.written, word.beginning() + "*", "=" + word.beginning() + "*",
			w.asking(word.written), "=" + w.asking(word.written), w.phrase(word),
			pick(w.choices, append(word.expressions, word.written)),
		} {
			d.Rules = append(d.Rules, rules.Rule{Name: fmt.Sprint(len(d.Rules)),
				Node: rules.Node{Any: []rules.Node{{Term: written}}}})
		}
	}
	return d
}

// TestText tries terms with every sign in texts that the words of all scripts
// make: some cut out of the text, some of its words.
func TestText(t *testing.T) {
	trials := uint64(1500)
	if testing.Short() || raceDetector {
		trials /= 10
	}
	for seed := range trials {
		r := rand.New(rand.NewPCG(seed, 2))
		w := newWriter(&choices{bytes: decisions(seed)})
		paragraph := w.paragraph()
		c, _ := cutOut(paragraph, r.IntN(100), r.IntN(longestCut))
		for _, d := range []rules.Definition{c.definition, w.signed()} {
			if found := (trial{d, []*news.Story{{Title: w.sentence(3), Text: paragraph}}}).differences(); found != "" {
				t.Fatalf("seed %d: %s", seed, found)
			}
		}
	}
}
