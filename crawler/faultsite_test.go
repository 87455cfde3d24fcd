package crawler

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"text/template"
	"time"
	"unicode/utf16"
)

// faultSite does what one row says, on an address of its own.
type faultSite struct {
	URL     string
	t       *testing.T
	row     *row
	server  *httptest.Server
	answers [][]byte // bodies by visit
	header  [][2]string
	visit   atomic.Int32
}

func newFaultSite(t *testing.T, r *row) *faultSite {
	s := &faultSite{t: t, row: r}
	if r.act == "tls" {
		s.server = httptest.NewUnstartedServer(s)
		s.server.Config.ErrorLog = discardLog()
		s.server.StartTLS()
		t.Cleanup(s.server.Close)
	} else {
		s.server = listen(t, "127.0.0.1", s)
	}
	s.URL = s.server.URL
	if r.act == "closed" {
		s.server.Close()
	}
	for visit := range r.times {
		body := pack(t, []byte(r.render(t, r.body, s, visit+1)), r.encode)
		if r.cut > 0 {
			body = body[:r.cut]
		}
		s.answers = append(s.answers, body)
	}
	for _, line := range r.header {
		name, value, _ := strings.Cut(r.render(t, line, s, 0), ": ")
		s.header = append(s.header, [2]string{name, value})
	}
	return s
}

func (s *faultSite) port() string { return s.URL[strings.LastIndexByte(s.URL, ':'):] }

func (s *faultSite) turn(visit int) { s.visit.Store(int32(visit)) }

// sourceURL is where the crawler begins.
func (s *faultSite) sourceURL(t *testing.T, visit int) string {
	if s.row.url != "" {
		return s.row.render(t, s.row.url, s, visit)
	}
	return s.URL + s.row.path
}

func (s *faultSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Content-Type"] = nil // the server is not to guess it
	if r.URL.Path == "/robots.txt" || strings.HasPrefix(r.URL.Path, "/robots.txt/") {
		s.robots(w, r)
		return
	}
	for _, h := range s.header {
		w.Header().Set(h[0], h[1])
	}
	switch {
	case s.row.redirect != 0 && r.URL.Path == s.row.path:
		if s.row.location != "none" {
			w.Header().Set("Location", s.row.render(s.t, s.row.location, s, 0))
		}
		w.WriteHeader(s.row.redirect)
	case s.row.act == "" || s.row.act == "panic" || s.row.act == "tls":
		w.WriteHeader(s.row.status)
		_, _ = w.Write(s.answers[s.visit.Load()-1]) // some statuses have no body
	case s.row.act == "raw":
		hijack(s.t, strings.ReplaceAll(string(s.answers[0]), "\n", "\r\n"))(w, r)
	default:
		s.act(s.row.act)(w, r)
	}
}

// robots answers /robots.txt, by default that there is none.
func (s *faultSite) robots(w http.ResponseWriter, r *http.Request) {
	status, err := strconv.Atoi(s.row.robots)
	switch {
	case s.row.robots == "":
		http.NotFound(w, r)
	case err == nil:
		w.WriteHeader(status)
	default:
		s.act(s.row.robots)(w, r)
	}
}

// act is a way to answer that no archive can hold.
func (s *faultSite) act(name string) http.HandlerFunc {
	acts := map[string]http.HandlerFunc{
		"silence":      func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"hang up":      hijack(s.t, ""),
		"drip headers": dripHeaders,
		"drip body":    func(w http.ResponseWriter, r *http.Request) { drip(r, func() error { return flush(w, "x") }) },
		"endless":      func(w http.ResponseWriter, _ *http.Request) { endless(w, "<p>more</p>") },
		"endless sitemap": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<urlset>")
			endless(w, "<!-- nothing -->\n")
		},
		"endless members": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			endless(w, string(pack(s.t, nil, "gzip")))
		},
		"bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(pack(s.t, make([]byte, 16<<20), "gzip"))
		},
		"loop": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/robots.txt/", http.StatusFound) },
		"private": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.2"+s.port()+"/robots.txt", http.StatusFound)
		},
		"close": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			http.NotFound(w, r)
		},
		"forbid": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "User-agent: *\nDisallow: /\n") },
		"binary": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "\x00\xff\xfeDisallow: /\x00\n") },
	}
	if acts[name] == nil {
		s.t.Errorf("no such act: %q", name)
		return http.NotFound
	}
	return acts[name]
}

