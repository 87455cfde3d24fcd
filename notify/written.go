package notify

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Written is a message whose parts were written when it was recorded. Its JSON is the text
// of its delivery.
type Written struct {
	Parts    []Part
	Mentions []string `json:",omitempty"`
	Rules    []string `json:",omitempty"` // that it is about
}

// Encode returns the text of the message's delivery.
func (w Written) Encode() string {
	b, _ := json.Marshal(w) //nolint:errchkjson,musttag // plain fields always marshal, by their own names
	return string(b)
}

// Message builds the message of its delivery. zone is that of the times in its Text, which
// notifications show as it is; the body's times are in each reader's own.
func (w Written) Message(d news.Delivery, zone *time.Location) Message {
	m := Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal,
		Mentions: names(w.Mentions), Rules: names(w.Rules), Body: Clean(w.Parts),
	}
	m.Text = cut(PlainText(m.Body, zone), maxOps)
	return m
}

// Clean returns parts whose texts are safe to show, whoever wrote them.
func Clean(parts []Part) []Part {
	all := slices.Clone(parts)
	for i, p := range all {
		runs := slices.Clone(p.Runs)
		for k, r := range runs {
			if p.Kind == Code {
				runs[k].Text = code(r.Text)
				continue
			}
			text := line(r.Text, maxPart)
			if strings.HasPrefix(r.Text, " ") {
				text = " " + text
			}
			if strings.HasSuffix(r.Text, " ") && text != " " {
				text += " "
			}
			runs[k].Text, runs[k].Link = text, link(r.Link)
		}
		all[i].Runs = slices.DeleteFunc(runs, func(r Run) bool { return r.Text == "" && r.Time.IsZero() })
	}
	return all
}

// code is a text that is safe to show with the indents of its lines.
func code(s string) string {
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		if text := clean(l); text != "" {
			lines = append(lines, l[:len(l)-len(strings.TrimLeft(l, " "))]+text)
		}
	}
	return cut(strings.Join(lines, "\n"), maxOps)
}

// maxPart is how much of one run is shown, in runes.
const maxPart = 600

// PlainText is what parts say, a line each, with times in a zone.
func PlainText(parts []Part, zone *time.Location) string {
	var lines []string
	for _, p := range parts {
		var b strings.Builder
		for _, r := range p.Runs {
			if r.Time.IsZero() {
				b.WriteString(r.Text)
			} else {
				b.WriteString(r.Time.In(zone).Format("2 Jan 15:04 MST"))
			}
			if r.Style == Sign {
				b.WriteString(" ")
			}
		}
		if b.Len() > 0 {
			lines = append(lines, b.String())
		}
	}
	return strings.Join(lines, "\n")
}
