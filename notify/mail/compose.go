package mail

import (
	"fmt"
	"html"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// longestSubject is in characters.
const longestSubject = 180

// compose writes a mail to a sink under an ID.
func (s *Sender) compose(sink, id string, m notify.Message) *gomail.Msg {
	mail := gomail.NewMsg()
	mail.FromMailAddress(s.from)
	mail.ToMailAddress(s.to...)
	mail.SetGenHeader(gomail.HeaderSubject, subject(m.Text))
	mail.SetDateWithValue(s.opt.Now())
	mail.SetMessageIDWithValue(id)
	if isID(m.Thread) { // else the sink was no mail's when the thread began
		mail.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.Thread+">")
		mail.SetGenHeader(gomail.HeaderReferences, "<"+m.Thread+">")
	}
	mail.SetUserAgent(header(s.opt.Agent))
	mail.SetBulk() // nobody is to answer by a machine; nor by what follows
	mail.SetGenHeader("Auto-Submitted", "auto-generated")
	mail.SetGenHeader("List-Id", "<"+label(sink)+".copytaster."+s.domain+">")
	if m.Severity == news.Urgent {
		mail.SetImportance(gomail.ImportanceHigh)
	}
	if m.Plain {
		mail.SetBodyString(gomail.TypeTextPlain, m.Text+"\n")
		return mail
	}
	l := layout{zone: s.opt.Zone}
	mail.SetBodyString(gomail.TypeTextPlain, l.plain(m))
	mail.AddAlternativeString(gomail.TypeTextHTML, l.html(m))
	return mail
}

// isID reports whether a name is that of a mail.
func isID(name string) bool {
	return strings.IndexByte(name, '@') > 0 && header(name) == name && !strings.ContainsAny(name, "<> ")
}

// subject is the first line of a message's text, which begins with the state of the news. It
// never looks as if it were encoded already.
func subject(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = strings.ReplaceAll(header(text), "=?", "= ?")
	if utf8.RuneCountInString(text) > longestSubject {
		text = strings.TrimSpace(string([]rune(text)[:longestSubject-1])) + "…"
	}
	return text
}

// header is a text as it may stand in a header: without what would end it, or turn it round.
func header(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case news.Unseen(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))), " ")
}

// label is a sink's name as a part of the name of a list.
func label(sink string) string {
	return strings.Map(func(r rune) rune {
		if r <= '~' && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_') {
			return r
		}
		return '-'
	}, sink)
}

// layout writes the parts of messages, which have no buttons here.
type layout struct{ zone *time.Location }

// in is a run's text.
func (l layout) in(r notify.Run) string {
	switch {
	case r.Clock:
		return r.Time.In(l.zone).Format("15:04 MST")
	case !r.Time.IsZero():
		return r.Time.In(l.zone).Format("2 Jan 2006 15:04 MST")
	case r.Style == notify.Sign:
		return r.Text + " "
	}
	return r.Text
}

// plain is a message as text, each link in a line of its own.
func (l layout) plain(m notify.Message) string {
	var b strings.Builder
	for _, part := range m.Parts() {
		if part.Kind == notify.Buttons {
			continue
		}
		switch part.Kind {
		case notify.Quote:
			b.WriteString("> ")
		case notify.Bullet:
			b.WriteString("• ")
		}
		var links []string
		for _, r := range part.Runs {
			b.WriteString(l.in(r))
			if isLink(r.Link) {
				links = append(links, r.Link)
			}
		}
		b.WriteByte('\n')
		for _, link := range links {
			b.WriteString("  " + link + "\n")
		}
	}
	return b.String()
}

// frames are what stands around a part.
var frames = map[notify.PartKind][2]string{
	notify.Line: {`<p dir="auto">`, "</p>\n"}, notify.Quote: {`<blockquote dir="auto">`, "</blockquote>\n"},
	notify.Bullet: {`<p dir="auto">• `, "</p>\n"}, notify.Small: {`<p dir="auto"><small>`, "</small></p>\n"},
	notify.Code: {"<pre>", "</pre>\n"},
}

// tags are the elements of styles.
var tags = map[notify.Style]string{notify.Bold: "b", notify.Strike: "s", notify.Match: "mark", notify.Label: "b"}

// html is a message as a page that loads nothing.
func (l layout) html(m notify.Message) string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html><head><meta charset=\"utf-8\"></head><body>\n")
	for _, part := range m.Parts() {
		frame, shown := frames[part.Kind]
		if !shown {
			continue
		}
		b.WriteString(frame[0])
		for _, r := range part.Runs {
			run := html.EscapeString(l.in(r))
			if tag := tags[r.Style]; tag != "" {
				run = fmt.Sprintf("<%s>%s</%s>", tag, run, tag)
			}
			if isLink(r.Link) {
				run = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(r.Link), run)
			}
			b.WriteString(run)
		}
		b.WriteString(frame[1])
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// isLink reports whether a link leads to the web.
func isLink(link string) bool {
	return strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://")
}
