package match

import (
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Layout is where the words of a story lie: in which field, sentence and
// paragraph, and how many words apart. Spans are combined and compared by it.
type Layout struct {
	Fields   []news.Field
	Tokens   [][]text.Token // of each field
	measures []measure      // of each field, once one is asked for
}

// measure is what is counted of a field's tokens, each part when it is asked
// for.
type measure struct {
	quarters   []int32 // of words that begin before each token, and in all
	sentences  []int32 // by token: its sentence
	paragraphs []int32 // by token: its line
}

func (l *Layout) measure(field int32) *measure {
	if l.measures == nil {
		l.measures = make([]measure, len(l.Fields))
	}
	return &l.measures[field]
}

// quarters counts words as text.Words does, in quarters: before each token of a
// field those that begin before it, and at the end all.
func (l *Layout) quarters(field int32) []int32 {
	known := l.measure(field)
	if known.quarters == nil {
		known.quarters = countQuarters(l.Tokens[field])
	}
	return known.quarters
}

// segment returns the number of the window that a token lies in, for windows
// that do not overlap: its sentence, its paragraph, or the field.
func (l *Layout) segment(unit syntax.Unit, field, token int32) int32 {
	known := l.measure(field)
	var segments []int32
	switch unit {
	case syntax.Sentence:
		if known.sentences == nil {
			known.sentences = text.Sentences(l.Fields[field].Text, l.Tokens[field])
		}
		segments = known.sentences
	case syntax.Paragraph:
		if known.paragraphs == nil {
			known.paragraphs = text.Paragraphs(l.Fields[field].Text, l.Tokens[field])
		}
		segments = known.paragraphs
	}
	if int(token) >= len(segments) {
		return 0
	}
	return segments[token]
}

// Gap counts the words that lie wholly inside a span, between the end of its
// first part and the start of its last one. A part of a word counts whole.
func (l *Layout) Gap(s Span) int {
	return int(l.gap(s.Field, s.FirstEnd, s.LastStart)+wholeWord-1) / wholeWord
}

// gap counts the words that lie wholly between two tokens of a field, in
// quarters. Tokens that follow each other, or stand in the other order, have
// none between them.
func (l *Layout) gap(field, before, after int32) int32 {
	if after <= before+1 {
		return 0
	}
	quarters := l.quarters(field)
	begun := quarters[after]
	if continues(l.Tokens[field], int(after)) {
		begun -= wholeWord // the word that goes on with the token does not end before it
	}
	return max(0, begun-quarters[before+1])
}

// countQuarters counts words as text.Words does. A Korean word counts where it
// begins.
func countQuarters(tokens []text.Token) []int32 {
	counted := make([]int32, len(tokens)+1)
	for i := range tokens {
		worth := int32(wholeWord)
		switch tokens[i].Script {
		case text.Han, text.Kana:
			worth = 2
		case text.Unspaced:
			worth = 1
		case text.Hangul:
			if continues(tokens, i) {
				worth = 0
			}
		}
		counted[i+1] = counted[i] + worth
	}
	return counted
}

// continues reports whether a token is not the first of a Korean word.
func continues(tokens []text.Token, i int) bool {
	return i > 0 && tokens[i].Script == text.Hangul && tokens[i].Joined && tokens[i-1].Script == text.Hangul
}

// wholeWord is a word in quarters.
const wholeWord = 4

// oneSegment reports whether a span lies in one sentence or paragraph.
func (l *Layout) oneSegment(s Span, unit syntax.Unit) bool {
	return l.segment(unit, s.Field, s.Start) == l.segment(unit, s.Field, s.End)
}

// inSegments leaves out the spans that do not lie in one sentence or paragraph,
// when the unit is one of these.
func (l *Layout) inSegments(list []Span, unit syntax.Unit) []Span {
	if unit != syntax.Sentence && unit != syntax.Paragraph {
		return list
	}
	var inside []Span
	for _, s := range list {
		if l.oneSegment(s, unit) {
			inside = append(inside, s)
		}
	}
	return inside
}

// fits reports whether a span lies in one window.
func (l *Layout) fits(s Span, w syntax.Window) bool {
	switch w.Unit {
	case syntax.Words:
		return l.reaches(w, s.Field, s.FirstEnd, s.LastStart)
	case syntax.Sentence, syntax.Paragraph:
		return l.oneSegment(s, w.Unit)
	}
	return true
}

// fitting leaves out the spans that do not lie in one window.
func (l *Layout) fitting(list []Span, w syntax.Window) []Span {
	if !slices.ContainsFunc(list, func(s Span) bool { return !l.fits(s, w) }) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(s Span) bool { return !l.fits(s, w) })
}

// reaches reports whether a window of words reaches from the end of one token to
// the start of another. Other windows are not measured so.
func (l *Layout) reaches(w syntax.Window, field, firstEnd, lastStart int32) bool {
	return w.Unit != syntax.Words || int(l.gap(field, firstEnd, lastStart)) <= wholeWord*w.Words
}