// drip does something every ten milliseconds until it fails or nobody listens.
func drip(r *http.Request, something func() error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			if something() != nil {
				return
			}
		}
	}
}

func flush(w http.ResponseWriter, text string) error {
	_, err := io.WriteString(w, text)
	w.(http.Flusher).Flush()
	return err
}

func dripHeaders(w http.ResponseWriter, r *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
	drip(r, func() error {
		_, err := io.WriteString(conn, "X-More: x\r\n")
		return err
	})
}

func endless(w io.Writer, text string) {
	for block := bytes.Repeat([]byte(text), 8<<10); ; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// templateFuncs are what the bodies of rows are made with.
func templateFuncs() template.FuncMap {
	return template.FuncMap{
		"repeat": func(n int, text string) string { return strings.Repeat(text, n) },
		"zeros": func(megabytes int, text ...string) string { // or megabytes of a text
			unit := strings.Join(append(text, "\x00")[:1], "")
			return strings.Repeat(unit, megabytes<<20/len(unit))
		},
		"char":    func(r int) string { return string(rune(r)) },
		"utf16":   encodeUTF16,
		"article": func() string { return articlePage },
		"rss": func(n int) string {
			return entries(n, "<rss version=\"2.0\"><channel><title>Row</title>", "</channel></rss>", rssEntry)
		},
		"urlset": func(n int) string { return entries(n, "<urlset>", "</urlset>", sitemapEntry) },
		"dated": func(n int) string {
			return entries(n, "<rss version=\"2.0\"><channel><title>Row</title>", "</channel></rss>", datedEntry)
		},
		"links": func(n int) string { return entries(n, "<main>", "</main>", linkEntry) },
		"attributes": func(n int) string {
			return entries(n, "", "", func(i int, _ time.Time) string { return fmt.Sprintf(" a%d='1'", i) })
		},
	}
}

// entries writes n entries, each a minute younger than the one before.
func entries(n int, head, tail string, entry func(i int, at time.Time) string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 1; i <= n; i++ {
		b.WriteString(entry(i, testTime.Add(time.Duration(i-n)*time.Minute)))
	}
	return b.String() + tail
}

func rssEntry(i int, at time.Time) string {
	return fmt.Sprintf("<item><title>Story %d</title><link>http://a.example/%d</link><pubDate>%s</pubDate></item>\n", i, i, at.Format(time.RFC1123Z))
}

func datedEntry(i int, at time.Time) string {
	return fmt.Sprintf("<item><title>Story %d</title><pubDate>%s</pubDate></item>", i, at.Format(time.RFC3339))
}

func sitemapEntry(i int, at time.Time) string {
	return fmt.Sprintf("<url><loc>http://a.example/%d</loc><lastmod>%s</lastmod></url>\n", i, at.Format(time.RFC3339))
}

func linkEntry(i int, at time.Time) string {
	return fmt.Sprintf("<h2><a href=\"/news/%s/%d-talks-go-on-in-the-capital.html\">Talks go on in the capital for the %dth day in a row</a></h2>\n", at.Format("2006/01/02"), i, i)
}

const articlePage = `<!DOCTYPE html><html lang="en"><head><title>Talks go on in the capital</title></head><body><article><h1>Talks go on in the capital</h1>
<p>Officials said on Monday that the talks would continue in the capital next week, after both sides had spoken until the small hours of the night.</p>
<p>The delegations met for the third time since the spring, and neither of them would say whether anything had been agreed upon so far, their spokesmen said.</p>
<p>A statement is expected on Friday, when the ministers are to come together for the first time, and markets in the region were calm in the afternoon.</p>
</article></body></html>`

func encodeUTF16(text string) string {
	b := []byte{0xfe, 0xff}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return string(b)
}
