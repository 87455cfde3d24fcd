package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/robots"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
)

// keptRobots is a Robots in memory, which may be out of order.
type keptRobots struct {
	mu    sync.Mutex
	texts map[string]string
	read  map[string]time.Time
	fail  error // of both
	saves int
}

func (k *keptRobots) Robots(_ context.Context, origin string) ([]byte, time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return []byte(k.texts[origin]), k.read[origin], k.fail
}

func (k *keptRobots) SaveRobots(_ context.Context, origin string, text []byte, read time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail == nil {
		k.saves++
		k.texts[origin], k.read[origin] = string(text), read
	}
	return k.fail
}

func newKeptRobots() *keptRobots {
	return &keptRobots{texts: map[string]string{}, read: map[string]time.Time{}}
}

// restarted returns a crawler that knows nothing but what was kept.
func restarted(t *testing.T, kept *keptRobots, now *time.Time) *Crawler {
	c := newCrawler(t, nil)
	c.options.Robots = kept
	c.now = func() time.Time { return *now }
	return c
}

// TestRobotsOverRestarts asks with a new crawler at every step, as if the
// daemon had been restarted or another machine's turn had come.
func TestRobotsOverRestarts(t *testing.T) {
	const day = 24 * time.Hour
	s := newSite(t)
	status, text := 0, ""
	s.funcs["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
	kept, now := newKeptRobots(), testTime
	for i, step := range []struct {
		pass     time.Duration
		status   int
		text     string
		path     string
		want     news.Fault
		requests int // for robots.txt, so far
	}{
		{0, 500, "", "/feed.xml", news.FaultRobots, 1}, // never seen, so that nothing is known
		{0, 500, "", "/feed.xml", news.FaultRobots, 2}, // a failure is not kept
		{0, 200, "User-agent: *\nDisallow: /private/", "/feed.xml", "", 3},
		{23 * time.Hour, 500, "", "/private/feed.xml", news.FaultRobots, 3}, // a day old at most: not asked for again
		{time.Hour, 500, "", "/private/feed.xml", news.FaultRobots, 4},      // older: asked for, and the copy obeyed
		{0, 500, "", "/feed.xml", "", 5},                                    // which allows this
		{29*day - time.Second, 503, "", "/feed.xml", "", 6},
		{time.Second, 503, "", "/feed.xml", news.FaultRobots, 7}, // 30 days old: not obeyed any more
		{0, 404, "", "/private/feed.xml", "", 8},                 // there is none
		{23 * time.Hour, 200, "User-agent: *\nDisallow: /", "/feed.xml", "", 8},
		{time.Hour, 200, "User-agent: *\nDisallow: /", "/feed.xml", news.FaultRobots, 9},
	} {
		now, status, text = now.Add(step.pass), step.status, step.text
		_, err := restarted(t, kept, &now).List(t.Context(), s.source(news.KindFeed, step.path), news.Validators{})
		if step.want == "" && err != nil {
			t.Fatalf("step %d: %v", i, err)
		} else if step.want != "" {
			wantFault(t, err, step.want)
		}
		if n := len(s.asked("/robots.txt")); n != step.requests {
			t.Fatalf("step %d: robots.txt was asked for %d times, want %d", i, n, step.requests)
		}
	}
}

// Two crawlers on one store read a file once a day between them.
func TestRobotsAreShared(t *testing.T) {
	s := newSite(t)
	kept, now := newKeptRobots(), testTime
	one, two := restarted(t, kept, &now), restarted(t, kept, &now)
	list := func(c *Crawler) error {
		_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
		return err
	}
	for day := range 3 {
		for range 4 {
			if err := errors.Join(list(one), list(two)); err != nil {
				t.Fatal(err)
			}
			now = now.Add(6 * time.Hour)
		}
		if n := len(s.asked("/robots.txt")); n != day+1 {
			t.Errorf("after day %d it was read %d times", day+1, n)
		}
	}
	if diff := cmp.Diff(map[string]string{s.URL: "User-agent: *\nDisallow: /private/\n"}, kept.texts); diff != "" {
		t.Error(diff)
	}
}

// A copy that another machine dates in the future is one of now.
func TestRobotsOfTheFuture(t *testing.T) {
	s := newSite(t)
	kept, now := newKeptRobots(), testTime
	kept.texts[s.URL], kept.read[s.URL] = "User-agent: *\nDisallow: /", now.Add(1000*time.Hour)
	c := restarted(t, kept, &now)
	_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	wantFault(t, err, news.FaultRobots)
	delete(kept.texts, s.URL)
	delete(kept.read, s.URL)
	now = now.Add(robotsAge)
	if _, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{}); err != nil {
		t.Error(err)
	}
}

