package main

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/crawler/extract/score"
	"github.com/copytaster/copytaster/internal/news"
)

const page = `<html lang="en-GB"><head><title>Harbour closed</title><meta property="og:title" content="Harbour closed">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"><meta name="author" content="Ada Miles">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour closed","author":"Ada Miles","datePublished":"2024-05-03T10:00:00Z"}</script>
</head><body><article><h1>Harbour closed</h1>
<p>Officials said on Friday that the harbour would stay closed until the end of the week, and that ships had to wait at sea.</p>
<p>The storm has torn down two cranes, the harbour master said, and nobody knows how long it will take to put up new ones.</p>
<p>The market of the town is almost empty, and fishermen have not been out since the week before, which nobody here remembers.</p>
</article></body></html>`

// TestReaders wants every reader to read the title of a plain page, and the
// text where the page has one for it.
func TestReaders(t *testing.T) {
	body := "Officials said on Friday that the harbour would stay closed"
	for _, r := range allReaders() {
		got, err := r.read(&score.Page{URL: "https://a.test/x", HTML: []byte(page)})
		if err != nil || got.Title != "Harbour closed" {
			t.Errorf("%s: title %q, error %v", r.name, got.Title, err)
		}
		if has := strings.Contains(got.Text, body); has != (r.name != "JSON-LD alone") {
			t.Errorf("%s: text %q", r.name, got.Text)
		}
		if len(got.Authors) != 1 || got.Authors[0] != "Ada Miles" {
			t.Errorf("%s: authors %q", r.name, got.Authors)
		}
	}
}

func TestTables(t *testing.T) {
	set := collection{"test", []score.Page{
		{ID: "a", Title: "A", Body: "a b c d e", Wide: true},
		{ID: "b", Title: "B", Body: "a b c d e", Wide: true},
		{ID: "c", Title: "C", Body: "x", Wide: true},
	}}
	r := reader{"one", func(p *score.Page) (news.Story, error) { return news.Story{Title: p.Title, Text: "a b c d e"}, nil }}
	var misses strings.Builder
	res := scored(r, set, &misses)
	if err := res.clock(); err != nil {
		t.Fatal(err)
	}
	if got := misses.String(); got != "one: c: body precision 0.00, recall 0.00\n" {
		t.Errorf("misses %q", got)
	}
	var table, halves strings.Builder
	printTable(&table, set, []result{res})
	for _, want := range []string{"### 3 pages of test\n", "| one | .667 | .667 | .667 | 1 | 2 | 3 of 3 | 3 of 3 | 0 of 0 |"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, &table)
		}
	}
	cells := -1
	for line := range strings.Lines(table.String()) {
		if n := strings.Count(line, "|"); n > 0 && cells < 0 {
			cells = n
		} else if n > 0 && n != cells {
			t.Errorf("%d cells in %q, want %d", n, line, cells)
		}
	}
	printHalves(&halves, &res)
	if res.halves[0].Pages+res.halves[1].Pages != 3 || !strings.Contains(halves.String(), "| title | ") {
		t.Errorf("halves\n%s", &halves)
	}
}
