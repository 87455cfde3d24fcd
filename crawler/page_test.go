package crawler

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
)

// enriched is a story with what its page adds.
func enriched(t *testing.T, c *Crawler, src news.Source, story news.Story) (news.Story, error) {
	t.Helper()
	page, err := c.Page(t.Context(), src, story)
	return c.Merge(story, page), err
}

func TestPage(t *testing.T) {
	s := newSite(t)
	listed := news.Story{
		ID: 7, Key: "k", GUID: "g1", URL: s.URL + "/news/harbour.html", Title: "Harbour reopens after the storm",
		Summary: "Ferries run again.", Published: testTime.Add(-3 * time.Hour), FirstSeen: testTime,
	}
	story, err := enriched(t, newCrawler(t, nil), s.source(news.KindFeed, "/feed.xml"), listed)
	if err != nil {
		t.Fatal(err)
	}
	if story.Title != "Harbour reopens after storm, ferries run" || story.Titles[0] != listed.Title {
		t.Errorf("title %q, others %q", story.Title, story.Titles)
	}
	if !strings.HasPrefix(story.Text, "The harbour of Port Lantern reopened") || strings.Count(story.Text, "\n") != 2 {
		t.Errorf("text %q", story.Text)
	}
	if story.Canonical != s.URL+"/news/2026/harbour-reopens.html" || story.URL != listed.URL || story.GUID != "g1" || story.ID != 7 || story.Key != "k" {
		t.Errorf("identity %+v", story)
	}
	if story.Summary != listed.Summary || !story.Published.Equal(listed.Published) || !story.FirstSeen.Equal(testTime) {
		t.Errorf("the page overruled the list: %+v", story)
	}
	if story.Language != "en" || story.Outlet != "The Lantern" || story.Section != "Sea" ||
		len(story.Authors) != 1 || story.Authors[0] != "Ada Quill" {
		t.Errorf("the page filled in %+v", story)
	}
	if accept := s.asked("/news/harbour.html")[0].Header.Get("Accept"); !strings.HasPrefix(accept, "text/html") {
		t.Errorf("accepts %q", accept)
	}
}

