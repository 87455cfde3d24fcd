package replay

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
)

func TestControlCharactersPartWords(t *testing.T) {
	l := line{Title: "Putin\u0000and\vKim", Titles: []string{"Putin\u0000and\fKim", "two\nlines"}, Text: "President\u000bPutin and\u000cKim\u0001said"}
	s, err := l.story()
	if err != nil {
		t.Fatal(err)
	}
	want := news.Story{Title: "Putin and Kim", Titles: []string{"Putin and Kim", "two lines"}, Text: "President\nPutin and\nKim said"}
	if diff := cmp.Diff(want.Title, s.Title); diff != "" {
		t.Errorf("title -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(want.Titles, s.Titles); diff != "" {
		t.Errorf("titles -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(want.Text, s.Text); diff != "" {
		t.Errorf("text -want +got:\n%s", diff)
	}
}

func TestAdoptTellsStoriesOfOneTitleApart(t *testing.T) {
	target := Target{Source: "wire", Now: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
	keys := map[string]bool{}
	for _, s := range []news.Story{
		{Text: "first"}, {Text: "second"}, {Title: "MARKET REPORT", Text: "up"}, {Title: "MARKET REPORT", Text: "down"}, {URL: "not a url", Title: "MARKET REPORT", Text: "flat"},
	} {
		again := s
		target.adopt(&s)
		target.adopt(&again)
		if keys[s.Key] || s.Key != again.Key {
			t.Errorf("%+v has the key %s, and again %s", s, s.Key, again.Key)
		}
		keys[s.Key] = true
	}
}
