package notify

import (
	"regexp"
	"strings"
)

// Mention is who is notified, in one of its fields.
type Mention struct {
	Broadcast string // here, channel or everyone
	User      string // the ID of a user: U012AB3CD
	Group     string // the ID of a user group: S012AB3CD
}

// Forms in which people copy IDs out of Slack: U012AB3CD, <@U012AB3CD>,
// S012AB3CD, <!subteam^S012AB3CD|@desk>.
var (
	userID    = regexp.MustCompile(`^(?:<?@)?([UW][A-Z0-9]{8,})(?:\|[^>]*)?>?$`)
	groupID   = regexp.MustCompile(`^(?:<!subteam\^|@)?(S[A-Z0-9]{8,})(?:\|[^>]*)?>?$`)
	broadcast = regexp.MustCompile(`^(?:<!|@)?(here|channel|everyone)(?:\|[^>]*)?>?$`)
)

// ParseMention reads a mention: "@here", "@channel", "@everyone", the ID of a
// user or a user group, or Slack's own mark-up of them. ok is false for anything
// else, such as the handle @oncall, which notifies nobody.
func ParseMention(who string) (m Mention, ok bool) {
	who = strings.TrimSpace(who)
	if found := broadcast.FindStringSubmatch(who); found != nil {
		return Mention{Broadcast: found[1]}, true
	}
	if found := userID.FindStringSubmatch(who); found != nil {
		return Mention{User: found[1]}, true
	}
	if found := groupID.FindStringSubmatch(who); found != nil {
		return Mention{Group: found[1]}, true
	}
	return Mention{}, false
}
