package slack

import (
	"regexp"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

// mention is a configured mention as Slack understands it: one of the fields
// is set.
type mention struct{ broadcast, user, group, words string }

// Forms in which people copy IDs out of Slack: U012AB3CD, <@U012AB3CD>,
// S012AB3CD, <!subteam^S012AB3CD|@desk>.
var (
	userID    = regexp.MustCompile(`^(?:<?@)?([UW][A-Z0-9]{8,})(?:\|[^>]*)?>?$`)
	groupID   = regexp.MustCompile(`^(?:<!subteam\^|@)?(S[A-Z0-9]{8,})(?:\|[^>]*)?>?$`)
	broadcast = regexp.MustCompile(`^(?:<!|@)?(here|channel|everyone)(?:\|[^>]*)?>?$`)
)

// parseMention reads a mention from the config: "@here", "@channel",
// "@everyone", the ID of a user or a user group, or Slack's own mark-up of
// them. Anything else, such as "@oncall", stays words that notify nobody.
func parseMention(who string) mention {
	if m := broadcast.FindStringSubmatch(who); m != nil {
		return mention{broadcast: m[1]}
	}
	if m := userID.FindStringSubmatch(who); m != nil {
		return mention{user: m[1]}
	}
	if m := groupID.FindStringSubmatch(who); m != nil {
		return mention{group: m[1]}
	}
	return mention{words: who}
}

// mentions are the elements that mention people, each followed by a space.
func mentions(all []string) []element {
	var elements []element
	for _, who := range all {
		elements = append(elements, parseMention(who).element(), plain(" "))
	}
	return elements
}

func (m mention) element() element {
	switch {
	case m.broadcast != "":
		return slackgo.NewRichTextSectionBroadcastElement(m.broadcast)
	case m.user != "":
		return slackgo.NewRichTextSectionUserElement(m.user, nil)
	case m.group != "":
		return slackgo.NewRichTextSectionUserGroupElement(m.group)
	default:
		return plain(m.words)
	}
}

// markup is the mention within a text.
func (m mention) markup() string {
	switch {
	case m.broadcast != "":
		return "<!" + m.broadcast + ">"
	case m.user != "":
		return "<@" + m.user + ">"
	case m.group != "":
		return "<!subteam^" + m.group + ">"
	default:
		return slackutilsx.EscapeMessage(m.words)
	}
}
