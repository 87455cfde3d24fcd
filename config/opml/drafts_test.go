package opml_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/config/opml"
	"github.com/copytaster/copytaster/internal/news"
)

func TestDrafts(t *testing.T) {
	have := []news.Source{{Name: "TASS", URL: "https://tass.com/rss/v2.xml"}}
	feeds := []opml.Feed{
		{Name: "TASS", URL: "https://tass.ru/rss/v2.xml", Language: "Russian", Line: 1},
		{Name: "Known", URL: "http://www.tass.com/rss/v2.xml", Line: 2},
		{Name: "NK News: all", URL: "https://www.nknews.org/feed/", Site: "https://www.nknews.org", Language: "en-US", Tags: []string{"korea"}, Line: 3},
		{Name: "Again", URL: "https://nknews.org/feed", Line: 4},
		{URL: "https://example.org/feed", Language: "unknown", Site: " ", Line: 5},
		{Name: "Typo", URL: "htps://example.org/feed", Line: 6},
	}
	draft := func(name, url, language string, tags, remarks []string) config.Draft {
		return config.Draft{Remarks: remarks, Source: news.Source{Name: name, Kind: news.KindFeed, URL: url,
			Language: language, FullText: news.FullTextAuto, Origin: news.Origin{Tags: tags}}}
	}
	drafts, remarks := opml.Drafts(feeds, have)
	if diff := cmp.Diff([]config.Draft{
		draft("tass-2", "https://tass.ru/rss/v2.xml", "", nil, nil),
		draft("nk-news-all", "https://www.nknews.org/feed/", "en", []string{"korea"}, []string{"https://www.nknews.org"}),
		draft("example.org", "https://example.org/feed", "", nil, nil),
	}, drafts); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]opml.Remark{
		{Feed: feeds[0], Text: `tass-2: its language is left out: "russian" is no code of a language (write it like en, ko or zh-Hant (BCP 47))`},
		{Feed: feeds[1], LeftOut: true, Text: "the config has it already: TASS"},
		{Feed: feeds[3], LeftOut: true, Text: "it comes twice: nk-news-all"},
		{Feed: feeds[5], LeftOut: true, Text: "the URL begins with none of https://, http://"},
	}, remarks); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestDraftsKeepSecrets holds that a URL with a password becomes no source, and that
// what is said of it does not show the password.
func TestDraftsKeepSecrets(t *testing.T) {
	drafts, remarks := opml.Drafts([]opml.Feed{{Name: "a", URL: "https://anna:hunter2@example.org/feed"}}, nil)
	want := "a URL must not hold a user or password (use basic_auth with a password_file)"
	if len(drafts) > 0 || len(remarks) != 1 || remarks[0].Text != want {
		t.Errorf("drafts %+v, remarks %+v", drafts, remarks)
	}
}
