package pages_test

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/web"
)

// serve serves pages as a daemon does, and returns their URL.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	base, _ := served(t, h)
	return base
}

// served is serve, and returns the server, too.
func served(t *testing.T, h http.Handler) (base string, s *web.Server) {
	t.Helper()
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", h)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		s.Serve()
		close(ended)
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return "http://" + s.Addr(), s
}

// stream opens the stream of changes.
func stream(ctx context.Context, t *testing.T, base string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/live", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// TestLive: a browser is told when the first page has changed, longer than a request may take
// to be read, and not when nothing has.
func TestLive(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	base := serve(t, h)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	res := stream(ctx, t, base)
	if kind := res.Header.Get("Content-Type"); res.StatusCode != 200 || kind != "text/event-stream" {
		t.Fatalf("the stream: %d %s", res.StatusCode, kind)
	}
	began := time.Now()
	lines := bufio.NewScanner(res.Body)
	next := func() (string, bool) {
		for lines.Scan() {
			if line := lines.Text(); strings.HasPrefix(line, "event:") || strings.HasPrefix(line, ":") {
				return line, true
			}
		}
		return "", false
	}
	if line, ok := next(); !ok || line != ": still here" || time.Since(began) < 12*time.Second {
		t.Fatalf("where nothing happens: %q after %s, %v", line, time.Since(began), lines.Err())
	}
	number := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(ask(h, "GET", "/deliveries?state=parked").Body.String())
	if w := ask(h, "POST", "/deliveries/drop id="+number[1]); w.Code != http.StatusSeeOther {
		t.Fatalf("drop: %d", w.Code)
	}
	if line, ok := next(); !ok || line != "event: changed" {
		t.Fatalf("after a change: %q, %v", line, lines.Err())
	}
}

// TestLiveAway: whoever has the first page open looks again when the store goes away, and when it
// comes back.
func TestLiveAway(t *testing.T) {
	server := storetest.NewServer(t)
	base := serve(t, open(t, server.URL(), ""))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	lines := bufio.NewScanner(stream(ctx, t, base).Body)
	next := func(want string) {
		t.Helper()
		for lines.Scan() {
			if line := lines.Text(); line == want {
				return
			}
		}
		t.Fatalf("no %q: %v", want, lines.Err())
	}
	next(": still here") // it has looked
	server.Stop()
	next("event: changed")
	server.Start()
	next("event: changed")
}

// TestLiveStops: open pages hold no stop up.
func TestLiveStops(t *testing.T) {
	base, s := served(t, open(t, filepath.Join(t.TempDir(), "c.db"), ""))
	lines := bufio.NewScanner(stream(t.Context(), t, base).Body)
	if !lines.Scan() {
		t.Fatal(lines.Err())
	}
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("with an open page a stop takes %s", took)
	}
	for lines.Scan() { // the rest of the retry
	}
	if err := lines.Err(); err != nil {
		t.Errorf("the stream breaks off: %v", err)
	}
}

// TestManyLive: whoever comes when very many pages are open is told to come again.
func TestManyLive(t *testing.T) {
	base := serve(t, open(t, filepath.Join(t.TempDir(), "c.db"), ""))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range 50 {
		if res := stream(ctx, t, base); res.StatusCode != http.StatusOK {
			t.Fatalf("stream %d: %d", i, res.StatusCode)
		}
	}
	if res := stream(ctx, t, base); res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("stream 51: %d", res.StatusCode)
	}
	cancel()
	for until := time.Now().Add(20 * time.Second); ; {
		again, stop := context.WithCancel(t.Context())
		res := stream(again, t, base)
		stop()
		if res.StatusCode == http.StatusOK {
			return
		}
		if time.Now().After(until) {
			t.Fatal("those that are gone are still counted")
		}
	}
}
