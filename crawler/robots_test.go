package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
)

// TestRobots asks for one feed under what robots.txt may say, and with that
// ignored. What may be wrong with the file is in the table of faults.
func TestRobots(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	text := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   news.Fault // "" when the feed may be read
	}{
		"allowed":            {text("User-agent: *\nDisallow: /x"), ""},
		"disallowed":         {text("User-agent: *\nDisallow: /feed"), news.FaultRobots},
		"disallowed by name": {text("User-agent: CopyTaster\nDisallow: /\n\nUser-agent: *\nAllow: /"), news.FaultRobots},
		"others disallowed":  {text("User-agent: copy\nDisallow: /"), ""},
		"query":              {text("User-agent: *\nDisallow: /*?page="), news.FaultRobots},
		"a page":             {text("<!DOCTYPE html><html><body>Disallow: /</body></html>"), ""},
		"403":                {status(403), ""},
		"503":                {status(503), news.FaultRobots},
		"hung up":            {hijack(t, ""), news.FaultConnect},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.Redirect(w, r, "/robots2.txt", http.StatusMovedPermanently)
			}
		}, news.FaultRobots},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.funcs["/robots.txt"] = c.answer
			s.funcs["/robots2.txt"] = text("User-agent: *\nDisallow: /feed")
			crawler := newCrawler(t, nil)
			src := s.source(news.KindFeed, "/feed.xml?page=1")
			start := time.Now()
			_, err := crawler.List(t.Context(), src, news.Validators{})
			if took := time.Since(start); took > time.Minute { // half the time for which an answer is waited for
				t.Errorf("took %v", took)
			}
			if c.want == "" && err != nil {
				t.Fatal(err)
			}
			if c.want != "" {
				wantFault(t, err, c.want)
				if n := len(s.asked("/feed.xml")); n != 0 {
					t.Error("the feed was asked for")
				}
			}
			src.IgnoreRobots = true
			if _, err := crawler.List(t.Context(), src, news.Validators{}); err != nil {
				t.Errorf("robots.txt is not ignored: %v", err)
			}
		})
	}
}

// Redirects are requests like any other.
func TestRobotsOfRedirects(t *testing.T) {
	s := newSite(t)
	s.funcs["/hop"] = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/private/feed.xml", http.StatusFound)
	}
	_, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindFeed, "/hop"), news.Validators{})
	if fault := wantFault(t, err, news.FaultRobots); fault.URL != s.URL+"/private/feed.xml" {
		t.Errorf("the fault is at %s", fault.URL)
	}
}

func TestRobotsAreCached(t *testing.T) {
	s := newSite(t)
	answer := http.StatusOK
	s.funcs["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answer)
		fmt.Fprint(w, "User-agent: *\nDisallow: /private/\n")
	}
	c := newCrawler(t, nil)
	now := testTime
	c.now = func() time.Time { return now }
	src := s.source(news.KindFeed, "/feed.xml")
	for i, step := range []struct {
		pass     time.Duration
		answer   int
		path     string
		want     news.Fault
		requests int
	}{
		{0, 200, "/feed.xml", "", 1},
		{23 * time.Hour, 500, "/feed.xml", "", 1},
		{time.Hour, 500, "/feed.xml", "", 2},                         // too old, and the last good copy is used
		{time.Second, 500, "/private/feed.xml", news.FaultRobots, 2}, // which is obeyed
		{10 * time.Minute, 404, "/private/feed.xml", "", 3},          // then it was taken away
		{25 * time.Hour, 200, "/private/feed.xml", news.FaultRobots, 4},
	} {
		now = now.Add(step.pass)
		answer = step.answer
		src.URL = s.URL + step.path
		_, err := c.List(t.Context(), src, news.Validators{})
		if step.want != "" {
			wantFault(t, err, step.want)
		} else if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if n := len(s.asked("/robots.txt")); n != step.requests {
			t.Fatalf("step %d: robots.txt was asked for %d times, want %d", i, n, step.requests)
		}
	}
}

