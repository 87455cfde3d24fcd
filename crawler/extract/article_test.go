package extract

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct{ page, link, og, want string }{
		{"https://www.a.test/x?utm_source=y", "https://a.test/x", "", "https://a.test/x"},
		{"https://www.a.test/x", "/y#top", "", "https://www.a.test/y"},
		{"https://a.test/x", "", "https://amp.a.test/x", "https://amp.a.test/x"},
		{"https://a.test/x", "https://b.test/x", "", ""},
		{"https://a.test/x", "https://b.test/x", "https://a.test/x", "https://a.test/x"},
		{"https://a.test/x", "https://a.test/", "", ""},
		{"https://a.test/x", "https://a.test", "https://a.test/y", "https://a.test/y"},
		{"https://a.test/x", "https://a.test/?id=1", "", "https://a.test/?id=1"},
		{"https://a.test/x", "javascript:void(0)", "", ""},
		{"https://a.co.uk/x", "https://b.co.uk/x", "", ""},
		{"http://127.0.0.1:80/x", "http://127.0.0.1:80/y", "", "http://127.0.0.1:80/y"},
		{"", "https://a.test/x", "", ""},
	} {
		h := head{canonical: c.link, meta: map[string][]string{"og:url": {c.og}}}
		if got := canonical(h, baseOf(Options{URL: c.page})); got != c.want {
			t.Errorf("%s on %s: got %q, want %q", c.link+c.og, c.page, got, c.want)
		}
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct{ linked, og, h1, page, outlet, want string }{
		{"Linked", "OG", "H1", "Page", "", "Linked+OG+H1+Page"},
		{"", "OG", "H1", "Page", "", "OG+H1+Page"},
		{"", "", "H1", "Page", "", "H1+Page"},
		{"", "", "", "Page", "", "Page"},
		{"Same", "same", "Same", "SAME", "", "Same"},
		{"", "News of the day | The Paper", "", "", "", "News of the day"},
		{"", "News - The Paper", "", "", "The Paper", "News"},
		{"", "News - The Times", "", "", "The Paper", "News - The Times"},
		{"News | Sport | One", "News", "", "", "", "News+News | Sport"},
		{"News - Ilanga", "", "News", "", "", "News+News - Ilanga"},
		{"News of war", "News", "", "", "", "News of war+News"},
		{"A &amp; B", "", "", "", "", "A & B"},
		{"", "Drills begin - Taipei Times", "", "", "台北時報", "Drills begin"},
		{"", "News * The Paper * by Ada Miles", "", "", "The Paper", "News"},
		{"", "News – The Paper – 13.06.2023", "", "", "The Paper", "News"},
		{"", "회담 열렸다-정치ㅣ한국일보", "", "", "한국일보", "회담 열렸다"},
		{"", "逮捕：東京新聞", "", "", "東京新聞", "逮捕"},
		{"For search", "News", "News", "For search - The Paper", "The Paper", "News+For search"},
		{"Its own", "News", "News", "News | The Paper", "The Paper", "Its own+News"},
		{"Its own", "News", "News", "Another", "", "Its own+News+Another"},
		{"", "", "", "", "", ""},
	} {
		h := head{title: c.page, meta: map[string][]string{"og:title": {c.og}}}
		if c.h1 != "" {
			h.headings = []string{c.h1}
		}
		first, rest := titles(h, linkedData{headline: c.linked}, []string{c.outlet}, "taipeitimes.com")
		if got := strings.Trim(strings.Join(append([]string{first}, rest...), "+"), "+"); got != c.want {
			t.Errorf("%q: got %q, want %q", []string{c.linked, c.og, c.h1, c.page}, got, c.want)
		}
	}
}

