package crawler

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// zeros is a gzip file that unpacks to so many megabytes, at least one member
// long: a member of each, which saves the test the time of packing them.
func zeros(t testing.TB, megabytes int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, min(megabytes, 1)<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.Repeat(b.Bytes(), max(megabytes, 1))
}

// faultySite adds to the site what goes wrong below HTML and XML.
func faultySite(t *testing.T) *site {
	s := newSite(t)
	bomb := zeros(t, 300)
	endless := func(w http.ResponseWriter, text string) {
		block := bytes.Repeat([]byte(text), 8<<10)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	s.funcs["/slowloris"] = func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
			}
		}
	}
	s.funcs["/silent"] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	s.funcs["/endless"] = func(w http.ResponseWriter, _ *http.Request) { endless(w, "<p>more</p>") }
	s.funcs["/endless.xml"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		endless(w, "<!-- nothing -->\n")
	}
	s.funcs["/large"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(1<<40))
		endless(w, "x")
	}
	s.funcs["/loop"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) }
	s.funcs["/ftp"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "ftp://127.0.0.1/x")
		w.WriteHeader(http.StatusFound)
	}
	s.funcs["/nowhere"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) }
	s.funcs["/half-closed"] = hijack(t, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>half")
	s.funcs["/hung-up"] = hijack(t, "")
	s.funcs["/no-http"] = hijack(t, "SSH-2.0-OpenSSH_9.9\r\n\r\n")
	s.funcs["/huge-header"] = hijack(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20)+"\r\n\r\n")
	s.funcs["/bomb"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb)
	}
	s.funcs["/bomb.xml.gz"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bomb) }
	s.funcs["/empty-members"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		endless(w, string(zeros(t, 0)))
	}
	s.funcs["/broken-gzip"] = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bomb[:1000]) }
	s.funcs["/deflate"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "deflate")
		fmt.Fprint(w, "x")
	}
	s.funcs["/teapot"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
	s.funcs["/304"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }
	return s
}

// hijack answers with raw bytes, closes the sending half, and waits for the
// client to hang up.
func hijack(t *testing.T, answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, answer)
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
	}
}

// TestFaults measures every fault: its name, its time, and the memory that all
// of it took.
func TestFaults(t *testing.T) {
	s := faultySite(t)
	for _, c := range []struct {
		path   string
		kind   news.SourceKind
		want   news.Fault
		within time.Duration
		memory uint64 // MB allocated in all; 0 is 8
	}{
		{"/slowloris", news.KindFeed, news.FaultTimeout, 5 * time.Second, 0},
		{"/silent", news.KindFeed, news.FaultTimeout, 5 * time.Second, 0},
		{"/endless", news.KindPage, news.FaultTooLarge, 5 * time.Second, 24},
		{"/endless", news.KindFeed, news.FaultTooLarge, 5 * time.Second, 48},
		{"/large", news.KindSitemap, news.FaultTooLarge, 5 * time.Second, 0},
		{"/bomb", news.KindFeed, news.FaultTooLarge, 5 * time.Second, 48},
		{"/bomb", news.KindPage, news.FaultTooLarge, 5 * time.Second, 24},
		{"/bomb.xml.gz", news.KindSitemap, news.FaultContent, time.Second, 0},
		{"/endless.xml", news.KindSitemap, news.FaultTooLarge, 5 * time.Second, 0},
		{"/bomb.xml.gz", news.KindFeed, news.FaultTooLarge, 5 * time.Second, 48},
		{"/empty-members", news.KindPage, news.FaultTooLarge, 5 * time.Second, 24},
		{"/huge-header", news.KindFeed, news.FaultTooLarge, 5 * time.Second, 0},
		{"/loop", news.KindFeed, news.FaultRedirects, time.Second, 0},
		{"/ftp", news.KindFeed, news.FaultRedirects, time.Second, 0},
		{"/nowhere", news.KindFeed, news.FaultStatus, time.Second, 0},
		{"/half-closed", news.KindFeed, news.FaultConnect, time.Second, 0},
		{"/hung-up", news.KindFeed, news.FaultConnect, time.Second, 0},
		{"/no-http", news.KindFeed, news.FaultConnect, time.Second, 0},
		{"/broken-gzip", news.KindFeed, news.FaultContent, time.Second, 0},
		{"/deflate", news.KindFeed, news.FaultContent, time.Second, 0},
		{"/teapot", news.KindFeed, news.FaultStatus, time.Second, 0},
		{"/304", news.KindFeed, news.FaultStatus, time.Second, 0},
		{"/news/gone.html", news.KindFeed, news.FaultGone, time.Second, 0},
		{"/missing", news.KindFeed, news.FaultGone, time.Second, 0},
		{"/private/feed.xml", news.KindFeed, news.FaultRobots, time.Second, 0},
	} {
		t.Run(c.path[1:]+" as "+string(c.kind), func(t *testing.T) {
			crawler := newCrawler(t, nil)
			if c.want == news.FaultTimeout {
				crawler.options.Timeout = 200 * time.Millisecond
			}
			if c.path == "/endless.xml" { // its measure is the stream, not the XML
				crawler.read.sitemap = func(r io.Reader, _ extract.Options) (extract.List, error) {
					_, err := io.Copy(io.Discard, r)
					return extract.List{}, err
				}
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := crawler.List(t.Context(), s.source(c.kind, c.path), news.Validators{})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			wantFault(t, err, c.want)
			if took > c.within {
				t.Errorf("took %v, at most %v", took, c.within)
			}
			limit := max(c.memory, 8)
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > limit {
				t.Errorf("allocated %d MB, at most %d", used, limit)
			}
			t.Logf("%v, %d KB: %v", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>10, err)
		})
	}
	if n := len(s.asked("/loop")); n != 1+maxRedirects {
		t.Errorf("a loop was followed through %d requests", n)
	}
}

func TestNothingListens(t *testing.T) {
	server := listen(t, "127.0.0.1", http.NotFoundHandler())
	server.Close()
	for target, want := range map[string]news.Fault{
		server.URL + "/feed.xml":           news.FaultConnect,
		"http://no-such-host.invalid/":     news.FaultDNS,
		"gopher://127.0.0.1/":              news.FaultConnect,
		"/feed.xml":                        news.FaultConnect,
		"http://user:s3cret@[bad/feed.xml": news.FaultConnect,
		"":                                 news.FaultConnect,
	} {
		_, err := newCrawler(t, nil).List(t.Context(), news.Source{Kind: news.KindFeed, URL: target}, news.Validators{})
		wantFault(t, err, want)
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s shows the password: %v", target, err)
		}
	}
}

