package terminal

import (
	"strings"

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

// heading says where a message is posted.
func heading(channel string, m notify.Message) string {
	switch {
	case m.Thread == "":
		return "#" + channel
	case m.Broadcast:
		return "#" + channel + "  reply to " + m.Thread + ", shown in the channel, too"
	default:
		return "#" + channel + "  reply to " + m.Thread
	}
}

// render returns a message below its heading, as lines, the last one empty.
func render(heading string, m notify.Message, color bool) string {
	p := page{color: color}
	to := run{text: heading, style: dimStyle}
	if who := strings.Join(m.Mentions, " "); who != "" {
		to.text += "  " + who
	}
	p.paragraph("", "", to)
	if m.Plain {
		for line := range strings.SplitSeq(m.Text, "\n") {
			p.paragraph("", "", run{text: line})
		}
	} else {
		p.parts(m)
	}
	p.WriteByte('\n')
	return p.String()
}

// indents are what the lines of a part begin with: the first one, and the rest.
var indents = map[notify.PartKind][2]string{
	notify.Line: {"  ", "    "}, notify.Quote: {"  │ ", "  │ "}, notify.Bullet: {"  • ", "    "}, notify.Small: {"  ", "    "},
}

// parts writes a message, its first line without indent.
func (p *page) parts(m notify.Message) {
	for i, part := range m.Parts() {
		first, rest := indents[part.Kind][0], indents[part.Kind][1]
		if i == 0 || m.Kind == news.DeliverOps && part.Kind == notify.Line {
			first, rest = "", "  "
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
