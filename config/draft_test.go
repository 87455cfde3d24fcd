package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// TestWriteSources: drafts are written as people write sources, and read back
// as what they say.
func TestWriteSources(t *testing.T) {
	drafts := []config.Draft{
		{Source: news.Source{Name: "tass", Kind: news.KindFeed, URL: "https://tass.com/rss/v2.xml", FullText: news.FullTextAuto, Language: "en",
			Origin: news.Origin{Source: "tass", Tags: []string{"wire", "yes", "a, b", "#x"}, Tier: "state", Country: "NO"}},
			Remarks: []string{"12 stories", "two\nlines: \u202eno\x00"}},
		{Source: news.Source{Name: "12", Kind: news.KindPage, URL: "https://example.org/?a=${B}&c=$$&d=$1#x", Links: "h2 > a[href]", FullText: news.FullTextNever, Disabled: true,
			Origin: news.Origin{Source: "12"}}},
	}
	want := `sources:
  # 12 stories
  # two lines: no
  - name: tass
    feed: https://tass.com/rss/v2.xml
    tags: [wire, yes, 'a, b', '#x']
    tier: state
    country: NO
    language: en
  - name: '12'
    page: https://example.org/?a=$${B}&c=$$$$&d=$1#x
    links: h2 > a[href]
    full_text: never
    enabled: false
`
	text := config.WriteSources(drafts)
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c, mistakes := loadText(t, string(text))
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	for i, d := range drafts {
		c.Sources[i].DatesIn = nil
		if diff := cmp.Diff(d.Source, c.Sources[i]); diff != "" {
			t.Errorf("-written +read:\n%s", diff)
		}
		if err := d.Check(); err != nil {
			t.Error(err)
		}
	}
	if got := string(config.WriteSources(nil)); got != "sources: []\n" {
		t.Errorf("without drafts: %q", got)
	}
}

// TestCheckDraft: what Load would not take is found before it is written.
func TestCheckDraft(t *testing.T) {
	var kinds []string
	for _, k := range news.Kinds() {
		kinds = append(kinds, string(k.Name))
	}
	for link, want := range map[string]string{
		"https://anna:secret@example.org/": "a URL must not hold a user or password (use basic_auth with a password_file)",
		"htps://example.org/":              "the URL begins with none of https://, http://",
		"":                                 "the source needs one of " + strings.Join(kinds, ", "),
	} {
		d := config.Draft{Source: news.Source{Name: "a", Kind: news.KindFeed, URL: link}}
		if err := d.Check(); err == nil || err.Error() != want || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: %v, want %s", link, err, want)
		}
	}
}

// FuzzWriteSources: whatever a stranger's list holds, what is written of it is
// read back the same, or refused.
func FuzzWriteSources(f *testing.F) {
	f.Add("TASS", "https://tass.com/rss/v2.xml", "wire", "remark")
	f.Add("- a: b", "https://a.example/${X}", "#, [x]", "a\n- name: b")
	f.Add("\u2028", "https://a.example/\x00", "\xff", "\u0085x")
	f.Fuzz(func(t *testing.T, name, link, tag, remark string) {
		d := config.Draft{Remarks: []string{remark}, Source: news.Source{
			Name: config.Names{}.Pick(name), Kind: news.KindFeed, URL: link, FullText: news.FullTextAuto,
			Origin: news.Origin{Tags: []string{tag}},
		}}
		if d.Check() != nil {
			return
		}
		c, err := config.LoadFiles("a.yaml", map[string][]byte{"a.yaml": config.WriteSources([]config.Draft{d})}, none)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Sources) != 1 || c.Sources[0].Name != d.Source.Name ||
			strings.TrimSpace(c.Sources[0].URL) != strings.TrimSpace(link) {
			t.Fatalf("%q %q is read as %+v", d.Source.Name, link, c.Sources)
		}
	})
}

// TestPickName: names are made of anything, valid, and each once.
func TestPickName(t *testing.T) {
	n := config.Names{}
	n.Take("NK-News")
	long := strings.Repeat("northern ", 20)
	for _, c := range []struct{ text, want string }{
		{"TASS", "TASS"}, {"tass", "tass-2"}, {"Tass!", "tass-3"}, {"NK News", "nk-news-2"}, {"조선일보 | 북한", "조선일보-북한"},
		{"", "source"}, {"...", "source-2"}, {"NK.News_1", "NK.News_1"}, {"–a–", "a"},
		{long, strings.TrimSuffix(strings.ReplaceAll(long, " ", "-")[:64], "-")},
		{long, strings.ReplaceAll(long, " ", "-")[:62] + "-2"},
	} {
		got := n.Pick(c.text)
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
		if err := (config.Draft{Source: news.Source{Name: got, Kind: news.KindFeed, URL: "https://a.example/"}}).Check(); err != nil {
			t.Errorf("%q: %v", got, err)
		}
	}
}
