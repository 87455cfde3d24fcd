package app_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// takeBackKills is how many floods are taken back and given back in Slack; docs/benchmarks.md says
// with how many its figures were made.
var takeBackKills = flag.Int("take-back-kills", 2, "floods that are taken back and given back in Slack, each time with a kill -9")

// takeBacks are one daemon on SQLite or two on PostgreSQL, whose floods are taken back by the
// storm's button, and given back by that of the notice. The daemons are killed once a press was
// acknowledged.
type takeBacks struct {
	*testing.T
	slack   *slackfake.Server
	site    *wireSite
	path    string
	runtime string
	store   *store.Store
	daemons []*child
	stories []string // of the flood
}

func newTakeBacks(t *testing.T, storage string) *takeBacks {
	m := &takeBacks{T: t, site: newWireSite(t), runtime: t.TempDir()}
	channels, rules := []slackfake.Channel{{Name: "news", Member: true}}, "rules:\n"
	var people []slackfake.User
	for n := range *takeBackKills {
		channels = append(channels, slackfake.Channel{Name: fmt.Sprint("flood", n), Member: true})
		rules += fmt.Sprintf("  - {name: flood%d, any: [torrent%[1]d], to: flood%[1]d}\n", n)
		for _, who := range []string{"taker", "undoer"} {
			people = append(people, slackfake.User{ID: userOf(who, n), Name: fmt.Sprint(who, n)})
		}
	}
	m.slack = fakeSlack(t, slackfake.Options{Channels: channels, Users: people})
	m.path = configFile(t, storage, m.slack, wireConfig(m.site, rules))
	rewrite(t, m.path, "slack: {", "slack: {app_token: "+slackfake.DefaultAppToken+", ")
	rewrite(t, m.path, "storm: none", "storm: {news: 2, over: 30m}")
	m.daemons = make([]*child, 1)
	if store.IsPostgres(storage) {
		m.daemons = make([]*child, 2)
	}
	for i := range m.daemons {
		m.start(i)
	}
	t.Cleanup(func() {
		for _, d := range m.daemons {
			d.kill()
		}
	})
	m.store = beside(t, storage)
	return m
}

// userOf is somebody who does something about one flood, and whom no daemon knows before that.
func userOf(who string, n int) string { return fmt.Sprintf("U0%s%03d", strings.ToUpper(who), n) }

// start starts a daemon that listens.
func (m *takeBacks) start(i int) {
	m.daemons[i] = startDaemon(m, m.path, "RUNTIME_DIRECTORY="+m.runtime)
}

// restart kills the daemon that holds the connections, and starts another one in its place.
func (m *takeBacks) restart() {
	holder := max(0, slices.IndexFunc(m.daemons, listens))
	m.daemons[holder].kill()
	m.slack.Link.Cut()
	m.start(holder)
}

// held awaits that a daemon holds connections.
func (m *takeBacks) held() {
	m.Helper()
	await(m, "a connection", func() bool { return m.slack.Link.Open() > 0 && slices.ContainsFunc(m.daemons, listens) })
}

// find awaits a message of a channel.
func (m *takeBacks) find(channel, what string, is func(*slackfake.Message) bool) (found slackfake.Message) {
	m.Helper()
	await(m, what, func() bool {
		all := m.slack.Messages(channel)
		at := slices.IndexFunc(all, func(s slackfake.Message) bool { return is(&s) })
		if at >= 0 {
			found = all[at]
		}
		return at >= 0
	})
	return found
}

// pressed does something in Slack, and kills the daemon that took it. Every other time Slack does
// not say who did it, so that it is stored and has no effect yet; else Slack answers edits and
// posts so late that the daemon does not hear that they arrived.
func (m *takeBacks) pressed(early bool, press func() error) {
	m.Helper()
	late := slackfake.Fault{Method: "users.info", Times: -1, Delay: slower(10 * time.Second), Code: "internal_error"}
	if early {
		m.restart() // it knows nobody
	} else {
		late = slackfake.Fault{Method: "chat.update", Times: -1, Stored: true, Delay: answerDelay}
	}
	m.held()
	m.slack.Plan(late)
	edits, before := len(m.slack.Calls("chat.update")), m.effects()
	if err := press(); err != nil {
		m.Fatal(err)
	}
	if !early {
		await(m, "the first edit", func() bool { return len(m.slack.Calls("chat.update")) > edits })
	}
	if after := m.effects(); early != (after == before) {
		m.Errorf("%d recalls and undos before the press, %d before the kill (early: %t)", before, after, early)
	}
	m.restart()
	m.slack.Mend()
	m.held()
	for _, e := range m.slack.Link.Envelopes() { // Slack delivers again what it believes lost
		m.slack.Link.Again(e.ID, 1)
	}
}

