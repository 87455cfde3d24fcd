package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// vocabulary is the words of a story, for what comes near to a term that is not
// there. It is read when it is asked for.
type vocabulary struct {
	tokens [][]text.Token // of each field
	stems  text.Stems
	words  map[string][]string // folded words by how they begin
}

// Bounds of what is compared for one explanation.
const (
	comparedTerms = 50     // of one condition
	knownWords    = 20_000 // of one story
)

// read splits the texts of a story.
func (v *vocabulary) read(m *matching) {
	if v.words != nil {
		return
	}
	v.words, v.tokens = map[string][]string{}, make([][]text.Token, len(m.fields))
	known := map[string]bool{}
	for f := range m.fields {
		v.tokens[f] = text.Split(m.fields[f].Text)
		for i := range v.tokens[f] {
			word := v.tokens[f][i].Folded
			if len(known) < knownWords && !known[word] && utf8.RuneCountInString(word) >= leastAlike {
				known[word] = true
				v.words[beginning(word)] = append(v.words[beginning(word)], word)
			}
		}
	}
}

// beginning is what words must share to be taken for each other: two letters.
func beginning(word string) string {
	_, first := utf8.DecodeRuneInString(word)
	_, second := utf8.DecodeRuneInString(word[first:])
	return word[:first+second]
}

// nearest says what comes close to one of the terms: another form of the word,
// another case, the beginning of the phrase, a word that is written much like
// it. It is "" or the end of a sentence.
func (x *explainer) nearest(leaves []*node) string {
	x.words.read(x.matching)
	leaves = leaves[:min(len(leaves), comparedTerms)]
	for _, n := range leaves {
		if t := x.set.term(n.term); t.indexed() {
			if there := x.formOf(t, n.in.touches()); there != "" {
				return ", but " + there
			}
		}
	}
	for _, n := range leaves {
		if t := x.set.term(n.term); t.indexed() {
			if word := x.words.closest(t); word != "" {
				return "; closest " + quote(word)
			}
		}
	}
	return ""
}

// formOf looks for a term in another form.
func (x *explainer) formOf(t *term, in fields) string {
	phrase := text.NewPhrase(t.words, t.look)
	switch {
	case t.look.Exact:
		if there := x.look(text.NewPhrase(t.words, text.Look{Prefix: t.look.Prefix}), in); there != "" {
			return fmt.Sprintf("%s is there, in a case that %s does not take", quote(there), t.written)
		}
	case t.plain():
		if there := x.look(text.NewPhrase(t.words, text.Look{Stem: true}), in); there != "" {
			return fmt.Sprintf("%s is there: ~%s would find it", quote(there), t.words)
		}
	}
	for words := phrase.Len() - 1; words > 0; words-- {
		if there := x.look(phrase.Leads(words), in); there != "" {
			return fmt.Sprintf("%s is there, not all of %s", quote(there), quote(t.written))
		}
	}
	return ""
}

// look gives the first find of a phrase, as the story writes it.
func (x *explainer) look(p text.Phrase, in fields) string {
	for f, tokens := range x.words.tokens {
		if fieldBit(x.fields[f].Name)&in == 0 {
			continue
		}
		for i := range tokens {
			if start, end, ok := p.At(tokens, i, &x.words.stems); ok {
				return x.fields[f].Text[start:end]
			}
		}
	}
	return ""
}

// closest gives the word of the story that is written most like a term of one
// word.
func (v *vocabulary) closest(t *term) string {
	word := strings.TrimPrefix(t.key, t.mark())
	letters := utf8.RuneCountInString(word)
	if t.length != 1 || letters <= leastAlike {
		return ""
	}
	best, least := "", 1+max(1, letters/4)
	for _, other := range v.words[beginning(word)] {
		n := utf8.RuneCountInString(other)
		if n > letters+2 || n < letters-2 {
			continue
		}
		if d := text.Distance(word, other); d < least {
			best, least = other, d
		}
	}
	return best
}
