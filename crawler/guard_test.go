package crawler

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
)

// A proxy may be on a private address; what is asked of it may not.
func TestProxy(t *testing.T) {
	s := newSite(t)
	var mu sync.Mutex
	var through []string
	proxy := listen(t, "127.0.0.2", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		through = append(through, r.URL.String()+" "+r.Header.Get("Proxy-Authorization"))
		mu.Unlock()
		s.ServeHTTP(w, r)
	}))
	src := s.source(news.KindFeed, "/feed.xml")
	src.URL = "http://lantern.invalid/feed.xml" // a name that only the proxy knows
	src.Proxy = news.Secret(strings.Replace(proxy.URL, "://", "://u:p@", 1))
	c := newCrawler(t, nil)
	for range 2 {
		if listing, err := c.List(t.Context(), src, news.Validators{}); err != nil || len(listing.Stories) != 2 {
			t.Fatalf("%d stories, %v", len(listing.Stories), err)
		}
	}
	if _, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{}); err != nil {
		t.Errorf("without a proxy: %v", err)
	}
	if len(c.guard.transports.proxied) != 1 {
		t.Errorf("%d transports for one proxy", len(c.guard.transports.proxied))
	}
	const login = " Basic dTpw"
	want := []string{"http://lantern.invalid/robots.txt" + login, "http://lantern.invalid/feed.xml" + login, "http://lantern.invalid/feed.xml" + login}
	if diff := cmp.Diff(want, through); diff != "" {
		t.Error(diff)
	}
	for _, target := range []string{"http://127.0.0.2/", "http://169.254.169.254/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://10.1/", "http://0xa.1/"} {
		src.URL = target
		_, err := c.List(t.Context(), src, news.Validators{})
		wantFault(t, err, news.FaultRefused)
	}
	if len(through) != len(want) {
		t.Errorf("the proxy was asked for a private address: %v", through[len(want):])
	}
}

func TestCheckTarget(t *testing.T) {
	targets := newTransports(Options{AllowNetworks: loopback})
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.2": false, "::ffff:127.0.0.1": true, "93.184.216.34": true, "10.0.0.1": false, "fe80::1": false,
		"127.1": false, "0x7f000001": false, "2130706433": false, "10.0.0.1.": false, "a.invalid": true, "4chan.invalid": true,
	} {
		if err := targets.checkTarget(t.Context(), host); (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", host, err, want)
		}
	}
}

// socks answers one SOCKS5 client after the other and passes it on to target.
func socks(t *testing.T, target string) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		noLoopback(t, err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go passOn(conn, target)
		}
	}()
	return l
}

func passOn(conn net.Conn, target string) {
	defer conn.Close()
	b := make([]byte, 512)
	if _, err := io.ReadFull(conn, b[:2]); err != nil { // version, methods
		return
	}
	_, _ = io.ReadFull(conn, b[:b[1]])
	_, _ = conn.Write([]byte{5, 0})
	if _, err := io.ReadFull(conn, b[:5]); err != nil || b[3] != 3 { // a name
		return
	}
	_, _ = io.ReadFull(conn, b[:b[4]+2])
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	out, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer out.Close()
	go func() { _, _ = io.Copy(out, conn) }()
	_, _ = io.Copy(conn, out)
}

func TestSocksProxy(t *testing.T) {
	s := newSite(t)
	src := s.source(news.KindFeed, "/feed.xml")
	src.URL = "http://lantern.invalid/feed.xml"
	src.Proxy = news.Secret("socks5://" + socks(t, strings.TrimPrefix(s.URL, "http://")).Addr().String())
	listing, err := newCrawler(t, nil).List(t.Context(), src, news.Validators{})
	if err != nil || len(listing.Stories) != 2 {
		t.Errorf("%d stories, %v", len(listing.Stories), err)
	}
}

// Nothing of the environment may reach the engine.
func TestEnvironmentIsIgnored(t *testing.T) {
	t.Setenv("COLLY_MAX_BODY_SIZE", "10")
	t.Setenv("COLLY_USER_AGENT", "someone else")
	t.Setenv("HTTP_PROXY", "http://127.0.0.2:9")
	s := newSite(t)
	listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	if err != nil || len(listing.Stories) != 2 {
		t.Errorf("%d stories, %v", len(listing.Stories), err)
	}
}

// Many sources at once share one crawler.
func TestManyAtOnce(t *testing.T) {
	s := newSite(t)
	c := newCrawler(t, newSlots(true))
	start := time.Now()
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for range 20 {
				path := []string{"/feed.xml", "/moved.xml", "/elsewhere.xml", "/sitemap.xml"}[i%4]
				kind := news.KindFeed
				if i%4 == 3 {
					kind = news.KindSitemap
				}
				listing, err := c.List(t.Context(), s.source(kind, path), news.Validators{})
				if err != nil || len(listing.Stories) != 2 {
					t.Errorf("%s: %d stories, %v", path, len(listing.Stories), err)
				}
			}
		})
	}
	group.Wait()
	if n := len(s.asked("/robots.txt")); n != 2 {
		t.Errorf("robots.txt of two hosts was read %d times", n)
	}
	t.Logf("320 lists in %v", time.Since(start).Round(time.Millisecond))
}