func TestReadJSONLD(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string
		want linkedData
	}{
		{"nothing", nil, linkedData{}},
		{"broken", []string{`{"@type":`}, linkedData{}},
		{"no article", []string{`{"@type":"WebSite","name":"x"}`}, linkedData{}},
		{"the better type", []string{`[{"@type":"Article","headline":"a"},{"@type":"NewsArticle","headline":"b"}]`}, linkedData{headline: "b"}},
		{"a type as a URL", []string{`{"@type":"http://schema.org/NewsArticle","headline":"a"}`}, linkedData{headline: "a"}},
		{"several types", []string{`{"@type":["Thing","NewsArticle"],"headline":"a"}`}, linkedData{headline: "a"}},
		{"the outer one", []string{`{"@type":"NewsArticle","headline":"a","hasPart":{"@type":"NewsArticle","headline":"b"}}`}, linkedData{headline: "a"}},
		{"inside of a page", []string{`{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":"a"}}`}, linkedData{headline: "a"}},
		{"about this page", []string{`[{"@type":"NewsArticle","headline":"a","url":"https://a.test/other"},{"@type":"NewsArticle","headline":"b","mainEntityOfPage":{"@id":"https://www.a.test/story?utm_source=x"}}]`}, linkedData{headline: "b"}},
		{"line breaks in strings", []string{"{\"@type\":\"NewsArticle\",\"headline\":\"a\nb\"}"}, linkedData{headline: "a b"}},
		{"a comma too many", []string{`{"@type":"NewsArticle","headline":"a",}`}, linkedData{headline: "a"}},
		{"escaped", []string{`{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;a&quot;}`}, linkedData{headline: "a"}},
		{"in CDATA", []string{"//<![CDATA[\n{\"@type\":\"NewsArticle\",\"headline\":\"a\"}\n//]]>"}, linkedData{headline: "a"}},
		{"authors of all sorts", []string{`{"@type":"NewsArticle","author":["a",{"name":"b"},{"name":["c","d"]},{"@id":"#e"},{"givenName":"F","familyName":"G"},{}]}`, `{"@id":"#e","@type":"Person","name":"e"}`},
			linkedData{authors: []string{"a", "b", "c", "d", "e", "F G"}}},
		{"creator", []string{`{"@type":"NewsArticle","creator":"a"}`}, linkedData{authors: []string{"a"}}},
		{"paywall", []string{`{"@type":"NewsArticle","isAccessibleForFree":false}`}, linkedData{paywalled: true}},
		{"paywall as text", []string{`{"@type":"NewsArticle","isAccessibleForFree":"False"}`}, linkedData{paywalled: true}},
		{"paywall of a part", []string{`{"@type":"NewsArticle","isAccessibleForFree":true,"hasPart":[{"@type":"WebPageElement","isAccessibleForFree":"false"}]}`}, linkedData{paywalled: true}},
		{"free", []string{`{"@type":"NewsArticle","isAccessibleForFree":true}`}, linkedData{}},
		{"the rest", []string{`{"@type":"NewsArticle","name":"n","alternativeHeadline":"alt","description":"d","datePublished":"p","dateModified":"m","inLanguage":{"@type":"Language","name":"de"},"articleSection":["s","t"],"publisher":{"name":"pub"},"articleBody":"<p>One.</p><p>Two.</p>"}`},
			linkedData{headline: "n", alternative: "alt", description: "d", published: "p", modified: "m", language: "de", section: "s",
				publisher: "pub", body: "One.\nTwo."}},
	} {
		if got := readJSONLD(c.in, "https://a.test/story"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestShownDate(t *testing.T) {
	const day = "2024-05-03"
	for _, c := range []struct{ name, url, page, want string }{
		{"below the headline", "", "<h1>Head</h1><p>By Ada</p><p>3 May 2024</p>", day},
		{"above the headline", "", "<p>Published: 3 May 2024</p><h1>Head</h1><p>By Ada</p>", day},
		{"far below", "", "<h1>Head</h1>" + strings.Repeat("<p>x</p>", 30) + "<p>3 May 2024</p>", ""},
		{"behind the story", "", "<h1>Head</h1><p>" + strings.Repeat("word ", 80) + "</p><p>3 May 2024</p>", ""},
		{"in the URL", "https://a.test/2024/05/03/x", "<h1>Head</h1>", day},
		{"in the URL without slashes", "https://a.test/news/20240503x", "<h1>Head</h1>", day},
		{"no date in the URL", "https://a.test/2024/99/03/x", "<p>text", ""},
		{"no number of a day", "https://a.test/id/20249903", "<p>text", ""},
	} {
		s, err := Article([]byte("<title>Head</title>"+c.page), Options{URL: c.url})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		got := ""
		if !s.Published.IsZero() {
			got = s.Published.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDeepPage keeps everything of a story that is nested deeper than the
// parser allows.
func TestDeepPage(t *testing.T) {
	const text = "Officials said on Friday that the harbour would stay closed until the end of the week, and that ships had to wait."
	page := `<html lang="en"><head><title>Harbour closed</title><meta property="article:published_time" content="2024-05-03T10:00:00Z">
<script type="application/ld+json">{"@type":"NewsArticle","author":"Ada Miles"}</script></head><body>` +
		strings.Repeat("<div><span>", 400) + `<h1>Harbour closed at night</h1><p>` + text + `</p><p>Second: ` + text + `</p><p>Third: <a href="/x">` + text[:40] + `</a>` + text[40:] + `</p>`
	s, err := Article([]byte(page), Options{URL: "https://a.test/x"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Title != "Harbour closed at night" && s.Title != "Harbour closed" ||
		!slices.Equal(s.Authors, []string{"Ada Miles"}) || s.Published.IsZero() || s.Language != "en" {
		t.Errorf("got %+v", s)
	}
	if want := text + "\nSecond: " + text + "\nThird: " + text; s.Text != want {
		t.Errorf("text\n%s\nwant\n%s", s.Text, want)
	}
}
