package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/net/publicsuffix"
)

// maxRedirects is how many redirects are followed in a row.
const maxRedirects = 5

var (
	errRedirects = fmt.Errorf("more than %d in a row", maxRedirects)
	errScheme    = errors.New("neither http nor https")
)

// trip is what the requests for one document may do, and what they met. The
// requests are made one after the other, and carry it in their context.
type trip struct {
	source  *news.Source
	own     *url.URL                                    // the source's, whose host is told the secrets
	cookies http.CookieJar                              // read only
	limit   int64                                       // of the decoded body, in bytes
	cut     bool                                        // a body above the limit is cut there, not an error
	left    time.Duration                               // for the network; waiting for a slot takes nothing of it
	admit   func(ctx context.Context, u *url.URL) error // before every request
	stream  func(url, charset string, r io.Reader)      // reads a good answer as it comes; nil leaves the body to colly

	at      *url.URL // the last request's
	charset string   // of the last response's Content-Type
	hop     hop      // the last redirect
}

// hop is how far a chain of redirects has come.
type hop struct {
	url       string
	count     int
	moved     string // where the permanent redirects at its beginning lead
	temporary bool   // one of them was not permanent

	cookies http.CookieJar // that the redirects have set; nil when there are none
}

type tripKey struct{}

// guard is the round tripper below colly. Every request goes through it.
type guard struct{ transports *transports }

func newGuard(o Options) *guard {
	return &guard{newTransports(o)}
}

// tripOf returns the trip that a request belongs to. Every request has one.
func tripOf(req *http.Request) *trip {
	v, _ := req.Context().Value(tripKey{}).(*trip)
	return v
}

// RoundTrip makes one request of a trip. The response's body is decoded and
// ends at the trip's limit and deadline; the charset of its Content-Type is
// moved aside to the trip, because colly would decode the body by it and
// whoever parses the body would do so again.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	v := tripOf(req)
	v.at = req.URL
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.Host == "" {
		return nil, errScheme
	}
	if err := v.admit(req.Context(), req.URL); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(req.Context(), v.left)
	start := time.Now()
	done := func() {
		cancel()
		v.left -= time.Since(start)
		start = time.Now()
	}
	transport, err := g.transports.get(ctx, v.source.Proxy, req.URL)
	if err != nil {
		done()
		return nil, err
	}
	out := req.Clone(ctx)
	v.dress(out)
	res, err := transport.RoundTrip(out)
	if err != nil {
		done()
		return nil, err
	}
	if res.ContentLength > v.limit && !v.cut {
		res.Body.Close()
		done()
		return nil, tooLargeError{v.limit}
	}
	v.keepCookies(res, req.URL)
	v.open(res, done)
	res.Request = req
	if v.stream != nil && res.StatusCode >= 200 && res.StatusCode < 300 {
		return v.drain(res)
	}
	return res, nil
}

// drain passes the body to the trip's stream and leaves an empty one.
func (v *trip) drain(res *http.Response) (*http.Response, error) {
	b, _ := res.Body.(*body) // RoundTrip has put it there
	defer b.Close()          //nolint:errcheck // read only
	v.stream(v.at.String(), v.charset, b)
	if b.err != nil && b.err != io.EOF {
		return nil, b.err
	}
	res.Body = http.NoBody
	return res, nil
}

// dress adds the source's secrets to a request, if the request goes to the
// source's own host.
func (v *trip) dress(req *http.Request) {
	req.Header.Del("Authorization")
	if v.ownHost(req.URL) {
		for name, value := range v.source.Headers {
			if strings.EqualFold(name, "Host") {
				req.Host = value.Reveal()
				continue
			}
			req.Header.Set(name, value.Reveal())
		}
		if v.source.User != "" {
			req.SetBasicAuth(v.source.User, v.source.Password.Reveal())
		}
	}
	for _, c := range v.cookiesFor(req.URL) {
		req.AddCookie(c)
	}
	req.Header.Set("Accept-Encoding", "gzip, br, zstd")
}

// keepCookies keeps what a redirect sets: its target may want to see it. It is
// forgotten with the trip.
func (v *trip) keepCookies(res *http.Response, at *url.URL) {
	set := res.Cookies()
	if res.StatusCode < 300 || res.StatusCode >= 400 || len(set) == 0 {
		return
	}
	if v.hop.cookies == nil {
		jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
		if err != nil {
			return // it never is one
		}
		v.hop.cookies = jar
	}
	v.hop.cookies.SetCookies(at, set)
}

// cookiesFor are the cookies of a request: those that redirects have set, then
// those of the source's file that go by other names.
func (v *trip) cookiesFor(u *url.URL) []*http.Cookie {
	var all []*http.Cookie
	if v.hop.cookies != nil {
		all = v.hop.cookies.Cookies(u)
	}
	if v.cookies == nil {
		return all
	}
	for _, c := range v.cookies.Cookies(u) {
		if !slices.ContainsFunc(all, func(set *http.Cookie) bool { return set.Name == c.Name }) {
			all = append(all, c)
		}
	}
	return all
}

// ownHost reports whether u is on the source's host and port, or on its https
// side when the source is given by http.
func (v *trip) ownHost(u *url.URL) bool {
	if !strings.EqualFold(u.Hostname(), v.own.Hostname()) {
		return false
	}
	return u.Scheme == v.own.Scheme && portOf(u) == portOf(v.own) ||
		v.own.Scheme == "http" && portOf(v.own) == "80" && u.Scheme == "https" && portOf(u) == "443"
}

// open makes the response ready for colly.
func (v *trip) open(res *http.Response, done func()) {
	encodings := strings.Split(strings.Join(res.Header.Values("Content-Encoding"), ","), ",")
	res.Body = &body{
		raw: rawBody{ReadCloser: res.Body, left: v.limit}, encodings: encodings,
		left: v.limit, limit: v.limit, cut: v.cut, done: done,
		torn: func() { // what is missing must not be "not modified" the next time
			res.Header.Del("ETag")
			res.Header.Del("Last-Modified")
		},
	}
	res.ContentLength, res.Uncompressed = -1, true
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	mediaType, params, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	v.charset = charsetOf(params)
	if mediaType = strings.TrimSpace(mediaType); mediaType != "" {
		res.Header.Set("Content-Type", mediaType)
	}
}

// charsetOf finds the charset among the parameters of a media type, more
// forgiving than package mime: servers double, misquote and misspell them.
func charsetOf(params string) string {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "charset") {
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return ""
}

// redirect decides on a redirect and notes where it leads. What net/http would
// tell the next host about the last one is taken back.
func redirect(req *http.Request, _ []*http.Request) error {
	v := tripOf(req)
	if v.hop.count++; v.hop.count > maxRedirects {
		return errRedirects
	}
	req.URL.User = nil
	req.Header.Del("Authorization")
	req.Header.Del("Referer")
	v.hop.url = req.URL.String()
	switch req.Response.StatusCode {
	case http.StatusMovedPermanently, http.StatusPermanentRedirect:
		if !v.hop.temporary {
			v.hop.moved = v.hop.url
		}
	default:
		v.hop.temporary = true
	}
	return nil
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return defaultPort(u.Scheme)
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}
