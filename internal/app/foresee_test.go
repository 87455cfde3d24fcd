package app_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/slackfake"
)

// TestFloodForeseen: the ops channel is told once that a changed rule would have brought a flood,
// whatever restarts, and each time that the change is made.
func TestFloodForeseen(t *testing.T) {
	site := newWireSite(t)
	channels := []slackfake.Channel{{Name: "news", Member: true}, {Name: "ops", Member: true}}
	slack := fakeSlack(t, slackfake.Options{Channels: channels})
	for i := range 60 {
		site.add(fmt.Sprintf("Harbour news %d", i))
	}
	site.add("Kim met Putin")
	path := configFile(t, t.TempDir()+"/copytaster.db", slack, wireConfig(site, kimRule))
	rewrite(t, path, "slack: {", "slack: {ops_channel: ops, ")
	floods := func() (all []string) {
		for _, m := range slack.Messages("ops") {
			if strings.Contains(m.Text, "would have taken") {
				all = append(all, m.Text)
			}
		}
		return all
	}
	daemon := run(t, io.Discard, options(t, path))
	first(t, slack)
	reload := func(was, is string) {
		t.Helper()
		rewrite(t, path, was, is)
		if err := daemon.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	reload("any: [Kim]", "any: [Kim, Putin]") // no flood
	reload("any: [Kim, Putin]", "any: [Kim, harbour]")
	await(t, "the flood", func() bool { return len(floods()) > 0 })
	if got := floods()[0]; !strings.Contains(got, "kim would have taken 61 stories in 7 days (was 1)") {
		t.Errorf("told %q", got)
	}
	if err := daemon.stop(); err != nil {
		t.Fatal(err)
	}
	daemon = run(t, io.Discard, options(t, path))
	reload("any: [Kim, harbour]", "any: [Kim]")
	reload("rules: [", "rules: [{name: port, any: [harbour]}, ")
	await(t, "the other flood", func() bool { return len(floods()) > 1 })
	if got := floods(); len(got) != 2 || !strings.Contains(got[1], "port would have taken 60 stories in 7 days (it is new)") {
		t.Errorf("told %q", got)
	}
}
