package extract

import (
	"strings"
	"testing"
)

// TestOwnTitle takes the headline of the story for its title: no logo, menu,
// section or name of the site, and no other story's.
func TestOwnTitle(t *testing.T) {
	const (
		want  = "Ferry stuck in the ice"
		title = `<title>Ferry stuck in the ice - River Mail</title>`
		bare  = `<title>River Mail</title>`
		site  = `<meta property="og:title" content="River Mail"><meta property="og:site_name" content="River Mail">`
	)
	for _, c := range []struct{ name, head, body string }{
		{"a logo above it", title, `<header><h1><a href="/"><svg></svg>River Mail</a></h1></header><main><article><h2 class="headline">Ferry stuck in the ice</h2>` + flow + `</article></main>`},
		{"a logo without a link", title, `<header><h1 class="logo">River Mail</h1></header><article><h2>Ferry stuck in the ice</h2>` + flow + `</article>`},
		{"a section above it", title, `<h1 class="section-main-heading"><a href="/business/">Business Monday</a></h1><main><article><h1 class="title">Ferry stuck in the ice</h1>` + flow + `</article></main>`},
		{"a section without a link", title, `<h1>Business</h1><main><article><h1>Ferry stuck in the ice</h1>` + flow + `</article></main>`},
		{"a menu above it", title, `<nav><h1>Menu</h1></nav><article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},
		{"a name in the aside", title, `<aside><h1>Most read</h1></aside><article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},
		{"a small headline", title, `<h1>River Mail</h1><div><h3 class="entry-title">Ferry stuck in the ice</h3>` + flow + `</div>`},
		{"hidden for readers", title, `<header><h1 class="sr-only">River Mail</h1></header><article><h2>Ferry stuck in the ice</h2>` + flow + `</article>`},
		{"another story's card first", title, `<div class="teaser"><h2><a href="/x">Bridge painted red again</a></h2></div><article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},

		{"og:title is the site", bare + site, `<article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},
		{"og:title is the site and its claim", `<title>River Mail: all news of the banks</title>` + site, `<article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},
		{"og:title is the site's, without its name", bare + `<meta property="og:title" content="River Mail">`, `<article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},
		{"the JSON-LD's headline is the site", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"River Mail","publisher":{"name":"River Mail"}}</script>` + bare,
			`<article><h1>Ferry stuck in the ice</h1>` + flow + `</article>`},
		{"the site's name and a logo", bare + site, `<header><h1><a href="/">River Mail</a></h1></header><article><h2 class="headline">Ferry stuck in the ice</h2>` + flow + `</article>`},

		{"the JSON-LD's headline is a description", title + `<script type="application/ld+json">{"@type":"Article","name":"Ferry stuck in the ice","headline":"an accident on the river"}</script>`,
			`<h1>Ferry stuck in the ice</h1>` + flow},
		{"an outlet behind it", `<title>Ferry stuck in the ice | River Mail</title><meta property="og:site_name" content="River Mail">`, `<article>` + flow + `</article>`},
		{"an outlet behind a dash", `<title>Ferry stuck in the ice – River Mail</title><meta property="og:title" content="Ferry stuck in the ice – River Mail"><meta property="og:site_name" content="River Mail">`,
			`<article>` + flow + `</article>`},
		{"an outlet known from its logo", `<title>Ferry stuck in the ice - River Mail</title>`, `<header><h1><a href="/">River Mail</a></h1></header>` + flow},
		{"an outlet without its article", `<title>Ferry stuck in the ice - Daily Herald</title><meta property="og:site_name" content="The Daily Herald">`, `<article>` + flow + `</article>`},
		{"a link to the page", title, `<article><h1><a href="">Ferry stuck in the ice</a></h1>` + flow + `</article>`},
	} {
		s, err := Article([]byte(`<!doctype html><html lang="en"><head>`+c.head+`</head><body>`+c.body+`</body></html>`), Options{URL: "https://rivermail.example/news/ferry"})
		if err != nil || s.Title != want {
			t.Errorf("%s: got %q, %v", c.name, s.Title, err)
		}
		if strings.HasPrefix(s.Text, want) {
			t.Errorf("%s: the text begins with the title: %q", c.name, s.Text)
		}
	}
}

func TestLinksHome(t *testing.T) {
	for in, want := range map[string]bool{
		`<a href="/">x</a>`: true, `<a href="https://river.example">x</a>`: true, `<a href="https://river.example/">x</a>`: true, `<a href="/business/">x</a>`: true,
		`<a href="/news/ferry-stuck">x</a>`: false, `<a href="/ferry-stuck">x</a>`: false, `<a href="">x</a>`: false, `<a href="#top">x</a>`: false,
		`<a href="?id=7">x</a>`: false, `<a href="/story7">x</a>`: false, `x`: false, `<span><b><a href="/">x</a></b></span>`: true,
	} {
		root, err := parsePage([]byte("<h1>" + in + "</h1>"))
		if err != nil {
			t.Fatal(err)
		}
		h := readHead(root)
		if got := linksHome(h.marks.headings[0].node); got != want {
			t.Errorf("%s: got %t", in, got)
		}
	}
}

func TestTellsTitle(t *testing.T) {
	titles := []string{"Ferry stuck in the ice"}
	for line, want := range map[string]bool{
		"Ferry stuck in the ice": true, "“Ferry stuck in the ice”": true, "River: Ferry stuck in the ice": true, "stuck in the ice": true,
		"the ice": false, "The pilots had warned of it.": false,
	} {
		if got := tellsTitle(line, titles); got != want {
			t.Errorf("%q: got %t", line, got)
		}
	}
}

func TestAsMostSpell(t *testing.T) {
	for _, c := range []struct {
		name string
		all  []string
		want string
	}{
		{"one", []string{"Ferry stuck"}, "Ferry stuck"},
		{"another with an addition", []string{"Ferry - stuck", "Ferry: stuck", "Ferry: stuck - Politics"}, "Ferry: stuck+Ferry - stuck+Ferry: stuck - Politics"},
		{"as many", []string{"Ferry - stuck", "Ferry: stuck"}, "Ferry - stuck+Ferry: stuck"},
		{"other titles", []string{"Ferry stuck", "Bridge painted", "Bridge painted red"}, "Ferry stuck+Bridge painted+Bridge painted red"},
	} {
		if got := strings.Join(asMostSpell(c.all), "+"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
