package crawler

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/rogpeppe/go-internal/txtar"
)

// loopback allows what the tests listen on, and nothing else.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("127.0.0.3/32")}

// site is a small HTTP site: an archive's answers, and functions for what an
// archive cannot say.
type site struct {
	URL   string
	other string // a second address of it on another host
	pages map[string]string
	funcs map[string]http.HandlerFunc

	mu       sync.Mutex
	requests []*http.Request
}

// newSite serves testdata/site.txtar on 127.0.0.1 and 127.0.0.3.
func newSite(t testing.TB) *site {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "site.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{pages: map[string]string{}, funcs: map[string]http.HandlerFunc{}}
	for _, f := range archive.Files {
		s.pages[f.Name] = string(f.Data)
	}
	s.URL = listen(t, "127.0.0.1", s).URL
	s.other = listen(t, "127.0.0.3", s).URL
	return s
}

// noLoopback skips a test on a machine that has only one loopback address; in
// CI that is an error.
func noLoopback(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("no second loopback address: %v", err)
	}
	t.Skipf("no second loopback address: %v", err)
}

func listen(t testing.TB, ip string, h http.Handler) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(ip, "0"))
	if err != nil {
		noLoopback(t, err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: h, ErrorLog: discardLog()}}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func discardLog() *log.Logger { return slog.NewLogLogger(slog.DiscardHandler, 0) }

func mustURL(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	s.mu.Unlock()
	if f, ok := s.funcs[r.URL.Path]; ok {
		f(w, r)
		return
	}
	page, ok := s.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	head, body, _ := strings.Cut(strings.NewReplacer("{site}", s.URL, "{other}", s.other).Replace(page), "\n\n")
	status := http.StatusOK
	for line := range strings.SplitSeq(head, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Status" {
			status, _ = strconv.Atoi(value)
			continue
		}
		if name != "" {
			w.Header().Set(name, strings.TrimSpace(value))
		}
	}
	if tag := w.Header().Get("ETag"); tag != "" && tag == r.Header.Get("If-None-Match") {
		status, body = http.StatusNotModified, ""
	}
	w.WriteHeader(status)
	if status != http.StatusNotModified {
		_, _ = w.Write([]byte(body))
	}
}

// paths returns the paths that were asked for, in order.
func (s *site) paths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var paths []string
	for _, r := range s.requests {
		paths = append(paths, r.URL.Path)
	}
	return paths
}

// asked returns the requests for a path.
func (s *site) asked(path string) []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r *http.Request) bool { return r.URL.Path != path })
}

func (s *site) source(kind news.SourceKind, path string) news.Source {
	return news.Source{Name: "lantern", Kind: kind, URL: s.URL + path}
}

// slots is a Hosts in memory that notes what it is asked. A host is busy for
// the interval of its last reservation; time stands still unless a test moves it.
type slots struct {
	mu       sync.Mutex
	now      time.Time
	free     map[string]time.Time
	patient  bool // waits for every slot: time passes by itself
	reserved []reservation
	held     map[string]time.Time
}

type reservation struct {
	host     string
	interval time.Duration
}

func newSlots(patient bool) *slots {
	return &slots{now: testTime, free: map[string]time.Time{}, held: map[string]time.Time{}, patient: patient}
}

var testTime = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func (s *slots) Reserve(ctx context.Context, host string, interval time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if free := s.free[host]; free.After(s.now) {
		if !s.patient {
			return &news.LaterError{At: free}
		}
		s.now = free
	}
	s.reserved = append(s.reserved, reservation{host, interval})
	s.free[host] = s.now.Add(interval)
	return ctx.Err()
}

func (s *slots) Hold(_ context.Context, host string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[host], s.free[host] = until, until
	return nil
}

func (s *slots) pass(d time.Duration) { s.now = s.now.Add(d) }

func newCrawler(t testing.TB, hosts Hosts) *Crawler {
	t.Helper()
	options := Options{AllowNetworks: loopback, Timeout: 2 * time.Minute, UserAgent: "copytaster/test"}
	c := New(slog.New(slog.DiscardHandler), hosts, options)
	c.now = func() time.Time { return testTime }
	return c
}

// wantFault fails the test unless err is a crawl error of that fault.
func wantFault(t *testing.T, err error, want news.Fault) *news.CrawlError {
	t.Helper()
	var fault *news.CrawlError
	if !errors.As(err, &fault) {
		t.Fatalf("error %v is no crawl error", err)
	}
	if fault.Fault != want {
		t.Fatalf("fault %q (%v), want %q", fault.Fault, err, want)
	}
	return fault
}

func titles(stories []news.Story) []string {
	var titles []string
	for _, s := range stories {
		titles = append(titles, s.Title)
	}
	return titles
}

// brokenHosts cannot reserve anything.
type brokenHosts struct {
	freeHosts
	err error
}

func (b brokenHosts) Reserve(context.Context, string, time.Duration) error { return b.err }
