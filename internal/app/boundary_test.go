package app_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// digestKills is how often a daemon is killed when digests are due; the figures in
// docs/benchmarks.md were made with 50.
var digestKills = flag.Int("digest-kills", 3, "kill -9 of the daemon around the moment when digests are posted")

// eve is how long before eight in the morning each of the daemon's lives begins.
const eve = 10 * time.Second

// mornings are daemons that live around eight o'clock of one day after the other, when three
// channels are told what they waited for: the end of a quiet, a digest by the calendar, and the
// end of a snooze.
type mornings struct {
	*testing.T
	slack   *slackfake.Server
	site    *wireSite
	storage string
	path    string
	config  string            // without the hours of the channels
	eight   time.Time         // on the clocks of daemons and Slack
	ahead   atomic.Int64      // of the clocks of daemon and Slack, in nanoseconds
	want    map[string]string // channel of each headline
}

const morningConfig = `
rules:
  - {name: night, any: [lantern], to: night}
  - {name: paper, any: [harvest], to: paper}
  - {name: nap, any: [thunder], to: nap}
`

func newMornings(t *testing.T, storage string) *mornings {
	m := &mornings{T: t, storage: storage, site: newWireSite(t), want: map[string]string{}}
	m.slack = fakeSlack(t, slackfake.Options{
		Channels: []slackfake.Channel{
			{Name: "news", Member: true}, {Name: "night", Member: true}, {Name: "paper", Member: true}, {Name: "nap", Member: true},
		},
		Now: m.now,
	})
	m.path = configFile(t, storage, m.slack, "")
	rewrite(t, m.path, "alerts: {", "alerts: {HOURS")
	text, err := os.ReadFile(m.path)
	if err != nil {
		t.Fatal(err)
	}
	m.config = string(text) + wireConfig(m.site, morningConfig)
	return m
}

// now is the time of the daemons and of Slack.
func (m *mornings) now() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) }

// dawn is shortly before the next eight o'clock, when two stories are published for each channel.
func (m *mornings) dawn() {
	m.Helper()
	m.sleep()
	s, err := store.Open(m.Context(), slog.New(slog.DiscardHandler), m.storage)
	if err != nil {
		m.Fatal(err)
	}
	nap := news.Snooze{Kind: news.SnoozeRule, Channel: "nap", Rule: "nap", Severity: news.Normal, Since: m.now(), Until: m.eight}
	err = s.InTx(m.Context(), func(tx *store.Tx) error {
		_, err := tx.Snoozes.Begin(m.Context(), nap)
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		m.Fatal(err)
	}
	for channel, word := range map[string]string{"night": "lantern", "paper": "harvest", "nap": "thunder"} {
		for range 2 {
			n := len(m.want) + 1
			headline := fmt.Sprintf("The %s of %s %d.", word, ownWords(n)[:40], n)
			m.want[headline] = channel
			m.site.add(headline)
		}
	}
}

// sleep goes on to shortly before the next eight o'clock: the clocks are set to that of the next
// day. A server of PostgreSQL has a clock of its own, by which the next full minute is eight.
func (m *mornings) sleep() {
	now := m.now().UTC()
	if store.IsPostgres(m.storage) {
		m.eight = now.Add(eve + time.Minute - time.Second).Truncate(time.Minute)
	} else {
		m.eight = time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, time.UTC)
		m.ahead.Add(int64(m.eight.Add(-eve).Sub(now)))
	}
	hours := fmt.Sprintf(`channels: [{name: night, quiet: ["%s-%s"]}, {name: paper, digest: "%d %d * * *"}], `,
		m.eight.Add(-10*time.Hour).Format("15:04"), m.eight.Format("15:04"), m.eight.Minute(), m.eight.Hour())
	write(m, m.path, strings.Replace(m.config, "HOURS", hours, 1))
}

func (m *mornings) options() app.Options {
	opt := options(m, m.path)
	opt.Visit, opt.Machine = true, newMachine(time.Duration(m.ahead.Load())).read
	return opt
}

// live starts the daemons.
func (m *mornings) live() (all []*child) {
	daemons := 1
	if store.IsPostgres(m.storage) {
		daemons = 2
	}
	for range daemons {
		all = append(all, startDaemon(m, m.path, aheadEnv+"="+time.Duration(m.ahead.Load()).String()))
	}
	return all
}

