package app_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// failures is how many rows take a story.
const failures = 10

const (
	ada   = "U0ADA000001"
	ben   = "U0BEN000001"
	guest = "U0GUEST0001"
)

// fleet is one daemon on SQLite, or three on PostgreSQL, with a Slack in which people answer.
// Each alert goes to the channels news and desk.
type fleet struct {
	*testing.T
	slack *slackfake.Server
	site  *wireSite
	told  int // stories that rows have taken
}

func eachFleet(t *testing.T, test func(f *fleet)) {
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		f := &fleet{T: t, site: newWireSite(t), slack: fakeSlack(t, slackfake.Options{
			Channels: []slackfake.Channel{
				{Name: "news", Member: true}, {Name: "desk", Member: true}, {Name: "copytaster-ops", Member: true},
			},
			Users: []slackfake.User{
				{ID: ada, Name: "ada", DisplayName: "Ada"}, {ID: ben, Name: "ben", DisplayName: "Ben"}, {ID: guest, Name: "g", Guest: true},
			},
		})}
		path := configFile(t, storage, f.slack, fmt.Sprintf(
			"sources: [{name: wire, feed: %s/feed, full_text: never, schedule: \"@every 10s\"}]\nrules: [{name: kim, any: [Kim], to: [news, desk]}]\n",
			f.site.url))
		rewrite(t, path, "slack: {", "slack: {ops_channel: copytaster-ops, app_token: "+slackfake.DefaultAppToken+", ")
		listen(t, storage, f.slack, path)
		test(f)
		if wrongs := f.slack.Link.Wrongs(); len(wrongs) > 0 {
			t.Errorf("the daemons broke the protocol: %v", wrongs)
		}
	})
}

// listen runs one daemon on SQLite, or three on PostgreSQL, one of which listens to Slack.
func listen(t testing.TB, storage string, slack *slackfake.Server, path string) {
	t.Helper()
	daemons := 1
	if !strings.HasSuffix(storage, ".db") {
		daemons = 3
	}
	for range daemons {
		run(t, io.Discard, serving(t, path))
	}
	await(t, "two connections", func() bool { return slack.Link.Open() == 2 })
}

// title is the headline of a story.
func title(n int) string { return fmt.Sprintf("Kim %s %d", ownWords(n)[:40], n) }

// publish publishes the stories that the rows need.
func (f *fleet) publish() {
	for n := range failures {
		f.site.add(title(n + 1))
	}
}

// alert returns the messages in news and desk of a story that no row has taken yet.
func (f *fleet) alert() (news, desk slackfake.Message) {
	f.Helper()
	f.told++
	f.Logf("story %d", f.told)
	return f.message("news"), f.message("desk")
}

// message is a channel's message of the row's story, once it is there.
func (f *fleet) message(channel string) (m slackfake.Message) {
	f.Helper()
	await(f, "the alert in #"+channel, func() bool {
		posts := f.posts(channel)
		told := func(p slackfake.Message) bool { return strings.Contains(p.Text, title(f.told)) }
		i := slices.IndexFunc(posts, told)
		if i >= 0 {
			m = posts[i]
		}
		return i >= 0
	})
	return m
}

// posts are the messages of a channel, without replies.
func (f *fleet) posts(channel string) (all []slackfake.Message) {
	for _, m := range f.slack.Messages(channel) {
		if m.ThreadTS == "" || m.ThreadTS == m.TS {
			all = append(all, m)
		}
	}
	return all
}

// press has somebody press a button, and returns how soon it was acknowledged.
func (f *fleet) press(who, channel, ts, action string) time.Duration {
	f.Helper()
	e, err := f.slack.As(who).Press(channel, ts, action, "")
	if err != nil {
		f.Fatalf("%s presses %s: %v", who, action, err)
	}
	return e.After
}

// wantShown waits until a message shows something.
func (f *fleet) wantShown(channel, ts, want string) {
	f.Helper()
	await(f, fmt.Sprintf("%q in #%s", want, channel), func() bool {
		return slices.ContainsFunc(f.slack.Messages(channel), func(m slackfake.Message) bool {
			return m.TS == ts && strings.Contains(string(m.Blocks), want)
		})
	})
}

// wantWhisper waits until somebody was told something that nobody else sees.
func (f *fleet) wantWhisper(who, want string) {
	f.Helper()
	await(f, fmt.Sprintf("%q for %s", want, who), func() bool {
		return slices.ContainsFunc(f.slack.Whispers(who), func(m slackfake.Message) bool {
			return strings.Contains(m.Text, want)
		})
	})
}

