package app_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

const (
	plots        = 12
	plotChannels = 4
)

// plot is a news that five outlets tell, each in words of its own. What happens to it in
// the end goes by its number: the first outlet corrects its story, withdraws it, or another
// outlet says that it was called off.
type plot int

const (
	plotCorrected = iota
	plotWithdrawn
	plotCalledOff
	plotEnds
)

func (p plot) end() int { return int(p) % plotEnds }

// name is a name that no other plot has.
func (p plot) name(which int) string {
	word := strings.Fields(ownWords(50_000 + int(p)))[which]
	return strings.ToUpper(word[:1]) + word[1:] + "ia"
}

// headline is that of an outlet. Its words are those of no other outlet and plot.
func (p plot) headline(outlet int, said string) string {
	w := p.words(outlet)
	return fmt.Sprintf("%s %s %s %s: %s", p.name(0), w[0], w[1], p.name(1), said)
}

func (p plot) words(outlet int) []string { return strings.Fields(ownWords(1000*(outlet+1) + int(p))) }

// item is the story of an outlet, in a feed of a site.
func (p plot) item(site string, outlet int, title, said string) string {
	w := p.words(outlet)
	text := fmt.Sprintf("%s %s near %s, %s %s %s said. %s keyword%d. %s %s of %s %s %s %s %s. %s %s %s %s %s.",
		p.name(0), w[2], p.name(1), p.name(2), w[3], w[4], said, int(p)%plotChannels, w[5], p.name(3), p.name(4), w[6], w[7],
		p.name(5), w[8], w[9], p.name(2), w[10], p.name(3), w[11])
	return fmt.Sprintf("<item><title>%s</title><link>http://%s.example/%d</link><description>%s</description></item>",
		title, site, p, text)
}

// plotThread is what Slack has of a plot.
type plotThread struct{ posts, replies []slackfake.Message }

func plotThreads(slack *slackfake.Server) (threads [plots]plotThread, strays []string) {
	for _, m := range slack.Messages("") {
		p := 0
		for p < plots && !strings.Contains(m.Text, plot(p).name(0)) {
			p++
		}
		switch {
		case p == plots:
			strays = append(strays, m.Text)
		case m.ThreadTS == "":
			threads[p].posts = append(threads[p].posts, m)
		default:
			threads[p].replies = append(threads[p].replies, m)
		}
	}
	return threads, strays
}

var plotOutlets = []string{"first", "copyist", "own", "toll", "end"}

// plotFeed lists what an outlet tells of a plot by now: the first report at once; its copy,
// an own report and a development when that was posted; the end when the development was.
func plotFeed(p plot, outlet string, thread plotThread) string {
	title, said := p.headline(0, "3 dead"), "At least 3 people died."
	ended := slices.ContainsFunc(thread.replies, func(m slackfake.Message) bool { return strings.HasPrefix(m.Text, "NEW") })
	switch posted := len(thread.posts) > 0; {
	case outlet == "first" && ended && p.end() == plotCorrected:
		return p.item("first", 0, p.headline(5, "3 dead"), said)
	case outlet == "first" && ended && p.end() == plotWithdrawn:
		return p.item("first", 0, "WITHDRAWN: "+title, said)
	case outlet == "first", outlet == "copyist" && posted:
		return p.item(outlet, 0, title, said)
	case outlet == "own" && posted:
		return p.item(outlet, 1, p.headline(1, "3 dead"), "Three died, 3 dead were counted.")
	case outlet == "toll" && posted:
		return p.item(outlet, 2, p.headline(2, "41 dead"), "The 41 dead were named.")
	case outlet == "end" && ended && p.end() == plotCalledOff:
		return p.item(outlet, 3, p.headline(3, "search called off"), "It was called off.")
	}
	return ""
}

