package notify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
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

// Messages about the alerts of a rule mention people in a channel so often within a time;
// the further ones come without.
const (
	MostMentions = 5
	MentionsOver = 10 * time.Minute
)

// Rest has a message say that the mentions of rules rest; of no rules, it says nothing.
func (m Message) Rest(rules []string) Message {
	m.Resting = names(rules)
	m.Text = dotted(m.Text, m.rest())
	return m
}

// rest says that mentions rest.
func (m Message) rest() string {
	if len(m.Resting) == 0 {
		return ""
	}
	return fmt.Sprintf("mentions rest: %d in %s for %s", MostMentions, count(int(MentionsOver/time.Minute), "minute", "minutes"),
		list(m.Resting, maxRules))
}

// resting adds to the parts of a message, above its buttons, that mentions rest.
func (m Message) resting(parts []Part) []Part {
	said := m.rest()
	if said == "" {
		return parts
	}
	at := slices.IndexFunc(parts, func(p Part) bool { return p.Kind == Buttons })
	if at < 0 {
		at = len(parts)
	}
	return slices.Insert(slices.Clone(parts), at, part(Small, say("🔕 "+said)))
}
