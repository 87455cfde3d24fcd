package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
)

// daemon answers what a test wants it to.
type daemon struct {
	sick, closed, badConfig error
	public                  string
	did                     []string
}

func (d *daemon) Healthy() error              { return d.sick }
func (d *daemon) Ready(context.Context) error { return d.closed }
func (d *daemon) Metrics(context.Context) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "copytaster_up 1") })
}

func (d *daemon) PublicURL() string { return d.public }

func (d *daemon) Slack() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.did = append(d.did, "slack")
		fmt.Fprint(w, "taken")
	})
}

func (d *daemon) Reload(context.Context) error {
	d.did = append(d.did, "reload")
	return d.badConfig
}

func (d *daemon) CrawlNow(_ context.Context, source string) (any, error) {
	if source == "away" {
		return nil, store.AwayText("unexpected EOF")
	}
	if source != "tass" {
		return nil, fmt.Errorf("crawl %s: %w", source, store.ErrNotFound)
	}
	return map[string]int{"New": 3}, nil
}

func (d *daemon) SendTestNow(_ context.Context, channel string) (any, error) {
	return nil, errors.New(channel + " is archived")
}

func (d *daemon) Retry(_ context.Context, id int64, to string) error {
	d.did = append(d.did, strings.TrimSpace(fmt.Sprint("retry ", id, " ", to)))
	return nil
}

func (d *daemon) ApartNow(_ context.Context, link, by string, undo bool) (any, error) {
	return []string{link, by, fmt.Sprint(undo)}, nil
}

func (d *daemon) Who() web.Identity { return web.Identity{Config: "c.yaml", Storage: "s.db"} }

func (d *daemon) StatusNow(context.Context) (any, error) { return map[string]int{"stories": 3}, nil }

func (d *daemon) DeliveriesNow(_ context.Context, f store.DeliveryFilter) (any, error) {
	return []string{f.Channel, f.Rule, fmt.Sprint(f.States, f.ID, f.Limit)}, nil
}

func (d *daemon) SnoozeNow(_ context.Context, order []byte) (any, error) {
	d.did = append(d.did, "snooze "+string(order))
	return map[string]int{"id": 4}, nil
}

func (d *daemon) PauseNow(_ context.Context, order []byte) (any, error) {
	d.did = append(d.did, "pause "+string(order))
	return []string{}, nil
}

func (d *daemon) ResumeNow(_ context.Context, channel, by string) (any, error) {
	d.did = append(d.did, "resume "+channel+" by "+by)
	return []string{}, nil
}

func (d *daemon) RecallNow(_ context.Context, order []byte) (any, error) {
	d.did = append(d.did, "recall "+string(order))
	return map[string]int{"id": 5}, nil
}

func (d *daemon) Unsnooze(_ context.Context, id int64, by string) error {
	d.did = append(d.did, fmt.Sprint("unsnooze ", id, " by ", by))
	return nil
}

func (d *daemon) Drop(_ context.Context, id int64) error {
	d.did = append(d.did, fmt.Sprint("drop ", id))
	return nil
}

func ask(h http.Handler, method, path string, change ...func(*http.Request)) (int, string) {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "127.0.0.1:8460"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestPublic(t *testing.T) {
	ill := errors.New("no store")
	from := func(addr string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = addr } }
	crossSite := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	named := func(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }
	cases := []struct {
		name         string
		daemon       daemon
		method, path string
		change       []func(*http.Request)
		code         int
		body         string
	}{
		{"healthy", daemon{}, "GET", "/-/healthy", nil, 200, "ok"},
		{"what Slack sends", daemon{}, "POST", web.SlackPath, []func(*http.Request){crossSite, named("news.example.org")}, 200, "taken"},
		{"sick", daemon{sick: ill}, "GET", "/-/healthy", nil, 503, "no store"},
		{"ready", daemon{}, "GET", "/-/ready", nil, 200, "ok"},
		{"not ready", daemon{closed: ill}, "GET", "/-/ready", nil, 503, "no store"},
		{"metrics", daemon{}, "GET", "/metrics", nil, 200, "copytaster_up 1"},
		{"reload", daemon{}, "POST", "/-/reload", nil, 200, "ok"},
		{"reload over IPv6", daemon{}, "POST", "/-/reload", []func(*http.Request){from("[::1]:9")}, 200, "ok"},
		{"reload of a bad config", daemon{badConfig: ill}, "POST", "/-/reload", nil, 422, "no store"},
		{"reload is no GET", daemon{}, "GET", "/-/reload", nil, 405, "Method Not Allowed"},
		{"reload from elsewhere", daemon{}, "POST", "/-/reload", []func(*http.Request){from("192.0.2.1:9")}, 403, "reload is taken from this machine only"},
		{"reload by a web page", daemon{}, "POST", "/-/reload", []func(*http.Request){crossSite}, 403, "cross-origin request detected from Sec-Fetch-Site header"},
		{"unknown", daemon{}, "GET", "/", nil, 404, "404 page not found"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, body := ask(web.Public(&c.daemon, "127.0.0.1:8460", http.NotFoundHandler()), c.method, c.path, c.change...)
			if code != c.code || body != c.body {
				t.Errorf("got %d %q, want %d %q", code, body, c.code, c.body)
			}
			if reloaded := slices.Contains(c.daemon.did, "reload"); reloaded != (c.path == "/-/reload" && (c.code == 200 || c.code == 422)) {
				t.Errorf("did %v", c.daemon.did)
			}
		})
	}
}