// effects is how many recalls were made and undone.
func (m *takeBacks) effects() (n int) {
	m.Helper()
	all, err := m.store.Recalls.List(m.Context(), 2+*takeBackKills)
	if err != nil {
		m.Fatal(err)
	}
	for i := range all {
		if n++; !all[i].Undone.IsZero() {
			n++
		}
	}
	return n
}

// settled awaits that nothing is left to be sent.
func (m *takeBacks) settled() {
	m.Helper()
	await(m, "the last message", func() bool {
		open, err := m.store.Deliveries.List(m.Context(), 1, news.StatePending, news.StateSending, news.StateInDoubt)
		return err == nil && len(open) == 0
	})
}

// want compares what a channel shows of its flood: each story stands once, and is struck once or
// not at all.
func (m *takeBacks) want(channel string, back bool) {
	m.Helper()
	want := map[bool]int{true: 1}[back]
	for _, headline := range m.stories {
		at := places(m.slack, channel, headline)
		if len(at) != 1 {
			m.Errorf("%s: %q stands in %d messages, want 1 (taken back: %t): %+v", channel, headline, len(at), back, at)
			continue
		}
		if n := struck(&at[0], headline); n != want {
			m.Errorf("%s: %q is struck %d times, want %d: %s", channel, headline, n, want, at[0].Blocks)
		}
	}
}

// TestKillAtTakeBack: a flood is taken back by the storm's button, and given back by that of the
// notice. The daemon that took the press is killed before it had an effect, or while messages are
// edited. Each press counts once, every message is struck once, and stands again.
func TestKillAtTakeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons")
	}
	t.Parallel()
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		m := newTakeBacks(t, storage)
		for n := range *takeBackKills {
			m.flood(n, n%2 == 0)
		}
		if n := m.effects(); n != 2**takeBackKills {
			t.Errorf("%d recalls and undos of %d floods", n, *takeBackKills)
		}
		t.Logf("%d kills, %d floods of %d alerts", 2**takeBackKills, *takeBackKills, floodFirst)
	})
}

// flood has a rule flood, and takes that back and gives it back.
func (m *takeBacks) flood(n int, early bool) {
	m.Helper()
	rule, who := fmt.Sprint("flood", n), userOf("taker", n)
	m.stories = nil
	for i := range floodFirst {
		headline := fmt.Sprintf("The torrent%d of %s", n, ownWords(100*n + i)[:40])
		m.stories = append(m.stories, headline)
		m.site.add(headline)
	}
	storm := m.find(rule, "the storm", func(s *slackfake.Message) bool {
		return strings.Contains(s.Text, fmt.Sprintf("Storm: %d more", floodFirst-2))
	})
	m.find(rule, "the list of the storm", isList)
	m.held()
	if _, err := m.slack.As(who).Press(rule, storm.TS, notify.ActTakeBack, ""); err != nil {
		m.Fatal(err)
	}
	await(m, "the window", func() bool { return len(m.slack.Modals(who)) > 0 })
	window := m.slack.Modals(who)[0].ID
	m.pressed(early, func() error {
		mistakes, err := m.slack.As(who).Submit(window, map[string][]string{"why": {"flooded"}})
		if len(mistakes) > 0 {
			m.Errorf("mistakes %v", mistakes)
		}
		return err
	})
	says := func(what, who string) func(*slackfake.Message) bool {
		notice := fmt.Sprintf("%s · %d alerts of %s · by %s%d", what, floodFirst, rule, who, n)
		return func(s *slackfake.Message) bool { return strings.Contains(s.Text, notice) }
	}
	taken, stands := says("TAKEN BACK", "taker"), says("STANDS AGAIN", "undoer")
	notice := m.find(rule, "the notice", taken)
	m.settled()
	m.want(rule, true)
	m.pressed(early, func() error {
		_, err := m.slack.As(userOf("undoer", n)).Press(rule, notice.TS, notify.ActUndoRecall, "")
		return err
	})
	m.find(rule, "the notice of the undo", stands)
	m.settled()
	m.want(rule, false)
	for _, said := range []func(*slackfake.Message) bool{taken, stands} {
		all := slices.DeleteFunc(m.slack.Messages(rule), func(s slackfake.Message) bool { return !said(&s) })
		if len(all) != 1 {
			m.Errorf("%s: a notice was posted %d times", rule, len(all))
		}
	}
}
