package trafilatura_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	upstream "github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"

	"github.com/copytaster/copytaster/crawler/extract/score"
	"github.com/copytaster/copytaster/crawler/extract/third_party/trafilatura"
)

// same compares what the fork gives with what its origin gives, as HTML.
func same(t *testing.T, name string, page []byte, base *url.URL) (found bool) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return false // nested too deep: such a page is never given to the reader
	}
	before := rendered(t, root)
	got := rendered(t, trafilatura.Content(root, base))
	if rendered(t, root) != before {
		t.Errorf("%s: the document was changed", name)
	}
	want := ""
	result, err := upstream.ExtractDocument(root, upstream.Options{
		OriginalURL: base, ExcludeComments: true, Focus: upstream.FavorRecall, HtmlDateMode: upstream.Disabled,
	})
	if err == nil {
		want = rendered(t, result.ContentNode)
	}
	if got != want {
		t.Errorf("%s: the fork gives\n%.2000s\nits origin\n%.2000s", name, got, want)
	}
	return got != ""
}

func rendered(t *testing.T, node *html.Node) string {
	t.Helper()
	if node == nil {
		return ""
	}
	var b strings.Builder
	if err := html.Render(&b, node); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestForkGivesWhatItsOriginGives(t *testing.T) {
	paragraph := "The harbour of the city has been closed to all ships since early on Friday, the authorities announced at noon, and nobody knows for how long. "
	var text strings.Builder
	for i := range 12 {
		fmt.Fprintf(&text, "<p>%s (%d) <em>It is said</em> that <a href='/a/%d'>ships</a> wait.<br>And wait.</p>", paragraph, i, i)
	}
	frame := func(body string) []byte {
		return []byte("<html><head><title>Harbour</title></head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav>" + body + "<footer>All rights</footer></body></html>")
	}
	base := &url.URL{Scheme: "https", Host: "wire.test", Path: "/a/1.html"}
	for name, page := range map[string][]byte{
		"article":       frame("<article><h1>Harbour</h1>" + text.String() + "</article>"),
		"div":           frame("<div class='post-content'>" + text.String() + "</div>"),
		"table":         frame("<article>" + text.String() + "<table><tr><th>Ship</th><td>Waits</td></tr></table></article>"),
		"lists":         frame("<article><h2>Ships</h2><ul><li>" + paragraph + "</li><li>" + paragraph + "</li></ul>" + text.String() + "</article>"),
		"quote":         frame("<main><blockquote><p>" + paragraph + "</p></blockquote><pre><code>x := 1</code></pre>" + text.String() + "</main>"),
		"wild":          frame("<p>" + paragraph + "</p><div>" + paragraph + "</div>"),
		"short":         frame("<article><p>Short.</p></article>"),
		"linked data":   frame(`<script type="application/ld+json">{"articleBody": "` + paragraph + `"}</script><p>Short.</p>`),
		"teasers":       frame("<article>" + text.String() + "<div class='related'>" + strings.Repeat("<p><a href='/x'>Another story</a></p>", 20) + "</div></article>"),
		"nothing":       nil,
		"figure, image": frame("<article><figure><img src='/a.jpg' alt='A ship'><figcaption>A ship</figcaption></figure>" + text.String() + "</article>"),
	} {
		same(t, name, page, base)
		same(t, name+" without a URL", page, nil)
	}
}

func TestForkGivesWhatItsOriginGivesOnRealPages(t *testing.T) {
	for folder, load := range map[string]func(string) ([]score.Page, error){"articles": score.LoadBenchmark, "publishers": score.LoadPublishers} {
		dir, err := score.Folder(folder)
		if err != nil && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		pages, err := load(dir)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, p := range pages {
			base, err := url.Parse(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			if same(t, p.ID, p.HTML, base) {
				found++
			}
		}
		if found < len(pages)*9/10 {
			t.Errorf("of %d pages of %s only %d have a text", len(pages), folder, found)
		}
	}
}
