package app_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

var (
	// docs/benchmarks.md says with how many kills its figures were made.
	stormKills = flag.Int("storm-kills", 3, "kill -9 of one of two daemons on PostgreSQL while rules flood and are taken back")
	stormSeed  = flag.Uint64("storm-seed", 1, "of the moments at which they are killed")
)

const (
	floodLanes = 4 // floods that go on at the same time, and channels
	floodFirst = 6 // stories that raise a storm: two are told singly, the others folded
	floodAfter = 2 // stories that come after the recall

	answerDelay = time.Second // of Slack
)

// flood is a rule that floods a channel and is taken back. Every other one is given back.
type flood struct {
	n       int
	stories []string // headlines; the first one matches another rule, too
	recall  app.Recalled
	undo    app.Recalled
	done    int       // steps
	at      time.Time // of the next step; zero: it is not ready
}

func (f *flood) rule() string    { return fmt.Sprint("flood", f.n) }
func (f *flood) channel() string { return fmt.Sprint("channel", f.n%floodLanes) }
func (f *flood) undone() bool    { return f.n%2 == 0 }

// floods are two daemons on one PostgreSQL, one of which is killed around the moments when
// storms begin, are taken back, and are given back.
type floods struct {
	*testing.T
	*rand.Rand
	slack   *slackfake.Server
	site    *wireSite
	path    string
	app     *app.App // of somebody who gives orders at the command line
	store   *store.Store
	all     []*flood
	daemons [2]*child
	logs    []*lockedLog
	kills   int
	kill    time.Time // when the next one is due; zero: nothing happens
	posts   int       // how many there are at least before it
}

func newFloods(t *testing.T) *floods {
	m := &floods{T: t, Rand: rand.New(rand.NewPCG(*stormSeed, 9)), site: newWireSite(t)}
	channels, rules := []slackfake.Channel{{Name: "news", Member: true}}, "rules:\n"
	for i := range floodLanes {
		channels = append(channels, slackfake.Channel{Name: fmt.Sprint("channel", i), Member: true})
		rules += fmt.Sprintf("  - {name: calm%d, any: [anchor%[1]d], to: channel%[1]d}\n", i)
	}
	for n := range *stormKills + floodLanes {
		f := flood{n: n}
		rules += fmt.Sprintf("  - {name: %s, any: [torrent%d], to: %s}\n", f.rule(), n, f.channel())
	}
	m.slack = fakeSlack(t, slackfake.Options{Channels: channels, Rate: 1, Burst: 2})
	for _, method := range []string{"chat.postMessage", "chat.update"} { // many are killed before the answer
		m.slack.Plan(slackfake.Fault{Method: method, Times: -1, Stored: true, Delay: answerDelay})
	}
	storage := storetest.Postgres(t)
	m.path = configFile(t, storage, m.slack, wireConfig(m.site, rules))
	rewrite(t, m.path, "storm: none", "storm: {news: 2, over: 30m}")
	m.store = storetest.Open(t, storage)
	opt := options(t, m.path)
	opt.Visit = true
	m.app = open(t, opt)
	for i := range m.daemons {
		m.start(i)
	}
	return m
}

// start starts a daemon.
func (m *floods) start(i int) {
	m.daemons[i] = startDaemon(m, m.path)
	m.logs = append(m.logs, m.daemons[i].out)
}

// soon is a moment at most so far away.
func (m *floods) soon(most time.Duration) time.Time {
	return time.Now().Add(time.Duration(m.Int64N(int64(most))))
}

// publish publishes stories of a flood.
func (m *floods) publish(f *flood, n int) {
	for range n {
		about := fmt.Sprint("torrent", f.n)
		if len(f.stories) == 0 {
			about += fmt.Sprint(" and the anchor", f.n%floodLanes)
		}
		headline := fmt.Sprintf("The %s of %s", about, ownWords(100*f.n + len(f.stories))[:40])
		f.stories = append(f.stories, headline)
		m.site.add(headline)
	}
}

// order gives an order as somebody at the command line does.
func (m *floods) order(o app.RecallOrder) app.Recalled {
	m.Helper()
	o.By = "Ada"
	done, err := m.app.Recall(m.Context(), o)
	if err != nil {
		m.Fatal(err)
	}
	return done
}

// ready reports whether a flood can go on to its next step. Some are taken back once their storm
// has begun, some once what it folded is listed.
func (m *floods) ready(f *flood) bool {
	if f.done != 1 {
		return true
	}
	if f.n%floodLanes >= floodLanes/2 {
		return slices.ContainsFunc(m.slack.Messages(f.channel()), func(s slackfake.Message) bool {
			return isList(&s) && strings.Contains(s.Text, f.rule())
		})
	}
	storms, err := m.store.Storms.All(m.Context())
	return err == nil && slices.ContainsFunc(storms, func(s news.Storm) bool { return s.Rule == f.rule() })
}

