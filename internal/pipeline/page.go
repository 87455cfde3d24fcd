package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

// pageTries is how often a page is asked for before its story goes on with
// what the list said; an alert should not wait longer than a few minutes for a
// page that may never come.
const pageTries = 3

// Page reads the page of one claimed story and matches the story.
func (p *Pipeline) Page(ctx context.Context, c store.Claim) error {
	p.paging.Add(1)
	defer func() {
		if p.paging.Add(-1) < int64(p.opt.Workers/2) {
			p.Wake() // there may be more than one turn's worth
		}
	}()
	start := p.opt.Now()
	if ok, err := p.store.RenewPage(ctx, c, start); err != nil || !ok {
		return err
	}
	n, err := p.store.Story(ctx, c.Story)
	if err != nil {
		return err
	}
	plan := p.plan.Load()
	src, configured := plan.watched(n.Origin.Source)
	if !configured {
		if theirs, err := p.isTheirs(ctx, n.Origin.Source); err != nil {
			return err
		} else if theirs {
			_, err := p.store.PostponePage(ctx, c, start.Add(unknownRest), false)
			return err
		}
		return p.complete(ctx, c, plan, n, false) // its source was removed or switched off: the list's word has to do
	}
	n.Origin = src.Origin
	bounded, cancel := context.WithTimeout(ctx, crawlBound)
	defer cancel()
	read, err := plan.Crawler.Page(bounded, src, *n.Story)
	var (
		later   *news.LaterError
		fault   *news.CrawlError
		waited  = start.Sub(n.FirstSeen) > pageWait
		backlog = n.FirstRun // its pages may take hours; few of them alert
	)
	switch {
	case ctx.Err() != nil: // the daemon stops
		_, err := p.store.PostponePage(context.WithoutCancel(ctx), c, start, false)
		return err
	case errors.As(err, &later) && (backlog || !waited):
		_, err := p.store.PostponePage(ctx, c, later.At, false)
		return err
	case errors.As(err, &fault) && mayPass(fault) && !waited:
		tries, err := p.store.PostponePage(ctx, c, p.opt.Now().Add(time.Minute), true)
		if err != nil || tries < pageTries {
			return err
		}
	case err != nil && later == nil && fault == nil: // not the page's fault: the claim brings it back
		return fmt.Errorf("read page %s: %w", n.URL, err)
	}
	if err != nil {
		p.log.Info("page cannot be read, the story goes on without it", "source", src.Name, "url", news.ShownURL(n.URL), "error", err)
		return p.complete(ctx, c, plan, n, false)
	}
	read.ID, read.Cluster, read.Key, read.Origin, read.FirstSeen = n.ID, n.Cluster, n.Key, n.Origin, n.FirstSeen
	clamp(&read, start)
	fromPage := read.Text != n.Text
	n.Story = &read
	return p.complete(ctx, c, plan, n, fromPage)
}

// watched returns a source of the config, unless it is switched off: then its
// host is not to be asked any more.
func (plan *Plan) watched(source string) (src news.Source, ok bool) {
	src, ok = plan.Sources[source]
	return src, ok && !src.Disabled
}

// isTheirs reports whether a source that this daemon's config lacks is one of
// the newest config, so that its stories are for other daemons.
func (p *Pipeline) isTheirs(ctx context.Context, source string) (bool, error) {
	states, err := p.store.Sources(ctx)
	return slices.ContainsFunc(states, func(s store.SourceState) bool { return s.Name == source }), err
}

// mayPass reports whether a page's fault may pass by itself.
func mayPass(e *news.CrawlError) bool {
	switch e.Fault {
	case news.FaultDNS, news.FaultConnect, news.FaultTimeout, news.FaultThrottled, news.FaultTLS:
		return true
	case news.FaultStatus, news.FaultRobots: // a robots.txt that is broken forbids all until it is read
		return e.Status >= 500
	default:
		return false
	}
}

// complete matches a story and records it as complete, with all that follows
// from it, in one transaction. A twin of a story that is complete already is
// recorded, and nothing follows from it.
func (p *Pipeline) complete(ctx context.Context, c store.Claim, plan *Plan, n store.NewStory, fromPage bool) error {
	found, cluster := plan.Rules.Match(n.Story), n.Cluster
	now := p.opt.Now()
	var matches []news.Match
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		matches, n.Cluster = found, cluster // anew when the transaction is tried again
		ok, err := tx.CompleteStory(ctx, c, n.Story, fromPage)
		if err != nil {
			return err
		}
		if !ok {
			return errClaimLost
		}
		twin, err := joinTwin(ctx, tx, n.Story, now)
		if err != nil {
			return err
		}
		if twin {
			matches = nil
		}
		_, err = p.saveMatches(ctx, tx, plan, n, matches, now)
		return err
	})
	if errors.Is(err, errClaimLost) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("complete story %s: %w", n.URL, err)
	}
	p.count(matches)
	if len(matches) > 0 {
		p.Wake()
	}
	return nil
}

// joinTwin lets the URL that a page calls its own stand for its story, too.
// When that URL is another story's, and the two tell the same, the story joins
// the other one's cluster, where no channel is told twice; twin reports whether
// the other one was matched already. Pages that wrongly name one URL for them
// all tell different things, and stay apart.
func joinTwin(ctx context.Context, tx *store.Tx, s *news.Story, now time.Time) (twin bool, err error) {
	key := news.CanonicalKey(s)
	if key == "" || key == s.Key {
		return false, nil
	}
	other, found, err := tx.AddTwin(ctx, s, key, now)
	if err != nil || !found || !revision.Alike(s, other.Story) {
		return false, err
	}
	return !other.Waiting, tx.JoinCluster(ctx, s, other.Cluster)
}
