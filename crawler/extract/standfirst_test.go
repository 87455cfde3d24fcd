package extract

import (
	"strings"
	"testing"
)

// TestStandfirst keeps what stands between the headline and the text's container,
// in any element or in none, and the text behind boxes.
func TestStandfirst(t *testing.T) {
	const (
		lead = "The ferry company has stopped all journeys for this winter and wants the state to pay for it, two people with knowledge of the talks said."
		menu = `<nav><ul><li><a href="/a">Section A</a></li><li><a href="/b">Section B</a></li></ul></nav>`
		text = `<div class="article-body">` + flow + `</div>`
		box  = `<div class="related"><ul><li><a href="/x">Article: How the ferry was built</a></li></ul></div>`
	)
	head := func(s string) string {
		return `<article><div class="head"><h1>Ferry stuck in the ice</h1>` + s + `</div>` + text + `</article>`
	}
	for _, c := range []struct{ name, body string }{
		{"a box", head(`<div class="teaser-text">` + lead + `</div>`)},
		{"a paragraph", head(`<p>` + lead + `</p>`)},
		{"a paragraph in bold", head(`<p><strong>` + lead + `</strong></p>`)},
		{"a heading", `<article><header><h1>Ferry stuck in the ice</h1><h2 class="subtitle">` + lead + `</h2></header>` + text + `</article>`},
		{"a smaller heading", head(`<h3>` + lead + `</h3>`)},
		{"bare text", head(lead)},
		{"a group of headings", `<article><hgroup><h1>Ferry stuck in the ice</h1><p>` + lead + `</p></hgroup>` + text + `</article>`},
		{"a list of facts", head(`<ul class="summary"><li>` + lead + `</li></ul>`)},
		{"another language's class", head(`<div class="chapo">` + lead + `</div>`)},
		{"microdata", head(`<div itemprop="description">` + lead + `</div>`)},
		{"behind the byline", head(`<p class="byline">By Jo Field</p><p class="date">3 May 2024</p><div>` + lead + `</div>`)},
		{"bare text behind a box", `<div id="story"><h1>Ferry stuck in the ice</h1><div class="body">` + box + lead + flow + `</div></div>`},
		{"bare text between paragraphs", `<div id="story"><h1>Ferry stuck in the ice</h1><div class="body">` + flow + box + lead + `</div></div>`},
	} {
		s, err := Article([]byte(`<html lang="en"><head><title>Ferry stuck in the ice - River Mail</title></head><body>`+menu+c.body+`</body></html>`), Options{})
		if err != nil || strings.Count(s.Text, lead) != 1 {
			t.Errorf("%s: got %q, %v", c.name, s.Text, err)
		}
		if strings.Contains(s.Text, "How the ferry was built") || strings.HasPrefix(s.Text, "Ferry stuck") {
			t.Errorf("%s: too much: %q", c.name, s.Text)
		}
	}
}

// TestNoStandfirst leaves out what else stands between the headline and the text.
func TestNoStandfirst(t *testing.T) {
	for _, c := range []struct{ name, line string }{
		{"a picture's line", `<div class="lead-image">The ferry on the river in the winter of the year. Photo: Jo Field, unwanted</div>`},
		{"a caption", `<figure><img src="x.jpg"><figcaption>The ferry on the river, which is frozen for the first time in unwanted years.</figcaption></figure>`},
		{"another story", `<div class="box"><h3><a href="/x">Bridge painted</a></h3><p>The bridge of the town was painted red again, for the unwanted second time this year.</p></div>`},
		{"what the site asks for", `<div class="newsletter"><p>Subscribe to our unwanted newsletter and never miss a story from the river and its banks again.</p></div>`},
		{"the date", `<div class="lead-meta">River Mail, unwanted, first published on 3 May 2024, 17:47</div>`},
		{"a credit", `<p class="lead">Additional reporting by Jo Field and by an unwanted reporter on the other bank.</p>`},
		{"the headline, with its section", `<h2 class="subtitle">Unwanted section: Ferry stuck in the ice</h2>`},
		{"a part of the headline", `<h2 class="subtitle">stuck in the ice</h2>`},
	} {
		page := `<html lang="en"><head><title>Ferry stuck in the ice</title></head><body><article><div class="head"><h1>Ferry stuck in the ice</h1>` +
			c.line + `</div><div class="article-body">` + flow + `</div></article></body></html>`
		s, err := Article([]byte(page), Options{})
		if err != nil || strings.Contains(strings.ToLower(s.Text), "unwanted") || !strings.HasPrefix(s.Text, "The ferry between") {
			t.Errorf("%s: got %q, %v", c.name, s.Text, err)
		}
	}
}

// TestSummarised leaves out the standfirst that the page's description has.
func TestSummarised(t *testing.T) {
	const lead = "The ferry company has stopped all journeys for this winter, it said on Monday."
	page := `<html><head><title>Ferry stuck</title><meta name="description" content="` + lead + `"></head><body><article><div><h1>Ferry stuck</h1><div class="lead">` +
		lead + `</div></div><div class="article-body">` + flow + `</div></article></body></html>`
	s, err := Article([]byte(page), Options{})
	if err != nil || s.Summary != lead || strings.Contains(s.Text, lead) {
		t.Errorf("got %q, summary %q, %v", s.Text, s.Summary, err)
	}
}
