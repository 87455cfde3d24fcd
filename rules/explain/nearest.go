package explain

import (
	"fmt"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// vocabulary is the words of a story. It finds what comes near to a term that is
// missing, and is read when it is first asked.
type vocabulary struct {
	index  *match.Index
	fields []news.Field
	tokens [][]text.Token // of each field
	stems  text.Stems
	words  map[string][]string // folded words by how they begin
}

// Bounds of what is compared for one explanation.
const (
	comparedTerms = 50     // of one condition
	knownWords    = 20_000 // of one story
)

// leastLetters is the fewest letters of a word for which another one is taken.
const leastLetters = 3

// read splits the texts of a story into words.
func (v *vocabulary) read() {
	if v.words != nil {
		return
	}
	v.words = map[string][]string{}
	known := map[string]bool{}
	for f := range v.fields {
		tokens := text.Split(v.fields[f].Text)
		v.tokens = append(v.tokens, tokens)
		for i := range tokens {
			word := tokens[i].Folded
			if len(known) < knownWords && !known[word] && utf8.RuneCountInString(word) >= leastLetters {
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
// another case, the beginning of the phrase, a word with a similar spelling. It
// is "" or the end of a sentence.
func (v *vocabulary) nearest(terms []*match.Expr) string {
	v.read()
	terms = terms[:min(len(terms), comparedTerms)]
	for _, x := range terms {
		if t := v.index.Term(x.Term); t.Indexed() {
			if there := v.otherForm(t, x.In.Touches()); there != "" {
				return ", but " + there
			}
		}
	}
	for _, x := range terms {
		if t := v.index.Term(x.Term); t.Indexed() {
			if word := v.closest(t); word != "" {
				return "; closest " + syntax.Quote(word)
			}
		}
	}
	return ""
}

// otherForm looks for a term in another form.
func (v *vocabulary) otherForm(t *syntax.Term, in syntax.Fields) string {
	phrase := text.NewPhrase(t.Words, t.Look)
	switch {
	case t.Look.Exact:
		if there := v.find(text.NewPhrase(t.Words, text.Look{Prefix: t.Look.Prefix}), in); there != "" {
			return fmt.Sprintf("%s is there, in a case that %s does not take", syntax.Quote(there), t.Written)
		}
	case t.Plain():
		if there := v.find(text.NewPhrase(t.Words, text.Look{Stem: true}), in); there != "" {
			return fmt.Sprintf("%s is there: ~%s would find it", syntax.Quote(there), t.Words)
		}
	}
	for words := phrase.Len() - 1; words > 0; words-- {
		if there := v.find(phrase.Leads(words), in); there != "" {
			return fmt.Sprintf("%s is there, not all of %s", syntax.Quote(there), syntax.Quote(t.Written))
		}
	}
	return ""
}

// find returns the first occurrence of a phrase, as the story writes it.
func (v *vocabulary) find(p text.Phrase, in syntax.Fields) string {
	for f, tokens := range v.tokens {
		if syntax.FieldBit(v.fields[f].Name)&in == 0 {
			continue
		}
		for i := range tokens {
			if start, end, ok := p.At(tokens, i, &v.stems); ok {
				return v.fields[f].Text[start:end]
			}
		}
	}
	return ""
}

// closest returns the word of the story whose spelling is most like that of a
// term of one word.
func (v *vocabulary) closest(t *syntax.Term) string {
	word := t.Compared()
	letters := utf8.RuneCountInString(word)
	if t.Length != 1 || letters <= leastLetters {
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
