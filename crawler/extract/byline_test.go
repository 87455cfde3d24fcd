package extract

import (
	"slices"
	"strings"
	"testing"
)

// TestOwnAuthors reads pages whose metadata names nobody: the names alone, of
// this story alone.
func TestOwnAuthors(t *testing.T) {
	const card = `<div class="card"><a href="/x"><h3>Bridge painted red again</h3></a><span class="byline">By <a rel="author" href="/u/x">Sam Small</a></span></div>`
	for _, c := range []struct{ name, header, end, want string }{
		{"a class", `<p class="byline">By Ada Miles</p>`, "", "Ada Miles"},
		{"no class", `<p>By Ada Miles</p>`, "", "Ada Miles"},
		{"no class, a link", `<p>By <a href="/u">Ada Miles</a></p>`, "", "Ada Miles"},
		{"no class, two links", `<div>Von: <a href="/u">Eva Klein</a>, <a href="/v">Max Frei</a></div>`, "", "Eva Klein+Max Frei"},
		{"no class, a date", `<div>By Ada Miles | 3 May 2024</div>`, "", "Ada Miles"},
		{"no class, a label below the text", "", `<ul><li><strong>Author</strong> Ada Miles</li></ul>`, "Ada Miles"},
		{"German label below the text", "", `<ul><li><strong>Autorin/Autor</strong> Eva Klein</li></ul>`, "Eva Klein"},
		{"the class of a link", `<a href="/author/am" class="author_name">Ada Miles</a>`, "", "Ada Miles"},
		{"bold, right before the text", `<p><strong>Ada Miles/Ben Stone</strong></p>`, "", "Ada Miles+Ben Stone"},
		{"bold, about what the headline is", `<p><strong>Ferry Line</strong></p>`, "", ""},
		{"bold, a place", `<p><b>CAPE TOWN</b></p>`, "", ""},
		{"bold, a sentence", `<p><b>Ada Miles</b> looks back.</p>`, "", ""},

		{"a date behind a dash", `<p class="byline" itemprop="author creator">Ada Miles - Apr 16, 2015 8:02 pm UTC</p>`, "", "Ada Miles"},
		{"a date behind a bar", `<p class="author">Ada Miles | April 16, 2015</p>`, "", "Ada Miles"},
		{"a date behind a comma", `<p class="byline">By Ada Miles, 16 April 2015</p>`, "", "Ada Miles"},
		{"a date without a sign", `<p rel="author">Ada Miles 16 April 2015 10:30</p>`, "", "Ada Miles"},
		{"a date before it", `<p class="byline">16.04.2015, Eva Klein</p>`, "", "Eva Klein"},
		{"a day and a date", `<p class="byline">By Ada Miles on Thursday, April 16, 2015</p>`, "", "Ada Miles"},
		{"a date in figures", `<p class="byline">Ada Miles 4/16/2015</p>`, "", "Ada Miles"},
		{"a relative date", `<p class="byline">By Ada Miles, 3 hours ago</p>`, "", "Ada Miles"},
		{"a date in an element", `<div class="author"><span>Ada Miles</span><time>16 April</time></div>`, "", "Ada Miles"},
		{"a place and a date", `<div class="author">Written by <a href="/u">Ada Miles</a> in Valley on 1 June 2019 at 08:34 PM EDT. 51 Comments</div>`, "", "Ada Miles"},
		{"a place and a date, no link", `<div class="author">Written by Ada Miles in Valley on 1 June 2019</div>`, "", "Ada Miles"},
		{"two names and places", `<p class="byline">By Ada Miles in Berlin and Ben Stone in Paris</p>`, "", "Ada Miles+Ben Stone"},

		{"a button beside it", `<div class="author"><a rel="author" href="/u">Ada Miles</a> <a rel="author" href="/u">See full bio</a></div>`, "", "Ada Miles"},
		{"another button", `<div class="byline"><a rel="author" href="/u">Ada Miles</a><a href="/f">Follow</a></div>`, "", "Ada Miles"},
		{"a German button", `<div class="author"><a rel="author" href="/u">Eva Klein</a><a rel="author" href="/u">Alle Artikel</a></div>`, "", "Eva Klein"},
		{"only a button", `<div class="author"><a rel="author" href="/u">View all posts</a></div>`, "", ""},
		{"comments beside it", `<div class="byline">By <a href="/u">Ada Miles</a> <a href="#c">12 Comments</a></div>`, "", "Ada Miles"},

		{"a role glued to it", `<div class="author"><a href="/u/am">Ada Miles</a><span class="role">Staff Writer</span></div>`, "", "Ada Miles"},
		{"a role without a class", `<div class="author"><span>Ada Miles</span><span>Senior Energy Reporter</span></div>`, "", "Ada Miles"},
		{"a role in the same text", `<div class="author">Ada Miles<br>Political Editor</div>`, "", "Ada Miles"},
		{"a job title", `<div itemprop="author"><span itemprop="name">Ada Miles</span><span itemprop="jobTitle">Head of Rivers</span></div>`, "", "Ada Miles"},
		{"an agency glued to it", `<div class="byline"><span>ADA MILES</span><span>Associated Press</span></div>`, "", "ADA MILES+Associated Press"},
		{"first and last name apart", `<a rel="author"><span class="first">Ada</span> <span class="last">Miles</span></a>`, "", "Ada Miles"},
		{"a dressed initial", `<a rel="author"><b>A</b>da Miles</a>`, "", "Ada Miles"},
		{"h-card", `<div class="author vcard">Posted by <span class="fn">Ada Miles</span> Riverside</div>`, "", "Ada Miles"},

		{"brackets", `<p class="byline">Ada Miles (University of Mainz), Ben Stone (ETH Zurich)</p>`, "", "Ada Miles+Ben Stone"},
		{"a portrait", `<p class="author-bio">Ada Miles is a reporter.</p>`, "", ""},
		{"others' cards below", `<p class="byline">By <a rel="author" href="/u">Ada Miles</a></p>`, `<section class="related"><h2>More</h2>` + card + card + `</section>`, "Ada Miles"},
		{"others in a list", `<p class="byline">By <a rel="author" href="/u">Ada Miles</a></p>`,
			`<div class="most-read"><ul><li><a href="/x">Bridge painted red again</a> by <a rel="author">Sam Small</a></li></ul></div>`, "Ada Miles"},
		{"others in a list without a name", `<p class="byline">By <a rel="author" href="/u">Ada Miles</a></p>`,
			`<div><ul><li><a href="/x">Bridge painted red again</a> by <a rel="author">Sam Small</a></li></ul></div>`, "Ada Miles"},
		{"another article", `<p class="byline">By <a rel="author" href="/u">Ada Miles</a></p>`, `<article><h2><a href="/x">Bridge painted</a></h2><a rel="author">Sam Small</a></article>`, "Ada Miles"},
		{"an outlet behind it", `<p class="byline">By Ada Miles [River Mail]</p>`, "", "Ada Miles"},
		{"a time to read", `<span class="author">Ada Miles • 5 min read</span>`, "", "Ada Miles"},
		{"a mail address", `<div class="author">Ada Miles <a href="mailto:a@river.example">Email the author</a></div>`, "", "Ada Miles"},
		{"a bio in the same box", `<div class="author"><a rel="author">Ada Miles</a><p>Ada Miles is a reporter who has written about rivers.</p></div>`, "", "Ada Miles"},
		{"a footer", "", `<footer><p>Author: Sam Small</p></footer>`, ""},
		{"others' cards alone", "", card, ""},
		{"a reader", "", `<ol class="commentlist"><li><cite class="author">Sam Small</cite><p>Well done.</p></li></ol>`, ""},
		{"a sentence that begins with by", "", `<p>By Monday Evening all was well.</p>`, ""},
	} {
		s, err := Article(newsPage("", "", c.header, c.end), Options{Now: fetched})
		if got := strings.Join(s.Authors, "+"); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

// TestWithShown completes the authors of the metadata by those that stand beside
// the headline.
func TestWithShown(t *testing.T) {
	for _, c := range []struct{ name, meta, want string }{
		{"one of two", `<meta name="author" content="Ada Miles">`, "Ben Stone+Ada Miles"},
		{"another", `<meta name="author" content="Sam Small">`, "Sam Small"},
		{"both", `<meta name="author" content="Ada Miles, Ben Stone">`, "Ada Miles+Ben Stone"},
	} {
		page := `<html><head>` + c.meta + `</head><body><article><h1>Ferry stuck</h1><p><a rel="author">Ben Stone</a> <a rel="author">Ada Miles</a></p>
<p>The ferry between the two banks was stuck in the ice on Monday, the company said.</p></article></body></html>`
		s, err := Article([]byte(page), Options{})
		if got := strings.Join(s.Authors, "+"); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
	}
}

// TestLongByline takes no byline from an element that holds more than one.
func TestLongByline(t *testing.T) {
	for _, page := range []string{
		`<div class="author">` + strings.Repeat("Ada Miles ", 100) + `</div>`,
		`<div class="author">` + strings.Repeat("<span></span>", 1000) + `Ada Miles</div>`,
	} {
		root, err := parsePage([]byte(page))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if attribute(n, "class") != "author" {
				continue
			}
			if parts := bylineParts(n, namer{}); len(parts) > 0 {
				t.Errorf("got %q", parts)
			}
		}
	}
}

func TestWithoutDates(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Miles - Apr 16, 2015 8:02 pm UTC": "Ada Miles", "Ada Miles published on 16 April 2015": "Ada Miles",
		"16.04.2015 Eva Klein": "Eva Klein", "Ada Miles 12/31/2015 and Ben Stone": "Ada Miles+Ben Stone", "Agent 47": "Agent 47", "Ada Miles": "Ada Miles",
	} {
		if got := strings.Join(cleanAuthors([]string{in}), "+"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestFeedAuthors takes names alone from the creators of a feed's entries.
func TestFeedAuthors(t *testing.T) {
	for in, want := range map[string][]string{
		"Ada Miles (University of Mainz), Ben Stone (ETH Zurich)": {"Ada Miles", "Ben Stone"},
		"Ada Miles, University of Mainz":                          {"Ada Miles"},
		"Ada Miles [Riverside], Ben Stone":                        {"Ada Miles", "Ben Stone"},
		"山田太郎（編集部）":                                               {"山田太郎"},
		"(Ada Miles)":                                             {"Ada Miles"},
		"ada@river.example (Ada Miles)":                           {"Ada Miles"},
		"Ada Miles, Institute for Ice Research, Ben Stone":        {"Ada Miles", "Ben Stone"},
		"University of Mainz":                                     {"University of Mainz"},
	} {
		list, err := Feed([]byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title><item><title>Ferry stuck</title>
<link>https://river.example/ferry</link><dc:creator>`+in+`</dc:creator></item></channel></rss>`), Options{URL: "https://river.example/feed"})
		if err != nil || len(list.Stories) != 1 || !slices.Equal(list.Stories[0].Authors, want) {
			t.Errorf("%q: got %+v, %v, want %q", in, list.Stories, err, want)
		}
	}
}
