package pages_test

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func from(addr string) func(*http.Request) { return func(r *http.Request) { r.RemoteAddr = addr } }
func host(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }

// TestWithoutAuth: without auth the pages are this machine's own, wherever the daemon listens,
// and nothing else is affected.
func TestWithoutAuth(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"this machine":       {from("127.0.0.1:1"), 200},
		"this machine, IPv6": {func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:1", "[::1]:8460" }, 200},
		"localhost":          {host("localhost:8460"), 200},
		"through a tunnel":   {host("127.0.0.1:9999"), 200},
		"another machine":    {from("192.0.2.1:1"), 403},
		"a proxy here":       {with("X-Forwarded-For", "192.0.2.1"), 403},
		"a container's host": {from("172.17.0.1:1"), 403},
		"a rebound name":     {host("evil.example"), 421},
	} {
		for _, target := range []string{"/", "/deliveries", "/config", "/docs/rules", "/live", "/nothing"} {
			if target == "/live" && c.status == 200 {
				continue
			}
			want := c.status
			if target == "/nothing" && want == 200 {
				want = 404
			}
			w := ask(h, "GET", target, c.change)
			if w.Code != want || want == 403 && !strings.Contains(w.Body.String(), "shown on this machine alone") {
				t.Errorf("%s from %s: %d, want %d", target, name, w.Code, want)
			}
		}
		if w := ask(h, "GET", "/-/ready", c.change); c.status != 421 && w.Code != 200 {
			t.Errorf("a health check from %s: %d", name, w.Code)
		}
		if w := ask(h, "GET", "/metrics", c.change); c.status != 421 && w.Code != 200 {
			t.Errorf("metrics from %s: %d", name, w.Code)
		}
	}
	if w := ask(h, "GET", "/login"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Errorf("where nobody logs in: %d", w.Code)
	}
	unread := func(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(errors.New("the form is read"))) }
	if w := ask(h, "POST", "/login name=ada", unread); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "Nobody logs in") {
		t.Errorf("a form where nobody logs in: %d %s", w.Code, w.Body)
	}
}

// TestBehindAProxy: where something passes requests on, and nobody has to say who they are, no
// page is shown to anybody: what a quiet proxy passes on looks like this machine's own.
func TestBehindAProxy(t *testing.T) {
	for extra, shut := range map[string]bool{
		"public_url: https://news.example.org\n":         true,
		"public_url: http://localhost:8460\n":            false,
		"public_url: https://news.example.org\n" + users: false,
	} {
		h := open(t, filepath.Join(t.TempDir(), "c.db"), extra)
		for _, target := range []string{"GET /", "GET /config", "GET /live", "GET /nothing", "POST /deliveries/drop id=1", "POST /deliveries/retry id=1"} {
			method, path, _ := strings.Cut(target, " ")
			if path == "/live" && !shut {
				continue
			}
			w := ask(h, method, path)
			if refused := w.Code == 403 && strings.Contains(w.Body.String(), "<code>public_url</code> in the config says"); refused != shut {
				t.Errorf("%s with %q: %d %s", target, extra, w.Code, w.Body)
			}
		}
		for _, target := range []string{"/metrics", "/-/ready"} {
			if w := ask(h, "GET", target); w.Code != http.StatusOK {
				t.Errorf("%s with %q: %d", target, extra, w.Code)
			}
		}
	}
}

const users = "auth: {users: [{name: ada, password_hash: " + hash + "}]}\n"

// TestLoggedOut: who has not logged in sees the form, and can do nothing.
func TestLoggedOut(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), users)
	for _, target := range []string{"/", "/deliveries?state=dead", "/config", "/docs/rules", "/nothing"} {
		w := ask(h, "GET", target)
		to := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/login?next=%2F") || strings.Contains(w.Body.String(), "wire") {
			t.Errorf("%s: %d to %s", target, w.Code, to)
		}
	}
	for _, target := range []string{"/deliveries/drop id=1", "/deliveries/retry id=1"} {
		if w := ask(h, "POST", target); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if w := ask(h, "GET", "/live", with("Accept", "text/event-stream")); w.Code != http.StatusForbidden {
		t.Errorf("the stream: %d", w.Code)
	}
	if w := ask(h, "GET", "/metrics"); w.Code != http.StatusOK {
		t.Errorf("metrics: %d", w.Code)
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 52), "copytaster"} {
		if w := ask(h, "GET", "/config", with("Cookie", "copytaster="+token)); w.Code != http.StatusSeeOther {
			t.Errorf("with the session %q: %d", token, w.Code)
		}
	}
	w := ask(h, "GET", "/login?next=/deliveries")
	form := w.Body.String()
	if w.Code != 200 || !strings.Contains(form, `name="next" value="/deliveries"`) || strings.Contains(form, "<nav") {
		t.Errorf("the form: %d %s", w.Code, form)
	}
	w = ask(h, "POST", "/login name=ada&password=wrong&next=/config")
	form = w.Body.String()
	if w.Code != http.StatusForbidden || w.Header().Get("Set-Cookie") != "" || !strings.Contains(form, "is wrong") ||
		strings.Contains(form, `value="wrong"`) {
		t.Errorf("a wrong password: %d %s", w.Code, form)
	}
	if w := ask(h, "POST", "/login name=ada&password=correct-horse", with("Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden {
		t.Errorf("a form of another site logs in: %d", w.Code)
	}
}

