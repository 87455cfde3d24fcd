package app_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// fairSite is a host whose feeds list what a test publishes. The word that the
// rule looks for stands in the pages alone.
type fairSite struct {
	url  string
	hang bool // nothing is ever answered

	mu    sync.Mutex
	feeds map[string][]string // items by the feed's path
	at    []time.Time         // of the requests
}

func newFairSite(t testing.TB, hang bool) *fairSite {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fairSite{url: "http://" + l.Addr().String(), hang: hang, feeds: map[string][]string{}}
	server := &http.Server{Handler: s}
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// list lists a story whose page is on another site, or on this one.
func (s *fairSite) list(feed, title string, on *fairSite) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item := fmt.Sprintf("<item><title>%s</title><link>%s/page/%s</link></item>", title, on.url, strings.ReplaceAll(title, " ", "-"))
	s.feeds[feed] = append([]string{item}, s.feeds[feed]...)
}

func (s *fairSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.hang {
		<-r.Context().Done()
		return
	}
	s.mu.Lock()
	s.at = append(s.at, time.Now())
	items := strings.Join(s.feeds[r.URL.Path], "")
	s.mu.Unlock()
	switch {
	case strings.HasPrefix(r.URL.Path, "/feed"):
		fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Fair</title>%s</channel></rss>`, items)
	case strings.HasPrefix(r.URL.Path, "/page/"):
		title := strings.ReplaceAll(strings.TrimPrefix(r.URL.Path, "/page/"), "-", " ")
		fmt.Fprintf(w, "<html lang=en><title>%s</title><body><article><h1>%[1]s</h1><p>%s %[1]s</p></article>", title, killText(pageNumber(title)))
	default:
		http.NotFound(w, r)
	}
}

// closest is the least time between two requests.
func (s *fairSite) closest() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	least := time.Hour
	for i := range len(s.at) - 1 {
		least = min(least, s.at[i+1].Sub(s.at[i]))
	}
	return least
}

// latencies waits until each of the titles was told of, and returns how long
// that took since a time, the fastest first.
func latencies(t *testing.T, slack *slackfake.Server, since time.Time, titles []string) []time.Duration {
	t.Helper()
	told := map[string]time.Duration{}
	for len(told) < len(titles) && time.Since(since) < patience {
		all := strings.Join(texts(slack, "news"), "\n")
		for _, title := range titles {
			if _, ok := told[title]; !ok && strings.Contains(all, title) {
				told[title] = time.Since(since)
			}
		}
		pause(t, 20*time.Millisecond)
	}
	took := []time.Duration{}
	for _, title := range titles {
		if d, ok := told[title]; ok {
			took = append(took, d.Round(100*time.Millisecond))
		} else {
			t.Errorf("%q was not told of within %v", title, patience)
		}
	}
	slices.Sort(took)
	return took
}

const fairRules = "rules: [{name: met, any: [delegation]}]\n"

// fairDaemon runs on sources with an interval between two requests to a host.
func fairDaemon(t *testing.T, storage, sources, interval string) *slackfake.Server {
	t.Helper()
	slack := fakeSlack(t, slackfake.Options{})
	path := configFile(t, storage, slack, fairRules+"sources:\n"+sources)
	replaceIn(t, path, "host_interval: 0s", "host_interval: "+interval)
	run(t, io.Discard, options(t, path))
	return slack
}

// Four feeds of one host are due so often that one of them is always about to
// be: the pages of what they list are read all the same, a second apart.
func TestDenselyPolledHostReadsItsPages(t *testing.T) {
	if testing.Short() {
		t.Skip("watches a daemon for half a minute")
	}
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		site, titles := newFairSite(t, false), []string{}
		var sources strings.Builder
		for i, name := range []string{"feed14", "feed18", "feed3", "feed7"} { // which are due 3, 2, 3 and 2 seconds apart
			fmt.Fprintf(&sources, "  - {name: %s, feed: '%s/feed/%d', schedule: '@every 10s'}\n", name, site.url, i)
			site.list(fmt.Sprintf("/feed/%d", i), fmt.Sprint("Old story ", i), site)
		}
		slack := fairDaemon(t, storage, sources.String(), "1s")
		latencies(t, slack, time.Now(), []string{"Old story 0", "Old story 1", "Old story 2", "Old story 3"})
		published := time.Now()
		for i := range 8 {
			titles = append(titles, fmt.Sprint("Fresh story ", i))
			site.list(fmt.Sprintf("/feed/%d", i%4), titles[i], site)
		}
		took := latencies(t, slack, published, titles)
		t.Logf("from published to told: %v; requests at least %v apart", took, site.closest().Round(time.Millisecond))
		if bound := 30 * time.Second; len(took) == 0 || took[len(took)-1] > slower(bound) {
			t.Errorf("the last alert came after %v, want %v", took, slower(bound))
		}
	})
}

// A feed lists 1,500 pages of another host, which has a feed of its own.
func TestForeignListDoesNotHoldTheHostsOwnUp(t *testing.T) {
	if testing.Short() {
		t.Skip("watches a daemon for half a minute")
	}
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		site, hostile := newFairSite(t, false), newFairSite(t, false)
		for i := range 1500 {
			hostile.list("/feed", fmt.Sprint("Copied story ", i), site)
		}
		slack := fairDaemon(t, storage, fmt.Sprintf("  - {name: hostile, feed: '%s/feed', schedule: '@every 10s'}\n"+
			"  - {name: own, feed: '%s/feed', schedule: '@every 10s'}\n", hostile.url, site.url), "1s")
		await(t, "a page of the foreign list", func() bool { return len(texts(slack, "news")) > 0 })
		published, titles := time.Now(), []string{"Own story 1", "Own story 2", "Own story 3"}
		for _, title := range titles {
			site.list("/feed", title, site)
		}
		took := latencies(t, slack, published, titles)
		told := len(texts(slack, "news"))
		t.Logf("from published to told: %v; %d copied stories were told meanwhile", took, told-len(titles))
		if bound := 20 * time.Second; len(took) == 0 || took[len(took)-1] > slower(bound) {
			t.Errorf("the last alert came after %v, want %v", took, slower(bound))
		}
		await(t, "further pages of the foreign list", func() bool { return len(texts(slack, "news")) > told })
	})
}

// Forty lists hang, and sixty hosts of pages that another list names: five good
// sources are told of at once.
func TestHostsThatHangHoldNobodyUp(t *testing.T) {
	if testing.Short() {
		t.Skip("watches a daemon for half a minute")
	}
	storetest.Each(t, func(t *testing.T, storage string) {
		t.Parallel()
		var sources strings.Builder
		for i := range 40 {
			fmt.Fprintf(&sources, "  - {name: hung%02d, feed: '%s/feed', schedule: '@every 10s'}\n", i, newFairSite(t, true).url)
		}
		names := newFairSite(t, false)
		for i := range 60 {
			names.list("/feed", fmt.Sprint("Hanging story ", i), newFairSite(t, true))
		}
		fmt.Fprintf(&sources, "  - {name: names, feed: '%s/feed', schedule: '@every 10s'}\n", names.url)
		var good []*fairSite
		for i := range 5 {
			good = append(good, newFairSite(t, false))
			fmt.Fprintf(&sources, "  - {name: zgood%d, feed: '%s/feed', schedule: '@every 10s'}\n", i, good[i].url)
		}
		began := time.Now()
		slack := fairDaemon(t, storage, sources.String(), "0s")
		for round, bound := range []time.Duration{22 * time.Second, 15 * time.Second, 15 * time.Second} {
			titles := []string{}
			for i, s := range good {
				titles = append(titles, fmt.Sprintf("Good story %d of round %d", i, round))
				s.list("/feed", titles[i], s)
			}
			took := latencies(t, slack, began, titles)
			t.Logf("round %d: from published to told: %v", round, took)
			if len(took) == 0 || took[len(took)-1] > slower(bound) {
				t.Errorf("round %d: the last alert came after %v, want %v", round, took, slower(bound))
			}
			began = time.Now()
		}
	})
}
