package config

import (
	"regexp"
	"strings"

	"github.com/copytaster/copytaster/config/yamlfile"
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
	if yamlfile.HoldsSlackToken(name) {
		d.mistake(v, "put it into slack.token", "this is a token and no channel")
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

// plainChannel is a channel's name or ID.
func plainChannel() form {
	return form{Type: kinds{"string", "number"}, Pattern: `^#?(` + channelPattern + `|` + channelIDPattern + `)$`}.
		or("write a channel's name in small letters, or its ID")
}
