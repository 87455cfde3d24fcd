package config_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// catalogue is every list that the packs have to hold, by the name of its
// source.
var catalogue = map[string]string{
	"ap":               "sitemap https://apnews.com/news-sitemap-content.xml",
	"reuters":          "sitemap https://www.reuters.com/arc/outboundfeeds/news-sitemap/?outputType=xml",
	"tass":             "feed https://tass.com/rss/v2.xml",
	"tass-ru":          "feed https://tass.ru/rss/v2.xml",
	"kremlin":          "feed http://en.kremlin.ru/events/all/feed",
	"kcna":             "page http://www.kcna.kp/en",
	"kcna-watch":       "feed https://kcnawatch.org/feed/",
	"chosun":           "feed https://www.chosun.com/arc/outboundfeeds/rss/?outputType=xml",
	"yonhap":           "feed https://en.yna.co.kr/RSS/news.xml",
	"yonhap-nk":        "feed https://en.yna.co.kr/RSS/nk.xml",
	"yonhap-nk-ko":     "feed https://www.yna.co.kr/rss/northkorea.xml",
	"scmp":             "feed https://www.scmp.com/rss/91/feed",
	"rthk":             "feed https://rthk.hk/rthk/news/rss/e_expressnews_einternational.xml",
	"nk-news":          "feed https://www.nknews.org/feed/",
	"38-north":         "feed https://www.38north.org/feed/",
	"daily-nk":         "feed https://www.dailynk.com/english/feed/",
	"white-house":      "feed https://www.whitehouse.gov/news/feed/",
	"state-department": "feed https://www.state.gov/rss-feed/press-releases/feed/",
	"un-news":          "feed https://news.un.org/feed/subscribe/en/news/all/rss.xml",
	"un-press":         "feed https://press.un.org/en/rss.xml",
	"bbc":              "sitemap https://www.bbc.co.uk/sitemaps/https-index-uk-news.xml",
	"guardian":         "sitemap https://www.theguardian.com/sitemaps/news.xml",
	"yomiuri":          "sitemap https://www.yomiuri.co.jp/sitemap-news-latest.xml",
	"mainichi":         "feed https://mainichi.jp/rss/etc/mainichi-flash.rss",
	"hankook-ilbo":     "sitemap https://www.hankookilbo.com/sitemap/latest-articles",
}

// TestSourcePacks: every pack of sources loads alone, and says of each of its
// sources what rules and routes ask for.
func TestSourcePacks(t *testing.T) {
	packs := 0
	for _, name := range config.Packs() {
		if !holdsSources(t, name) {
			continue
		}
		packs++
		c, mistakes := loadText(t, "include: [\"pack:"+name+"\"]\n")
		if mistakes != nil || len(c.Warnings) > 0 {
			t.Errorf("%s: %v %v", name, mistakes, c.Warnings)
			continue
		}
		for i, src := range c.Sources {
			if src.Language == "" || src.Origin.Tier == "" || len(src.Origin.Tags) == 0 || src.Schedule != "" {
				t.Errorf("%s: %+v", name, src)
			}
			if want := src.DatesIn.String(); src.Language != "en" && want == "UTC" {
				t.Errorf("%s: %s has no zone for dates without one", name, src.Name)
			}
			if file, line, _ := c.Position(fmt.Sprintf("sources[%d]", i)); !strings.HasPrefix(file, "pack:") || line == 0 {
				t.Errorf("%s stands in %s:%d", src.Name, file, line)
			}
		}
	}
	if packs < 5 {
		t.Errorf("%d packs of sources", packs)
	}
}

// TestWorld: one pack brings every outlet of the catalogue in, each once.
func TestWorld(t *testing.T) {
	c, mistakes := loadText(t, "include: [\"pack:world\", \"pack:russia\"]\n")
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	left := maps.Clone(catalogue)
	for _, src := range c.Sources {
		if got := string(src.Kind) + " " + src.URL; got != left[src.Name] {
			t.Errorf("%s: %s, want %s", src.Name, got, left[src.Name])
		}
		delete(left, src.Name)
		if src.Name == "reuters" && src.FullText != news.FullTextNever {
			t.Error("the pages of Reuters, which answer 401, are read")
		}
	}
	if len(left) > 0 {
		t.Errorf("missing: %v", left)
	}
}

// TestPackSourcePositions: a source of the user's takes the place of a pack's,
// and what is said of the sources behind it stands where they do.
func TestPackSourcePositions(t *testing.T) {
	files := pack("include: [\"pack:dprk\"]\nsources:\n  - {name: b, feed: \"https://mine.example/\"}\n  - {name: c, enabled: false}\n  - {name: d, feed: \"https://d.example/\"}\n",
		"sources:\n  - {name: a, feed: \"https://a.example/\"}\n  - {name: b, feed: \"https://b.example/\"}\n  - {name: c, feed: \"https://c.example/\"}\n")
	c, err := config.LoadFiles("copytaster.yaml", files, none)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, src := range c.Sources {
		file, line, column := c.Position(fmt.Sprintf("sources[%d].feed", i))
		got = append(got, fmt.Sprintf("%s %s %v %s:%d:%d", src.Name, src.URL, src.Disabled, file, line, column))
	}
	want := []string{
		"b https://mine.example/ false copytaster.yaml:3:21",
		"d https://d.example/ false copytaster.yaml:5:21",
		"a https://a.example/ false pack:dprk:2:21",
		"c https://c.example/ true pack:dprk:4:21",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	again, err := config.LoadFiles("copytaster.yaml", c.Files, none)
	if err != nil || len(again.Sources) != len(c.Sources) {
		t.Errorf("from copies: %v", err)
	}
}
