package page

import (
	"context"
	"maps"
	"time"

	"github.com/copytaster/copytaster/internal/news"
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

// elsewhere finds the page among the stories of other sources that list the
// same link and fetch it alike; nil when none has it. The error is a
// *news.LaterError when one of them is about to be read.
func (r *reading) elsewhere(ctx context.Context) (*news.Story, error) {
	n := r.story
	if r.start.Sub(n.FirstSeen) > pageShared {
		return nil, nil
	}
	siblings, err := r.pages.Store.Stories.Siblings(ctx, n.ID, n.Key)
	if err != nil {
		return nil, err
	}
	busy := false
	for _, other := range siblings {
		by, ok := r.plan.Watched(other.Origin.Source)
		if !ok || other.Key != n.Key || r.start.Sub(other.FirstSeen) > pageShared || !fetchAlike(&r.src, &by) {
			continue
		}
		if other.FromPage && !other.Waiting {
			return other.Story, nil
		}
		busy = busy || other.Waiting && other.ID < n.ID && r.start.Sub(n.FirstSeen) < pageShare
	}
	if busy {
		return nil, &news.LaterError{At: r.start.Add(shareAgain)}
	}
	return nil, nil
}

// fetchAlike reports whether two sources get the same answer to a request for
// one page.
func fetchAlike(a, b *news.Source) bool {
	return a.User == b.User && a.Password == b.Password && a.CookiesFile == b.CookiesFile && a.Proxy == b.Proxy &&
		a.IgnoreRobots == b.IgnoreRobots && a.Language == b.Language && maps.Equal(a.Headers, b.Headers)
}
