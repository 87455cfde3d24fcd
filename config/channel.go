package config

import (
	"regexp"
	"strings"
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

// channel reads a channel's name, with or without "#", or its ID.
func (l *loader) channel(v value) (string, bool) {
	text, ok := l.text(v)
	if !ok {
		return "", false
	}
	name := strings.TrimPrefix(text, "#")
	if slackToken.MatchString(name) {
		l.mistake(v, "put it into slack.token", "this is a token and no channel")
		return "", false
	}
	if !channelForm.MatchString(name) && !channelID.MatchString(name) {
		hint := "write its name, such as news, or its ID"
		if lower := strings.ToLower(name); channelForm.MatchString(lower) {
			hint = "did you mean `" + lower + "`?"
		}
		l.mistake(v, hint, "%s is no channel", shown(v))
		return "", false
	}
	return name, true
}

func (l *loader) channels(v value) []string {
	var all []string
	for _, e := range l.oneOrMore(v, "channel") {
		if name, ok := l.channel(e); ok {
			all = append(all, name)
		}
	}
	return all
}

// plainChannel is a channel's name or ID.
func plainChannel() form {
	return form{Type: kinds{"string", "number"}, Pattern: `^#?(` + channelPattern + `|` + channelIDPattern + `)$`}.
		or("write a channel's name in small letters, or its ID")
}
