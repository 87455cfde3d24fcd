package news_test

import (
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// TestMarks: a story that is recorded anew has a mark in common with what it
// was, however its outlet edited it meanwhile; so has what tells the same under
// the same link at another source, and nothing else.
func TestMarks(t *testing.T) {
	const link = "https://a.example/world/kim-1234"
	at := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	of := func(source, url, title string, change func(*news.Story)) *news.Story {
		s := &news.Story{Origin: news.Origin{Source: source}, URL: url, Title: title, Published: at}
		if change != nil {
			change(s)
		}
		s.Key = news.StoryKey(s, news.FingerprintOf(source, s))
		return s
	}
	was := of("wire", link, "Kim meets Putin", func(s *news.Story) {
		s.Canonical, s.Titles = "https://a.example/kim", []string{"Leaders meet"}
	})
	bulletin := of("wire", "", "Weekly bulletin", nil)
	for _, tt := range []struct {
		name  string
		known *news.Story
		story *news.Story
		want  bool
	}{
		{"recorded anew", was, of("wire", link+"?utm_source=rss", "Kim meets Putin", nil), true},
		{"with another headline", was, of("wire", link, "Talks begin", nil), true},
		{"with another date", was, of("wire", link, "Kim  meets PUTIN", func(s *news.Story) { s.Published = at.Add(time.Hour) }), true},
		{"under the headline of its page", was, of("wire", link, "Leaders meet", func(s *news.Story) { s.Published = time.Time{} }), true},
		{"at another source", was, of("blog", link, "Kim meets Putin", nil), true},
		{"at another source, under the page's own URL", was, of("blog", "https://a.example/kim", "Kim meets Putin", nil), true},
		{"at another source that tells something else under the link", was, of("blog", link, "Read more", nil), false},
		{"another story of the source", was, of("wire", "https://a.example/world/kim-1235", "Kim meets Putin", nil), false},
		{"another story of the link", was, of("wire", link, "Results of today", func(s *news.Story) { s.Published = at.Add(24 * time.Hour) }), false},
		{"without a link", bulletin, of("wire", "", "Weekly bulletin", nil), true},
		{"without a link, a week later", bulletin, of("wire", "", "Weekly bulletin", func(s *news.Story) { s.Published = at.Add(7 * 24 * time.Hour) }), false},
		{"without a link, at another source", bulletin, of("blog", "", "Weekly bulletin", nil), false},
		{"the front page, which is no story's link", of("wire", "https://a.example/", "Weekly bulletin", nil), of("blog", "https://a.example/", "Weekly bulletin", nil), false},
	} {
		marks := news.Marks(tt.known)
		if got := slices.ContainsFunc(news.Marks(tt.story),
			func(m string) bool { return slices.Contains(marks, m) }); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
