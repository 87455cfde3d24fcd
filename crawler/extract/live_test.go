package extract

import (
	"fmt"
	"strings"
	"testing"
)

// liveUpdate returns one entry of a live blog as JSON-LD.
func liveUpdate(n int, heading string) string {
	return fmt.Sprintf(`{"@type":"BlogPosting","headline":%q,"datePublished":"2024-05-03T%02d:%02d:00+02:00","articleBody":"%s. %s."}`, heading, 8+n/60, n%60, para(n), para(n+1000))
}

func livePage(shown []int, updates []string) []byte {
	var entries strings.Builder
	for _, n := range shown {
		fmt.Fprintf(&entries, "<div class=entry><p>%s. %s.</p></div>", para(n), para(n+1000))
	}
	return []byte(`<title>Election night</title><script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Election night","liveBlogUpdate":[` +
		strings.Join(updates, ",") + `]}</script><article><h1>Election night</h1><div class=intro><p>` + para(5000) + `</p></div>` + entries.String() + `</article>`)
}

// TestLiveBlog wants the entries of a live blog newest first, each with its
// time and heading, behind what the page says before them.
func TestLiveBlog(t *testing.T) {
	updates := []string{liveUpdate(1, "Polls close"), liveUpdate(3, "First result"), liveUpdate(2, "Long queues")}
	s, r, err := Explain(livePage([]int{3, 2, 1}, updates), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		para(5000),
		"2024-05-03 08:03 +0200 First result", para(3) + ". " + para(1003) + ".",
		"2024-05-03 08:02 +0200 Long queues", para(2) + ". " + para(1002) + ".",
		"2024-05-03 08:01 +0200 Polls close", para(1) + ". " + para(1001) + ".",
	}
	if s.Text != strings.Join(want, "\n") || r.Reader != ReaderLiveBlog {
		t.Errorf("%s:\n%s", r.Reader, s.Text)
	}
}

// TestLiveBlogBounds reads the entries that the page shows, and of a page that
// shows none the newest.
func TestLiveBlogBounds(t *testing.T) {
	var updates []string
	for n := range 200 {
		updates = append(updates, liveUpdate(n, fmt.Sprintf("Entry %d", n)))
	}
	for name, c := range map[string]struct {
		shown       []int
		entries     int
		first, last string
	}{
		"shows some": {[]int{199, 198, 197}, 3, "Entry 199", "Entry 197"},
		"shows none": {nil, maxEntries, "Entry 199", fmt.Sprintf("Entry %d", 200-maxEntries)},
	} {
		s, err := Article(livePage(c.shown, updates), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var headings []string
		for line := range strings.Lines(s.Text) {
			if _, heading, ok := strings.Cut(strings.TrimSpace(line), " +0200 "); ok {
				headings = append(headings, heading)
			}
		}
		if len(headings) != c.entries || headings[0] != c.first || headings[len(headings)-1] != c.last {
			t.Errorf("%s: %d entries, %q", name, len(headings), headings)
		}
	}
}

// TestNoLiveBlog leaves a page alone that only mentions one update.
func TestNoLiveBlog(t *testing.T) {
	for name, updates := range map[string][]string{
		"one":   {liveUpdate(1, "Polls close")},
		"empty": {`{"headline":"Polls close"}`, `{"headline":"First result"}`, `{}`},
	} {
		_, r, err := Explain(livePage([]int{1, 2, 3, 4}, updates), Options{})
		if err != nil || r.Reader == ReaderLiveBlog {
			t.Errorf("%s: %s, %v", name, r.Reader, err)
		}
	}
}
