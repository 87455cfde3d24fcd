package app_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/app"
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

// TestForesee: what a config that is still to be put in force would bring is seen in the store of
// a daemon, and nothing where there is no store.
func TestForesee(t *testing.T) {
	site := newWireSite(t)
	slack := fakeSlack(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news", Member: true}}})
	for i := range 60 {
		site.add(fmt.Sprintf("Harbour news %d", i))
	}
	site.add("Kim met Putin")
	storage := t.TempDir() + "/copytaster.db"
	path := configFile(t, storage, slack, wireConfig(site, kimRule))
	foresee := func() string {
		t.Helper()
		floods, err := app.Foresee(t.Context(), options(t, path).Config)
		if err != nil {
			t.Error(err)
		}
		return fmt.Sprint(floods)
	}
	if got := foresee(); got != "[]" {
		t.Errorf("without a store: %s", got)
	}
	if _, err := os.Stat(storage); err == nil {
		t.Error("to look made a store")
	}
	run(t, io.Discard, options(t, path))
	first(t, slack)
	if got := foresee(); got != "[]" {
		t.Errorf("what is in force brings %s", got)
	}
	rewrite(t, path, "any: [Kim]", "any: [Kim, harbour]")
	if got := foresee(); got != "[kim would have taken 61 stories in 7 days (was 1)]" {
		t.Errorf("a changed rule brings %s", got)
	}
}
