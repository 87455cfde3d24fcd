package extract

import (
	"slices"
	"strings"
	"testing"
)

func TestCredit(t *testing.T) {
	for _, c := range []struct {
		name, page, want string
	}{
		{"a line", "<p>Additional reporting by Lars Petersen</p>", "Additional reporting by Lars Petersen"},
		{"behind a dash", "<p>– additional reporting by Lars Petersen</p>", "additional reporting by Lars Petersen"},
		{"with a link", "<p><em>Reporting by <a href=/a>Ada Miles</a> in Seoul; editing by Bo</em></p>", "Reporting by Ada Miles in Seoul; editing by Bo"},
		{"at its end", "<p>Ada Miles in Paris contributed to this report.</p>", "Ada Miles in Paris contributed to this report."},
		{"in brackets", "<p>(With inputs from agencies)</p>", "With inputs from agencies)"},
		{"German", "<p>Mit Material von dpa und Reuters</p>", "Mit Material von dpa und Reuters"},
		{"French", "<p>Avec AFP</p>", "Avec AFP"},
		{"Spanish", "<p>Con información de EFE</p>", "Con información de EFE"},
		{"Russian", "<p>При участии Анны Петровой</p>", "При участии Анны Петровой"},
		{"Chinese", "<p>责任编辑：王明</p>", "责任编辑：王明"},
		{"two", "<p>Reporting by Ada</p><p>Editing by Bo Miles</p>", "Reporting by Ada · Editing by Bo Miles"},
		{"twice", "<p>Reporting by Ada</p><div>Reporting by Ada</div>", "Reporting by Ada"},
		{"a sentence", "<p>Reporting has never been harder, she said.</p>", ""},
		{"a long one", "<p>Reporting by " + strings.Repeat("word ", 100) + "</p>", ""},
		{"a script", "<script>'Reporting by Ada'</script>", ""},
	} {
		root, err := parsePage([]byte("<h1>Head</h1>" + c.page))
		if err != nil {
			t.Fatal(err)
		}
		h := readHead(root)
		if got := strings.Join(h.credits, " · "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	root, err := parsePage([]byte("<p>Reporting by Ada</p><h1>Head</h1>"))
	if err != nil {
		t.Fatal(err)
	}
	if h := readHead(root); h.credits != nil {
		t.Errorf("before the headline: %q", h.credits)
	}
}

func TestShownBylines(t *testing.T) {
	for _, c := range []struct {
		page string
		want []string
	}{
		{`<span class="article__author">Von Seb Dumitru, Lille</span>`, []string{"Seb Dumitru"}},
		{`<ul class="authors"><li class="authors__list-item">von <b>Jemima Kelly</b></li></ul>`, []string{"Jemima Kelly"}},
		{`<p class="byline">By Ada Miles and Bo de Vries</p>`, []string{"Ada Miles", "Bo de Vries"}},
		{`<p class="byline">By Ada Miles, 3 May 2024</p>`, []string{"Ada Miles"}},
		{`<p class="author-bio">Ada Miles is a reporter</p>`, nil},
		{`<p class="authored">Ada Miles</p>`, nil},
		{`<p class="author">amw</p>`, nil},
		{`<p class="author">von APA</p>`, nil},
		{`<p class="author">{{ author.name }}</p>`, nil},
	} {
		root, err := parsePage([]byte("<h1>Head</h1>" + c.page))
		if err != nil {
			t.Fatal(err)
		}
		h := readHead(root)
		h.settle(linkedData{}, Options{})
		if got := pickAuthors(authorLists(&h, linkedData{}), nil, ""); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.page, got, c.want)
		}
	}
}

func TestKeywords(t *testing.T) {
	for _, c := range []struct {
		name   string
		linked []string
		meta   map[string][]string
		want   string
	}{
		{"none", nil, nil, ""},
		{"linked data first", []string{"a, b"}, map[string][]string{"article:tag": {"c"}}, "a+b"},
		{"a list", []string{"a", "b", "A"}, nil, "a+b"},
		{"tags before keywords", nil, map[string][]string{"article:tag": {"c", "d"}, "keywords": {"e"}}, "c+d"},
		{"news keywords", nil, map[string][]string{"news_keywords": {"North Korea; Russia"}, "keywords": {"e"}}, "North Korea+Russia"},
		{"a sentence", nil, map[string][]string{"keywords": {strings.Repeat("word ", 20)}}, ""},
		{"a system's own", nil, map[string][]string{"keywords": {"type:article, x"}}, "x"},
		{"codes", nil, map[string][]string{"article:tag": {"AER, INDG08, MTVID, GEN, HRGT"}, "keywords": {"war"}}, "war"},
		{"a few capitals", nil, map[string][]string{"article:tag": {"NATO, EU"}}, "NATO+EU"},
		{"Korean", nil, map[string][]string{"keywords": {"#북한, 러시아"}}, "북한+러시아"},
		{"too many", []string{strings.Repeat("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,", 2)}, nil, "a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t"},
	} {
		if got := strings.Join(keywords(head{meta: c.meta}, linkedData{keywords: c.linked}), "+"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestOrigins wants every value's places named, the one that won first.
func TestOrigins(t *testing.T) {
	const page = `<html lang="en"><title>News | The Post</title><meta property="og:title" content="News"><meta property="og:site_name" content="The Post">
<meta name="author" content="Ada Miles"><meta property="article:modified_time" content="2024-05-04T10:00:00Z">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"News","author":"Ada Miles","datePublished":"2024-05-03T10:00:00Z"}</script>
<h1>News</h1><time datetime="2024-05-03T12:00:00+02:00">3 May</time><p class="byline">By Ada Miles</p><p>Text.`
	_, r, err := Explain([]byte(page), Options{URL: "https://post.test/1"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"title":     "JSON-LD headline, og:title, h1, title element",
		"authors":   "JSON-LD author, meta author, byline on the page",
		"published": "JSON-LD datePublished, time element",
		"modified":  "meta article:modified_time",
		"language":  "html lang",
	}
	for _, o := range r.Origins {
		if got := strings.Join(o.From, ", "); got != want[o.Field] {
			t.Errorf("%s: got %q, want %q", o.Field, got, want[o.Field])
		}
		delete(want, o.Field)
	}
	if len(want) > 0 {
		t.Errorf("nothing of %v", want)
	}
	_, r, err = Explain([]byte(`<title>Нет</title><h1>Заголовок</h1><p>3 мая 2024</p><p>Переговоры прошли в столице, сообщили в министерстве, и были продолжены вечером.</p>`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range r.Origins {
		got[o.Field] = strings.Join(o.From, ", ")
	}
	if got["published"] != "date shown on the page or in its URL" || got["language"] != "script of the text" {
		t.Errorf("got %v", got)
	}
}
