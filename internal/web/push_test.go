package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
)

// The tokens that the daemon knows, and one that looks like them.
var (
	token    = strings.Repeat("aA0-_", 8) + "aaa"
	broken   = strings.Repeat("b", 43)
	stranger = strings.Repeat("c", 43)
)

// Confirm answers for the token and fails for the broken one.
func (d *daemon) Confirm(_ context.Context, t string, query url.Values) (string, error) {
	switch t {
	case token:
		d.did = append(d.did, "confirm "+query.Get("hub.mode"))
		return query.Get("hub.challenge"), nil
	case broken:
		return "", errors.New("no store")
	}
	return "", fmt.Errorf("confirm: %w", store.ErrNotFound)
}

func (d *daemon) Expects(_ context.Context, t string) (bool, error) {
	if t == broken {
		return false, errors.New("no store")
	}
	return t == token, nil
}

func (d *daemon) Push(_ context.Context, _, signature, contentType string, body []byte) error {
	d.did = append(d.did, fmt.Sprintf("push %s %s %d", signature, contentType, len(body)))
	return d.badConfig
}

func TestCallback(t *testing.T) {
	body := func(text io.Reader) func(*http.Request) {
		return func(r *http.Request) {
			r.RemoteAddr = "192.0.2.1:9"
			r.Body, r.ContentLength = io.NopCloser(text), -1
			r.Header.Set("X-Hub-Signature", "sha256=00")
			r.Header.Set("Content-Type", "text/xml")
		}
	}
	announced := func(r *http.Request) { r.ContentLength = 10<<20 + 1 }
	elsewhere := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	const tenMB = 10 << 20
	cases := []struct {
		name, method, path string
		change             []func(*http.Request)
		trouble            error
		code               int
		body, did          string
	}{
		{"a question", "GET", "/websub/" + token + "?hub.mode=subscribe&hub.challenge=a%26b", nil, nil, 200, "a&b", "confirm subscribe"},
		{"wherever a proxy puts it", "GET", "/a/b/c/" + token + "?hub.mode=denied", nil, nil, 200, "", "confirm denied"},
		{"a question about nothing", "GET", "/websub/" + stranger, nil, nil, 404, "nothing of the kind was asked", ""},
		{"a question in bad times", "GET", "/websub/" + broken, nil, nil, 503, "try again later", ""},
		{"a push", "POST", "/websub/" + token, []func(*http.Request){body(strings.NewReader("<rss/>"))}, nil, 202, "", "push sha256=00 text/xml 6"},
		{"a push from another site", "POST", "/websub/" + token, []func(*http.Request){body(strings.NewReader("")), elsewhere}, nil, 202, "", "push sha256=00 text/xml 0"},
		{"a large push", "POST", "/websub/" + token, []func(*http.Request){body(io.LimitReader(zeros{}, tenMB))}, nil,
			202, "", fmt.Sprint("push sha256=00 text/xml ", tenMB)},
		{"a push that is too large", "POST", "/websub/" + token, []func(*http.Request){body(io.LimitReader(zeros{}, tenMB+1))}, nil, 413, "more than 10 MB", ""},
		{"a push that says so", "POST", "/websub/" + token, []func(*http.Request){body(noRead{t}), announced}, nil, 413, "more than 10 MB", ""},
		{"a push nobody expects", "POST", "/websub/" + stranger, []func(*http.Request){body(noRead{t})}, nil, 410, "there is no such subscription", ""},
		{"a push that is not expected any more", "POST", "/websub/" + token, []func(*http.Request){body(strings.NewReader(""))}, store.ErrNotFound, 410, "there is no such subscription", "push sha256=00 text/xml 0"},
		{"a push in bad times", "POST", "/websub/" + token, []func(*http.Request){body(strings.NewReader(""))}, errors.New("no store"), 503, "try again later", "push sha256=00 text/xml 0"},
		{"a push before bad times", "POST", "/websub/" + broken, []func(*http.Request){body(noRead{t})}, nil, 503, "try again later", ""},
		{"a push that breaks off", "POST", "/websub/" + token, []func(*http.Request){body(breaksOff{})}, nil, 400, "the body broke off", ""},
		{"another method", "PUT", "/websub/" + token, nil, nil, 405, "a hub asks with GET and pushes with POST", ""},
		{"no token", "GET", "/websub/" + token + "x", nil, nil, 404, "404 page not found", ""},
		{"no token either", "GET", "/websub/" + strings.Repeat("!", 43), nil, nil, 404, "404 page not found", ""},
		{"the path alone", "POST", "/websub/", nil, nil, 404, "404 page not found", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := &daemon{badConfig: c.trouble}
			code, text := ask(web.Public(d, "127.0.0.1:8460", http.NotFoundHandler()), c.method, c.path, c.change...)
			if did := strings.Join(d.did, ", "); code != c.code || text != c.body || did != c.did {
				t.Errorf("got %d %q, did %q", code, text, did)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type breaksOff struct{}

func (breaksOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// noRead is a body that nobody may read.
type noRead struct{ t *testing.T }

func (b noRead) Read([]byte) (int, error) {
	b.t.Error("the body of a stranger is read")
	return 0, io.EOF
}

// slowly begins a push and sends no more of it than a byte.
func slowly(t *testing.T, address, token string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /websub/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx", token)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// Bodies that come slowly hold nobody else up, under whatever token; one that
// comes at a good pace does not give way to them.
func TestSlowBodiesHoldNobodyUp(t *testing.T) {
	d := &daemon{}
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", web.Public(d, "127.0.0.1:0", http.NotFoundHandler()))
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	defer s.Close()
	push := "http://" + s.Addr() + "/websub/" + token
	steady, pace := io.Pipe()
	// A connection that buffers little: what is written was read at the other end.
	narrow := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetWriteBuffer(32 << 10)
		}
		return conn, err
	}}
	defer narrow.CloseIdleConnections()
	done := make(chan int, 1)
	go func() {
		res, err := (&http.Client{Transport: narrow}).Post(push, "text/xml", steady)
		if err != nil {
			done <- 0
			return
		}
		done <- res.StatusCode
		_ = res.Body.Close()
	}()
	chunk := make([]byte, 800<<10)
	if _, err := pace.Write(chunk); err != nil {
		t.Fatal(err)
	}
	var slow []net.Conn
	for range 12 {
		slow = append(slow, slowly(t, s.Addr(), token))
	}
	for range 5 {
		pushed(t, push)
		if _, err := pace.Write(chunk); err != nil {
			t.Fatalf("the steady body was cut: %v", err)
		}
	}
	_ = pace.Close()
	if code := <-done; code != 202 {
		t.Errorf("the steady push: %d", code)
	}
	answer, _ := io.ReadAll(io.LimitReader(slow[0], 12))
	if got := string(answer); got != "HTTP/1.1 400" && got != "HTTP/1.1 503" { // it gave way, or came too late to a full intake
		t.Errorf("the first slow body got %q", got)
	}
}

// pushed pushes until that is taken. A busy machine may have no place for it at
// first; while slow bodies gave way to nobody there would be none for half a minute.
func pushed(t *testing.T, url string) {
	t.Helper()
	for began := time.Now(); ; {
		res, err := http.Post(url, "text/xml", strings.NewReader("<rss/>"))
		if err != nil {
			t.Fatalf("a push among slow ones: %v", err)
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusAccepted {
			return
		}
		if took := time.Since(began); res.StatusCode != http.StatusServiceUnavailable || took > 20*time.Second {
			t.Fatalf("a push among slow ones: %s after %s", res.Status, took)
		}
	}
}

// Whoever makes a browser believe that this machine has a name of theirs (DNS
// rebinding) gets nothing.
func TestOnlyItsOwnNamesAreAnswered(t *testing.T) {
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const yes, no = 200, 421
	cases := []struct {
		listen, public, host string
		code                 int
	}{
		{"127.0.0.1:8460", "", "127.0.0.1:8460", yes},
		{"127.0.0.1:8460", "", "127.0.0.1", yes},
		{"127.0.0.1:8460", "", "localhost:9999", yes}, // a tunnel
		{"127.0.0.1:8460", "", "LocalHost.", yes},
		{"127.0.0.1:8460", "", "app.localhost", yes},
		{"127.0.0.1:8460", "", "[::1]:8460", yes},
		{"127.0.0.1:8460", "", "[::ffff:127.0.0.1]:8460", yes},
		{"127.0.0.1:8460", "", "evil.example:8460", no},
		{"127.0.0.1:8460", "", "evil.example", no},
		{"127.0.0.1:8460", "", "localhost.evil.example", no},
		{"127.0.0.1:8460", "", "127.0.0.1.evil.example", no},
		{"127.0.0.1:8460", "", "notlocalhost", no},
		{"127.0.0.1:8460", "", "192.0.2.7:8460", no},
		{"127.0.0.1:8460", "", machine, no},
		{"127.0.0.1:8460", "", "", no},
		{"127.0.0.1:8460", "", ":8460", no},
		{"127.0.0.1:8460", "https://news.example.org/copytaster", "news.example.org", yes},
		{"127.0.0.1:8460", "https://News.example.org:8443", "news.example.org:443", yes},
		{"127.0.0.1:8460", "https://news.example.org", "example.org", no},
		{"127.0.0.1:8460", "https://192.0.2.7", "192.0.2.7", yes},
		{"Desk.example:8460", "", "desk.example:8460", yes},
		{"desk.example:8460", "", "evil.example:8460", no},
		{"192.0.2.7:8460", "", "192.0.2.7:8460", yes},
		{"192.0.2.7:8460", "", "192.0.2.8:8460", no},
		{"[2001:db8::7]:8460", "", "[2001:db8::7]:8460", yes},
		{"[2001:db8::7]:8460", "", "[2001:db8::8]:8460", no},
		{"0.0.0.0:8460", "", "192.0.2.7:8460", yes},
		{"[::]:8460", "", "[2001:db8::7]", yes},
		{":8460", "", "192.0.2.7", yes},
		{":8460", "", strings.ToUpper(machine) + ":8460", yes},
		{":8460", "", "evil.example:8460", no},
		{"0.0.0.0:8460", "https://news.example.org", "news.example.org", yes},
	}
	for _, c := range cases {
		for _, endpoint := range []string{"GET /metrics", "GET /-/healthy", "GET /-/ready", "POST /-/reload", "GET /nothing"} {
			method, path, _ := strings.Cut(endpoint, " ")
			d := &daemon{public: c.public}
			h := web.Public(d, c.listen, http.NotFoundHandler())
			code, body := ask(h, method, path, func(r *http.Request) { r.Host = c.host })
			if want := c.code; code != want && (want != yes || path != "/nothing" || code != 404) {
				t.Errorf("%s as %q of %q (%s): %d %s, want %d", endpoint, c.host, c.listen, c.public, code, body, want)
			}
			if c.code == no && (len(d.did) > 0 || strings.Contains(body, "copytaster_up")) {
				t.Errorf("%s as %q: did %v, said %q", endpoint, c.host, d.did, body)
			}
		}
	}
	h := web.Public(&daemon{}, "127.0.0.1:8460", http.NotFoundHandler())
	if code, _ := ask(h, "GET", "/websub/"+token+"?hub.challenge=x", func(r *http.Request) { r.Host = "news.example.org" }); code != 200 {
		t.Errorf("a hub's question under the proxy's name: %d", code) // its token is the key
	}
}

func TestReloadThroughAProxy(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"} {
		d := &daemon{}
		code, _ := ask(web.Public(d, "127.0.0.1:8460", http.NotFoundHandler()), "POST", "/-/reload", func(r *http.Request) { r.Header.Set(header, "192.0.2.1") })
		if code != 403 || len(d.did) > 0 {
			t.Errorf("%s: %d, did %v", header, code, d.did)
		}
	}
}

func TestLargeHeadersAreRefused(t *testing.T) {
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", web.Public(&daemon{}, "127.0.0.1:0", http.NotFoundHandler()))
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	defer s.Close()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = fmt.Fprintf(conn, "GET /-/healthy HTTP/1.1\r\nHost: a\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 100<<10))
	answer, _ := io.ReadAll(io.LimitReader(conn, 12))
	if string(answer) != "HTTP/1.1 431" {
		t.Errorf("got %q", answer)
	}
}
