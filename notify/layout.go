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
	Line   PartKind = "line"   // of full size
	Quote  PartKind = "quote"  // of what an outlet wrote
	Bullet PartKind = "bullet" // of a list
	Small  PartKind = "small"  // for those who want to know more
	Code   PartKind = "code"   // to be copied: its lines stay as they are

	Buttons PartKind = "buttons"
)

// Part is a line or paragraph of a message.
type Part struct {
	Kind    PartKind
	Runs    []Run
	Buttons []Button `json:",omitempty"` // of Buttons alone
}

// Style says how a run is set.
type Style string

// The styles, beside none.
const (
	Bold   Style = "bold"
	Strike Style = "strike"
	Match  Style = "match" // words that made a rule match
	Label  Style = "label" // the state of the news, in the colour of the alert's severity
	Sign   Style = "sign"  // an emoji in front of a line, with a space after it
)

// Run is a stretch of a part in one style. Its text is literal, whoever wrote
// it.
type Run struct {
	Text  string    `json:",omitempty"`
	Style Style     `json:",omitempty"`
	Link  string    `json:",omitempty"` // URL in ASCII; never in a Small part
	Time  time.Time `json:",omitzero"`  // in the reader's time zone, in place of Text
	Clock bool      `json:",omitempty"` // the time of day alone, without its date
	User  string    `json:",omitempty"` // in Slack: shown in place of Text; never in a Small part
}

// Parts returns a message as Slack and the terminal show it, from top to bottom.
func (m Message) Parts() []Part {
	switch {
	case m.Body != nil:
		return fit(m.resting(m.Body))
	case m.Headline != "":
		return fit(m.resting(m.storyParts()))
	default:
		return lines(m.Text)
	}
}

// say is text of ours.
func say(text string) Run { return Run{Text: text} }

func bold(text string) Run { return Run{Text: text, Style: Bold} }

func struck(text string) Run { return Run{Text: text, Style: Strike} }

// at is a time with its date.
func at(t time.Time) Run { return Run{Time: t} }

// until is a time soon after another one that was named, without its date, else
// with it.
func until(t, named time.Time) Run {
	return Run{Time: t, Clock: t.Sub(named).Abs() < 18*time.Hour}
}

// part is a part of the runs that show something.
func part(kind PartKind, runs ...Run) Part {
	return Part{Kind: kind, Runs: slices.DeleteFunc(runs, func(s Run) bool { return s.Text == "" && s.Time.IsZero() })}
}

// headLine is the first line of a message: its sign, its label, the headline.
func headLine(sign, label string, headline Run) Part {
	runs := []Run{{Text: label, Style: Label}, say(" · "), headline}
	if sign != "" {
		runs = append([]Run{{Text: sign, Style: Sign}}, runs...)
	}
	return part(Line, runs...)
}

// What a message takes of Slack's bound for all blocks, 10,000 characters, is
// reckoned with what surrounds the words in JSON.
const (
	mostShown = 8500
	runTakes  = 30
	timeTakes = 90
	partTakes = 50
	pushTakes = 180 // of a button
)

// takes is what a part takes.
func (p Part) takes() int {
	n := partTakes + len(p.Buttons)*pushTakes
	for _, b := range p.Buttons {
		n += len(b.Menu) * pushTakes
	}
	for _, r := range p.Runs {
		n += runTakes + utf8.RuneCountInString(r.Text) + len(r.Link)
		if !r.Time.IsZero() {
			n += timeTakes
		}
	}
	return n
}

// shorts are what the items of a list can do without, the least first.
var shorts = []func([]Run) []Run{timeless, cutShort, unlinked}

// fit leaves out what a message has no place for: of a list's items from its end what they can do
// without, then the items. Everything else is bounded where it is built.
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
	for _, shorter := range shorts {
		for i := len(fitted) - 1; i >= 0 && over > 0; i-- {
			if before := fitted[i]; before.Kind == Bullet {
				fitted[i] = part(Bullet, shorter(before.Runs)...)
				over -= before.takes() - fitted[i].takes()
			}
		}
	}
	left := 0
	for i := len(fitted) - 1; i >= 0 && over > 0; i-- {
		if fitted[i].Kind == Bullet {
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

// timeless leaves out the times, each with the dot before it.
func timeless(runs []Run) (bare []Run) {
	for i, s := range runs {
		dot := s.Text == " · " && i+1 < len(runs) && !runs[i+1].Time.IsZero()
		if s.Time.IsZero() && !dot {
			bare = append(bare, s)
		}
	}
	return bare
}

// shortBullet is how much of each text a bullet keeps that is cut short, in runes.
const shortBullet = 70

func cutShort(runs []Run) []Run {
	bare := slices.Clone(runs)
	for i := range bare {
		bare[i].Text = cut(bare[i].Text, shortBullet)
	}
	return bare
}

func unlinked(runs []Run) []Run {
	bare := make([]Run, len(runs))
	for i, s := range runs {
		s.Link = ""
		bare[i] = s
	}
	return bare
}
