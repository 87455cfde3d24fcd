package config

import (
	"strings"

	"github.com/copytaster/copytaster/notify"
)

// mentionPattern is what editors take for a mention; notify.ParseMention
// decides.
const mentionPattern = `^<?(@?(here|channel|everyone)|!(here|channel|everyone)|@?[UWS][A-Z0-9]{8,}|!subteam\^S[A-Z0-9]{8,})(\|[^>]*)?>?$`

// mentions reads whom to mention. Slack notifies by ID: a handle would be
// posted as words, and nobody would hear of it.
func (l *loader) mentions(v value) []string {
	var all []string
	for _, e := range l.oneOrMore(v, "mention") {
		who, ok := l.text(e)
		if !ok {
			continue
		}
		if _, ok := notify.ParseMention(who); !ok {
			l.notifiesNobody(e, who)
			continue
		}
		all = append(all, who)
	}
	return all
}

const mentionHint = `write the ID of a user (U012AB3CD) or user group (S012AB3CD), or "@here", "@channel" or "@everyone"`

// notifiesNobody complains of a mention that Slack takes for words.
func (l *loader) notifiesNobody(v value, who string) {
	name := strings.TrimLeft(strings.TrimSpace(who), "@")
	before := len(l.mistakes)
	switch _, upper := notify.ParseMention(strings.ToUpper(name)); {
	case name == "":
		l.mistake(v, mentionHint, "the mention is empty")
		return
	case strings.HasPrefix(name, "#"):
		l.mistake(v, "write it under to:", "%s is a channel, and mentions nobody", shown(v))
		return
	case upper:
		l.mistake(v, "did you mean `"+strings.ToUpper(name)+"`?", "%s is no ID: it mentions nobody", shown(v))
		return
	case isBroadcast(name):
		l.mistake(v, "did you mean `@"+strings.ToLower(name)+"`?", "%s mentions nobody", shown(v))
		return
	}
	l.mistake(v, mentionHint+"; `copytaster check --online` finds the ID", "%s mentions nobody: Slack notifies by ID", shown(v))
	if len(l.mistakes) > before && !strings.Contains(v.node.Value, "${") { // what the environment holds is not shown
		l.mistakes[len(l.mistakes)-1].Handle = who
	}
}

func isBroadcast(name string) bool {
	m, ok := notify.ParseMention(strings.ToLower(name))
	return ok && m.Broadcast != ""
}

// LoadSlack reads what a config says of Slack, whatever else is wrong with it;
// ok is false when that itself is wrong or cannot be read.
func LoadSlack(path string, env Getenv) (s Slack, ok bool) {
	l := newLoader(path, disk{}, env)
	l.read()
	return l.config.Slack, !l.lost && !l.spoilt["slack"]
}
