package extract

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestCheckSelector(t *testing.T) {
	for css, want := range map[string]bool{
		".hentry a[href]":      true,
		"h2 > a, h3 > a":       true,
		"a:not(.ad)":           true,
		"article:nth-child(2)": true,
		"":                     false,
		"a[href":               false,
		"a >":                  false,
		"a:unheard-of":         false,
		"{}":                   false,
	} {
		if err := CheckSelector(css); (err == nil) != want {
			t.Errorf("%q: %v", css, err)
		}
	}
}

func TestSameSite(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"http://www.a.test/", "https://m.A.test/x", true},
		{"http://a.co.uk/", "http://b.co.uk/", false},
		{"http://news.a.co.uk/", "http://a.co.uk/", true},
		{"http://127.0.0.1:8080/", "http://127.0.0.1:8081/", true},
		{"http://127.0.0.1/", "http://127.0.0.2/", false},
		{"http://localhost/", "http://localhost:1/", true},
	} {
		a, _ := url.Parse(c.a)
		b, _ := url.Parse(c.b)
		if got := sameSite(a, b); got != c.want {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
	}
}

func TestNewest(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(1.7e9+int64(n), 0) }
	var stories []news.Story
	for i := range news.MaxListed + 3 {
		stories = append(stories, news.Story{ID: int64(i), Published: at(i)})
	}
	stories[0] = news.Story{ID: 0, Modified: at(9999)} // its change counts for a date
	stories[5].Published = time.Time{}                 // without a date it is the oldest
	got := Newest(stories)
	if len(got) != news.MaxListed || got[0].ID != 0 || got[1].ID != 3 || got[2].ID != 4 || got[3].ID != 6 {
		t.Errorf("%d stories, first %d %d %d %d", len(got), got[0].ID, got[1].ID, got[2].ID, got[3].ID)
	}
	for i := range stories {
		stories[i].Published, stories[i].Modified = time.Time{}, time.Time{}
	}
	const half = news.MaxListed / 2
	got = Newest(stories)
	ends := []int64{got[0].ID, got[half-1].ID, got[half].ID, got[news.MaxListed-1].ID}
	if !slices.Equal(ends, []int64{0, half - 1, half + 3, news.MaxListed + 2}) {
		t.Errorf("a list without dates: %d", ends)
	}
}

func TestHeadlineWords(t *testing.T) {
	for s, want := range map[string]int{"": 0, "Harbour closed": 2, "북한 미사일 발사": 3, "北朝鮮がミサイル発射": 6, "More": 1} {
		if got := headlineWords(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

// The story's number may be all that its address has beside the host.
func TestIndexOfNumbersBesideTheHost(t *testing.T) {
	var page strings.Builder
	page.WriteString(`<html><body><main><a href="/">Valley Post and its first page of today</a>`)
	for i, title := range cardTitles {
		fmt.Fprintf(&page, `<h2><a href="/?p=%d">%s</a></h2>`, 101+i, title)
	}
	page.WriteString(`</main></body></html>`)
	list, err := Index([]byte(page.String()), "", Options{URL: "https://valley.example/"})
	if err != nil || len(list.Stories) != len(cardTitles) || Sniff([]byte(page.String())) != KindIndex {
		t.Errorf("%d stories of a %s, %v", len(list.Stories), Sniff([]byte(page.String())), err)
	}
}
