package config

import (
	"strings"

	"github.com/copytaster/copytaster/notify"
)

// mentionPattern is what editors accept as a mention. notify.ParseMention decides.
const mentionPattern = `^<?(@?(here|channel|everyone)|!(here|channel|everyone)|@?[UWS][A-Z0-9]{8,}|!subteam\^S[A-Z0-9]{8,})(\|[^>]*)?>?$`

// decodeMention decodes whom to mention. Slack notifies by ID: a handle would be
// posted as words, and nobody would be notified.
func decodeMention(d *decoder, v value) (string, bool) {
	who, ok := d.text(v)
	if !ok {
		return "", false
	}
	if _, ok := notify.ParseMention(who); !ok {
		d.notifiesNobody(v, who)
		return "", false
	}
	return who, true
}

const mentionHint = `write the ID of a user (U012AB3CD) or user group (S012AB3CD), or "@here", "@channel" or "@everyone"`

// notifiesNobody reports a mention that Slack would post as words.
func (d *decoder) notifiesNobody(v value, who string) {
	name := strings.TrimLeft(strings.TrimSpace(who), "@")
	switch _, upper := notify.ParseMention(strings.ToUpper(name)); {
	case name == "":
		d.mistake(v, mentionHint, "the mention is empty")
		return
	case strings.HasPrefix(name, "#"):
		d.mistake(v, "write it under to:", "%s is a channel, and mentions nobody", v.quoted())
		return
	case upper:
		d.mistake(v, "did you mean `"+strings.ToUpper(name)+"`?", "%s is no ID: it mentions nobody", v.quoted())
		return
	case isBroadcast(name):
		d.mistake(v, "did you mean `@"+strings.ToLower(name)+"`?", "%s mentions nobody", v.quoted())
		return
	}
	d.mistake(v, mentionHint+"; `copytaster check --online` finds the ID", "%s mentions nobody: Slack notifies by ID", v.quoted())
	if !strings.Contains(v.node.Value, "${") { // what the environment holds is not shown
		d.mistakes[len(d.mistakes)-1].Handle = who
	}
}

func isBroadcast(name string) bool {
	m, ok := notify.ParseMention(strings.ToLower(name))
	return ok && m.Broadcast != ""
}

// LoadSlack returns what a config says about Slack, whatever else is wrong with
// it. It is not ok when that part is wrong or cannot be read.
func LoadSlack(path string, env Getenv) (s Slack, ok bool) {
	rep := newReporter()
	said := decode(read(path, disk{}, env, rep), env, rep)
	return said.Slack, !rep.lost && !rep.spoilt["slack"]
}