// over reports whether all steps of a flood are done.
func (f *flood) over() bool { return f.done == 4 || f.done == 3 && !f.undone() }

// step does the next step of a flood.
func (m *floods) step(f *flood) {
	switch f.done {
	case 0:
		m.publish(f, floodFirst)
	case 1:
		f.recall = m.order(app.RecallOrder{Rule: f.rule(), Since: "3h", Why: "flooded"})
	case 2:
		m.publish(f, floodAfter)
	case 3:
		f.undo = m.order(app.RecallOrder{Undo: f.recall.ID})
	}
	f.done++
	f.at = time.Time{}
}

// turn lets the floods go on, and reports whether all of them are over.
func (m *floods) turn() (over bool) {
	over = true
	for _, f := range m.all {
		switch {
		case f.over():
			continue
		case f.at.IsZero() && m.ready(f):
			f.at = m.soon(4 * time.Second)
			m.aim()
		case !f.at.IsZero() && time.Now().After(f.at):
			m.step(f)
		}
		over = false
	}
	return over
}

// aim plans the next kill: at just any moment, or between the next post and its answer.
func (m *floods) aim() {
	if !m.kill.IsZero() {
		return
	}
	if m.kill, m.posts = m.soon(5*time.Second), 0; m.IntN(2) == 0 {
		m.posts = len(m.slack.Messages("")) + 1
	}
}

// shoot kills a daemon when that is due.
func (m *floods) shoot() {
	if m.kills == *stormKills || m.kill.IsZero() || time.Now().Before(m.kill) {
		return
	}
	if m.posts > 0 && len(m.slack.Messages("")) >= m.posts {
		m.posts, m.kill = 0, m.soon(answerDelay)
	}
	if m.posts > 0 || time.Now().Before(m.kill) {
		return
	}
	m.daemons[m.kills%2].kill()
	m.start(m.kills % 2)
	m.kills++
	m.kill = time.Time{}
}

// live has rules flood, and kills daemons around the moments when something happens.
func (m *floods) live() {
	m.Helper()
	for m.kills < *stormKills {
		before := m.kills
		await(m, fmt.Sprint("kill ", before+1), func() bool {
			m.begin()
			m.turn()
			m.shoot()
			return m.kills > before
		})
	}
	await(m, "the last flood", m.turn)
}

// begin begins floods, so that some go on until the last kill.
func (m *floods) begin() {
	going := slices.DeleteFunc(slices.Clone(m.all), (*flood).over)
	for range min(floodLanes, 1+*stormKills/2) - len(going) {
		m.all = append(m.all, &flood{n: len(m.all)})
	}
}

// settle waits until everything was found that was published, and nothing is left to be sent.
func (m *floods) settle() {
	m.Helper()
	published := 0
	for _, f := range m.all {
		published += len(f.stories)
	}
	await(m, "the last message", func() bool {
		alerts, err := m.store.Alerts.Last(m.Context(), "", time.Time{}, news.Info, 10_000)
		open, openErr := m.store.Deliveries.List(m.Context(), 1, news.StatePending, news.StateSending, news.StateInDoubt)
		return err == nil && openErr == nil && len(alerts) == published && len(open) == 0
	})
}

// head reports whether a message heads a storm: it repeats what its thread lists.
func head(m *slackfake.Message) bool { return strings.HasPrefix(m.Text, "Storm: ") }

// places are the messages of a channel that tell a headline, except for heads of storms.
func places(slack *slackfake.Server, channel, headline string) (found []slackfake.Message) {
	for _, message := range slack.Messages(channel) {
		if !head(&message) && strings.Contains(string(message.Blocks), headline) {
			found = append(found, message)
		}
	}
	return found
}