func TestTLS(t *testing.T) {
	s := newSite(t)
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	defer server.Close()
	s.URL = server.URL
	c := newCrawler(t, nil)
	_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	wantFault(t, err, news.FaultTLS) // an unknown authority

	c = newCrawler(t, nil)
	trust(c, server)
	listing, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	if err != nil || len(listing.Stories) != 2 {
		t.Fatalf("%d stories, %v", len(listing.Stories), err)
	}
	if r := s.asked("/feed.xml")[0]; r.ProtoMajor != 2 {
		t.Errorf("asked by %s, not HTTP/2", r.Proto)
	}

	plain := listen(t, "127.0.0.1", s)
	_, err = c.List(t.Context(), news.Source{Kind: news.KindFeed, URL: strings.Replace(plain.URL, "http:", "https:", 1)}, news.Validators{})
	wantFault(t, err, news.FaultTLS)
}

func trust(c *Crawler, server *httptest.Server) {
	c.guard.transports.direct.TLSClientConfig = &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
}

func TestPrivateAddresses(t *testing.T) {
	s := newSite(t)
	inner := listen(t, "127.0.0.2", s) // a neighbour that nobody allowed
	s.funcs["/inner"] = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inner.URL+"/feed.xml", http.StatusMovedPermanently)
	}
	_, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindFeed, "/inner"), news.Validators{})
	fault := wantFault(t, err, news.FaultRefused)
	if !strings.HasPrefix(fault.URL, inner.URL) {
		t.Errorf("the fault is at %s", fault.URL)
	}

	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	strict := newCrawler(t, nil)
	strict.guard.transports = newTransports(Options{Timeout: time.Second})
	for _, host := range []string{
		"127.0.0.1" + port, "localhost" + port, "0.0.0.0" + port, "[::1]" + port, "[::ffff:127.0.0.1]" + port, "127.1" + port,
		"10.0.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]", "[fe80::1]", "[64:ff9b::7f00:1]",
	} {
		_, err := newTestEngine(strict).List(t.Context(), news.Source{Kind: news.KindFeed, URL: "http://" + host + "/feed.xml"}, news.Validators{})
		wantFault(t, err, news.FaultRefused)
	}
	for _, r := range s.requests {
		if r.Host != strings.TrimPrefix(s.URL, "http://") || r.URL.Path == "/feed.xml" {
			t.Errorf("a request came through to %s%s", r.Host, r.URL)
		}
	}
}

// newTestEngine returns a crawler like c on c's guard as it is now.
func newTestEngine(c *Crawler) *Crawler {
	c.engine = newEngine(c.guard)
	return c
}

func TestAllowNetworks(t *testing.T) {
	o := Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("::ffff:10.2.0.0/112")}}
	allowed := newTransports(o).allowed
	for address, want := range map[string]bool{
		"10.1.2.3:8080": true, "10.2.2.3:80": true, "10.3.0.1:80": false, "[fd00::1]:9": true, "[fc00::1]:9": false,
		"93.184.216.34:12345": true, "[2606:2800:220::1]:80": true, "168.63.129.16:80": false,
	} {
		network := "tcp4"
		if address[0] == '[' {
			network = "tcp6"
		}
		if err := allowed.Safe(network, address, nil); (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
}

func TestPanicsAreRecovered(t *testing.T) {
	s := newSite(t)
	c := newCrawler(t, nil)
	c.read.feed = func([]byte, extract.Options) (extract.List, error) { panic("bad feed") }
	c.read.article = func([]byte, extract.Options) (news.Story, error) { panic("bad page") }
	_, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	wantFault(t, err, news.FaultPanic)
	listed := news.Story{Title: "as listed", URL: s.URL + "/news/harbour.html"}
	story, err := c.Page(t.Context(), s.source(news.KindFeed, "/feed.xml"), listed)
	wantFault(t, err, news.FaultPanic)
	if story.Title != listed.Title {
		t.Errorf("the listed story is lost: %+v", story)
	}
	c.now = func() time.Time { panic("bad clock") }
	_, err = c.Fetch(t.Context(), s.source(news.KindFeed, "/feed.xml"), s.URL)
	wantFault(t, err, news.FaultPanic)
	_, err = c.List(t.Context(), s.source(news.KindPage, "/index.html"), news.Validators{})
	wantFault(t, err, news.FaultPanic)
}

func TestContextEnds(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.funcs["/stop"] = func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}
	_, err := newCrawler(t, nil).List(ctx, s.source(news.KindFeed, "/stop"), news.Validators{})
	wantFault(t, err, news.FaultTimeout)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not say that the context ended", err)
	}
}
