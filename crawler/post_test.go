package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

func TestPost(t *testing.T) {
	site := newSite(t)
	var bodies []string
	site.funcs["/hub"] = func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s: %v", r.Method, err)
		}
		bodies = append(bodies, r.PostForm.Encode())
		w.WriteHeader(http.StatusAccepted)
	}
	for _, status := range []int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		site.funcs[fmt.Sprint("/moved-", status)] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/hub", status) }
	}
	hosts := newSlots(true)
	c := newCrawler(t, hosts)
	src := site.source(news.KindFeed, "/feed")
	src.Headers = map[string]news.Secret{"X-Key": "secret"}
	src.User, src.Password = "anna", "secret"
	form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://news.example/?a=1&b=2"}}
	for _, path := range []string{"/hub", "/moved-307", "/moved-308"} {
		if err := c.Post(t.Context(), src, site.URL+path, form); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if len(bodies) != 3 || bodies[0] != form.Encode() || bodies[1] != bodies[0] || bodies[2] != bodies[0] {
		t.Errorf("the hub got %q", bodies)
	}
	for _, r := range site.asked("/hub") {
		if r.Header.Get("X-Key")+r.Header.Get("Authorization") != "" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.UserAgent() != "copytaster/test" {
			t.Errorf("sent with %v", r.Header)
		}
	}
	if len(hosts.reserved) != 5 {
		t.Errorf("%d slots of the host were reserved, want one a request", len(hosts.reserved))
	}
	if n := len(site.asked("/robots.txt")); n != 0 {
		t.Errorf("robots.txt was asked for %d times: it is about crawling", n)
	}
}

func TestPostThatFails(t *testing.T) {
	site := newSite(t)
	answer := func(status int, header, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if name, value, ok := strings.Cut(header, ": "); ok {
				w.Header().Set(name, value)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
		}
	}
	site.funcs["/refused"] = answer(400, "", "the topic\nis \x01not served here")
	site.funcs["/page"] = answer(500, "", "<html><h1>Oops</h1></html>")
	site.funcs["/long"] = answer(400, "", strings.Repeat("no ", maxAnswer))
	site.funcs["/busy"] = answer(429, "Retry-After: 90", "")
	site.funcs["/other"] = answer(302, "Location: /hub", "")
	site.funcs["/circle"] = answer(307, "Location: /circle", "")
	site.funcs["/inside"] = answer(307, "Location: http://10.1.2.3/hub", "")
	site.funcs["/hub"] = func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was followed", r.Method) }
	c := newCrawler(t, newSlots(true))
	for _, tt := range []struct {
		target string
		fault  news.Fault
		text   string
	}{
		{site.URL + "/refused", news.FaultStatus, "http status 400: the topic is not served here"},
		{site.URL + "/page", news.FaultStatus, "http status 500"},
		{site.URL + "/long", news.FaultStatus, "no no…"},
		{site.URL + "/nowhere", news.FaultGone, "gone 404"},
		{site.URL + "/busy", news.FaultThrottled, "throttled 429"},
		{site.URL + "/other", news.FaultStatus, "http status 302"},
		{site.URL + "/circle", news.FaultRedirects, ""},
		{site.URL + "/inside", news.FaultRefused, ""},
		{"http://10.1.2.3/hub", news.FaultRefused, ""},
		{"http://127.0.0.1:1/hub", news.FaultConnect, ""},
	} {
		err := c.Post(t.Context(), site.source(news.KindFeed, "/feed"), tt.target, url.Values{"hub.mode": {"subscribe"}})
		fault := wantFault(t, err, tt.fault)
		if fault != nil && (!strings.Contains(err.Error(), tt.text) || len(err.Error()) > 400) {
			t.Errorf("%s: %v", tt.target, err)
		}
		if tt.fault == news.FaultThrottled && fault.RetryAfter != 90*time.Second {
			t.Errorf("to be asked again after %s", fault.RetryAfter)
		}
	}
}