func TestLogin(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "public_url: https://news.example.org\n"+users)
	w := ask(h, "POST", "/login name=ada&password=correct-horse&next=/config%3Fa%3Db", from("192.0.2.1:1"), host("news.example.org"))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/config?a=b" {
		t.Fatalf("login: %d to %s", w.Code, w.Header().Get("Location"))
	}
	set := w.Header().Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=43200"} {
		if !strings.Contains(set, want) {
			t.Errorf("the cookie %s lacks %s", set, want)
		}
	}
	if w := ask(h, "POST", "/login name=ada&password=correct-horse"); strings.Contains(w.Header().Get("Set-Cookie"), "Secure") {
		t.Error("a browser on this machine would not keep the cookie")
	}
	outside := func(r *http.Request) {
		r.RemoteAddr, r.Host = "192.0.2.1:1", "news.example.org"
		r.Header.Set("Cookie", strings.SplitN(set, ";", 2)[0])
	}
	w = ask(h, "GET", "/config", outside)
	shown := w.Body.String()
	if w.Code != 200 || !strings.Contains(shown, "Log out") || !strings.Contains(shown, "ada") || strings.Contains(shown, hash) {
		t.Errorf("with the session: %d", w.Code)
	}
	if w := ask(h, "POST", "/deliveries/drop id=99", outside); w.Code != http.StatusConflict {
		t.Errorf("an action with the session: %d", w.Code)
	}
	if w := ask(h, "POST", "/deliveries/drop id=99", outside, with("Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden {
		t.Errorf("an action that another site asks for: %d", w.Code)
	}
	w = ask(h, "POST", "/logout x=1", outside)
	if w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("logout: %d %s", w.Code, w.Header())
	}
	if w := ask(h, "GET", "/config", outside); w.Code != http.StatusSeeOther {
		t.Errorf("after the logout: %d", w.Code)
	}
}

// TestNext: after a login nobody is led elsewhere.
func TestNext(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), users)
	for next, want := range map[string]string{
		"//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "/%5Cevil.example": "/%5Cevil.example", "javascript:alert(1)": "/",
		"": "/", "evil": "/", "/a%0d%0aSet-Cookie:x": "/a%0d%0aSet-Cookie:x", "/story?id=3": "/story?id=3", "http:/evil.example": "/",
		"/" + strings.Repeat("a", 3000): "/", "///evil.example": "/", "\t//evil.example": "/",
	} {
		form := ask(h, "GET", "/login?next="+url.QueryEscape(next)).Body.String()
		if !strings.Contains(form, `name="next" value="`+html.EscapeString(want)+`"`) {
			t.Errorf("%q does not lead to %q:\n%s", next, want, form)
		}
	}
	w := ask(h, "POST", "/login name=ada&password=correct-horse&next=//evil.example")
	if got := w.Header().Get("Location"); got != "/" {
		t.Errorf("a forged form leads to %q (%d)", got, w.Code)
	}
}

// TestSlowedDown: whoever tries many passwords is told to wait, by the page too.
func TestSlowedDown(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), users)
	last := 0
	for range 8 {
		w := ask(h, "POST", "/login name=ada&password=wrong", from("192.0.2.7:1"))
		if last = w.Code; last == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
			t.Error("it does not say when")
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the eighth wrong password: %d", last)
	}
	if w := ask(h, "POST", "/login name=ada&password=correct-horse", from("192.0.2.8:1")); w.Code != http.StatusSeeOther {
		t.Errorf("somebody else: %d", w.Code)
	}
}

func TestVouched(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "public_url: https://news.example.org\nauth: {header: X-User, from: [10.0.0.1/32]}\n")
	user := with("X-User", "<b>ada")
	for _, c := range []struct {
		from   string
		user   func(*http.Request)
		status int
	}{
		{"10.0.0.1:1", user, 200},
		{"10.0.0.1:1", with("X-Other", "ada"), 403},
		{"10.0.0.2:1", user, 403},
		{"127.0.0.1:1", user, 403},
	} {
		w := ask(h, "GET", "/", from(c.from), c.user, host("news.example.org"))
		if w.Code != c.status {
			t.Errorf("from %s: %d, want %d", c.from, w.Code, c.status)
		}
		onlyOurs(t, "/", w.Body.String())
		if shown := strings.Contains(w.Body.String(), "&lt;b&gt;ada"); shown != (c.status == 200) {
			t.Errorf("from %s the user is shown: %v", c.from, shown)
		}
	}
	if w := ask(h, "POST", "/login name=ada&password=correct-horse", from("10.0.0.2:1")); w.Code == http.StatusSeeOther {
		t.Error("somebody logged in where nobody can")
	}
}
