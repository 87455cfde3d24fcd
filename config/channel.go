package config

import (
	"regexp"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

var (
	channelForm = newBounded(channelClass, channelClass, 80)
	channelID   = regexp.MustCompile(`^` + channelIDPattern + `$`)
)

const (
	channelClass     = `[\p{Ll}\p{Lo}\p{M}\p{N}_-]`
	channelPattern   = channelClass + `{1,80}`
	channelIDPattern = `[CGD][A-Z0-9]{8,}`
)

// decodeChannel decodes a channel's name, with or without "#", or its ID.
func decodeChannel(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok {
		return "", false
	}
	name := strings.TrimPrefix(text, "#")
	if news.HoldsSlackToken(name) {
		d.mistake(v, "put it into slack.token", "this is a token and no channel")
		return "", false
	}
	if what, hint := receiver(text); what != "" {
		d.mistake(v, hint, "this is %s and no channel", what)
		return "", false
	}
	if !channelForm.MatchString(name) && !channelID.MatchString(name) {
		hint := "write its name, such as news, or its ID"
		if lower := strings.ToLower(name); channelForm.MatchString(lower) {
			hint = "did you mean `" + lower + "`?"
		}
		d.mistake(v, hint, "%s is no channel", v.quoted())
		return "", false
	}
	return name, true
}

// channelLink is where Slack's own link to a channel names it.
var channelLink = regexp.MustCompile(`\.slack\.com/archives/(` + channelIDPattern + `)(/|$)`)

// receiver says what a text is that names somebody who gets alerts, but no channel, and what to
// write instead. what is "" for any other text. A URL may be a key, and is not said again.
func receiver(text string) (what, hint string) {
	lower := strings.ToLower(text)
	switch link := channelLink.FindStringSubmatch(text); {
	case link != nil:
		return "a link", "write the channel's ID, " + link[1]
	case strings.HasPrefix(lower, "https://"), strings.HasPrefix(lower, "http://"):
		return "a URL", "add it to sinks: as `- {name: pager, webhook: URL, secret: whsec_…}`, and write that name here"
	case strings.HasPrefix(lower, "mailto:"), strings.Contains(text, "@") && !strings.HasPrefix(text, "@"):
		return "an address", "add it to sinks: as `- {name: desk, mail: [desk@example.org]}`, and write that name here"
	}
	return "", ""
}

// plainChannel is a channel's name or ID.
func plainChannel() form {
	return form{Type: kinds{"string", "number"}, Pattern: `^#?(` + channelPattern + `|` + channelIDPattern + `)$`}.
		or("write a channel's name in small letters, or its ID")
}
