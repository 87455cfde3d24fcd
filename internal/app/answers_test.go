package app_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// answerKills is how often a daemon is killed between an acknowledgement and the edit; the
// figures in docs/benchmarks.md were made with 50.
var answerKills = flag.Int("answer-kills", 2, "kill -9 of the daemon right after somebody pressed a button")

// answerSlack is a workspace in which people can answer.
func answerSlack(t testing.TB) *slackfake.Server {
	t.Helper()
	users := []slackfake.User{{ID: "U0ANNA00001", Name: "anna", DisplayName: "Anna"}}
	for i := range 10 {
		users = append(users, slackfake.User{ID: fmt.Sprintf("U0PERSON%03d", i), Name: fmt.Sprint("person", i)})
	}
	return fakeSlack(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news", Member: true}}, Users: users})
}

// answerConfig has buttons that come in over Socket Mode.
func answerConfig(t testing.TB, storage string, slack *slackfake.Server, site *wireSite) string {
	t.Helper()
	path := configFile(t, storage, slack, wireConfig(site, kimRule))
	rewrite(t, path, "slack: {", "slack: {app_token: "+slackfake.DefaultAppToken+", ")
	return path
}

// rewrite puts other words in place of those of a file.
func rewrite(t testing.TB, path, was, is string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(text), was, is, 1)
	if edited == string(text) {
		t.Fatalf("%s has no %q:\n%s", path, was, text)
	}
	write(t, path, edited)
}

// serving are options of a daemon that listens.
func serving(t testing.TB, path string) app.Options {
	t.Helper()
	opt := options(t, path)
	opt.Serve = true
	return opt
}

// first is the first message of #news, once it is there.
func first(t testing.TB, slack *slackfake.Server) slackfake.Message {
	t.Helper()
	await(t, "the alert", func() bool { return len(slack.Messages("news")) > 0 })
	return slack.Messages("news")[0]
}

// shows waits until the first message of #news shows something.
func shows(t testing.TB, slack *slackfake.Server, want string) {
	t.Helper()
	await(t, fmt.Sprintf("a message with %q", want), func() bool {
		return strings.Contains(string(slack.Messages("news")[0].Blocks), want)
	})
}

// TestTenPeoplePress: ten people press at once, and each press comes three times. There is
// one state, in one or two edits, and everybody is acknowledged before Slack gives up. How
// fast that is on a machine that does nothing else is in docs/benchmarks.md.
func TestTenPeoplePress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		site, slack := newWireSite(t), answerSlack(t)
		site.add("Kim met Putin")
		listen(t, storage, slack, answerConfig(t, storage, slack, site))
		message := first(t, slack)
		slack.Link.Repeat(3)
		var people sync.WaitGroup
		for i := range 10 {
			people.Go(func() {
				e, err := slack.As(fmt.Sprintf("U0PERSON%03d", i)).Press("news", message.TS, notify.ActGot, "")
				if err != nil {
					t.Errorf("person %d: %v", i, err)
				}
				t.Logf("person %d was acknowledged after %s", i, e.After.Round(time.Millisecond))
			})
		}
		people.Wait()
		shows(t, slack, "got it")
		told := func() (n int) {
			for i := range 10 {
				n += min(1, len(slack.Whispers(fmt.Sprintf("U0PERSON%03d", i))))
			}
			return n
		}
		await(t, "nine who are told who was first", func() bool { return told() == 9 })
		if edits := slack.Messages("news")[0].Edits; edits < 1 || edits > 2 {
			t.Errorf("%d edits", edits)
		}
		if _, err := slack.As("U0PERSON001").OpenHome(); err != nil {
			t.Error(err)
		}
		await(t, "the App Home", func() bool {
			home, _ := slack.Home("U0PERSON001")
			return strings.Contains(string(home.Blocks), "1 of 1 source can be read.") && strings.Contains(string(home.Blocks), "1 got")
		})
		if wrongs := slack.Link.Wrongs(); len(wrongs) > 0 {
			t.Errorf("the daemon broke the protocol: %v", wrongs)
		}
	})
}

// TestKillAfterPress: the daemon is killed as soon as it has acknowledged a press, every other
// time while Slack hangs when it is asked who pressed. When it runs again the message shows what
// was pressed, once.
func TestKillAfterPress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		site, slack := newWireSite(t), answerSlack(t)
		site.add("Kim met Putin")
		path := answerConfig(t, storage, slack, site)
		serves := "RUNTIME_DIRECTORY=" + t.TempDir()
		daemon := startDaemon(t, path, serves)
		ts := first(t, slack).TS
		press := func(who, action, value string) {
			t.Helper()
			await(t, "a connection", func() bool { return slack.Link.Open() > 0 })
			if _, err := slack.As(who).Press("news", ts, action, value); err != nil {
				t.Fatal(err)
			}
		}
		for i := range *answerKills {
			before, hangs := slack.Messages("news")[0].Edits, i%2 == 1
			if hangs {
				slack.Plan(slackfake.Fault{Method: "users.info", Times: -1, Delay: slower(10 * time.Second), Code: "internal_error"})
			}
			press(fmt.Sprintf("U0PERSON%03d", i%10), notify.ActGot, "") // whom this daemon does not know
			daemon.kill()
			slack.Link.Cut()
			slack.Mend()
			daemon = startDaemon(t, path, serves)
			shows(t, slack, "got it")
			if n := slack.Messages("news")[0].Edits - before; hangs && n != 1 {
				t.Errorf("%d edits", n)
			}
			press("U0ANNA00001", notify.ActMore, undoOf(t, slack))
			shows(t, slack, notify.ActGot+`"`)
		}
		daemon.kill()
		if n := len(slack.Messages("news")); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// undoOf is the value of the choice that takes back who got the first message of #news.
func undoOf(t testing.TB, slack *slackfake.Server) string {
	t.Helper()
	blocks := string(slack.Messages("news")[0].Blocks)
	at := strings.Index(blocks, "."+notify.WordUndo+".")
	if at < 0 {
		t.Fatalf("nothing to undo in %s", blocks)
	}
	from, to := strings.LastIndexByte(blocks[:at], '"')+1, strings.IndexByte(blocks[at:], '"')+at
	return blocks[from:to]
}

// TestOneDaemonListens: of two daemons one holds the connections. When it stops, the other
// one takes over.
func TestOneDaemonListens(t *testing.T) {
	t.Parallel()
	site, slack := newWireSite(t), answerSlack(t)
	site.add("Kim met Putin")
	storage := storetest.Postgres(t)
	path := answerConfig(t, storage, slack, site)
	one := run(t, io.Discard, serving(t, path))
	ts := first(t, slack).TS
	await(t, "two connections", func() bool { return slack.Link.Open() == 2 })
	run(t, io.Discard, serving(t, path))
	pause(t, 2*time.Second)
	if n := slack.Link.Open(); n != 2 {
		t.Errorf("two daemons hold %d connections", n)
	}
	if err := one.stop(); err != nil {
		t.Fatal(err)
	}
	await(t, "the other daemon's connections", func() bool { return slack.Link.Open() > 0 })
	await(t, "an answer", func() bool { // who is told that the app does not respond presses again
		_, err := slack.As("U0ANNA00001").Press("news", ts, notify.ActGot, "")
		return err == nil
	})
	shows(t, slack, "got it")
}
