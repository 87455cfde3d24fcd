package extract

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// TestShortText reads no more of an element than a line: neither when its text
// is long nor when it has many parts.
func TestShortText(t *testing.T) {
	for _, c := range []struct{ name, markup, want string }{
		{"a line", "<p>By <b>Jo Field</b></p>", "By Jo Field"},
		{"white space is not counted", "<p>By" + strings.Repeat(" ", 90) + "Jo</p>", "By" + strings.Repeat(" ", 90) + "Jo"},
		{"too long", "<p>" + strings.Repeat("word ", 30) + "</p>", ""},
		{"too many parts", "<p>By" + strings.Repeat("<br>", 1000) + "Jo</p>", ""},
		{"nothing", "<p></p>", ""},
	} {
		root, err := html.Parse(strings.NewReader(c.markup))
		if err != nil {
			t.Fatal(err)
		}
		if got := shortText(root, 80); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestManyCreditStarts reads a page of which every line begins like a credit and
// all stand in one element: each must not ask for the text of all.
func TestManyCreditStarts(t *testing.T) {
	const lines = 50_000
	root, err := html.Parse(strings.NewReader("<h1>A headline</h1><p>" + strings.Repeat("Reporting by <br>", lines)))
	if err != nil {
		t.Fatal(err)
	}
	start := cpuTime(t)
	h := head{meta: map[string][]string{}}
	if h.walk(root); len(h.credits) != 0 {
		t.Errorf("got credits %q", h.credits)
	}
	if took := cpuTime(t) - start; took > raced(20*time.Second) { // minutes when each asks for all
		t.Errorf("it took %v", took)
	}
}

// TestAuthorOrigin says where a marked name stands when no meta element has it.
func TestAuthorOrigin(t *testing.T) {
	const page = `<h1>Harbour closed</h1><p>By <a rel="author">Jo Field</a></p><p>The harbour stays closed after the storm, the mayor said.</p>`
	_, reading, err := Explain([]byte(page), Options{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(reading.Origins, func(o Origin) bool { return o.Field == "authors" })
	if i < 0 || !slices.Equal(reading.Origins[i].From, []string{"element marked as author", "byline on the page"}) {
		t.Errorf("got %+v", reading.Origins)
	}
}