// TestFailures goes through what must hold when things go wrong in Slack, with several daemons
// where the database has them. Rows that need a clock or a process of their own are elsewhere:
//
//	no connection for five minutes: ops is told   TestDeafIsTold
//	ten people at once, each press three times    TestTenPeoplePress, TestTenAtOnce of internal/answers
//	killed after the acknowledgement              TestKillAfterPress
//	the connection is cut, deaf, slow, replaced   TestRefreshes, TestSocketTroubles of notify/slack
//	no right, by group or user                    TestRights of internal/desk
//	a message that is gone, a turn follows        TestDeletedMessage of internal/pipeline/alert
//	a message that cannot be edited any more      TestLockedMessage of internal/pipeline/alert
//	a reply in doubt                              TestReplyInDoubt of internal/pipeline/alert
//	the holder of the lease is killed, or stalls  TestHolderDies
func TestFailures(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(f *fleet) {
		for _, row := range []struct {
			name string
			test func(f *fleet)
		}{
			{"no socket", (*fleet).noSocket},
			{"a redelivered envelope", (*fleet).redelivered},
			{"an older version of the message", (*fleet).olderVersion},
			{"message_not_found", (*fleet).deleted},
			{"cant_update_message", func(f *fleet) { f.locked("cant_update_message") }},
			{"edit_window_closed", func(f *fleet) { f.locked("edit_window_closed") }},
			{"an expired trigger", (*fleet).expired},
			{"no right", (*fleet).noRight},
			{"an edit in doubt", (*fleet).doubt},
			{"an archived channel", (*fleet).archived}, // the last one: it stays so
		} {
			f.Run(row.name, func(t *testing.T) {
				inner := *f
				inner.T = t
				defer func() { f.told = inner.told }() // also of a row that fails: each takes its own
				row.test(&inner)
			})
		}
	})
}

// noSocket: alerts still arrive, and the next press works.
func (f *fleet) noSocket() {
	f.slack.Link.Disable(true)
	f.slack.Link.Cut()
	await(f, "no connection", func() bool { return f.slack.Link.Open() == 0 })
	f.publish()
	message, _ := f.alert()
	f.slack.Link.Disable(false)
	await(f, "a connection", func() bool { return f.slack.Link.Open() > 0 })
	f.press(ada, "news", message.TS, notify.ActGot)
	f.wantShown("news", message.TS, "got it")
}

// redelivered: three people press, and each envelope comes three times: one state, the others
// are told, and all are acknowledged.
func (f *fleet) redelivered() {
	message, elsewhere := f.alert()
	f.slack.Link.Repeat(3)
	defer f.slack.Link.Repeat(1)
	var all sync.WaitGroup
	for _, press := range []struct{ who, channel, ts string }{
		{ada, "news", message.TS}, {ben, "desk", elsewhere.TS}, {ada, "desk", elsewhere.TS},
	} {
		all.Go(func() {
			if _, err := f.slack.As(press.who).Press(press.channel, press.ts, notify.ActGot, ""); err != nil {
				f.Errorf("%s: %v", press.who, err)
			}
		})
	}
	all.Wait()
	f.wantShown("news", message.TS, "got it")
	f.wantShown("desk", elsewhere.TS, "got it")
	for _, channel := range []string{"news", "desk"} {
		if n := f.message(channel).Edits; n < 1 || n > 2 {
			f.Errorf("%d edits in #%s", n, channel)
		}
	}
}

// olderVersion: who presses what the message does not show any more is told who was first.
func (f *fleet) olderVersion() {
	message, _ := f.alert()
	f.press(ada, "news", message.TS, notify.ActGot)
	f.wantShown("news", message.TS, "got it")
	if _, err := f.slack.As(ben).PressOld("news", message.TS, 0, notify.ActGot, ""); err != nil {
		f.Fatal(err)
	}
	f.wantWhisper(ben, "Ada, #news, got it already")
}

// deleted: a message that is gone is not posted again, and the other channel's shows the state.
func (f *fleet) deleted() {
	message, elsewhere := f.alert()
	f.slack.Delete(message.Channel, message.TS)
	before := len(f.slack.Messages("news"))
	f.press(ada, "desk", elsewhere.TS, notify.ActGot)
	f.wantShown("desk", elsewhere.TS, "got it")
	await(f, "the edit of what is gone", func() bool {
		return slices.ContainsFunc(f.slack.Calls("chat.update"), func(c slackfake.Call) bool {
			return c.Error == "message_not_found"
		})
	})
	if n := len(f.slack.Messages("news")); n != before {
		f.Errorf("%d messages in #news, want %d", n, before)
	}
}

// locked: a message that cannot be edited keeps what it shows, the answer counts all the same.
func (f *fleet) locked(code string) {
	message, elsewhere := f.alert()
	f.slack.Plan(slackfake.Fault{Method: "chat.update", Channel: message.Channel, Code: code})
	f.press(ada, "news", message.TS, notify.ActGot)
	f.wantShown("desk", elsewhere.TS, "got it")
	f.press(ben, "desk", elsewhere.TS, notify.ActSnooze) // the desk's message is edited still
	await(f, "a window", func() bool { return len(f.slack.Modals(ben)) > 0 })
}

