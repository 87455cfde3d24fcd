package probe

import (
	"context"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// Listed is what the list of a source tells now.
type Listed struct {
	Source  string        `json:"source"`
	Title   string        `json:"title"`
	Listed  int           `json:"listed"`
	Skipped int           `json:"skipped"` // entries that could not be read
	MovedTo string        `json:"moved_to,omitempty"`
	Stories []ListedStory `json:"stories"`
}

// ListedStory is a story as its list tells it.
type ListedStory struct {
	URL       string     `json:"url"`
	Title     string     `json:"title"`
	Published *time.Time `json:"published"`
	FullText  bool       `json:"full_text"` // the list carries the text
	Rules     []string   `json:"rules"`     // that match what the list tells
}

// List asks a source for its list, and says which rules match what it tells of each
// story. Nothing is recorded, and no page is read.
func List(ctx context.Context, log *slog.Logger, cfg *config.Config, src news.Source) (*Listed, error) {
	listing, err := NewCrawler(log, nil, cfg.Crawl).List(ctx, src, news.Validators{})
	if err != nil {
		return nil, err
	}
	result := &Listed{
		Source: src.Name, Title: listing.Title, Listed: len(listing.Stories), Skipped: listing.Skipped,
		MovedTo: news.ShownURL(listing.MovedTo), Stories: []ListedStory{},
	}
	for i := range listing.Stories {
		s := &listing.Stories[i]
		s.Origin = src.Origin
		l := ListedStory{
			URL: s.URL, Title: s.Title, Published: news.KnownTime(s.Published), FullText: s.Text != "", Rules: []string{},
		}
		for _, m := range cfg.Rules.Match(s) {
			l.Rules = append(l.Rules, m.Rule)
		}
		result.Stories = append(result.Stories, l)
	}
	return result, nil
}
