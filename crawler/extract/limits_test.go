package extract

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// bounded runs f and fails when it takes more processor time or leaves more
// allocated than hostile input may cost. The bounds are generous: they tell linear
// from quadratic on a slow machine, no more.
func bounded(t *testing.T, f func()) {
	t.Helper()
	const (
		longest = 20 * time.Second
		most    = 3 << 30 // bytes allocated in all, much of it garbage
	)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := cpuTime(t)
	f()
	took := cpuTime(t) - start
	runtime.ReadMemStats(&after)
	t.Logf("%s, %d MB allocated", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
	if raceDetector {
		return // it takes ten times the time and the memory
	}
	if took > longest {
		t.Errorf("took %s", took)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > most {
		t.Errorf("allocated %d MB", used>>20)
	}
}

// raced is the processor time that may be spent on what may take d without the
// race detector.
func raced(d time.Duration) time.Duration {
	if raceDetector {
		return 15 * d
	}
	return d
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestHostileFeeds(t *testing.T) {
	laughs := `<!DOCTYPE rss [<!ENTITY lol "lol">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY lol%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&lol%s;", strings.TrimLeft(fmt.Sprint(i), "0")), 10))
	}
	quadratic := `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("a", 4000) + `">]><rss><channel><title>` + strings.Repeat("&a;", 100_000)
	for name, c := range map[string]struct{ feed, want string }{
		"deep":               {"<rss><channel>" + strings.Repeat("<x>", 100_000), "elements deep"},
		"deep in a story":    {"<rss><channel><item>" + strings.Repeat("<x>", 100_000) + strings.Repeat("</x>", 100_000), "elements deep"},
		"entity bomb":        {laughs + "]><rss><channel><title>&lol9;</title></channel></rss>", "entities expand too far"},
		"quadratic entities": {quadratic + "</title></channel></rss>", "entities expand too far"},
		"many entities":      {"<!DOCTYPE rss [" + strings.Repeat(`<!ENTITY a "b">`, 100_000) + "]><rss/>", "entities"},
		"open quotes":        {"<rss><channel><item>" + strings.Repeat(`<a b="`, 1_000_000), "ends inside"},
		"open CDATA":         {"<rss><channel><item>" + strings.Repeat(`<![CDATA[`, 1_000_000), "ends inside"},
		"deep JSON":          {`{"version":"https://jsonfeed.org/version/1","items":` + strings.Repeat("[", 1_000_000), "JSON"},
		"too large":          {"<rss>" + strings.Repeat(" ", maxFeed), "too large"},
		"stray angle":        {strings.Repeat("<", 3_000_000), "not a feed"},
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				_, err := Feed([]byte(c.feed), Options{})
				wantError(t, err, c.want)
			})
		})
	}
}

func TestHostileFeedsThatAreRead(t *testing.T) {
	attributes := strings.Builder{}
	for i := range 200_000 {
		fmt.Fprintf(&attributes, " a%d='1'", i)
	}
	items := strings.Builder{}
	for i := range 100_000 {
		fmt.Fprintf(&items, "<item><title>Story %d</title><pubDate>%s</pubDate></item>", i, time.Unix(1.7e9+int64(i)*60, 0).UTC().Format(time.RFC3339))
	}
	for name, c := range map[string]struct {
		feed string
		want int
	}{
		"200,000 attributes": {"<rss><channel" + attributes.String() + "><item><title>a</title></item></channel></rss>", 1},
		"100,000 stories":    {"<rss><channel>" + items.String() + "</channel></rss>", news.MaxListed},
		"stray end tags":     {"<rss><channel>" + strings.Repeat("</x>", 1_000_000) + "<item><title>a</title></item></channel></rss>", 1},
		"ampersands":         {"<rss><channel><item><title>" + strings.Repeat("&", 300_000) + "</title></item></channel></rss>", 1},
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				list, err := Feed([]byte(c.feed), Options{})
				if err != nil || len(list.Stories) != c.want {
					t.Fatalf("%d stories, %v", len(list.Stories), err)
				}
				if last := list.Stories[c.want-1].Title; c.want == news.MaxListed && last != "Story 99999" {
					t.Errorf("the last is %s, want the newest", last)
				}
			})
		})
	}
}

