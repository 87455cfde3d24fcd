package main

import (
	"github.com/copytaster/copytaster/internal/probe"
)

func printOnline(out *output, o *probe.Answers) {
	out.say("\nsources:")
	rows := make([][]string, len(o.Sources))
	for i, s := range o.Sources {
		rows[i] = []string{"  " + out.palette.markOf(s.OK, s.Warning) + " " + s.Name, s.Detail}
	}
	out.table(rows)
	if o.Offline() {
		out.note("no source could be reached: is this machine on the network?")
	}
	printSlack(out, &o.Slack)
	if len(o.Sinks) == 0 {
		return
	}
	out.say("\nsinks:")
	rows = make([][]string, len(o.Sinks))
	for i, s := range o.Sinks {
		rows[i] = []string{"  " + out.palette.mark(s.OK) + " " + s.Sink, s.Detail}
	}
	out.table(rows)
}

func printSlack(out *output, a *probe.SlackAnswer) {
	switch {
	case !a.Configured:
		out.say("\nSlack: slack.token is not set, alerts go to the terminal")
		return
	case a.Error != "":
		out.say("\nSlack: %s %s", out.palette.mark(false), a.Error)
		return
	}
	out.say("\nSlack: %s as @%s", a.Team, a.Bot)
	for _, s := range a.Missing {
		out.say("  %s scope %s is missing, to %s", out.palette.mark(false), s.Scope, s.For)
	}
	switch {
	case a.SocketOpens():
		out.say("  %s people can answer alerts", out.palette.mark(true))
	case a.Socket != "":
		out.say("  %s nobody can answer alerts: %s", out.palette.mark(false), a.Socket)
	}
	rows := make([][]string, len(a.Channels))
	for i, c := range a.Channels {
		rows[i] = []string{"  " + out.palette.mark(c.OK) + " #" + c.Channel, c.Detail, c.Invite}
	}
	out.table(rows)
	rows = make([][]string, len(a.Mentions))
	for i, m := range a.Mentions {
		rows[i] = []string{"  " + out.palette.mark(m.OK) + " " + m.Mention, m.Detail}
	}
	out.table(rows)
}
