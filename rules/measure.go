package rules

import (
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// measure is what is counted of a field's tokens, each part when it is asked
// for.
type measure struct {
	quarters   []int32 // of words that begin before each token, and in all
	sentences  []int32 // the sentence of each token
	paragraphs []int32 // its line
}

func (m *matching) measure(field int32) *measure {
	if m.measures == nil {
		m.measures = make([]measure, len(m.fields))
	}
	return &m.measures[field]
}

// quarters counts words as text.Words does, in quarters: before each token of a
// field those that begin before it, and at the end all.
func (m *matching) quarters(field int32) []int32 {
	known := m.measure(field)
	if known.quarters == nil {
		known.quarters = quartersOf(m.tokens[field])
	}
	return known.quarters
}

// segment gives the number of the window that a token lies in, for windows that
// do not overlap: its sentence, its paragraph, or the field.
func (m *matching) segment(unit Unit, field, token int32) int32 {
	known := m.measure(field)
	var segments []int32
	switch unit {
	case Sentence:
		if known.sentences == nil {
			known.sentences = text.Sentences(m.fields[field].Text, m.tokens[field])
		}
		segments = known.sentences
	case Paragraph:
		if known.paragraphs == nil {
			known.paragraphs = text.Paragraphs(m.fields[field].Text, m.tokens[field])
		}
		segments = known.paragraphs
	}
	if int(token) >= len(segments) {
		return 0
	}
	return segments[token]
}

// between counts the words that lie wholly between two tokens of a field, in
// quarters. Tokens that follow each other, or the other way round, have none
// between them.
func (m *matching) between(field, before, after int32) int32 {
	if after <= before+1 {
		return 0
	}
	quarters := m.quarters(field)
	begun := quarters[after]
	if goesOn(m.tokens[field], int(after)) {
		begun -= wholeWord // the one that the token goes on does not end before it
	}
	return max(0, begun-quarters[before+1])
}

// quartersOf counts words as text.Words does. A Korean word counts where it
// begins.
func quartersOf(tokens []text.Token) []int32 {
	counted := make([]int32, len(tokens)+1)
	for i := range tokens {
		worth := int32(wholeWord)
		switch tokens[i].Script {
		case text.Han, text.Kana:
			worth = 2
		case text.Unspaced:
			worth = 1
		case text.Hangul:
			if goesOn(tokens, i) {
				worth = 0
			}
		}
		counted[i+1] = counted[i] + worth
	}
	return counted
}

// goesOn reports whether a token goes on a Korean word.
func goesOn(tokens []text.Token, i int) bool {
	return i > 0 && tokens[i].Script == text.Hangul && tokens[i].Joined && tokens[i-1].Script == text.Hangul
}

// wholeWord is a word in quarters.
const wholeWord = 4

// inWords makes words of quarters, a part of one counted whole.
func inWords(quarters int32) int { return int(quarters+wholeWord-1) / wholeWord }

// within reports whether a place lies where a node looks.
func (m *matching) within(p place, in scope) bool {
	bit := fieldBit(m.fields[p.field].Name)
	if bit&in.fields != 0 {
		return true
	}
	if in.first == 0 || bit&inFirst == 0 {
		return false
	}
	before := int32(0)
	if bit == inBody {
		before = m.lead()
	}
	quarters := m.quarters(p.field)
	return int(before+quarters[min(int(p.last)+1, len(quarters)-1)]) <= wholeWord*in.first
}

// lead counts the words of the first paragraph, the last variant of the lead,
// in quarters.
func (m *matching) lead() int32 {
	for f, field := range slices.Backward(m.fields) {
		if field.Name == news.FieldLead {
			quarters := m.quarters(int32(f))
			return quarters[len(quarters)-1]
		}
	}
	return 0
}
