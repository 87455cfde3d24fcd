// Package probe looks whether what copytaster depends on is in order. Online asks
// the sources of a config for their lists, and Slack about the token, the
// channels and the mentions. Terms counts the terms of rules in the
// archive, Machine looks at this machine: its config, store, clock and daemon.
//
// A probe may run beside a daemon: what it tries on this machine it undoes. What it
// finds is text for people, and where the config is wrong also config.Mistakes,
// with the place.
package probe

import (
	"context"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler"
	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/internal/news"
)

// NewCrawler returns a crawler on a config's terms. It shares no pace with a
// daemon; hosts may be nil for a handful of requests.
func NewCrawler(log *slog.Logger, hosts crawler.Hosts, c config.Crawl) *crawler.Crawler {
	return crawler.New(log, hosts, crawler.Options{
		UserAgent: c.UserAgent, Timeout: c.Timeout, HostInterval: c.HostInterval, AllowNetworks: c.AllowNetworks,
	})
}

// discoverOptions returns options by which discover fetches as the crawl of a
// source does.
func discoverOptions(c *crawler.Crawler, src news.Source, settings config.Crawl) discover.Options {
	return discover.Options{
		UserAgent: settings.UserAgent, Now: time.Now(),
		Fetch: func(ctx context.Context, url string) (discover.Document, error) {
			doc, err := c.Fetch(ctx, src, url)
			return discover.Document{
				URL: doc.URL, Charset: doc.Charset, Link: doc.Header.Values("Link"), Body: doc.Body,
			}, err
		},
	}
}