// expired: who was too late is told to press again.
func (f *fleet) expired() {
	message, _ := f.alert()
	f.slack.Plan(slackfake.Fault{Method: "views.open", Code: "expired_trigger_id"})
	f.press(ada, "news", message.TS, notify.ActIrrelevant)
	f.wantWhisper(ada, "press again")
	f.press(ada, "news", message.TS, notify.ActIrrelevant)
	await(f, "the window", func() bool { return len(f.slack.Modals(ada)) > 0 })
}

// noRight: a guest is refused, and nothing changes.
func (f *fleet) noRight() {
	message, _ := f.alert()
	f.press(guest, "news", message.TS, notify.ActGot)
	f.wantWhisper(guest, "Only members of this workspace")
	f.press(ada, "news", message.TS, notify.ActGot)
	f.wantShown("news", message.TS, "got it")
	if strings.Contains(string(f.message("news").Blocks), guest) {
		f.Error("the guest's answer counted")
	}
}

// doubt: an edit whose answer was lost is made again.
func (f *fleet) doubt() {
	message, _ := f.alert()
	faulty := func() (n int) {
		for _, c := range f.slack.Calls("chat.update") {
			if c.Faulty {
				n++
			}
		}
		return n
	}
	before := faulty()
	for i, lost := range []slackfake.Fault{{Stored: true, Close: true}, {Reset: true}, {Status: 503}} {
		lost.Method, lost.Channel, lost.Nth = "chat.update", message.Channel, i
		f.slack.Plan(lost)
	}
	f.press(ada, "news", message.TS, notify.ActGot)
	await(f, "edits that are lost", func() bool { return faulty() >= before+2 }) // a call may meet two faults
	f.wantShown("news", message.TS, "got it")
}

// archived: the channel is parked, ops is told, and the state still changes.
func (f *fleet) archived() {
	message, elsewhere := f.alert()
	f.slack.Plan(slackfake.Fault{Channel: message.Channel, Code: "is_archived", Times: -1})
	f.press(ada, "desk", elsewhere.TS, notify.ActGot)
	f.wantShown("desk", elsewhere.TS, "got it")
	await(f, "the ops channel", func() bool {
		return slices.ContainsFunc(f.slack.Messages("copytaster-ops"), func(m slackfake.Message) bool {
			return strings.Contains(m.Text, "news") && strings.Contains(m.Text, "archived")
		})
	})
}

// listens reports whether a daemon has had a connection.
func listens(c *child) bool { return strings.Contains(c.out.String(), "in Slack reaches us") }

// TestHolderDies: of three daemons the one that holds the connections is killed, or stands
// still. Another one takes over, and what is pressed arrives.
func TestHolderDies(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for leases to end")
	}
	for name, end := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stalled": syscall.SIGSTOP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site, slack := newWireSite(t), answerSlack(t)
			site.add("Kim met Putin")
			path := answerConfig(t, storetest.Postgres(t), slack, site)
			daemons, runtime := make([]*child, 3), t.TempDir()
			for i := range daemons {
				daemons[i] = startDaemon(t, path, "RUNTIME_DIRECTORY="+runtime) // it serves
				defer daemons[i].kill()
			}
			ts := first(t, slack).TS
			holder := -1
			await(t, "a holder", func() bool {
				holder = slices.IndexFunc(daemons, listens)
				return holder >= 0 && slack.Link.Open() == 2
			})
			ended := time.Now()
			if err := daemons[holder].cmd.Process.Signal(end); err != nil {
				t.Fatal(err)
			}
			if end == syscall.SIGSTOP {
				slack.Link.Cut() // else Slack goes on sending to who does not read
			}
			await(t, "another daemon's connection", func() bool {
				return slack.Link.Open() > 0 && slices.ContainsFunc(daemons, func(c *child) bool {
					return c != daemons[holder] && listens(c)
				})
			})
			t.Logf("%s: taken over after %s", name, time.Since(ended).Round(time.Second))
			if _, err := slack.As("U0ANNA00001").Press("news", ts, notify.ActGot, ""); err != nil {
				t.Fatal(err)
			}
			shows(t, slack, "got it")
			if end == syscall.SIGSTOP { // it wakes up, and finds that it holds nothing
				if err := daemons[holder].cmd.Process.Signal(syscall.SIGCONT); err != nil {
					t.Fatal(err)
				}
				await(t, "two connections", func() bool { return slack.Link.Open() == 2 })
			}
		})
	}
}
