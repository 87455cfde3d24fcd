package match

import (
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// StoryText is one story as it is read: what the finder found in it, and where
// its terms stand. All but the finder's work is done when it is asked for.
type StoryText struct {
	Layout
	index  *Index
	finder *text.Finder
	inURL  bool // some phrase was found in the URL, perhaps there alone

	stems       text.Stems
	seen        map[int32]syntax.Fields // by term ID, once asked
	occurrences map[int32][]occurrence  // by term ID, once asked
	phrases     map[int32]*text.Phrase  // by term ID
	spelled     map[string]*text.Phrase
}

// occurrence is one place of a term: a field, its first and last token there,
// and the bytes from start to end.
type occurrence struct{ field, first, last, start, end int32 }

// newDocument returns a document without a story; the fields are memory to use.
func newDocument(x *Index, f *text.Finder, fields []news.Field) StoryText {
	return StoryText{Layout: Layout{Fields: fields}, index: x, finder: f, seen: map[int32]syntax.Fields{},
		occurrences: map[int32][]occurrence{}, phrases: map[int32]*text.Phrase{}}
}

// read finds the phrases of the index in the fields of the story.
func (d *StoryText) read() {
	for f := range d.Fields {
		if d.Fields[f].Name != news.FieldURL {
			d.finder.Find(d.Fields[f].Text)
		}
	}
	found := len(d.finder.Found())
	for f := range d.Fields {
		if d.index.postings.inURL && d.Fields[f].Name == news.FieldURL {
			d.finder.Find(d.Fields[f].Text)
		}
	}
	d.inURL = len(d.finder.Found()) > found
}

// split cuts the fields into tokens, for rules that ask for more than whether
// phrases were found.
func (d *StoryText) split() {
	if len(d.Tokens) == len(d.Fields) {
		return
	}
	for f := range d.Fields {
		d.Tokens = append(d.Tokens, text.Split(d.Fields[f].Text))
	}
}

// Seen returns the fields in which a term stands.
func (d *StoryText) Seen(term int32) syntax.Fields {
	in, known := d.seen[term]
	if known {
		return in
	}
	if phrase := d.index.postings.termPhrases[term]; phrase == 0 || d.finder.Marked(phrase) {
		d.split()
		for f := range d.Fields {
			if bit := syntax.FieldBit(d.Fields[f].Name); in&bit == 0 && d.stands(term, f) {
				in |= bit
			}
		}
	}
	d.seen[term] = in
	return in
}

// phrase returns the phrase of a term that is found by its words.
func (d *StoryText) phrase(term int32) *text.Phrase {
	known, ok := d.phrases[term]
	if !ok {
		t := d.index.Term(term)
		made := text.NewPhrase(t.Words, t.Look)
		known = &made
		d.phrases[term] = known
	}
	return known
}

// stands reports whether a term stands in a field.
func (d *StoryText) stands(term int32, f int) bool {
	if special := d.index.special[term]; special != nil && special.Pattern != nil {
		at := special.Pattern.FindStringIndex(d.Fields[f].Text)
		return at != nil && (at[1] > at[0] || len(d.patternPlaces(nil, special, f)) > 0)
	} else if special != nil {
		return len(d.wildcardPlaces(nil, special, f, 1)) > 0
	}
	tokens, phrase := d.Tokens[f], d.phrase(term)
	if phrase.Exact() && text.Shouted(tokens) {
		return false
	}
	for i := range tokens {
		if _, _, ok := phrase.At(tokens, i, &d.stems); ok {
			return true
		}
	}
	return false
}

// maxOccurrences bounds the occurrences of one term in one field, of which the
// first are kept: no story that people write comes near it, and one of nothing
// but a word must not take all memory.
const maxOccurrences = 100_000

// places returns the occurrences of a term, in the order of the fields and of
// the text.
func (d *StoryText) places(term int32) []occurrence {
	if d.Seen(term) == 0 {
		return nil
	}
	known, asked := d.occurrences[term]
	if asked {
		return known
	}
	for f := range d.Fields {
		if d.Seen(term)&syntax.FieldBit(d.Fields[f].Name) == 0 {
			continue
		}
		switch special := d.index.special[term]; {
		case special == nil:
			known = d.phrasePlaces(known, term, f)
		case special.Pattern != nil:
			known = d.patternPlaces(known, special, f)
		default:
			known = d.wildcardPlaces(known, special, f, maxOccurrences)
		}
	}
	d.occurrences[term] = known
	return known
}

func (d *StoryText) phrasePlaces(into []occurrence, term int32, f int) []occurrence {
	tokens, phrase := d.Tokens[f], d.phrase(term)
	if phrase.Exact() && text.Shouted(tokens) {
		return into
	}
	for i, before := 0, len(into); i < len(tokens) && len(into) < before+maxOccurrences; i++ {
		if start, end, ok := phrase.At(tokens, i, &d.stems); ok {
			into = append(into, occurrenceAt(tokens, i, f, start, end))
		}
	}
	return into
}

// occurrenceAt makes the occurrence of the bytes from start to end, near token i.
func occurrenceAt(tokens []text.Token, i, f, start, end int) occurrence {
	for i > 0 && tokens[i].Start > start {
		i--
	}
	for i+1 < len(tokens) && tokens[i].End <= start {
		i++
	}
	last := i
	for last+1 < len(tokens) && tokens[last+1].Start < end {
		last++
	}
	return occurrence{int32(f), int32(i), int32(last), int32(start), int32(end)}
}

// wildcardPlaces finds at most so many occurrences of a term with open letters.
func (d *StoryText) wildcardPlaces(into []occurrence, t *syntax.Term, f, most int) []occurrence {
	tokens := d.Tokens[f]
	if t.Wildcard.Look.Exact && text.Shouted(tokens) {
		return into
	}
	if d.spelled == nil {
		d.spelled = map[string]*text.Phrase{}
	}
	w := wildcard{t.Wildcard, tokens, &d.stems, d.spelled}
	for i, before := 0, len(into); i < len(tokens) && len(into) < before+most; i++ {
		if start, end, ok := w.at(i); ok {
			into = append(into, occurrenceAt(tokens, i, f, start, end))
		}
	}
	return into
}

// patternPlaces finds the occurrences of a regular expression: the tokens that it
// touches, else the next one, else the last.
func (d *StoryText) patternPlaces(into []occurrence, t *syntax.Term, f int) []occurrence {
	tokens, i := d.Tokens[f], 0
	for _, at := range t.Pattern.FindAllStringIndex(d.Fields[f].Text, maxOccurrences) {
		if at[0] == at[1] {
			continue
		}
		for i+1 < len(tokens) && tokens[i].End <= at[0] {
			i++
		}
		into = append(into, occurrenceAt(tokens, i, f, at[0], at[1]))
	}
	return into
}

// inScope reports whether an occurrence lies where a node looks.
func (d *StoryText) inScope(o occurrence, in syntax.Scope) bool {
	bit := syntax.FieldBit(d.Fields[o.field].Name)
	if bit&in.Fields != 0 {
		return true
	}
	if in.First == 0 || bit&syntax.InFirst == 0 {
		return false
	}
	before := int32(0)
	if bit == syntax.InBody {
		before = d.leadQuarters()
	}
	quarters := d.quarters(o.field)
	return int(before+quarters[min(int(o.last)+1, len(quarters)-1)]) <= wholeWord*in.First
}

// leadQuarters counts the words of the first paragraph, which is the last
// variant of the lead, in quarters.
func (d *StoryText) leadQuarters() int32 {
	for f, field := range slices.Backward(d.Fields) {
		if field.Name == news.FieldLead {
			quarters := d.quarters(int32(f))
			return quarters[len(quarters)-1]
		}
	}
	return 0
}