// taken are the headlines that a recall took back, and how many of them were told.
func (m *floods) taken(f *flood) (headlines []string, told int) {
	m.Helper()
	err := m.store.InTx(m.Context(), func(tx *store.Tx) error {
		all, err := tx.Recalls.Taken(m.Context(), f.recall.ID)
		for i := range all {
			l, lookErr := m.store.Looks.Get(m.Context(), all[i].Story)
			if lookErr != nil {
				return lookErr
			}
			headlines = append(headlines, l.Title)
			if all[i].Told {
				told++
			}
		}
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return headlines, told
}

// isList reports whether a message lists what a storm folded, or what was given back.
func isList(m *slackfake.Message) bool { return listed.MatchString(m.Text) }

var listed = regexp.MustCompile(`^(Digest of )?\d+ stor(y|ies)\b`)

// struck is how often a message says of a headline that it was taken back.
func struck(at *slackfake.Message, headline string) (n int) {
	blocks := string(at.Blocks)
	if isList(at) {
		before, _, _ := strings.Cut(blocks, headline)
		line := before[strings.LastIndex(before, `"rich_text_section"`)+1:]
		return strings.Count(line, "TAKEN BACK")
	}
	return strings.Count(blocks, "Taken back")
}

// floodTally counts where the headlines of floods stand.
type floodTally struct{ singly, listed, struck, nowhere int }

// check compares what Slack shows of a flood with what was taken back and given back.
func (m *floods) check(f *flood, sum *floodTally) {
	m.Helper()
	taken, told := m.taken(f)
	if f.recall.Alerts != len(taken) || f.undone() && f.undo.Alerts != len(taken) {
		m.Errorf("%s: a recall of %d, an undo of %d, %d in the store", f.rule(), f.recall.Alerts, f.undo.Alerts, len(taken))
	}
	shown := 0
	for i, headline := range f.stories {
		back := slices.Contains(taken, headline) && !f.undone()
		places := places(m.slack, f.channel(), headline)
		if len(places) > 1 || len(places) == 0 && (!back || i == 0) {
			m.Errorf("%s: %q (taken back: %t) stands in %d messages: %+v", f.rule(), headline, back, len(places), places)
		}
		if len(places) == 0 {
			sum.nowhere++
			continue
		}
		listed := isList(&places[0])
		if listed {
			sum.listed++
		} else {
			sum.singly++
		}
		want := 0
		if back && (i > 0 || !listed) { // the first one stands for the other rule
			want, shown = 1, shown+1
		}
		if n := struck(&places[0], headline); n != want {
			m.Errorf("%s: %q is struck %d times, want %d: %s", f.rule(), headline, n, want, places[0].Blocks)
		}
	}
	sum.struck += shown
	if !f.undone() && shown > told {
		m.Errorf("%s: %d are struck, %d of them were told", f.rule(), shown, told)
	}
	m.wantNotices(f)
}

// wantNotices: who took back what was said once, and with the same figures, and so is who gave it
// back. Neither is said where it was given back before it was said.
func (m *floods) wantNotices(f *flood) {
	m.Helper()
	said := func(notice string) (n int) {
		for _, message := range m.slack.Messages(f.channel()) {
			n += strings.Count(message.Text, notice)
		}
		return n
	}
	alerts := fmt.Sprintf("%d alerts of %s", f.recall.Alerts, f.rule())
	taken, given := said("TAKEN BACK · "+alerts+" · by Ada · flooded"), said("STANDS AGAIN · "+alerts+" · by Ada")
	switch {
	case f.undone() && taken+given == 0 && m.void(f), taken == 1 && given == map[bool]int{true: 1}[f.undone()]:
	default:
		m.Errorf("%s: that it was taken back was said %d times, that it stands again %d times, undone: %v", f.rule(), taken, given, f.undone())
	}
	if n := said("more stories of " + f.rule() + ". Urgent ones"); n != 1 {
		m.Errorf("the storm of %s was said %d times", f.rule(), n)
	}
}

// void reports whether the notice of a recall was over before anybody tried to tell it.
func (m *floods) void(f *flood) bool {
	m.Helper()
	all, err := m.store.Deliveries.Find(m.Context(), store.DeliveryFilter{Channel: f.channel(), Limit: 1000})
	if err != nil {
		m.Fatal(err)
	}
	return slices.ContainsFunc(all, func(d news.Delivery) bool {
		return d.About == news.AboutRecall && d.Attempts == 0 && d.Error == "it was over before it was told"
	})
}

// TestKillInStorms: where one of two daemons is killed while rules flood, are taken back and
// given back, each alert stands in exactly one place, what was taken back is struck once, what
// was given back stands, and nothing is told twice.
func TestKillInStorms(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons for minutes")
	}
	t.Parallel()
	m := newFloods(t)
	defer func() {
		for _, d := range m.daemons {
			d.kill()
		}
	}()
	m.live()
	m.settle()
	var sum floodTally
	for _, f := range m.all {
		m.check(f, &sum)
	}
	arrived := 0
	for _, log := range m.logs {
		arrived += strings.Count(log.String(), "delivery in doubt had arrived")
	}
	t.Logf("%d kills in %d floods: %d alerts stand singly, %d in lists, %d are struck, %d were taken back in time; %d had arrived when their daemon was killed",
		m.kills, len(m.all), sum.singly, sum.listed, sum.struck, sum.nowhere, arrived)
}
