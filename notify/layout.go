package notify

import (
	"slices"
	"time"
	"unicode/utf8"
)

// PartKind says how a part of a message is set.
type PartKind string

// The kinds of part.
const (
	Line  PartKind = "line"  // of full size
	Quote PartKind = "quote" // of what an outlet wrote
	Item  PartKind = "item"  // of a list
	Small PartKind = "small" // for those who want to know more
)

// Part is a line or paragraph of a message.
type Part struct {
	Kind  PartKind
	Spans []Span
}

// Style says how a span is set.
type Style string

// The styles, beside none.
const (
	Bold   Style = "bold"
	Strike Style = "strike"
	Match  Style = "match" // words that made a rule match
	Label  Style = "label" // the state of the news, in the colour of the alert's severity
	Sign   Style = "sign"  // an emoji in front of a line, with a space after it
)

// Span is a stretch of a part in one style. Its text is literal, whoever wrote
// it.
type Span struct {
	Text  string    `json:",omitempty"`
	Style Style     `json:",omitempty"`
	Link  string    `json:",omitempty"` // URL in ASCII; never in a Small part
	Time  time.Time `json:",omitzero"`  // in the reader's time zone, in place of Text
	Clock bool      `json:",omitempty"` // the time of day alone, without its date
}

// Parts returns a message as Slack and the terminal show it, from top to bottom.
func (m Message) Parts() []Part {
	if m.Body == nil && m.Headline != "" {
		m.Body = m.storyParts()
	}
	return fit(m.Body)
}

// say is text of ours.
func say(text string) Span { return Span{Text: text} }

func bold(text string) Span { return Span{Text: text, Style: Bold} }

func struck(text string) Span { return Span{Text: text, Style: Strike} }

// at is a time with its date.
func at(t time.Time) Span { return Span{Time: t} }

// clock is a time of a day that was named before.
func clock(t time.Time) Span { return Span{Time: t, Clock: true} }

// part is a part of the spans that show something.
func part(kind PartKind, spans ...Span) Part {
	return Part{Kind: kind, Spans: slices.DeleteFunc(spans, func(s Span) bool { return s.Text == "" && s.Time.IsZero() })}
}

// headLine is the first line of a message: its sign, its label, the headline.
func headLine(sign, label string, headline Span) Part {
	spans := []Span{{Text: label, Style: Label}, say(" · "), headline}
	if sign != "" {
		spans = append([]Span{{Text: sign, Style: Sign}}, spans...)
	}
	return part(Line, spans...)
}

// What a message takes of Slack's bound for all blocks, 10,000 characters, is
// reckoned with what surrounds the words in JSON.
const (
	mostShown = 8500
	spanTakes = 30
	timeTakes = 90
	partTakes = 50
)

// takes is what a part takes.
func (p Part) takes() int {
	n := partTakes
	for _, s := range p.Spans {
		n += spanTakes + utf8.RuneCountInString(s.Text) + len(s.Link)
		if !s.Time.IsZero() {
			n += timeTakes
		}
	}
	return n
}

// fit leaves out what a message has no place for: the links of a list's items
// from its end, then the items. Everything else is bounded where it is built.
func fit(parts []Part) []Part {
	over := -mostShown
	for _, p := range parts {
		over += p.takes()
	}
	if over <= 0 {
		return parts
	}
	fitted := make([]Part, 0, len(parts)+1)
	fitted = append(fitted, parts...)
	for i := len(parts) - 1; i >= 0 && over > 0; i-- {
		if before := parts[i]; before.Kind == Item {
			fitted[i] = part(Item, unlinked(before.Spans)...)
			over -= before.takes() - fitted[i].takes()
		}
	}
	left := 0
	for i := len(fitted) - 1; i >= 0 && over > 0; i-- {
		if fitted[i].Kind == Item {
			over -= fitted[i].takes()
			fitted = append(fitted[:i], fitted[i+1:]...)
			left++
		}
	}
	if left > 0 {
		fitted = append(fitted, part(Small, say(count(left, "more is", "more are")+" not shown")))
	}
	return fitted
}

func unlinked(spans []Span) []Span {
	bare := make([]Span, len(spans))
	for i, s := range spans {
		s.Link = ""
		bare[i] = s
	}
	return bare
}