// plotSite serves the outlets' feeds. The plots begin one after the other, over a time.
func plotSite(t *testing.T, slack *slackfake.Server, over time.Duration) string {
	t.Helper()
	began := time.Now()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		threads, _ := plotThreads(slack)
		outlet := r.URL.Path[1:]
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>The %s</title>`, outlet)
		for p := range plot(plots) {
			if time.Since(began) >= over*time.Duration(p)/plots {
				fmt.Fprint(w, plotFeed(p, outlet, threads[p]))
			}
		}
		fmt.Fprint(w, "</channel></rss>")
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func plotConfig(t *testing.T, storage string, slack *slackfake.Server, site string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("sources:\n")
	for _, name := range plotOutlets {
		fmt.Fprintf(&b, "  - {name: %s, feed: '%s/%[1]s', schedule: '@every 10s', full_text: never, language: en}\n", name, site)
	}
	b.WriteString("rules:\n")
	for i := range plotChannels {
		fmt.Fprintf(&b, "  - {name: rule%d, any: [keyword%d], to: channel%d}\n", i, i, i)
	}
	return configFile(t, storage, slack, b.String())
}

// plotSlack answers late, so that many a daemon is killed between what it sent and the answer.
func plotSlack(t *testing.T) *slackfake.Server {
	t.Helper()
	channels := []slackfake.Channel{{Name: "news", Member: true}}
	for i := range plotChannels {
		channels = append(channels, slackfake.Channel{Name: fmt.Sprint("channel", i), Member: true})
	}
	slack := fakeSlack(t, slackfake.Options{Channels: channels, Rate: 1, Burst: 2})
	for _, method := range []string{"chat.postMessage", "chat.update"} {
		slack.Plan(slackfake.Fault{Method: method, Times: -1, Stored: true, Delay: 1500 * time.Millisecond})
	}
	return slack
}

// settlePlots waits until every plot has a post and three replies, and nothing is left to
// be sent or edited, and compares what Slack has with what happened, and with the store.
func settlePlots(t *testing.T, storage string, slack *slackfake.Server, logs []*lockedLog) {
	t.Helper()
	s := beside(t, storage)
	await(t, "the last reply and edit", func() bool {
		threads, _ := plotThreads(slack)
		for _, thread := range threads {
			if len(thread.posts) == 0 || len(thread.replies) < 3 {
				return false
			}
		}
		left, err := s.Counts.Work(t.Context(), time.Now())
		return err == nil && left.Deliveries == 0
	})
	threads, strays := plotThreads(slack)
	posts, replies := 0, 0
	for p, thread := range threads {
		posts, replies = posts+len(thread.posts), replies+len(thread.replies)
		wantPlot(t, plot(p), thread)
	}
	if len(strays) > 0 {
		t.Errorf("messages of no plot: %q", strays)
	}
	arrived := 0
	for _, log := range logs {
		arrived += strings.Count(log.String(), "delivery in doubt had arrived")
	}
	t.Logf("%d starts of daemons; %d posts, %d replies, %d requests for edits; %d posts and replies had arrived when their daemon was killed",
		len(logs), posts, replies, len(slack.Calls("chat.update")), arrived)
	wantStored(t, s, slack)
}

// wantStored compares what Slack has with the store.
func wantStored(t *testing.T, s *store.Store, slack *slackfake.Server) {
	t.Helper()
	all, err := s.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	shown, posted, edited := map[string]string{}, map[int64]string{}, 0
	for _, m := range slack.Messages("") {
		shown[m.TS] = string(m.Blocks)
	}
	for _, d := range all {
		if posted[d.ID] = d.TS; d.State != news.StateSent || d.Kind != news.DeliverEdit && shown[d.TS] == "" {
			t.Errorf("delivery %d, %s %s, is %s as %q: %s", d.ID, d.Kind, d.About, d.State, d.TS, d.Error)
		}
	}
	for _, d := range all {
		if d.Kind != news.DeliverEdit {
			continue
		}
		edited++
		if at := posted[d.Edits]; !strings.Contains(shown[at], fmt.Sprintf(`"block_id":"b1.%d"`, d.Started.UnixMilli())) {
			t.Errorf("the store has sent an edit of %d at %v, but the message shows %s", d.Edits, d.Started, shown[at])
		}
	}
	if len(all)-edited != len(shown) || edited != plots {
		t.Errorf("%d messages and %d edited ones, want %d and %d", len(shown), edited, len(all)-edited, plots)
	}
}

// wantPlot compares the thread of a plot with what happened.
func wantPlot(t *testing.T, p plot, thread plotThread) {
	t.Helper()
	coverage, replies := "3 own reports · 1 copy", []string{"1 own report", "NEW · " + p.headline(2, "41 dead")}
	head := p.headline(0, "3 dead")
	switch p.end() {
	case plotCorrected:
		replies = append(replies, "HEADLINE CHANGED · "+p.headline(5, "3 dead"))
		head = "HEADLINE CHANGED"
	case plotWithdrawn:
		replies = append(replies, "WITHDRAWN · ")
		head, coverage = "WITHDRAWN", "2 own reports · 1 copy · 1 withdrawn"
	case plotCalledOff:
		coverage = "4 own reports · 1 copy"
		replies = append(replies, "OFF · "+p.headline(3, "search called off"))
	}
	if len(thread.posts) != 1 || len(thread.replies) != len(replies) {
		t.Errorf("plot %d has %d posts and %d replies, want 1 and %d", p, len(thread.posts), len(thread.replies), len(replies))
		return
	}
	if m := thread.posts[0]; !strings.Contains(m.Text, head) || !strings.Contains(string(m.Blocks), coverage) {
		t.Errorf("the message of plot %d is %q, %s; want %q and %q", p, m.Text, m.Blocks, head, coverage)
	}
	for _, want := range replies {
		replied := slices.ContainsFunc(thread.replies, func(m slackfake.Message) bool {
			return strings.Contains(m.Text, want) && m.ThreadTS == thread.posts[0].TS
		})
		if !replied {
			t.Errorf("plot %d has no reply %q: %+v", p, want, thread.replies)
		}
	}
}

// A daemon that is killed again and again while posts, replies and edits go out sends each
// post and reply once, and leaves every message in its last state.
func TestKillBetweenRepliesOnSQLite(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons for minutes")
	}
	t.Parallel()
	life := 1500 * time.Millisecond
	if raceDetector {
		life *= 4
	}
	slack, storage := plotSlack(t), storetest.SQLite(t)
	config := plotConfig(t, storage, slack, plotSite(t, slack, time.Duration(*kills)*life))
	var logs []*lockedLog
	for range *kills {
		d := startDaemon(t, config)
		logs = append(logs, d.out)
		pause(t, life/2+rand.N(3*life))
		d.kill()
	}
	last := startDaemon(t, config)
	defer last.kill()
	settlePlots(t, storage, slack, append(logs, last.out))
}

// The same, where one of two daemons on PostgreSQL is killed at a time.
func TestKillBetweenRepliesOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons for minutes")
	}
	t.Parallel()
	const life = 2 * time.Second
	slack, storage := plotSlack(t), storetest.Postgres(t)
	config := plotConfig(t, storage, slack, plotSite(t, slack, time.Duration(*killsPostgres)*life))
	daemons := [2]*child{startDaemon(t, config), startDaemon(t, config)}
	logs := []*lockedLog{daemons[0].out, daemons[1].out}
	defer func() {
		for _, d := range daemons {
			d.kill()
		}
	}()
	for i := range *killsPostgres {
		pause(t, life+rand.N(30*time.Second)/time.Duration(min(*killsPostgres, 10)))
		daemons[i%2].kill()
		daemons[i%2] = startDaemon(t, config)
		logs = append(logs, daemons[i%2].out)
	}
	settlePlots(t, storage, slack, logs)
}