// hurry is how much faster than the machine's the clocks of a rest go.
const hurry = 30

// rest lets a daemon live, with clocks that hurry, until all was told that was found: what was
// in doubt when its daemon was killed waits for minutes. What a slow machine found only after
// eight waits for the next day's.
func (m *mornings) rest() {
	m.Helper()
	for range 3 {
		if m.nap(); m.Failed() || m.waiting() == 0 {
			return
		}
		m.sleep()
	}
	m.Fatalf("%d alerts still wait", m.waiting())
}

// nap is a part of a rest, half an hour on clocks that hurry. The clock of a server does not: there
// the claims of who was killed end after a minute.
func (m *mornings) nap() {
	m.Helper()
	opt, began, from, longest := m.options(), time.Now(), m.ahead.Load(), time.Minute
	opt.Visit = false
	if store.IsPostgres(m.storage) {
		longest = 3 * time.Minute
	} else {
		opt.Machine = func() clock.Sample {
			passed := hurry * time.Since(began)
			m.ahead.Store(from + int64(passed-time.Since(began)))
			return clock.Sample{Wall: began.Add(time.Duration(from) + passed), Elapsed: passed}
		}
	}
	daemon := run(m, io.Discard, opt)
	for time.Since(began) < longest && m.waiting() > 0 {
		pause(m, 10*time.Millisecond)
	}
	pause(m, time.Second) // what would be told twice
	if err := daemon.stop(); err != nil {
		m.Fatal(err)
	}
}

// waiting is how many alerts were not told yet.
func (m *mornings) waiting() int {
	_, missing, _ := m.told()
	return missing
}

// restEvery is after how many kills nothing may be left: a doubt that lasts for two days is
// given up.
const restEvery = 2

// told is how often each headline stands in its channel, and where else.
func (m *mornings) told() (once, missing int, wrong []string) {
	shown := map[string][]slackfake.Message{}
	for _, channel := range []string{"news", "night", "paper", "nap"} {
		shown[channel] = m.slack.Messages(channel)
	}
	for headline, channel := range m.want {
		n := 0
		for name, posts := range shown {
			stands := 0
			for _, post := range posts {
				stands += min(1, strings.Count(string(post.Blocks), headline))
			}
			if n += stands; stands > 0 && name != channel {
				wrong = append(wrong, headline+" in "+name)
			}
		}
		switch n {
		case 0:
			missing++
		case 1:
			once++
		default:
			wrong = append(wrong, fmt.Sprintf("%s %d times in %s", headline, n, channel))
		}
	}
	return once, missing, wrong
}

// TestKillAtDigests: where daemons are killed around the moments when digests are posted, every
// alert is told in exactly one of them, or in a message of its own, and none is lost. Of two
// daemons on PostgreSQL the one that posts may be the other one.
func TestKillAtDigests(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons")
	}
	t.Parallel()
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		m, posted := newMornings(t, storage), 0
		for i := range *digestKills {
			posted += m.morning(i)
			if i%restEvery == restEvery-1 || i == *digestKills-1 {
				m.rest()
			}
		}
		once, missing, wrong := m.told()
		t.Logf("%d kills, %d posts between: %d alerts, %d told once, %d lost, %d wrong", *digestKills, posted, len(m.want), once, missing, len(wrong))
		if missing > 0 || len(wrong) > 0 {
			t.Errorf("told elsewhere, or more than once: %q", wrong)
		}
	})
}

// morning has daemons live until one is killed, and returns how often they have posted. Another one
// goes on until it has posted what it can.
func (m *mornings) morning(i int) (posted int) {
	m.Helper()
	m.dawn()
	before := len(m.slack.Calls("chat.postMessage"))
	all := m.live()
	if i%2 == 0 { // at just any moment around eight
		pause(m, m.eight.Sub(m.now())-time.Second/2+rand.N(3*time.Second))
	} else { // as soon as something is posted
		for deadline := m.eight.Add(eve); len(m.slack.Calls("chat.postMessage")) == before && m.now().Before(deadline); {
			pause(m, time.Millisecond)
		}
		pause(m, rand.N(20*time.Millisecond))
	}
	for n := range all {
		all[(i/2+n)%len(all)].kill()
		if n+1 < len(all) {
			pause(m, 3*time.Second)
		}
	}
	return len(m.slack.Calls("chat.postMessage")) - before
}
