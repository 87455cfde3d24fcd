package probe

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler"
	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/internal/news"
)

// Discovered is what a search for the lists of a site found.
type Discovered struct {
	URL      string             `json:"url"`
	Site     string             `json:"site"`
	Requests int                `json:"requests"`
	Sources  []DiscoveredSource `json:"sources"`
	Notes    []string           `json:"notes"`
	Hint     string             `json:"-"` // what to do when nothing was found
}

// DiscoveredSource is one source that was found.
type DiscoveredSource struct {
	Name       string     `json:"name"` // to be used in the config, and valid there
	Kind       string     `json:"kind"` // the key of the URL: feed, sitemap or page
	URL        string     `json:"url"`
	Title      string     `json:"title"`
	Language   string     `json:"language"`
	Stories    int        `json:"stories"`
	Newest     *time.Time `json:"newest"`
	FullText   bool       `json:"full_text"`
	CrawlDelay float64    `json:"crawl_delay_seconds"`
	Hub        string     `json:"hub,omitempty"`
	Found      string     `json:"found"`              // how
	Known      string     `json:"known_as,omitempty"` // name of the config's source with this URL

	Titled bool          `json:"-"` // the list names its stories
	Delay  time.Duration `json:"-"` // CrawlDelay
}

// Discover looks for the lists of a site, on the terms of a config that has some
// sources. Their names are not given again.
func Discover(
	ctx context.Context, log *slog.Logger, start string, settings config.Crawl, have []news.Source,
) (*Discovered, error) {
	c := NewCrawler(log, new(crawler.Turns), settings)
	found, err := discover.Find(ctx, start, discoverOptions(c, news.Source{}, settings))
	if err != nil {
		return nil, err
	}
	return discovered(start, found, have), nil
}

func discovered(start string, r discover.Result, have []news.Source) *Discovered {
	result := &Discovered{
		URL: news.ShownURL(start), Site: r.Site, Requests: r.Requests, Sources: []DiscoveredSource{},
		Notes: append([]string{}, r.Notes...), Hint: r.Hint(),
	}
	names, byURL := config.Names{}, map[string]string{}
	for _, src := range have {
		names.Take(src.Name)
		byURL[src.URL] = src.Name
	}
	for _, s := range r.Sources {
		result.Sources = append(result.Sources, DiscoveredSource{
			Name: names.Pick(strings.ToLower(s.Name)), Kind: string(s.Kind), URL: s.URL, Title: s.Title, Language: s.Language,
			Stories: s.Stories, Newest: news.KnownTime(s.Newest),
			FullText: s.FullText, CrawlDelay: s.Delay.Seconds(), Hub: s.Hub,
			Found: s.Via, Known: byURL[s.URL], Titled: s.Titled, Delay: s.Delay,
		})
	}
	return result
}
