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
	boldStyle  = "1"
	dimStyle   = "2"
	matchStyle = "1;4"
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
	switch {
	case m.Plain || m.Kind == news.DeliverOps:
		for line := range strings.SplitSeq(m.Text, "\n") {
			p.paragraph("", "", run{text: line})
		}
	case m.Kind == news.DeliverDigest:
		p.digest(m)
	default:
		p.story(m)
	}
	p.WriteByte('\n')
	return p.String()
}

func (p *page) digest(m notify.Message) {
	p.paragraph("", "  ", run{text: m.Headline, style: boldStyle})
	for _, brief := range m.Briefs {
		p.paragraph("  • ", "    ", run{text: brief.Line(), link: brief.Link})
		if !p.color && brief.Link != "" {
			p.WriteString("    " + brief.Link + "\n")
		}
	}
}

func (p *page) story(m notify.Message) {
	severity := run{text: strings.ToUpper(m.Severity.String()), style: severityStyles[m.Severity]}
	headline := run{text: m.Headline, style: boldStyle, link: m.Link}
	p.paragraph("", "  ", severity, run{text: " · "}, headline)
	if !p.color && m.Link != "" {
		p.WriteString("  " + m.Link + "\n") // in one piece, so that it can be copied
	}
	if len(m.Quote) > 0 {
		p.paragraph("  │ ", "  │ ", p.quote(m.Quote)...)
	}
	p.paragraph("  ", "    ", run{text: byline(m), style: dimStyle})
	for _, d := range m.Details() {
		p.paragraph("  ", "    ", run{text: d.Label + ": ", style: dimStyle}, run{text: d.Text})
	}
}

// quote returns the passage with its matched words marked: by style, else by
// asterisks.
func (p *page) quote(spans []notify.QuotePart) []run {
	runs := make([]run, len(spans))
	for i, s := range spans {
		switch runs[i].text = s.Text; {
		case s.Match && p.color:
			runs[i].style = matchStyle
		case s.Match:
			runs[i].text = "*" + s.Text + "*"
		}
	}
	return runs
}

// byline says who told it when, and how long ago.
func byline(m notify.Message) string {
	parts := []string{m.Source()}
	if !m.Time.IsZero() {
		when := m.Time.UTC().Format("2 Jan 2006 15:04 MST")
		if m.Undated {
			when = "undated, first seen " + when
		}
		parts = append(parts, when)
	}
	for _, s := range []string{m.Language, m.Lag()} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}