func TestControlOverASocket(t *testing.T) {
	d := &daemon{}
	path := filepath.Join(t.TempDir(), "c.sock")
	s, err := web.ListenSocket(slog.New(slog.DiscardHandler), path, web.Control(d))
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("socket %v, %v", info, err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _,
		_ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	cases := []struct {
		path string
		form url.Values
		code int
		want string
	}{
		{"/crawl", url.Values{"source": {"tass"}}, 200, `{"New":3}`}, {"/crawl", url.Values{"source": {"away"}}, 503, `{"error":"unexpected EOF"}`},
		{"/crawl", url.Values{"source": {"nobody"}}, 404, `{"error":"crawl nobody: not found"}`},
		{"/send-test", url.Values{"channel": {"old"}}, 422, `{"error":"old is archived"}`},
		{"/deliveries/retry", url.Values{"delivery": {"7"}}, 200, `null`},
		{"/deliveries/retry", url.Values{"delivery": {"7"}, "to": {"desk"}}, 200, `null`},
		{"/deliveries/drop", url.Values{"delivery": {"8"}}, 200, `null`},
		{"/deliveries/drop", url.Values{"delivery": {"eight"}}, 422, `{"error":"\"eight\" is no delivery's number"}`},
		{"/apart", url.Values{"url": {"u"}, "by": {"Anna"}}, 200, `["u","Anna","false"]`},
		{"/apart", url.Values{"url": {"u"}, "by": {"Ben"}, "undo": {"true"}}, 200, `["u","Ben","true"]`},
		{"/pause", url.Values{"order": {`{"for":"2h"}`}}, 200, `[]`}, {"/resume", url.Values{"channel": {"news"}, "by": {"Ben"}}, 200, `[]`},
		{"/reload", nil, 200, `null`},
	}
	for _, c := range cases {
		res, err := client.PostForm("http://copytaster"+c.path, c.form)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || !json.Valid(body) {
			t.Errorf("%s: %q, %v", c.path, body, err)
		}
		if got := strings.TrimSpace(string(body)); res.StatusCode != c.code || got != c.want {
			t.Errorf("%s: %d %s, want %d %s", c.path, res.StatusCode, got, c.code, c.want)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	for path, want := range map[string]string{
		"/who":    `{"config":"c.yaml","storage":"s.db"}`,
		"/status": `{"stories":3}`,
		"/deliveries?filter=" + url.QueryEscape(`{"Limit":5,"ID":7,"States":["dead"],"Channel":"news","Rule":"kim"}`): `["news","kim","[dead] 7 5"]`,
		"/deliveries": `{"error":"read filter: unexpected end of JSON input"}`,
	} {
		res, err := client.Get("http://copytaster" + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if got := strings.TrimSpace(string(body)); got != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", path, got, err, want)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := fmt.Sprint(d.did); got != `[retry 7 retry 7 desk drop 8 pause {"for":"2h"} resume news by Ben reload]` {
		t.Errorf("did %s", got)
	}
	if _, err := web.ListenSocket(slog.New(slog.DiscardHandler), path, web.Control(d)); err == nil ||
		!strings.Contains(err.Error(), "another daemon") {
		t.Errorf("a second daemon on the socket: %v", err)
	}
}

func TestSocketOfADeadDaemonIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.sock")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false) // as a kill would leave it
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := web.ListenSocket(slog.New(slog.DiscardHandler), path, web.Control(&daemon{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestSocketsOpenedAtOnce: of daemons that open one socket at once one has it,
// and nobody loses what he was given.
func TestSocketsOpenedAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.sock")
	var (
		all    sync.WaitGroup
		opened atomic.Int32
	)
	for range 20 {
		all.Go(func() {
			s, err := web.ListenSocket(slog.New(slog.DiscardHandler), path, web.Control(&daemon{}))
			if errors.Is(err, web.ErrTaken) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			opened.Add(1)
			t.Cleanup(func() { _ = s.Close() })
		})
	}
	all.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("%d daemons have the socket", n)
	}
}

func TestAddressInUseNamesTheMend(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = web.Listen(slog.New(slog.DiscardHandler), l.Addr().String(), http.NotFoundHandler())
	if err == nil || !strings.Contains(err.Error(), "set `listen`") {
		t.Errorf("got %v", err)
	}
}

func TestServerAnswersAndCloses(t *testing.T) {
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", web.Public(&daemon{}, "127.0.0.1:0", http.NotFoundHandler()))
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	res, err := http.Get("http://" + s.Addr() + "/-/healthy")
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	if err := errors.Join(res.Body.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + s.Addr() + "/-/healthy"); err == nil {
		t.Error("a closed server answers")
	}
}