// What the store says comes back unchanged when a copy is asked for; one that
// cannot be kept is obeyed all the same.
func TestRobotsCannotBeKept(t *testing.T) {
	s := newSite(t)
	kept, now := newKeptRobots(), testTime
	kept.fail = errors.New("look up robots.txt: the disk is gone")
	c := restarted(t, kept, &now)
	if _, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{}); err != kept.fail {
		t.Errorf("got %v", err)
	}
	s.funcs["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) {
		kept.fail = errors.New("keep robots.txt: the disk is full")
		fmt.Fprint(w, "User-agent: *\nDisallow: /private/")
	}
	kept.fail = nil
	if _, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{}); err != nil {
		t.Error(err)
	}
	_, err := c.List(t.Context(), s.source(news.KindFeed, "/private/feed.xml"), news.Validators{})
	wantFault(t, err, news.FaultRobots)
}

// Fifty visits at once read robots.txt once, be it there or broken.
func TestRobotsSingleFlight(t *testing.T) {
	for status, want := range map[int]news.Fault{200: "", 404: "", 500: news.FaultRobots} {
		s := newSite(t)
		s.funcs["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, "User-agent: *\nDisallow: /private/")
		}
		c := newCrawler(t, nil)
		kept, now := newKeptRobots(), testTime
		c.options.Robots, c.now = kept, func() time.Time { return now }
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
				var fault *news.CrawlError
				if errors.As(err, &fault) != (want != "") || fault != nil && fault.Fault != want {
					t.Errorf("%d: %v", status, err)
				}
			})
		}
		group.Wait()
		if n := len(s.asked("/robots.txt")); n != 1 {
			t.Errorf("%d: robots.txt was read %d times", status, n)
		}
		if saves := map[bool]int{true: 1}[want == ""]; kept.saves != saves {
			t.Errorf("%d: kept %d times, want %d", status, kept.saves, saves)
		}
	}
}

// A host that asks for a long pause is given it before robots.txt is read
// again, too.
func TestRobotsAreRenewedPolitely(t *testing.T) {
	s := newSite(t)
	s.funcs["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "User-agent: *\nCrawl-delay: 120\n") }
	hosts := newSlots(true)
	c := newCrawler(t, hosts)
	c.now = func() time.Time { return hosts.now }
	c.options.HostInterval = time.Second
	for range 2 {
		if _, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{}); err != nil {
			t.Fatal(err)
		}
		hosts.pass(robotsAge)
	}
	host, delay := strings.TrimPrefix(s.URL, "http://"), 2*time.Minute
	want := []reservation{{host, time.Second}, {host, delay}, {host, delay}, {host, delay}}
	if diff := cmp.Diff(want, hosts.reserved, cmp.AllowUnexported(reservation{})); diff != "" {
		t.Error(diff)
	}
}

// TestRobotsMemory: the rules of many hosts together are bounded, and those in
// use are not forgotten for others.
func TestRobotsMemory(t *testing.T) {
	rules := robots.Parse([]byte("User-agent: *\n" + strings.Repeat("Disallow: /a*b*c*d\n", robots.MaxSize/20)))
	var files robotsFiles
	for i := range 200 {
		origin := fmt.Sprintf("https://%d.example", i)
		file := files.of(origin)
		files.keep(origin, file, rules, time.Now())
		if files.of(origin) != file {
			t.Fatal("forgotten at once")
		}
	}
	if files.size > robotsMemory || files.size < robotsMemory/2 {
		t.Errorf("%d MB of rules are kept", files.size>>20)
	}
	size := 0
	for _, file := range files.files {
		size += file.size
	}
	if size != files.size {
		t.Errorf("%d bytes are counted, %d kept", files.size, size)
	}
}
