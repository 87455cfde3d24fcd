package slack

import (
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// element is one piece of rich text.
type element = slackgo.RichTextSectionElement

// blocks shows a message as one rich text block: the headline, the quote, and
// the lines below. Rich text is taken literally, so that nothing a source
// writes can mention, link or format.
func blocks(m notify.Message) []slackgo.Block {
	if m.Kind == news.DeliverOps {
		elements := append(mentions(m.Mentions), plain(m.Text))
		return []slackgo.Block{slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(elements...))}
	}
	if m.Kind == news.DeliverDigest {
		return []slackgo.Block{slackgo.NewRichTextBlock("", digest(m)...)}
	}
	parts := []slackgo.RichTextElement{slackgo.NewRichTextSection(head(m)...)}
	if len(m.Quote) > 0 {
		parts = append(parts, &slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: quote(m.Quote)})
	}
	if lines := below(m); len(lines) > 0 {
		parts = append(parts, slackgo.NewRichTextSection(lines...))
	}
	return []slackgo.Block{slackgo.NewRichTextBlock("", parts...)}
}

// digest shows a headline and a list of stories.
func digest(m notify.Message) []slackgo.RichTextElement {
	briefs := make([]slackgo.RichTextElement, len(m.Briefs))
	for i, brief := range m.Briefs {
		elements := []element{bold(strings.ToUpper(brief.Severity.String())), plain(" · "), headline(brief.Headline, brief.Link)}
		for _, s := range append([]string{brief.Source}, brief.Rules...) {
			if s != "" {
				elements = append(elements, plain(" · "+s))
			}
		}
		if e := date(notify.Message{Time: brief.Time}); e != nil {
			elements = append(elements, plain(" · "), e)
		}
		briefs[i] = slackgo.NewRichTextSection(elements...)
	}
	parts := []slackgo.RichTextElement{
		slackgo.NewRichTextSection(bold(m.Headline)),
		slackgo.NewRichTextList(slackgo.RTEListBullet, 0, briefs...),
	}
	return parts
}

// headline is a bold headline, linked where there is a link.
func headline(text, link string) element {
	if link == "" {
		return bold(text)
	}
	return slackgo.NewRichTextSectionLinkElement(link, text, &slackgo.RichTextSectionTextStyle{Bold: true})
}

// signs catch the eye in a full channel; milder severities have none.
var signs = map[news.Severity]string{news.Urgent: "rotating_light", news.High: "large_orange_circle"}

// head is the first line: who is mentioned, how urgent it is, the headline.
func head(m notify.Message) []element {
	elements := mentions(m.Mentions)
	if sign := signs[m.Severity]; sign != "" {
		elements = append(elements, slackgo.NewRichTextSectionEmojiElement(sign, 0, nil), plain(" "))
	}
	return append(elements, bold(strings.ToUpper(m.Severity.String())), plain(" · "), headline(m.Headline, m.Link))
}

func quote(spans []notify.QuotePart) []element {
	elements := make([]element, len(spans))
	for i, s := range spans {
		elements[i] = plain(s.Text)
		if s.Match {
			elements[i] = bold(s.Text)
		}
	}
	return elements
}

// below is what stands under the quote: where and when, then why.
func below(m notify.Message) []element {
	var elements []element
	add := func(separator string, e element) {
		if len(elements) > 0 {
			elements = append(elements, plain(separator))
		}
		elements = append(elements, e)
	}
	if source := m.Source(); source != "" {
		add("", plain(source))
	}
	if e := date(m); e != nil {
		add(" · ", e)
	}
	for _, s := range []string{m.Language, m.Lag()} {
		if s != "" {
			add(" · ", plain(s))
		}
	}
	for _, d := range m.Details() {
		add("\n", bold(d.Label+": "))
		elements = append(elements, plain(d.Text))
	}
	return elements
}

// date shows a time in each reader's own zone; nil when there is none to show.
func date(m notify.Message) element {
	if m.Time.Unix() <= 0 {
		return nil
	}
	format, fallback := "{date_short_pretty} {time}", m.Time.UTC().Format("2 Jan 2006 15:04 MST")
	if m.Undated {
		format, fallback = "undated, first seen "+format, "undated, first seen "+fallback
	}
	return &slackgo.RichTextSectionDateElement{
		Type: slackgo.RTSEDate, Timestamp: slackgo.JSONTime(m.Time.Truncate(time.Second).Unix()), Format: format,
		Fallback: &fallback,
	}
}

func plain(s string) element { return slackgo.NewRichTextSectionTextElement(s, nil) }

func bold(s string) element {
	return slackgo.NewRichTextSectionTextElement(s, &slackgo.RichTextSectionTextStyle{Bold: true})
}

// text is the message as one line of Slack's mark-up, in which everything but
// our own mentions and link is escaped. Beside blocks it is what notifications
// say, and mentions nobody: the blocks do.
func text(m notify.Message) string {
	escaped := slackutilsx.EscapeMessage(m.Text)
	if !m.Plain {
		return escaped
	}
	var b strings.Builder
	for _, who := range m.Mentions {
		b.WriteString(mentionMarkup(who) + " ")
	}
	b.WriteString(escaped)
	if m.Link != "" {
		b.WriteString("\n<" + slackutilsx.EscapeMessage(m.Link) + ">")
	}
	return b.String()
}
