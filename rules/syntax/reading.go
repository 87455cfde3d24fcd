package syntax

import (
	"maps"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// Reading is how a term is read, in words.
type Reading struct {
	Path    string // like rules[3].all[1] or concepts.kim[2]
	Written string
	Reading string
}

// Readings returns how every term of a definition is read, for people who wonder
// what it finds. Terms with a mistake are left out.
func Readings(d Definition) []Reading {
	r := termReader{terms: NewTerms(), known: map[int32]string{}}
	for _, name := range slices.Sorted(maps.Keys(d.Concepts)) {
		n := d.Concepts[name]
		n.Walk(ConceptPath(name), r.node)
	}
	for i := range d.Rules {
		rule, at := &d.Rules[i], RulePath(i)
		rule.Node.Walk(at, r.node)
		for k := range rule.Never {
			rule.Never[k].Walk(at.Element("never", k), r.node)
		}
	}
	return r.readings
}

// termReader collects how terms are read, each worked out once.
type termReader struct {
	terms    *Terms
	known    map[int32]string // by the ID of the term
	stems    text.Stems
	readings []Reading
}

func (r *termReader) node(n *Node, at *Path) {
	if n.Term == "" {
		return
	}
	id := r.terms.ID(n.Term)
	t := r.terms.At(id)
	if t.Mistake != nil {
		return
	}
	if _, known := r.known[id]; !known {
		r.known[id] = t.reading(&r.stems)
	}
	r.readings = append(r.readings, Reading{Path: at.String(), Written: t.Written, Reading: r.known[id]})
}

// reading returns how a term is read.
func (t *Term) reading(stems *text.Stems) string {
	switch {
	case t.Pattern != nil:
		return t.patternReading()
	case t.Wildcard != nil:
		return t.spelledReading()
	}
	tokens := text.Split(t.Words)
	said := t.wordsReading(tokens)
	if t.Look.Stem {
		said += inflectionReading(tokens, stems)
	}
	if strings.Contains(said, " + ") {
		said += ", next to each other"
	}
	parts := append([]string{said}, scriptReadings(tokens, t.Look)...)
	if t.Look.Exact && hasCase(t.Words) {
		parts = append(parts, "not in headlines in capitals")
	}
	return strings.Join(parts, "; ")
}

// wordsReading names the words of a term as they are compared.
func (t *Term) wordsReading(tokens []text.Token) string {
	var said strings.Builder
	for i := range tokens {
		if i > 0 && !tokens[i].Joined {
			said.WriteString(" + ")
		}
		if t.Look.Prefix && i == len(tokens)-1 {
			said.WriteString("every word that begins with ")
		}
		if t.Look.Exact {
			said.WriteString(tokens[i].Exact)
		} else {
			said.WriteString(tokens[i].Folded)
		}
		said.WriteString(tokens[i].Signs.String())
	}
	switch {
	case !t.Look.Exact || !hasCase(t.Words):
	case strings.ToUpper(t.Words) == t.Words:
		said.WriteString(" in capitals only")
	default:
		said.WriteString(" in this case only")
	}
	return said.String()
}

func hasCase(words string) bool { return strings.ToUpper(words) != strings.ToLower(words) }

// inflectionReading lists the inflections of the last English word or number of
// a term, as far as the stemmer takes them for the same word.
func inflectionReading(tokens []text.Token, stems *text.Stems) string {
	var last *text.Token
	for i := range tokens {
		if tokens[i].Script == text.Latin || tokens[i].Script == text.Number {
			last = &tokens[i]
		}
	}
	if last == nil {
		return ", without inflections: ~ is about English words"
	}
	word := last.Folded
	if digit := word[len(word)-1]; digit >= '0' && digit <= '9' || last.Acronym() {
		return " and its plural (" + word + "s)"
	}
	forms := slices.DeleteFunc(inflected(word), func(form string) bool {
		return form == "" || !stems.Inflects(word, form)
	})
	for _, form := range stems.Parted(word) {
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	if len(forms) == 0 {
		return ", without other forms"
	}
	return " and its English inflections (" + strings.Join(forms, ", ") + ")"
}

// inflected returns the forms of a word that are spelled as those of most English
// words.
func inflected(word string) []string {
	stem := word[:len(word)-1]
	switch {
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss"):
		return []string{stem, stem + "ed", stem + "ing"}
	case strings.HasSuffix(word, "e"):
		return []string{word + "s", word + "d", stem + "ing"}
	case strings.HasSuffix(word, "y") && !strings.ContainsAny(stem[max(0, len(stem)-1):], "aeiou"):
		return []string{stem + "ies", stem + "ied", word + "ing"}
	case strings.HasSuffix(word, "ss"), strings.HasSuffix(word, "x"), strings.HasSuffix(word, "z"),
		strings.HasSuffix(word, "ch"), strings.HasSuffix(word, "sh"):
		return []string{word + "es", word + "ed", word + "ing"}
	}
	return []string{word + "s", word + "ed", word + "ing"}
}

// scriptReadings returns what may stand around words of a script.
func scriptReadings(tokens []text.Token, look text.Look) []string {
	said := map[text.Script]string{
		text.Cyrillic: "with Russian and Ukrainian endings",
		text.Hangul:   "may carry Korean particles and end a compound",
		text.Arabic:   "may carry wa-, fa-, bi-, li-, ka- and al-",
		text.Hebrew:   "may carry the letters that Hebrew writes before a word",
		text.Han:      "these characters in a row, also inside longer words",
	}
	said[text.Kana], said[text.Unspaced] = said[text.Han], said[text.Han]
	var all []string
	for i := range tokens {
		if s := said[tokens[i].Script]; s != "" && !look.Prefix && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func (t *Term) patternReading() string {
	said := "the regular expression " + t.Words + " on the text as it is written"
	if strings.Contains(t.Words, "(?-i") {
		return said + "; it says itself where case counts"
	}
	return said + "; case does not count"
}

// spelledReading shows the open letters as they are written: no sign says
// "one letter" better.
func (t *Term) spelledReading() string {
	said := t.Words + " with any one letter for each ?"
	if t.Look.Exact {
		said += ", in this case only"
	}
	return strings.Join(append([]string{said}, scriptReadings(text.Split(string(t.Wildcard.Letters)), t.Look)...), "; ")
}
