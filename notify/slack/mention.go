package slack

import (
	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"github.com/copytaster/copytaster/notify"
)

// mentions are the elements that mention people, each followed by a space. What
// is no mention, which an older config may have let through, stays words.
func mentions(all []string) []element {
	var elements []element
	for _, who := range all {
		elements = append(elements, mentionElement(who), plain(" "))
	}
	return elements
}

func mentionElement(who string) element {
	switch m, _ := notify.ParseMention(who); {
	case m.Broadcast != "":
		return slackgo.NewRichTextSectionBroadcastElement(m.Broadcast)
	case m.User != "":
		return slackgo.NewRichTextSectionUserElement(m.User, nil)
	case m.Group != "":
		return slackgo.NewRichTextSectionUserGroupElement(m.Group)
	}
	return plain(who)
}

// mentionMarkup is the mention within a text.
func mentionMarkup(who string) string {
	switch m, _ := notify.ParseMention(who); {
	case m.Broadcast != "":
		return "<!" + m.Broadcast + ">"
	case m.User != "":
		return "<@" + m.User + ">"
	case m.Group != "":
		return "<!subteam^" + m.Group + ">"
	}
	return slackutilsx.EscapeMessage(who)
}
