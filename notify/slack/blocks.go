package slack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"github.com/copytaster/copytaster/notify"
)

// element is one piece of rich text.
type element = slackgo.RichTextSectionElement

// builder makes blocks of a message's parts. Lines, quotes and lists are rich
// text; small parts are context blocks of plain text. Both are taken literally,
// so that nothing a source writes can mention, link or format.
type builder struct {
	edition int
	blocks  []slackgo.Block
	rich    *slackgo.RichTextBlock // to be added to; nil after a block of another type
	last    []notify.Button        // that the message, or the field of a view, ends with
}

// blocks shows a message, last of all those who are mentioned and the buttons.
func blocks(m notify.Message) []slackgo.Block {
	b := builder{edition: m.Edition}
	for _, p := range m.Parts() {
		b.part(p)
	}
	if who := mentions(m.Mentions); len(who) > 0 {
		b.add(slackgo.NewRichTextSection(who...))
	}
	b.endWithButtons()
	return b.blocks
}

// endWithButtons adds the buttons that are left to be shown.
func (b *builder) endWithButtons() {
	if len(b.last) > 0 {
		b.blocks = append(b.blocks, slackgo.NewActionBlock(b.id(), buttons(b.last)...))
		b.rich, b.last = nil, nil
	}
}

// id returns the next block's ID, which no other edition of the message uses.
func (b *builder) id() string { return fmt.Sprintf("b%d.%d", len(b.blocks)+1, b.edition) }

// part adds a part. Who acted is named in words in a post: a user's element would notify
// them. An edit notifies nobody.
func (b *builder) part(p notify.Part) {
	if b.edition == 0 {
		p.Runs = inWords(p.Runs)
	}
	switch p.Kind {
	case notify.Small:
		b.rich = nil
		b.blocks = append(b.blocks, slackgo.NewContextBlock(b.id(), small(p.Runs)...))
	case notify.Quote:
		b.add(&slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: elements(p.Runs)})
	case notify.Code:
		b.add(&slackgo.RichTextPreformatted{Type: slackgo.RTEPreformatted, Elements: elements(p.Runs)})
	case notify.Bullet:
		b.bullet(slackgo.NewRichTextSection(elements(p.Runs)...))
	case notify.Line:
		b.add(slackgo.NewRichTextSection(elements(p.Runs)...))
	case notify.Buttons:
		b.last = append(b.last, p.Buttons...)
	}
}

// inWords are runs that name people by their names.
func inWords(runs []notify.Run) []notify.Run {
	named := slices.Clone(runs)
	for i := range named {
		named[i].User = ""
	}
	return named
}

// add puts an element into the last block of rich text, or into a new one.
func (b *builder) add(e slackgo.RichTextElement) {
	if b.rich == nil {
		b.rich = slackgo.NewRichTextBlock(b.id())
		b.blocks = append(b.blocks, b.rich)
	}
	b.rich.Elements = append(b.rich.Elements, e)
}

// bullet adds to the list that the block ends with, or begins one.
func (b *builder) bullet(s *slackgo.RichTextSection) {
	if b.rich != nil && len(b.rich.Elements) > 0 {
		if l, ok := b.rich.Elements[len(b.rich.Elements)-1].(*slackgo.RichTextList); ok {
			l.Elements = append(l.Elements, s)
			return
		}
	}
	b.add(slackgo.NewRichTextList(slackgo.RTEListBullet, 0, s))
}

// elements are the runs of a part as rich text.
func elements(runs []notify.Run) []element {
	var all []element
	for _, s := range runs {
		if e := elementOf(s); e != nil {
			all = append(all, e)
		}
		if s.Style == notify.Sign {
			all = append(all, plain(" "))
		}
	}
	return all
}

// emoji are Slack's names of the signs.
var emoji = map[string]string{
	"🚨": "rotating_light", "🟠": "large_orange_circle", "➡️": "arrow_right", "❗": "exclamation", "⬆️": "arrow_up",
	"✏️": "pencil2", "🚫": "no_entry_sign", "✋": "hand", "↩️": "leftwards_arrow_with_hook", "⚠️": "warning",
	"✅": "white_check_mark", "⚪": "white_circle", "💤": "zzz", "⏰": "alarm_clock", "🔓": "unlock", "📰": "newspaper",
	"🧹": "broom", "🌊": "ocean",
}

