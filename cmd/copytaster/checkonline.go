package main

import (
	"github.com/copytaster/copytaster/internal/probe"
)

func (t *tool) tellOnline(o *probe.Answers) {
	t.say("\nsources:")
	rows := make([][]string, len(o.Sources))
	for i, s := range o.Sources {
		rows[i] = []string{"  " + t.palette.markOf(s.OK, s.Warning) + " " + s.Name, s.Detail}
	}
	t.table(rows)
	if o.Offline() {
		t.note("no source could be reached: is this machine on the network?")
	}
	t.tellSlack(&o.Slack)
}

func (t *tool) tellSlack(a *probe.SlackAnswer) {
	switch {
	case !a.Configured:
		t.say("\nSlack: slack.token is not set, alerts go to the terminal")
		return
	case a.Error != "":
		t.say("\nSlack: %s %s", t.palette.mark(false), a.Error)
		return
	}
	t.say("\nSlack: %s as @%s", a.Team, a.Bot)
	for _, s := range a.Missing {
		t.say("  %s scope %s is missing, to %s", t.palette.mark(false), s.Scope, s.For)
	}
	rows := make([][]string, len(a.Channels))
	for i, c := range a.Channels {
		rows[i] = []string{"  " + t.palette.mark(c.OK) + " #" + c.Channel, c.Detail, c.Invite}
	}
	t.table(rows)
	rows = nil
	for _, m := range a.Mentions {
		rows = append(rows, []string{"  " + t.palette.mark(m.OK) + " " + m.Mention, m.Detail})
	}
	t.table(rows)
}