func TestSecretsStayHome(t *testing.T) {
	s := newSite(t)
	s.funcs["/away"] = func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "tracker", Value: "1"})
		http.Redirect(w, r, s.other+"/back", http.StatusFound)
	}
	s.funcs["/back"] = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace(s.URL, "://", "://evil:evil@", 1)+"/feed.xml", http.StatusFound)
	}
	cookies := filepath.Join(t.TempDir(), "cookies.txt")
	err := os.WriteFile(cookies, []byte("# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tc00kie\n#HttpOnly_127.0.0.1\tFALSE\t/feed.xml\tFALSE\t0\tdeep\td33p\n127.0.0.1\tFALSE\t/\tFALSE\t1\told\tgone\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	src := s.source(news.KindFeed, "/away?key=1")
	src.Headers = map[string]news.Secret{"X-Key": "h3ader", "Host": "lantern.example"}
	src.User, src.Password, src.CookiesFile = "desk", "passw0rd", cookies
	if _, err := newCrawler(t, nil).List(t.Context(), src, news.Validators{ETag: `"x"`}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/away": "session=c00kie", "/feed.xml": "tracker=1; deep=d33p; session=c00kie", "/robots.txt": "session=c00kie"} {
		r := s.asked(path)[0]
		user, password, _ := r.BasicAuth()
		if r.Header.Get("Cookie") != want || r.Header.Get("X-Key") != "h3ader" || user+":"+password != "desk:passw0rd" || r.Host != "lantern.example" {
			t.Errorf("%s was asked with %v", path, r.Header)
		}
	}
	back := s.asked("/back")[0]
	for _, name := range []string{"Cookie", "X-Key", "Authorization", "Referer"} {
		if back.Header.Get(name) != "" {
			t.Errorf("the other host was told %s: %s", name, back.Header.Get(name))
		}
	}
	if back.Header.Get("If-None-Match") != `"x"` {
		t.Error("a validator was lost on the way")
	}
}

// Stories lead to other hosts, whose pages and robots.txt are told nothing.
func TestSecretsAreNotForPagesElsewhere(t *testing.T) {
	s := newSite(t)
	src := s.source(news.KindFeed, "/feed.xml")
	src.Headers, src.User, src.Password = map[string]news.Secret{"X-Key": "h3ader"}, "desk", "passw0rd"
	src.CookiesFile = filepath.Join(t.TempDir(), "cookies.txt")
	if err := os.WriteFile(src.CookiesFile, []byte("127.0.0.1\tTRUE\t/\tFALSE\t0\tsession\tc00kie\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCrawler(t, nil)
	for _, host := range []string{s.URL, s.other} {
		story, err := c.Page(t.Context(), src, news.Story{URL: host + "/news/harbour.html"})
		if err != nil || story.Text == "" {
			t.Fatalf("%s: %q, %v", host, story.Text, err)
		}
	}
	if len(s.requests) != 4 {
		t.Fatalf("asked for %v", s.paths())
	}
	for _, r := range s.requests {
		own := "http://"+r.Host == s.URL
		for _, name := range []string{"X-Key", "Authorization", "Cookie"} {
			if told := r.Header.Get(name) != ""; told != own {
				t.Errorf("%s%s was told %s: %v", r.Host, r.URL, name, told)
			}
		}
	}
}

func TestOwnHost(t *testing.T) {
	for _, c := range []struct {
		own, other string
		want       bool
	}{
		{"http://a.example/x", "http://A.example:80/y", true},
		{"http://a.example/x", "https://a.example/y", true},
		{"https://a.example/x", "http://a.example/y", false},
		{"http://a.example/x", "http://a.example:8080/y", false},
		{"http://a.example:8080/x", "https://a.example/y", false},
		{"http://a.example/x", "http://www.a.example/y", false},
		{"http://a.example/x", "http://a.example.evil.example/y", false},
	} {
		v := trip{own: mustURL(t, c.own)}
		if got := v.ownHost(mustURL(t, c.other)); got != c.want {
			t.Errorf("%s is %s's own: %v", c.other, c.own, got)
		}
	}
}

func TestErrorsShowNoSecrets(t *testing.T) {
	s := newSite(t)
	dead := listen(t, "127.0.0.1", s)
	dead.Close()
	address := strings.TrimPrefix(dead.URL, "http://")
	for name, change := range map[string]func(*news.Source){
		"http proxy":    func(src *news.Source) { src.Proxy = news.Secret("http://u:s3cret@" + address) },
		"https proxy":   func(src *news.Source) { src.Proxy = news.Secret("https://u:s3cret@" + address) },
		"socks proxy":   func(src *news.Source) { src.Proxy = news.Secret("socks5://u:s3cret@" + address) },
		"bad proxy":     func(src *news.Source) { src.Proxy = "http://u:s3cret@[" },
		"unknown proxy": func(src *news.Source) { src.Proxy = "quic://u:s3cret@x" },
		"bad header":    func(src *news.Source) { src.Headers = map[string]news.Secret{"X": "s3cret\x00"} },
		"in the URL":    func(src *news.Source) { src.URL = "http://u:s3cret@" + address + "/feed.xml" },
		"cookies": func(src *news.Source) {
			src.CookiesFile = filepath.Join(t.TempDir(), "cookies.txt")
			if err := os.WriteFile(src.CookiesFile, []byte("s3cret\tTRUE\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"no cookies": func(src *news.Source) { src.CookiesFile = "no-such-file" },
	} {
		src := s.source(news.KindFeed, "/feed.xml")
		change(&src)
		_, err := newCrawler(t, nil).List(t.Context(), src, news.Validators{})
		wantFault(t, err, news.FaultConnect)
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %v", name, err)
	}
}