func TestPostWaitsForItsSlot(t *testing.T) {
	site := newSite(t)
	hosts := newSlots(false)
	u := mustURL(t, site.URL)
	hosts.free[news.HostOf(u)] = testTime.Add(time.Minute)
	err := newCrawler(t, hosts).Post(t.Context(), news.Source{}, site.URL+"/hub", nil)
	var later *news.LaterError
	if !errors.As(err, &later) || !later.At.Equal(testTime.Add(time.Minute)) {
		t.Errorf("got %v", err)
	}
}

func TestHubOf(t *testing.T) {
	const read = "https://news.example/feed"
	for _, tt := range []struct {
		name       string
		links      []string
		list       extract.List
		hub, topic string
	}{
		{"none", nil, extract.List{Topic: "https://news.example/self"}, "", ""},
		{"of the feed", nil, extract.List{Hubs: []string{"https://hub.example/"}, Topic: "https://news.example/self"}, "https://hub.example/", "https://news.example/self"},
		{"of the header", []string{"<https://a.example/>; rel=hub, </x>; rel=self"}, extract.List{Hubs: []string{"https://b.example/"}, Topic: "https://news.example/self"},
			"https://a.example/", "https://news.example/x"},
		{"without a name", []string{"<https://a.example/>; rel=hub"}, extract.List{}, "https://a.example/", read},
		{"half in the header", []string{"</x>; rel=self"}, extract.List{Hubs: []string{"https://b.example/"}}, "https://b.example/", "https://news.example/x"},
	} {
		hub, topic := hubOf(Document{URL: read, Header: http.Header{"Link": tt.links}}, tt.list)
		if hub != tt.hub || topic != tt.topic {
			t.Errorf("%s: %q, %q", tt.name, hub, topic)
		}
	}
}

func TestListNamesItsHub(t *testing.T) {
	site := newSite(t)
	site.funcs["/hubbed"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", `<https://hub.example/>; rel="hub", <https://news.example/feed>; rel="self"`)
		_, _ = w.Write([]byte(pushedFeed))
	}
	listing, err := newCrawler(t, newSlots(true)).List(t.Context(), site.source(news.KindFeed, "/hubbed"), news.Validators{})
	if err != nil || listing.Hub != "https://hub.example/" || listing.Topic != "https://news.example/feed" || len(listing.Stories) != 3 {
		t.Errorf("got %+v, %v", listing, err)
	}
}

const pushedFeed = `<rss version="2.0"><channel><title>Wire</title>
<item><title>Ким говорит</title><link>/1</link></item>
<item><title>Mail</title><link>mailto:a@b.example</link><guid isPermaLink="false">m</guid></item>
<item><title>Two</title><link>https://news.example/2</link></item></channel></rss>`

func TestReadPush(t *testing.T) {
	c := newCrawler(t, nil)
	src := news.Source{Name: "wire", Kind: news.KindFeed, URL: "https://news.example/feed", Origin: news.Origin{Source: "wire"}, Language: "ru"}
	listing, err := c.ReadPush(src, "https://news.example/self", "application/rss+xml; charset=utf-8", []byte(pushedFeed))
	if err != nil || len(listing.Stories) != 3 || listing.Title != "Wire" {
		t.Fatalf("got %+v, %v", listing, err)
	}
	if s := listing.Stories[0]; s.URL != "https://news.example/1" || s.Title != "Ким говорит" || s.Origin.Source != "wire" || s.Language != "ru" {
		t.Errorf("got %+v", s)
	}
	for _, s := range listing.Stories {
		if strings.HasPrefix(s.URL, "mailto:") || s.Origin.Source != "wire" {
			t.Errorf("got %+v", s)
		}
	}
	for name, tt := range map[string]struct {
		kind news.SourceKind
		body string
	}{
		"nothing":            {news.KindFeed, ""},
		"a page for a feed":  {news.KindFeed, "<!doctype html><html><body><p>Welcome</p></body></html>"},
		"a feed for a page":  {news.KindPage, pushedFeed},
		"whatever a sitemap": {news.KindSitemap, pushedFeed},
	} {
		src.Kind = tt.kind
		_, err := c.ReadPush(src, "https://news.example/self", "", []byte(tt.body))
		if wantFault(t, err, news.FaultContent) == nil {
			t.Error(name)
		}
	}
}