// A page without the story's text leaves the story as it was listed.
func TestPageWithoutText(t *testing.T) {
	s := newSite(t)
	s.funcs["/news/picture.jpg"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		fmt.Fprint(w, "\xff\xd8\xff")
	}
	for _, path := range []string{"/news/dead.html", "/news/report.pdf", "/news/picture.jpg", "/news/wall.html", "/empty.xml", "/feed.xml", "/sitemap.xml"} {
		listed := news.Story{URL: s.URL + path, Title: "As listed", Summary: "A summary."}
		story, err := enriched(t, newCrawler(t, nil), s.source(news.KindFeed, "/feed.xml"), listed)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if diff := cmp.Diff(listed, story); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	story, err := enriched(t, newCrawler(t, nil), s.source(news.KindFeed, "/feed.xml"), news.Story{Title: "No link"})
	if err != nil || story.Title != "No link" {
		t.Errorf("a story without a link: %+v, %v", story, err)
	}
}

func TestPageFaults(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]news.Fault{
		"/news/gone.html": news.FaultGone, "/news/missing.html": news.FaultGone, "/news/forbidden.html": news.FaultStatus, "/private/x": news.FaultRobots,
	} {
		listed := news.Story{URL: s.URL + path, Title: "As listed"}
		story, err := enriched(t, newCrawler(t, nil), s.source(news.KindFeed, "/feed.xml"), listed)
		wantFault(t, err, want)
		if diff := cmp.Diff(listed, story); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

// A text that comes up under every address of a host is no story's.
func TestSameTextEverywhereIsAWall(t *testing.T) {
	s := newSite(t)
	c := newCrawler(t, nil)
	for i := range 5 {
		path := fmt.Sprintf("/news/%d.html", i)
		s.pages[path] = s.pages["/news/harbour.html"]
		story, err := c.Page(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Story{URL: s.URL + path, Title: "Something else"})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := story.Text != "", i < wallRepeats-1; got != want {
			t.Errorf("page %d has a text: %v", i, got)
		}
	}
	again, err := c.Page(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Story{URL: s.URL + "/news/0.html#again"})
	if err != nil || again.Text != "" {
		t.Errorf("once a wall, always a wall: %q, %v", again.Text, err)
	}
}

func TestSaysGone(t *testing.T) {
	for _, c := range []struct {
		listed string
		titles []string
		want   bool
	}{
		{"Harbour reopens", []string{"The Lantern", "Page not found | The Lantern"}, true},
		{"Harbour reopens", []string{"Error 404"}, true},
		{"", []string{"Error 404"}, true},
		{"북한, 미사일 발사", []string{"페이지를 찾을 수 없습니다"}, true},
		{"Путин принял послов", []string{"Страница не найдена"}, true},
		{"Missing sailor not found after ten days", []string{"Missing sailor not found after ten days | The Lantern"}, false},
		{"Harbour reopens", []string{"Harbour reopens"}, false},
		{"Harbour reopens", nil, false},
	} {
		if got := saysGone(c.listed, c.titles...); got != c.want {
			t.Errorf("%q listed, %q read: %v", c.listed, c.titles, got)
		}
	}
}

func TestCanonicalIsBelievedWithCare(t *testing.T) {
	for i, c := range []struct{ listed, fetched, claimed, want string }{
		{"https://a.example/1", "https://a.example/1", "https://www.a.example/2", "https://www.a.example/2"},
		{"https://a.example/1", "https://a.example/1", "https://evil.example/2", ""},
		{"https://a.example/1", "https://a.example/1", "https://a.example/", ""},
		{"https://a.example/1", "https://a.example/1", "", ""},
		{"https://a.example/1", "https://a.example/1?utm_source=x", "", ""},
		{"https://feeds.example/1", "https://a.example/1", "", "https://a.example/1"},
		{"https://feeds.example/1", "https://a.example/1", "https://a.example/2", "https://a.example/2"},
		{"https://feeds.example/1", "https://a.example/1", "https://feeds.example/1", ""},
	} {
		page := news.Story{Canonical: c.claimed, Text: fmt.Sprintf("text %d", i)}
		crawler := newCrawler(t, nil)
		if !crawler.believe(&news.Story{URL: c.listed}, &page, Document{URL: c.fetched}) || page.Canonical != c.want {
			t.Errorf("%s claims %q: believed %q, want %q", c.fetched, c.claimed, page.Canonical, c.want)
		}
	}
	crawler := newCrawler(t, nil)
	for i := range 4 {
		u := fmt.Sprintf("https://a.example/%d", i)
		page := news.Story{Canonical: "https://a.example/all-news", Text: u}
		crawler.believe(&news.Story{URL: u}, &page, Document{URL: u})
		if got, want := page.Canonical != "", i < wallRepeats-1; got != want {
			t.Errorf("claim %d was believed: %v", i, got)
		}
	}
}

func TestMerge(t *testing.T) {
	day := func(d int) time.Time { return testTime.AddDate(0, 0, d) }
	for name, c := range map[string]struct{ story, page, want news.Story }{
		"nothing": {
			news.Story{Title: "a", Titles: []string{"b"}, Text: "t"}, news.Story{},
			news.Story{Title: "a", Titles: []string{"b"}, Text: "t"},
		},
		"another headline stays second": {
			news.Story{Title: "Kim visits a factory"}, news.Story{Title: "Live: our world blog", Titles: []string{"World blog", "Kim visits a factory"}},
			news.Story{Title: "Kim visits a factory", Titles: []string{"Live: our world blog", "World blog"}},
		},
		"no title listed": {
			news.Story{}, news.Story{Title: "Kim visits a factory"},
			news.Story{Title: "Kim visits a factory"},
		},
		"filled in": {
			news.Story{Title: "x", Cites: []string{"KCNA"}},
			news.Story{
				Summary: "s", Authors: []string{"A"}, Published: day(1), Modified: day(2),
				Language: "ko", Outlet: "o", Section: "c", Cites: []string{"KCNA", "TASS"}, Paywalled: true, Text: "t",
			},
			news.Story{
				Title: "x", Summary: "s", Authors: []string{"A"}, Published: day(1), Modified: day(2),
				Language: "ko", Outlet: "o", Section: "c", Cites: []string{"KCNA", "TASS"}, Paywalled: true, Text: "t",
			},
		},
		"not overruled": {
			news.Story{
				Summary: "s", Authors: []string{"A"}, Published: day(1), Modified: day(3),
				Language: "en", Outlet: "o", Section: "c", Text: "the longer text",
			},
			news.Story{
				Summary: "S", Authors: []string{"B"}, Published: day(2), Modified: day(2),
				Language: "ko", Outlet: "O", Section: "C", Text: "a teaser",
			},
			news.Story{
				Summary: "s", Authors: []string{"A"}, Published: day(1), Modified: day(3),
				Language: "ko", Outlet: "o", Section: "c", Text: "the longer text",
			},
		},
	} {
		cites := append([]string(nil), c.story.Cites...)
		if diff := cmp.Diff(c.want, merge(c.story, c.page)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(cites, c.story.Cites); diff != "" {
			t.Errorf("%s: the listed story was changed: %s", name, diff)
		}
	}
}

func TestSameStory(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Kim Jong Un oversees missile test", "North Korea's Kim Jong Un oversees missile test, KCNA says", true},
		{"Harbour reopens", "HARBOUR REOPENS | The Lantern", true},
		{"북한, 단거리 탄도미사일 발사", "합참 \"북한, 동해상으로 단거리 탄도미사일 발사\"", true},
		{"Путин принял верительные грамоты", "Путин принял верительные грамоты послов", true},
		{"習近平同普京通電話", "習近平與普京通電話", true},
		{"A", "a", true},
		{"Kim Jong Un oversees missile test", "Page not found", false},
		{"북한, 단거리 탄도미사일 발사", "오늘의 날씨와 생활 정보", false},
		{"Oil prices fall on demand worries", "Council votes on the bridge", false},
		{"", "Something", false},
		{"!", "?", false},
	} {
		if got := sameStory(c.a, c.b); got != c.want {
			t.Errorf("sameStory(%q, %q) = %v", c.a, c.b, got)
		}
		if got := sameStory(c.b, c.a); got != c.want {
			t.Errorf("sameStory(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

// What the extractor is told about a page.
func TestExtractOptions(t *testing.T) {
	s := newSite(t)
	c := newCrawler(t, nil)
	var told extract.Options
	c.article = func(_ []byte, o extract.Options) (news.Story, error) {
		told = o
		return news.Story{Text: "t", Language: "fr"}, nil
	}
	src := s.source(news.KindFeed, "/feed.xml")
	src.Language, src.DatesIn = "ko", time.FixedZone("KST", 9*60*60)
	story, err := c.Page(t.Context(), src, news.Story{URL: s.URL + "/news/harbour.html"})
	if err != nil || story.Language != "ko" {
		t.Errorf("language %q, %v", story.Language, err)
	}
	want := extract.Options{URL: s.URL + "/news/harbour.html", Charset: "utf-8", DatesIn: src.DatesIn, Language: "ko", Now: testTime}
	if told.URL != want.URL || told.Charset != want.Charset || told.DatesIn != want.DatesIn ||
		told.Language != want.Language || !told.Now.Equal(want.Now) {
		t.Errorf("told %+v, want %+v", told, want)
	}
}
