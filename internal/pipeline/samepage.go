package pipeline

import (
	"context"
	"maps"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

const (
	// pageShared is how long after its listing a story's page serves other sources
	// that list the same link: later the outlet may have changed it.
	pageShared = 10 * time.Minute
	// pageShare is how long a story waits for another source's reading of its page.
	pageShare = 30 * time.Second
	// shareAgain is how often it is looked whether that is done.
	shareAgain = 2 * time.Second
)

// readElsewhere finds the page of a story among the stories of other sources
// that list the same link and fetch it alike. busy reports that one of them is
// about to be read.
func (p *Pipeline) readElsewhere(ctx context.Context, plan *Plan, src news.Source, n store.NewStory, now time.Time) (page *news.Story, busy bool, err error) {
	if now.Sub(n.FirstSeen) > pageShared {
		return nil, false, nil
	}
	siblings, err := p.store.Stories.Siblings(ctx, n.ID, n.Key)
	if err != nil {
		return nil, false, err
	}
	for _, other := range siblings {
		by, ok := plan.watched(other.Origin.Source)
		if !ok || other.Key != n.Key || now.Sub(other.FirstSeen) > pageShared || !fetchAlike(&src, &by) {
			continue
		}
		if other.FromPage && !other.Waiting {
			return other.Story, false, nil
		}
		busy = busy || other.Waiting && other.ID < n.ID && now.Sub(n.FirstSeen) < pageShare
	}
	return nil, busy, nil
}

// fetchAlike reports whether two sources get the same answer to a request for
// one page.
func fetchAlike(a, b *news.Source) bool {
	return a.User == b.User && a.Password == b.Password && a.CookiesFile == b.CookiesFile && a.Proxy == b.Proxy &&
		a.IgnoreRobots == b.IgnoreRobots && a.Language == b.Language && maps.Equal(a.Headers, b.Headers)
}