// elementOf is a run as rich text, nil when it shows nothing.
func elementOf(s notify.Run) element {
	var style *slackgo.RichTextSectionTextStyle
	switch s.Style {
	case notify.Bold, notify.Match, notify.Label:
		style = &slackgo.RichTextSectionTextStyle{Bold: true}
	case notify.Strike:
		style = &slackgo.RichTextSectionTextStyle{Strike: true}
	case notify.Sign:
		if name := emoji[s.Text]; name != "" {
			return slackgo.NewRichTextSectionEmojiElement(name, 0, nil)
		}
	}
	switch {
	case !s.Time.IsZero():
		return date(s)
	case s.User != "":
		return slackgo.NewRichTextSectionUserElement(s.User, nil)
	case s.Text == "":
		return nil
	case s.Link != "":
		return slackgo.NewRichTextSectionLinkElement(s.Link, s.Text, style)
	default:
		return slackgo.NewRichTextSectionTextElement(s.Text, style)
	}
}

// dateFormat returns how Slack shows a time in each reader's own zone, and what
// is shown where it cannot.
func dateFormat(s notify.Run) (format, fallback string) {
	if s.Clock {
		return "{time}", s.Time.UTC().Format("15:04 MST")
	}
	return "{date_short_pretty} {time}", s.Time.UTC().Format("2 Jan 2006 15:04 MST")
}

// date shows a time. Slack knows none before 1970.
func date(s notify.Run) element {
	format, fallback := dateFormat(s)
	if s.Time.Unix() <= 0 {
		return plain(fallback)
	}
	return &slackgo.RichTextSectionDateElement{
		Type: slackgo.RTSEDate, Timestamp: slackgo.JSONTime(s.Time.Truncate(time.Second).Unix()), Format: format,
		Fallback: &fallback,
	}
}

// small are the runs of a part as elements of a context block. Text is plain
// text; only times are mark-up, with the punctuation that follows them.
func small(runs []notify.Run) []slackgo.MixedElement {
	var all []slackgo.MixedElement
	var said strings.Builder
	flush := func() {
		if text := strings.TrimSpace(said.String()); text != "" {
			all = append(all, slackgo.NewTextBlockObject(slackgo.PlainTextType, text, false, false))
		}
		said.Reset()
	}
	runs = slices.Clone(runs)
	for i, s := range runs {
		switch {
		case s.Time.IsZero():
			said.WriteString(s.Text)
		case s.Time.Unix() <= 0:
			_, fallback := dateFormat(s)
			said.WriteString(fallback)
		default:
			flush()
			format, fallback := dateFormat(s)
			markup := fmt.Sprintf("<!date^%d^%s|%s>", s.Time.Unix(), format, fallback)
			if i+1 < len(runs) {
				rest := strings.TrimLeft(runs[i+1].Text, ".,;:)")
				markup += runs[i+1].Text[:len(runs[i+1].Text)-len(rest)]
				runs[i+1].Text = rest
			}
			all = append(all, slackgo.NewTextBlockObject(slackgo.MarkdownType, markup, false, false))
		}
	}
	flush()
	return all
}

func plain(s string) element { return slackgo.NewRichTextSectionTextElement(s, nil) }

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

// buttons are those of a message.
func buttons(all []notify.Button) (elements []slackgo.BlockElement) {
	label := func(text string) *slackgo.TextBlockObject {
		return slackgo.NewTextBlockObject(slackgo.PlainTextType, text, false, false)
	}
	for _, b := range all {
		if len(b.Menu) > 0 {
			options := make([]*slackgo.OptionBlockObject, len(b.Menu))
			for i, o := range b.Menu {
				options[i] = slackgo.NewOptionBlockObject(o.Value, label(o.Label), nil)
				options[i].URL = o.Link
			}
			elements = append(elements, slackgo.NewOverflowBlockElement(b.Action, options...))
			continue
		}
		e := slackgo.NewButtonBlockElement(b.Action, b.Value, label(b.Label))
		e.URL = b.Link
		if b.Confirm != "" {
			e.Confirm = slackgo.NewConfirmationBlockObject(label(b.Label+"?"), label(b.Confirm), label(b.Label), label("Cancel"))
		}
		if b.Primary {
			e.Style = slackgo.StylePrimary
		}
		elements = append(elements, e)
	}
	return elements
}
