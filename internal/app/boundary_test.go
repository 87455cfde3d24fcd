package app_test

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// digestKills is how often a daemon is killed when digests are due; the figures in
// docs/benchmarks.md were made with 50.
var digestKills = flag.Int("digest-kills", 3, "kill -9 of the daemon around the moment when digests are posted")

// eve is how long before eight in the morning each of the daemon's lives begins.
const eve = 10 * time.Second

// mornings is a daemon that lives around eight o'clock of one day after the other, when three
// channels are told what they waited for: the end of a quiet, a digest by the calendar, and the
// end of a snooze.
type mornings struct {
	*testing.T
	slack *slackfake.Server
	site  *wireSite
	path  string
	ahead atomic.Int64      // of the clocks of daemon and Slack, in nanoseconds
	want  map[string]string // channel of each headline
}

const morningConfig = `
rules:
  - {name: night, any: [lantern], to: night}
  - {name: paper, any: [harvest], to: paper}
  - {name: nap, any: [thunder], to: nap}
`

func newMornings(t *testing.T) *mornings {
	m := &mornings{T: t, site: newWireSite(t), want: map[string]string{}}
	m.slack = fakeSlack(t, slackfake.Options{
		Channels: []slackfake.Channel{
			{Name: "news", Member: true}, {Name: "night", Member: true}, {Name: "paper", Member: true}, {Name: "nap", Member: true},
		},
		Now: func() time.Time { return time.Now().Add(time.Duration(m.ahead.Load())) },
	})
	m.path = configFile(t, storetest.SQLite(t), m.slack, wireConfig(m.site, morningConfig))
	rewrite(t, m.path, "alerts: {", `alerts: {channels: [{name: night, quiet: ["22:00-08:00"]}, {name: paper, digest: "0 8 * * *"}], `)
	return m
}

// dawn is shortly before the next day's eight o'clock, when two stories are published for each
// channel.
func (m *mornings) dawn() {
	m.Helper()
	m.sleep()
	a := open(m, m.options())
	order := app.SnoozeOrder{Channel: "nap", Rule: "nap", Span: "morning", By: "Ada"}
	if _, err := a.Snooze(m.Context(), order); err != nil {
		m.Fatal(err)
	}
	if err := a.Close(); err != nil {
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

// sleep sets the clocks to shortly before the next day's eight o'clock.
func (m *mornings) sleep() {
	now := time.Now().Add(time.Duration(m.ahead.Load())).UTC()
	next := time.Date(now.Year(), now.Month(), now.Day()+1, 8, 0, 0, 0, time.UTC).Add(-eve)
	m.ahead.Add(int64(next.Sub(now)))
}

func (m *mornings) options() app.Options {
	opt := options(m, m.path)
	opt.Visit, opt.Machine = true, newMachine(time.Duration(m.ahead.Load())).read
	return opt
}

// live starts the daemon.
func (m *mornings) live() *child {
	return startDaemon(m, m.path, aheadEnv+"="+time.Duration(m.ahead.Load()).String())
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

// nap is a part of a rest, half an hour on its clocks at most.
func (m *mornings) nap() {
	m.Helper()
	opt, began, from := m.options(), time.Now(), m.ahead.Load()
	opt.Visit = false
	opt.Machine = func() clock.Sample {
		passed := hurry * time.Since(began)
		m.ahead.Store(from + int64(passed-time.Since(began)))
		return clock.Sample{Wall: began.Add(time.Duration(from) + passed), Elapsed: passed}
	}
	daemon := run(m, io.Discard, opt)
	for time.Since(began) < time.Minute && m.waiting() > 0 {
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

// TestKillAtDigests: a daemon that is killed around the moments when digests are posted tells
// every alert in exactly one of them, or in a message of its own, and loses none.
func TestKillAtDigests(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons")
	}
	t.Parallel()
	m := newMornings(t)
	posted := 0
	for i := range *digestKills {
		m.dawn()
		before := len(m.slack.Calls("chat.postMessage"))
		d := m.live()
		if i%2 == 0 { // at just any moment around eight
			pause(t, eve-time.Second/2+rand.N(3*time.Second))
		} else { // as soon as something is posted
			for deadline := time.Now().Add(2 * eve); len(m.slack.Calls("chat.postMessage")) == before && time.Now().Before(deadline); {
				pause(t, time.Millisecond)
			}
			pause(t, rand.N(20*time.Millisecond))
		}
		d.kill()
		posted += len(m.slack.Calls("chat.postMessage")) - before
		if i%restEvery == restEvery-1 || i == *digestKills-1 {
			m.rest()
		}
	}
	once, missing, wrong := m.told()
	t.Logf("%d kills, %d posts between: %d alerts, %d told once, %d lost, %d wrong", *digestKills, posted, len(m.want), once, missing, len(wrong))
	if missing > 0 || len(wrong) > 0 {
		t.Errorf("told elsewhere, or more than once: %q", wrong)
	}
}
