package app_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/demo"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify/terminal"
)

// demoChannels are those of the demo's config.
var demoChannels = []string{"dprk-desk", "duty", "news", "monitoring"}

// throughDemo runs the daemon on the demo's stories, one arrival after the other. arrived is
// called before each, and stands for a new one.
func throughDemo(t *testing.T, storage, slack string, with func(*app.Options), arrived func()) *demo.Site {
	t.Helper()
	site, err := demo.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = site.Close() })
	site.Hold()
	path := filepath.Join(t.TempDir(), "copytaster.yaml")
	write(t, path, string(site.ConfigYAML(storage))+slack)
	opt := options(t, path)
	with(&opt)
	pass, err := open(t, opt).Through(t.Context(), patience, func() bool {
		arrived()
		return site.Arrive()
	})
	if err != nil || !pass.Done() {
		t.Fatalf("%+v, %v", pass, err)
	}
	return site
}

// golden compares a text with a file of testdata. COPYTASTER_UPDATE=1 writes the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if os.Getenv("COPYTASTER_UPDATE") != "" {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); COPYTASTER_UPDATE=1 writes it anew:\n%s", path, diff)
	}
}

// when shows the times of the demo's stories, and "‹now›" for those of the run.
func when(at time.Time, _ string) string {
	if time.Since(at) < 24*time.Hour {
		return "‹now›"
	}
	return at.UTC().Format("2 Jan 2006 15:04 MST")
}

// TestDemoInSlack holds what the channels of the demo show in the end: each message in its
// last state, with its thread, in the order of arrival. Where several came of one arrival,
// their order is that of their texts.
func TestDemoInSlack(t *testing.T) {
	t.Parallel()
	var channels []slackfake.Channel
	for _, name := range demoChannels {
		channels = append(channels, slackfake.Channel{Name: name, Member: true})
	}
	slack := fakeSlack(t, slackfake.Options{Channels: channels})
	arrival := map[string]int{} // of messages, by channel and timestamp
	arrivals := 0
	note := func() {
		for _, m := range slack.Messages("") {
			if _, known := arrival[m.Channel+m.TS]; !known {
				arrival[m.Channel+m.TS] = arrivals
			}
		}
		arrivals++
	}
	token := fmt.Sprintf("slack: {token: %s, api_url: %q}\n", slackfake.DefaultToken, slack.URL())
	site := throughDemo(t, storetest.SQLite(t), token, func(*app.Options) {}, note)
	note()
	var text strings.Builder
	shown := map[string][]slackfake.Message{}
	for _, name := range demoChannels {
		messages := slack.Messages(name)
		slices.SortStableFunc(messages, func(a, b slackfake.Message) int {
			if d := arrival[a.Channel+a.TS] - arrival[b.Channel+b.TS]; d != 0 {
				return d
			}
			return strings.Compare(a.Text, b.Text)
		})
		threads, err := slackfake.Text(messages, when)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "#%s\n\n%s", name, threads)
		shown[name] = messages
		for _, m := range messages {
			if m.Marked || m.Unfurl {
				t.Errorf("a message shows that it was edited, or what it links to: %+v", m)
			}
		}
	}
	golden(t, "demo-slack.golden", strings.ReplaceAll(text.String(), site.URL, "SITE"))
	for _, call := range slack.Calls("") {
		if call.Error != "" {
			t.Errorf("%s: %s", call.Method, call.Error)
		}
	}
	picture(t, shown)
}

// runTime finds the times of the run on a terminal: none is of 2023, as those of the stories are.
var runTime = regexp.MustCompile(`\d+\s+\w{3}\s+20(?:2[4-9]|[3-9]\d)\s+\d\d:\d\d\s+UTC`)

// TestDemoInTerminal holds what the terminal shows of the demo except for edits, of which it
// may show several as one, sorted by text.
func TestDemoInTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	show := func(o *app.Options) { o.Sender = terminal.New(&out, false) }
	site := throughDemo(t, storetest.SQLite(t), "", show, func() {})
	var messages []string
	for m := range strings.SplitSeq(strings.TrimSpace(out.String()), "\n\n") {
		if !strings.Contains(m, "↻") {
			messages = append(messages, timeless(strings.ReplaceAll(m, site.URL, "SITE")))
		}
	}
	slices.Sort(messages)
	golden(t, "demo-terminal.golden", strings.Join(messages, "\n\n")+"\n")
}

// timeless is a message on a terminal without what may differ: times of the run, lines that are
// broken because of them, and which of its headlines a message is named by.
func timeless(message string) string {
	whole := regexp.MustCompile(`\n {4}([^S ])`).ReplaceAllString(message, " $1") // but not before SITE
	named := regexp.MustCompile(`reply to “[^”]*”`).ReplaceAllString(whole, "reply to “…”")
	return runTime.ReplaceAllString(named, "‹now›")
}