func TestHostilePages(t *testing.T) {
	const words = "Officials said on Monday that the talks would continue in the capital next week. "
	body := "<h1>Talks go on</h1>" + strings.Repeat("<p>"+strings.Repeat(words, 4)+"</p>", 3)
	for name, page := range map[string]string{
		"deep":           "<html><head><title>Talks go on</title></head><body>" + strings.Repeat("<div>", 100_000) + body,
		"deep in inline": "<title>Talks go on</title>" + strings.Repeat("<b><i>", 50_000) + body,
		"flat":           "<title>Talks go on</title>" + body + strings.Repeat("<p>a</p>", 200_000),
		"attributes":     "<title>Talks go on</title><div" + strings.Repeat(" a=b", 200_000) + ">" + body,
		"one long line":  "<title>Talks go on</title>" + body + strings.Repeat("a ", 1_000_000),
		"links":          "<title>Talks go on</title>" + body + strings.Repeat("<a href=/x>y</a> ", 100_000),
		"tables":         "<title>Talks go on</title>" + body + strings.Repeat("<table><tr><td>", 150),
		"formatting":     "<title>Talks go on</title>" + body + strings.Repeat("<p><b><i><u><a href=x>", 20_000),
		"one look":       "<title>Talks go on</title>" + body + strings.Repeat("<p>"+words+"</p>", 20_000),
		"deep classes":   "<title>Talks go on</title><body>" + strings.Repeat(`<div class="`+strings.Repeat("a ", 100)+`">`, 3_000) + body,
		"deep data":      "<title>Talks go on</title>" + body + `<script type="application/json">` + strings.Repeat(`{"body":[`, 100_000) + "</script>",
		"wide data":      "<title>Talks go on</title>" + body + `<script type="application/json">[` + strings.Repeat(`{"body":["`+words+`"]},`, 10_000) + "0]</script>",
		"looping data":   "<title>Talks go on</title>" + body + `<script type="application/json">[[0,0,0,0],` + strings.Repeat(`[0,1,2,3],`, 20_000) + "0]</script>",
		"data in text":   "<title>Talks go on</title>" + body + `<script>x=` + strings.Repeat(`JSON.parse("[`, 50_000) + "</script>",
		"broken data":    "<title>Talks go on</title>" + body + `<script>` + strings.Repeat(`x={"a":"`+strings.Repeat("b", 900), 1000) + "</script>",
		"flight":         "<title>Talks go on</title>" + body + strings.Repeat(`<script>self.__next_f.push([1,"1:T`+"fffff,"+words+`"])</script>`, 5_000),
		"live blog":      `<title>Talks go on</title><script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Talks go on","liveBlogUpdate":[` + strings.Repeat(`{"articleBody":"`+words+words+words+words+`"},`, 10_000) + "{}]}</script>" + body,
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				s, err := Article([]byte(page), Options{URL: "http://a.test/story"})
				if err != nil || s.Title != "Talks go on" || !strings.Contains(s.Text, strings.TrimSpace(words)) {
					t.Errorf("title %q, text %q, %v", s.Title, clip(s.Text, 100), err)
				}
				if _, err := Index([]byte(page), "", Options{URL: "http://a.test/"}); err != nil {
					t.Error(err)
				}
				Sniff([]byte(page))
			})
		})
	}
	_, err := Article(bytes.Repeat([]byte("<p>a"), 2<<20), Options{})
	if wantError(t, err, "too large: 8.0 MB, at most 5 MB"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v is not ErrTooLarge", err)
	}
}

func TestHostileSitemaps(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = io.WriteString(z, "<urlset>")
	for range 60 {
		_, _ = z.Write(bytes.Repeat([]byte(" "), 1<<20))
	}
	_ = z.Close()
	for name, c := range map[string]struct{ sitemap, want string }{
		"gzip bomb": {bomb.String(), "too large"},
		"deep":      {"<urlset><url>" + strings.Repeat("<x>", 100_000), "elements deep"},
		"no end":    {"<urlset><url><loc>http://a.test/" + strings.Repeat("a", 1<<20), "not a sitemap"},
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				_, err := Sitemap(strings.NewReader(c.sitemap), Options{})
				wantError(t, err, c.want)
			})
		})
	}
}

// TestLongSitemap reads 100,000 entries as a stream and keeps the newest.
func TestLongSitemap(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "<urlset>")
		for i := range 100_000 {
			fmt.Fprintf(w, "<url><loc>http://a.test/%d</loc><lastmod>%s</lastmod></url>", i, time.Unix(1.7e9+int64(i), 0).UTC().Format(time.RFC3339))
		}
		fmt.Fprint(w, "</urlset>")
		w.Close()
	}()
	bounded(t, func() {
		list, err := Sitemap(r, Options{})
		if err != nil || len(list.Stories) != news.MaxListed {
			t.Fatalf("%d stories, %v", len(list.Stories), err)
		}
		if got := list.Stories[news.MaxListed-1].URL; got != "http://a.test/99999" {
			t.Errorf("last %s", got)
		}
	})
}

func TestPanicsBecomeErrors(t *testing.T) {
	read := func() (err error) {
		defer finish("article", &err)
		panic("library bug")
	}
	err := read()
	if wantError(t, err, "extract article: panic: library bug"); !errors.Is(err, ErrPanic) {
		t.Errorf("%v is not ErrPanic", err)
	}
}

// TestPagesOfOneKind reads pages that have by the ten thousands what others
// have once: each is to cost what its length costs.
func TestPagesOfOneKind(t *testing.T) {
	many := func(n int, part string) string { return strings.Repeat(part, n) }
	names := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	text := many(2000, "<p>The harbour stays closed after the storm, the mayor said on Monday.</p>")
	for name, page := range map[string]string{
		"authors on the page": "<h1>Harbour closed</h1>" + names(100_000, `<a rel="author">Jo Ab%d</a>`) + text,
		"authors in JSON-LD":  `<script type="application/ld+json">{"@type":"NewsArticle","author":[` + names(100_000, `{"name":"Jo Ab%d"},`) + `"Jo"]}</script>` + text,
		"keywords":            names(100_000, `<meta property="article:tag" content="word%d">`) + text,
		"nested headings":     many(240, "<h1><div>") + many(10, text),
		"headings":            names(50_000, "<h1>Harbour closed %d</h1>") + text,
	} {
		t.Run(name, func(t *testing.T) {
			start := cpuTime(t)
			s, err := Article([]byte("<html><body><h1>Harbour</h1>"+page), Options{URL: "https://lantern.example/harbour"})
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Authors) > maxAuthors || len(s.Keywords) > maxKeywords {
				t.Errorf("%d authors, %d keywords", len(s.Authors), len(s.Keywords))
			}
			took := cpuTime(t) - start
			t.Logf("%d kB: %v", len(page)>>10, took.Round(time.Millisecond))
			if took > raced(20*time.Second) { // minutes when each is compared with all
				t.Errorf("it took %v", took)
			}
		})
	}
}
