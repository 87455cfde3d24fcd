package identity_test

import (
	"testing"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
)

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		name, link, was, is string
		want                bool
	}{
		{"the link's fragment", "https://www.s.example/articles/c1?at_medium=RSS", "https://www.s.example/articles/c1#0", "https://www.s.example/articles/c1#1", true},
		{"two digits", "https://s.example/articles/c1", "https://s.example/articles/c1#9", "https://s.example/articles/c1#10", true},
		{"another link's fragment", "https://s.example/articles/c2", "https://s.example/c1#0", "https://s.example/c1#1", false},
		{"another page", "https://s.example/c1", "https://s.example/c1#0", "https://s.example/c2#1", false},
		{"a ticker", "https://s.example/live#2", "https://s.example/live#1", "https://s.example/live#2", false},
		{"the link's name", "https://s.example/news/kim", "tag:s.example,2023:kim:1", "tag:s.example,2023:kim:2", true},
		{"the beginning of the link's name", "https://s.example/kim-arrives.html", "urn:kim:1", "urn:kim:2", true},
		{"a part of the link's word", "https://s.example/kimono", "urn:kim:1", "urn:kim:2", false},
		{"a count of stories", "https://s.example/advisories", "ADV-1", "ADV-2", false},
		{"a count of stories behind a colon", "https://s.example/advisories", "urn:adv:1", "urn:adv:2", false},
		{"numbers alone", "https://s.example/1", "1", "2", false},
		{"no ids", "https://s.example/1", "", "", false},
		{"no link", "", "urn:kim:1", "urn:kim:2", false},
		{"a new id", "https://s.example/kim", "", "urn:kim:2", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			was := &news.Story{URL: c.link, GUID: c.was, Title: "Leaders meet"}
			is := &news.Story{URL: c.link, GUID: c.is, Title: "Summit ends without a word"}
			if got := identity.Versions(was, is); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// Behind a colon, what is left of the words tells.
func TestVersionsByTheirWords(t *testing.T) {
	text := "They met in the east and talked for hours."
	was := news.Story{URL: "https://s.example/a", GUID: "urn:x:1", Title: "Leaders meet in the east", Summary: text}
	for _, c := range []struct {
		name, title, summary string
		want                 bool
	}{
		{"a longer text", "Summit ends", text + " A dinner is planned.", true},
		{"another text under the title", was.Title, "Nothing was said to the press.", false},
		{"a corrected title, no text", "Leaders meet in the far east", "", true},
		{"another title, no text", "Bread is dearer", "", false},
	} {
		is := was
		is.GUID, is.Title, is.Summary = "urn:x:2", c.title, c.summary
		if got := identity.Versions(&was, &is); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
