package terminal

import (
	"strings"

	"github.com/rivo/uniseg"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// width is the longest line, in columns: what reads well, and fits a terminal
// beside something else.
const width = 88

// Styles, as parameters of the SGR control sequence (ECMA-48).
const (
	boldStyle   = "1"
	dimStyle    = "2"
	matchStyle  = "1;4"
	strikeStyle = "9"
)

// severityStyles make the urgent stand out.
var severityStyles = map[news.Severity]string{
	news.Urgent: "1;97;41", news.High: "1;33", news.Normal: boldStyle, news.Info: dimStyle,
}

// page is a message being written.
type page struct {
	strings.Builder
	color bool
}

// render returns a message as lines, a string for each of its parts.
func render(m notify.Message, color bool) (parts []string) {
	if m.Plain {
		for line := range strings.SplitSeq(m.Text, "\n") {
			p := page{color: color}
			p.paragraph("", "", run{text: line})
			parts = append(parts, p.String())
		}
		return parts
	}
	for i, part := range m.Parts() {
		if part.Kind == notify.Buttons { // there is nothing to press
			continue
		}
		p := page{color: color}
		p.part(m, part, i == 0)
		parts = append(parts, p.String())
	}
	return parts
}

// indents are what the lines of a part begin with: the first one, and the rest.
var indents = map[notify.PartKind][2]string{
	notify.Line: {"  ", "    "}, notify.Quote: {"  │ ", "  │ "}, notify.Bullet: {"  • ", "    "}, notify.Small: {"  ", "    "},
}

// part writes a part of a message, the first one without indent.
func (p *page) part(m notify.Message, part notify.Part, isFirst bool) {
	first, rest := indents[part.Kind][0], indents[part.Kind][1]
	if isFirst || m.Kind == news.DeliverOps && part.Kind == notify.Line {
		first, rest = "", "  "
	}
	if part.Kind == notify.Code {
		for _, s := range part.Runs {
			p.WriteString("    " + strings.ReplaceAll(s.Text, "\n", "\n    ") + "\n")
		}
		return
	}
	runs := make([]run, 0, len(part.Runs))
	for _, s := range part.Runs {
		runs = append(runs, p.run(m, part.Kind, s))
	}
	p.paragraph(first, rest, runs...)
	for _, s := range part.Runs {
		if !p.color && s.Link != "" {
			p.WriteString(strings.Repeat(" ", len(rest)) + s.Link + "\n") // in one piece, so that it can be copied
		}
	}
}

// shortest is about as much of a headline as tells it from others, in columns.
const shortest = 34

// short is the beginning of a message's headline.
func short(m notify.Message) string {
	headline := m.Headline
	if headline == "" {
		headline, _, _ = strings.Cut(m.Text, "\n")
	}
	var cut strings.Builder
	for g, columns := uniseg.NewGraphemes(headline), 0; g.Next(); {
		if columns += g.Width(); columns > shortest {
			return strings.TrimRight(cut.String(), " ,.:;–—-") + "…"
		}
		cut.WriteString(g.Str())
	}
	return cut.String()
}

// run is a run in its style. Without colours matched words are marked by
// asterisks, and struck ones by tildes. Signs are for a screen full of others'
// messages.
func (p *page) run(m notify.Message, kind notify.PartKind, s notify.Run) run {
	r := run{text: s.Text, link: s.Link}
	if kind == notify.Small {
		r.style = dimStyle
	}
	switch {
	case s.Clock:
		r.text = s.Time.UTC().Format("15:04 MST")
	case !s.Time.IsZero():
		r.text = s.Time.UTC().Format("2 Jan 2006 15:04 MST")
	}
	switch s.Style {
	case notify.Bold:
		r.style = boldStyle
	case notify.Label:
		r.style = severityStyles[m.Severity]
	case notify.Match, notify.Strike:
		r = p.marked(r, s.Style)
	case notify.Sign:
		r.text = ""
	}
	return r
}

// marked is a run that is told apart by its style, else by marks around it.
func (p *page) marked(r run, style notify.Style) run {
	mark, sgr := "*", matchStyle
	if style == notify.Strike {
		mark, sgr = "~", strikeStyle
	}
	if p.color {
		r.style = sgr
		return r
	}
	r.text = mark + r.text + mark
	return r
}