// A failure is remembered shortly, so that twenty sources of a dead host do
// not wait twenty times.
func TestRobotsFailureIsRemembered(t *testing.T) {
	s := newSite(t)
	s.funcs["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
	c := newCrawler(t, nil)
	now := testTime
	c.now = func() time.Time { return now }
	for i, want := range []int{1, 1, 2} {
		_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
		if fault := wantFault(t, err, news.FaultRobots); fault.Status != 500 || !strings.HasSuffix(fault.URL, "/robots.txt") {
			t.Errorf("fault %v", fault)
		}
		if n := len(s.asked("/robots.txt")); n != want {
			t.Errorf("crawl %d: asked %d times, want %d", i, n, want)
		}
		now = now.Add(31 * time.Second)
	}
}

func TestReservations(t *testing.T) {
	s := newSite(t)
	host, other := strings.TrimPrefix(s.URL, "http://"), strings.TrimPrefix(s.other, "http://")
	s.funcs["/robots.txt"] = func(w http.ResponseWriter, r *http.Request) {
		if r.Host == host {
			fmt.Fprint(w, "User-agent: *\nCrawl-delay: 10\n")
		}
	}
	hosts := newSlots(true)
	c := newCrawler(t, hosts)
	c.options.HostInterval = time.Second
	for range 2 {
		if _, err := c.List(t.Context(), s.source(news.KindFeed, "/elsewhere.xml"), news.Validators{}); err != nil {
			t.Fatal(err)
		}
	}
	want := []reservation{
		{host, time.Second}, {host, 10 * time.Second}, {other, time.Second}, {other, time.Second},
		{host, 10 * time.Second}, {other, time.Second},
	}
	if diff := cmp.Diff(want, hosts.reserved, cmp.AllowUnexported(reservation{})); diff != "" {
		t.Error(diff)
	}
}

// A row of redirects on a host with a long crawl delay has to wait at every
// hop. It goes on where it stood, and still knows where it came from.
func TestRedirectsAreTakenUp(t *testing.T) {
	s := newSite(t)
	hosts := newSlots(false)
	c := newCrawler(t, hosts)
	c.options.HostInterval = time.Minute
	c.now = func() time.Time { return hosts.now }
	src := s.source(news.KindFeed, "/moved.xml")
	src.IgnoreRobots = true
	var later *news.LaterError
	for i := range 2 {
		if _, err := c.List(t.Context(), src, news.Validators{}); !errors.As(err, &later) {
			t.Fatalf("crawl %d: %v, want to wait for the host", i, err)
		}
		if !later.At.Equal(hosts.now.Add(time.Minute)) {
			t.Errorf("crawl %d: wait until %v", i, later.At)
		}
		hosts.pass(time.Minute)
	}
	listing, err := c.List(t.Context(), src, news.Validators{})
	if err != nil || len(listing.Stories) != 2 || listing.MovedTo != s.URL+"/feed.xml" {
		t.Errorf("%d stories, moved to %q, %v", len(listing.Stories), listing.MovedTo, err)
	}
	if diff := cmp.Diff([]string{"/moved.xml", "/moved-again.xml", "/feed.xml"}, s.paths()); diff != "" {
		t.Error(diff)
	}
	// A loop is one however long it takes.
	s.funcs["/loop"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) }
	src.URL = s.URL + "/loop"
	for range maxRedirects {
		hosts.pass(time.Minute)
		if _, err := c.List(t.Context(), src, news.Validators{}); !errors.As(err, &later) {
			t.Fatal(err)
		}
	}
	hosts.pass(time.Minute)
	_, err = c.List(t.Context(), src, news.Validators{})
	wantFault(t, err, news.FaultRedirects)
}

// An error of Hosts that is neither a wait nor a crawl's comes back unchanged.
func TestHostsErrorsComeBack(t *testing.T) {
	s := newSite(t)
	broken := errors.New("reserve host: the disk is full")
	c := newCrawler(t, brokenHosts{freeHosts{}, broken})
	_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	if err != broken {
		t.Errorf("got %v", err)
	}
}
