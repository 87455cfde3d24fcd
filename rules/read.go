package rules

import (
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// This file reads stories: it finds the terms of a set in them, and the rules
// that could match. What rules make of it is the business of the other files,
// which know a story by the methods of matching alone: seen, places, candidates.

// reading is what was found in the fields of one story.
type reading struct {
	fields []news.Field
	finder *text.Finder
	inURL  bool // something was found in the URL, perhaps there alone
	search search

	tokens    [][]text.Token // of each field, once a rule needs them
	stems     text.Stems
	found     map[int32]fields  // where terms were found, once asked
	placed    map[int32][]place // by term, once asked
	phrases   map[int32]*text.Phrase
	spellings map[string]*text.Phrase
}

// place is where a term was found: a field, its first and last token there, and
// the bytes from start to end.
type place struct{ field, first, last, start, end int32 }

// read looks for all terms of the set in the fields of a story.
func (m *matching) read() {
	for f := range m.fields {
		if m.fields[f].Name != news.FieldURL {
			m.finder.Find(m.fields[f].Text)
		}
	}
	found := len(m.finder.Found())
	for f := range m.fields {
		if m.set.index.inURL && m.fields[f].Name == news.FieldURL {
			m.finder.Find(m.fields[f].Text)
		}
	}
	m.inURL = len(m.finder.Found()) > found
}

// candidates lists the rules that could match, in their order.
func (m *matching) candidates() []uint32 { return m.set.index.candidates(m.finder, &m.search) }

// split cuts the fields into tokens, for the rules that ask for more than
// whether terms were found.
func (m *matching) split() {
	if len(m.tokens) == len(m.fields) {
		return
	}
	for f := range m.fields {
		m.tokens = append(m.tokens, text.Split(m.fields[f].Text))
	}
}

// seen gives the fields in which a term stands.
func (m *matching) seen(t int32) fields {
	in, known := m.found[t]
	if known {
		return in
	}
	if phrase := m.set.index.phrases[t]; phrase == 0 || m.finder.Marked(phrase) {
		m.split()
		for f := range m.fields {
			if bit := fieldBit(m.fields[f].Name); in&bit == 0 && m.stands(t, f) {
				in |= bit
			}
		}
	}
	m.found[t] = in
	return in
}

// phrase gives the phrase of a term that is found by its words.
func (m *matching) phrase(t int32) *text.Phrase {
	known, ok := m.phrases[t]
	if !ok {
		term := m.set.term(t)
		made := text.NewPhrase(term.words, term.look)
		known = &made
		m.phrases[t] = known
	}
	return known
}

// stands reports whether a term stands in a field.
func (m *matching) stands(t int32, f int) bool {
	if special := m.set.special[t]; special != nil && special.pattern != nil {
		at := special.pattern.FindStringIndex(m.fields[f].Text)
		return at != nil && (at[1] > at[0] || len(m.patternPlaces(nil, t, f)) > 0)
	} else if special != nil {
		return len(m.spelledPlaces(nil, t, f, 1)) > 0
	}
	tokens, phrase := m.tokens[f], m.phrase(t)
	if phrase.Exact() && text.Shouted(tokens) {
		return false
	}
	for i := range tokens {
		if _, _, ok := phrase.At(tokens, i, &m.stems); ok {
			return true
		}
	}
	return false
}

// mostPlaces bounds the places of one term in one field, of which the first are
// kept: no story that people write comes near it, and one of nothing but a word
// must not take all memory.
const mostPlaces = 100_000

// places gives the places of a term, in the order of the fields and of the text.
func (m *matching) places(t int32) []place {
	if m.seen(t) == 0 {
		return nil
	}
	known, asked := m.placed[t]
	if asked {
		return known
	}
	for f := range m.fields {
		if m.seen(t)&fieldBit(m.fields[f].Name) == 0 {
			continue
		}
		switch special := m.set.special[t]; {
		case special == nil:
			known = m.phrasePlaces(known, t, f)
		case special.pattern != nil:
			known = m.patternPlaces(known, t, f)
		default:
			known = m.spelledPlaces(known, t, f, mostPlaces)
		}
	}
	m.placed[t] = known
	return known
}

func (m *matching) phrasePlaces(into []place, t int32, f int) []place {
	tokens, phrase := m.tokens[f], m.phrase(t)
	if phrase.Exact() && text.Shouted(tokens) {
		return into
	}
	for i, before := 0, len(into); i < len(tokens) && len(into) < before+mostPlaces; i++ {
		if start, end, ok := phrase.At(tokens, i, &m.stems); ok {
			into = append(into, spanning(tokens, i, f, start, end))
		}
	}
	return into
}

// spanning makes the place of the bytes from start to end, near token i.
func spanning(tokens []text.Token, i, f, start, end int) place {
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
	return place{int32(f), int32(i), int32(last), int32(start), int32(end)}
}

// spelledPlaces finds at most so many places of a term with open letters.
func (m *matching) spelledPlaces(into []place, t int32, f, most int) []place {
	tokens, s := m.tokens[f], m.set.special[t].spellings
	if s.look.Exact && text.Shouted(tokens) {
		return into
	}
	if m.spellings == nil {
		m.spellings = map[string]*text.Phrase{}
	}
	for i, before := 0, len(into); i < len(tokens) && len(into) < before+most; i++ {
		if start, end, ok := s.at(tokens, i, &m.stems, m.spellings); ok {
			into = append(into, spanning(tokens, i, f, start, end))
		}
	}
	return into
}

// patternPlaces finds the places of a regular expression: the tokens that it
// touches, else the next one, else the last.
func (m *matching) patternPlaces(into []place, t int32, f int) []place {
	tokens, i := m.tokens[f], 0
	for _, at := range m.set.special[t].pattern.FindAllStringIndex(m.fields[f].Text, mostPlaces) {
		if at[0] == at[1] {
			continue
		}
		for i+1 < len(tokens) && tokens[i].End <= at[0] {
			i++
		}
		into = append(into, spanning(tokens, i, f, at[0], at[1]))
	}
	return into
}
