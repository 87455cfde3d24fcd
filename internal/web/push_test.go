package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
)

// The tokens that the daemon knows, and one that looks like them.
var (
	token    = strings.Repeat("aA0-_", 8) + "aaa"
	broken   = strings.Repeat("b", 43)
	stranger = strings.Repeat("c", 43)
)

// Confirm answers for the token and comes to grief for the broken one.
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

func (d *daemon) Push(_ context.Context, t, signature, contentType string, body []byte) error {
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
		{"a large push", "POST", "/websub/" + token, []func(*http.Request){body(io.LimitReader(zeros{}, tenMB))}, nil, 202, "", fmt.Sprint("push sha256=00 text/xml ", tenMB)},
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
			code, text := ask(web.Public(d), c.method, c.path, c.change...)
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

// TestManyPushesAtOnce: bodies that come slowly are few.
func TestManyPushesAtOnce(t *testing.T) {
	h := web.Public(&daemon{})
	var wg sync.WaitGroup
	var feeds []*io.PipeWriter
	for range 4 {
		r, w := io.Pipe()
		feeds = append(feeds, w)
		req := httptest.NewRequest("POST", "/websub/"+token, r)
		wg.Go(func() { h.ServeHTTP(httptest.NewRecorder(), req) })
		if _, err := w.Write([]byte("x")); err != nil { // returns when the body is being read
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/websub/"+token, noRead{t}))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("the fifth: %d %v", w.Code, w.Header())
	}
	for _, f := range feeds {
		_ = f.CloseWithError(errors.New("gone"))
	}
	wg.Wait()
	if code, _ := ask(h, "POST", "/websub/"+token); code != 202 {
		t.Errorf("afterwards: %d", code)
	}
}

func TestReloadThroughAProxy(t *testing.T) {
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"} {
		d := &daemon{}
		code, _ := ask(web.Public(d), "POST", "/-/reload", func(r *http.Request) { r.Header.Set(header, "192.0.2.1") })
		if code != 403 || len(d.did) > 0 {
			t.Errorf("%s: %d, did %v", header, code, d.did)
		}
	}
}

func TestLargeHeadersAreRefused(t *testing.T) {
	s, err := web.Listen(slog.New(slog.DiscardHandler), "127.0.0.1:0", web.Public(&daemon{}))
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve()
	defer s.Close() //nolint:errcheck // a test's server
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // a test's connection
	_, _ = fmt.Fprintf(conn, "GET /-/healthy HTTP/1.1\r\nHost: a\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 100<<10))
	answer, _ := io.ReadAll(io.LimitReader(conn, 12))
	if string(answer) != "HTTP/1.1 431" {
		t.Errorf("got %q", answer)
	}
}
