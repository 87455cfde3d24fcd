package app_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// slowSite asks for a pause between two requests and notes when, by the test's
// clock, it was asked for what.
type slowSite struct {
	*httptest.Server
	robots string

	mu    sync.Mutex
	now   time.Time
	paths []string
	times []time.Time
}

func newSlowSite(t *testing.T, robots string) *slowSite {
	s := &slowSite{robots: robots, now: time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *slowSite) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *slowSite) wait(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = until
}

func (s *slowSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths, s.times = append(s.paths, r.URL.Path), append(s.times, s.now)
	if r.URL.Path == "/robots.txt" {
		fmt.Fprint(w, s.robots)
		return
	}
	fmt.Fprintf(w, "<title>Page %s</title>", r.URL.Path)
}

// TestCrawlDelay reads many pages of a host that asks for a pause, by two
// crawlers in turn that share a store, and starts everything anew now and then:
// the pause is kept, and robots.txt is read once.
func TestCrawlDelay(t *testing.T) {
	const restarts, pages = 4, 6
	for _, delay := range []time.Duration{10 * time.Second, 2 * time.Minute} {
		t.Run(delay.String(), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, storage string) {
				s := newSlowSite(t, fmt.Sprintf("User-agent: *\nCrawl-delay: %d\nDisallow: /private\n", int(delay.Seconds())))
				for run := range restarts {
					crawlSlowly(t, s, storage, run, pages)
				}
				if n := len(s.paths); n != restarts*pages+1 || slices.Index(s.paths, "/robots.txt") != 0 {
					t.Errorf("%d requests: %v", n, s.paths)
				}
				for i := 2; i < len(s.times); i++ { // the delay is known from the second one on
					if pause := s.times[i].Sub(s.times[i-1]); pause < delay {
						t.Errorf("%s was asked for %v after %s", s.paths[i], pause, s.paths[i-1])
					}
				}
			})
		})
	}
}

// crawlSlowly is one life of the daemons.
func crawlSlowly(t *testing.T, s *slowSite, storage string, run, pages int) {
	t.Run(fmt.Sprint("run ", run), func(t *testing.T) { // the store is closed at its end
		st := storetest.Open(t, storage)
		var crawlers []*crawler.Crawler
		for range 2 {
			crawlers = append(crawlers, crawler.New(slog.New(slog.DiscardHandler), pipeline.NewHosts(st, s.clock), crawler.Options{
				HostInterval: time.Millisecond, AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Robots: st.Hosts,
			}))
		}
		src := news.Source{Name: "slow", URL: s.URL + "/"}
		for page := range pages {
			url := fmt.Sprintf("%s/%d/%d", s.URL, run, page)
			for tries := 0; ; tries++ {
				_, err := crawlers[page%2].Fetch(t.Context(), src, url)
				var later *news.LaterError
				if errors.As(err, &later) && tries < 3 {
					s.wait(later.At)
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", url, err)
				}
				break
			}
		}
		_, err := crawlers[0].Fetch(t.Context(), src, s.URL+"/private")
		var fault *news.CrawlError
		if !errors.As(err, &fault) || fault.Fault != news.FaultRobots {
			t.Errorf("what robots.txt forbids: %v", err)
		}
	})
}
