package extract

import (
	"strings"
	"testing"
)

// TestForeignText keeps readers' comments, consent boxes and what readers do not
// see out of a story's text.
func TestForeignText(t *testing.T) {
	const said = `<p>Reader: a missile is what I saw on my way home, and no one told us anything about it.</p>`
	const more = `<p>Another reader: I have heard of it too, and it was far louder than any thunder that I know.</p>`
	for _, c := range []struct{ name, behind string }{
		{"a class", `<div class="comments">` + said + `</div>`},
		{"a class in parts", `<div class="c-PostComments-list_2">` + said + `</div>`},
		{"an id", `<section id="comments">` + said + more + `</section>`},
		{"a list", `<ol class="commentlist"><li>A missile is what I saw on my way home, and no one told us anything about it.</li></ol>`},
		{"an article", `<article class="comment">` + said + `</article>`},
		{"microdata", `<div itemprop="comment" itemscope itemtype="https://schema.org/Comment">` + said + `</div>`},
		{"a type alone", `<div itemscope itemtype="https://schema.org/UserComments">` + said + `</div>`},
		{"RDFa", `<div typeof="sioc:Post sioct:Comment">` + said + `</div>`},
		{"an aria-label", `<section aria-label="Comments">` + said + `</section>`},
		{"a data attribute", `<div data-component="comment-list">` + said + `</div>`},
		{"an element of its own", `<comments-list>` + said + `</comments-list>`},
		{"a word made of it", `<p class="commenttext">A missile is what I saw on my way home, and no one told us.</p>`},
		{"a role", `<article role="comment">` + said + `</article>`},
		{"replies", `<div class="reply-thread">` + said + `</div>`},
		{"responses", `<ul class="responses"><li>` + said + `</li></ul>`},
		{"a discussion", `<div class="discussion">` + said + more + `</div>`},
		{"Coral", `<div id="coral_thread">` + said + `</div>`},
		{"OpenWeb", `<div data-spotim-module="conversation">` + said + `</div>`},
		{"Polish", `<div class="komentarz">` + said + `</div>`},
		{"Disqus", `<div id="disqus_thread">` + said + `</div>`},
		{"Facebook", `<div class="fb-comments">` + said + `</div>`},
		{"WordPress", `<div id="respond">` + said + `</div>`},
		{"German", `<div class="leserkommentare">` + said + `</div>`},
		{"Spanish", `<div class="lista-comentarios">` + said + `</div>`},
		{"a heading", `<h3>Comments</h3>` + said + more},
		{"a heading with a number", `<h2>2 Comments</h2>` + said + more},
		{"a number behind it", `<h3>Comments (2)</h3>` + said},
		{"a German heading", `<h3>Leserkommentare</h3>` + said},
		{"a Russian heading", `<h3>Комментарии</h3>` + said},
		{"a heading in a box of its own", `<div><div><h3>Join the conversation</h3></div><div>` + said + `</div></div>`},
		{"WordPress's heading", `<h3>One thought on “Ferry stuck in the ice”</h3>` + said},
		{"a summary", `<details><summary>Comments</summary>` + said + `</details>`},
		{"a bold label", `<p><strong>Comments:</strong></p>` + said + more},
		{"a label in a box", `<div class="title">Comments (2)</div>` + said + more},

		{"Didomi", `<div id="didomi-host">` + said + `</div>`},
		{"OneTrust", `<div id="onetrust-consent-sdk">` + said + `</div>`},
		{"Cookiebot", `<div id="CybotCookiebotDialog">` + said + `</div>`},
		{"Usercentrics", `<div id="usercentrics-root">` + said + `</div>`},
		{"Sourcepoint", `<div id="sp_message_container_1">` + said + `</div>`},
		{"Quantcast", `<div class="qc-cmp2-container">` + said + `</div>`},
		{"Funding Choices", `<div class="fc-consent-root">` + said + `</div>`},
		{"a cookie bar", `<div class="cookie-law-info-bar">` + said + `</div>`},
		{"a cookie banner", `<div class="js-cookieBanner">` + said + `</div>`},
		{"a dialog's label", `<div role="dialog" aria-label="Cookie consent">` + said + `</div>`},

		{"hidden", `<div hidden>` + said + `</div>`},
		{"a hidden paragraph", `<p hidden>A missile was seen over the river in the night.</p>`},
		{"display: none", `<p style="display:none">A missile was seen.</p>`},
		{"display: none, spelt out", `<div style="color: red; DISPLAY : none !important;">` + said + `</div>`},
		{"visibility: hidden", `<p style="visibility: hidden">A missile was seen over the river.</p>`},
		{"aria-hidden", `<p aria-hidden="true">A missile was seen over the river.</p>`},
		{"a span in a sentence", `<p>The pilots had warned of the ice <span style="display:none">and a missile</span> since Friday, they say.</p>`},
		{"a span that is aria-hidden", `<p>The pilots had warned of the ice <span aria-hidden="true">and a missile</span> since Friday, they say.</p>`},
		{"transparent", `<p style="opacity:0">A missile was seen over the river.</p>`},
		{"without size", `<p>The pilots had warned of the ice <span style="font-size:0">and a missile</span> since Friday, they say.</p>`},
		{"off the page", `<p style="position:absolute;left:-9999px">A missile was seen over the river.</p>`},
		{"clipped", `<p style="position:absolute;clip:rect(0,0,0,0)">A missile was seen over the river.</p>`},
		{"for screen readers", `<p>The pilots had warned of it <span class="sr-only">missile</span> since Friday, they say.</p>`},
		{"a closed dialog", `<dialog>` + said + `</dialog>`},
	} {
		page := strings.Replace(string(newsPage("en", "", "", "")), "</article>", c.behind+"</article>", 1)
		s, err := Article([]byte(page), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if strings.Contains(strings.ToLower(s.Text), "missile") || strings.Contains(s.Text, "louder") {
			t.Errorf("%s: got %q", c.name, s.Text)
		}
		if !strings.Contains(s.Text, "stuck in the ice on Monday") || !strings.Contains(s.Text, "Forty passengers") {
			t.Errorf("%s: the story is gone: %q", c.name, s.Text)
		}
	}
}

// TestOwnText keeps what only sounds like comments, consent or hidden text.
func TestOwnText(t *testing.T) {
	const text = `<p>The ferry between the two banks was stuck in the ice on Monday, the company said in the evening.</p>
<p>Forty passengers were brought ashore with the boats of the fire brigade, and nobody was hurt.</p>`
	for _, c := range []struct{ name, body string }{
		{"a page with comments", `<div class="single comments-open"><h1>Ferry stuck</h1>` + text + `</div>`},
		{"a body with comments", `<div class="has-comments post"><h1>Ferry stuck</h1>` + text + `</div>`},
		{"an opinion piece", `<div class="tone-comment"><article class="category-comment"><h1>Ferry stuck</h1>` + text + `</article></div>`},
		{"a page that a script shows", `<div style="visibility:hidden"><article><h1>Ferry stuck</h1>` + strings.Repeat(text, 3) + `</article></div>`},
		{"a text that a script shows", `<h1>Ferry stuck</h1><div style="display:none">` + strings.Repeat(text, 3) + `</div>`},
		{"cookies given", `<div class="cookies-accepted"><h1>Ferry stuck</h1>` + text + `</div>`},
		{"found by a search", `<h1>Ferry stuck</h1><div hidden="until-found">` + text + `</div>`},
		{"an open dialog", `<dialog open><h1>Ferry stuck</h1>` + text + `</dialog>`},
		{"the headline in a box for comments", `<div class="comments"><h1>Ferry stuck</h1>` + text + `</div>`},
		{"a section of the story on comments", `<h1>Ferry stuck</h1><h2>What the comments of the pilots say</h2>` + text},
	} {
		s, err := Article([]byte(`<html><head><title>Ferry stuck</title></head><body>`+c.body+`</body></html>`), Options{})
		if err != nil || !strings.Contains(s.Text, "stuck in the ice on Monday") || !strings.Contains(s.Text, "Forty passengers") {
			t.Errorf("%s: got %q, %v", c.name, s.Text, err)
		}
	}
}

// TestSectionEnds keeps what follows the comments under a heading of its own.
func TestSectionEnds(t *testing.T) {
	const page = `<h1>Ferry stuck</h1><p>The ferry between the two banks was stuck in the ice on Monday, the company said.</p>
<h3>Comments</h3><p>Reader: a missile is what I saw on my way home, and no one told us.</p>
<h2>What comes next</h2><p>Forty passengers were brought ashore, and the ferry will be towed into the harbour, as the company says.</p>`
	s, err := Article([]byte(page), Options{})
	if err != nil || strings.Contains(s.Text, "missile") || !strings.Contains(s.Text, "Forty passengers") {
		t.Errorf("got %q, %v", s.Text, err)
	}
}

func TestHidesStyle(t *testing.T) {
	for style, want := range map[string]bool{
		"display:none": true, "DISPLAY: NONE": true, "display:none!important": true, "visibility:hidden": true, "visibility: collapse": true,
		"content-visibility:hidden": true, "opacity:0": true, "opacity: 0.0;": true, "font-size:0px": true, "position:absolute;left:-9999px": true,
		"text-indent:-9999em": true,
		"":                    false, "display:block": false, "overflow:hidden": false, "text-decoration:none": false, "background:none;display:flex": false,
		"opacity:0.9": false, "font-size:0.9em": false, "left:-10px": false, "position:relative;left:-1px": false, "opacity:1": false,
	} {
		if got := hidesStyle(style); got != want {
			t.Errorf("%q: got %t", style, got)
		}
	}
}

func TestIsCommentsLabel(t *testing.T) {
	for text, want := range map[string]bool{
		"Comments": true, "COMMENTS": true, "12 Comments": true, "Comments (12)": true, "Readers’ comments": true, "Leave a Reply": true, "No Comments": true,
		"One Response to “Ferry stuck”": true, "Kommentare": true, "3 Kommentare": true, "Комментарии": true, "コメント": true, "댓글 3": true, "Commentaires": true,
		"Comment": false, "Kommentar": false, "Comments by the mayor": false, "Reply": false, "": false, strings.Repeat("comments ", 50): false,
	} {
		if got := isCommentsLabel(text); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}
