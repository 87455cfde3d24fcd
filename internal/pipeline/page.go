package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

// pageTries is how often a page is asked for before its story goes on with
// what the list said; an alert should not wait longer than a few minutes for a
// page that may never come.
const pageTries = 3

// pageRetry is the time between two tries: all of them end before an alert has
// waited for alertWait.
const pageRetry = 45 * time.Second

// Page reads the page of one claimed story and matches the story.
func (p *Pipeline) Page(ctx context.Context, c store.Claim) error {
	ctx, f, err := p.begin(ctx, p.pages, c.Host, false)
	if err != nil {
		return err
	}
	defer func() {
		if f.leave(); p.pages.idle() {
			p.Wake() // there may be more than one turn's worth
		}
	}()
	return p.page(ctx, c)
}

func (p *Pipeline) page(ctx context.Context, c store.Claim) error {
	start := p.opt.Now()
	until, ok, err := p.store.Pages.Renew(ctx, c, start)
	if err != nil || !ok {
		return err
	}
	n, err := p.store.Stories.Get(ctx, c.Story)
	if err != nil {
		return err
	}
	plan := p.plan.Load()
	src, configured := plan.watched(n.Origin.Source)
	if !configured {
		if theirs, err := p.isTheirs(ctx, n.Origin.Source); err != nil {
			return err
		} else if theirs {
			_, err := p.store.Pages.Postpone(ctx, c, start.Add(unknownRest), false)
			return err
		}
		return p.complete(ctx, c, plan, n, false) // its source was removed or switched off: the list's word has to do
	}
	n.Origin = src.Origin
	left := waitFor(n, until, start)
	if left <= 0 {
		p.log.Info("page was waited for long enough, the story goes on without it", "source", src.Name, "url", n.URL)
		return p.complete(ctx, c, plan, n, false)
	}
	bounded, cancel := context.WithTimeout(ctx, min(left, crawlBound))
	defer cancel()
	page, busy, err := p.readElsewhere(ctx, plan, src, n, start)
	if err != nil || busy {
		_, later := p.store.Pages.Postpone(ctx, c, start.Add(shareAgain), false)
		return errors.Join(err, later)
	}
	var read news.Story
	if page != nil {
		read = plan.Crawler.Merge(*n.Story, *page)
	} else {
		read, err = plan.Crawler.Page(bounded, src, *n.Story)
	}
	fetchOf(ctx).end(err)
	var (
		later *news.LaterError
		fault *news.CrawlError
	)
	switch {
	case ctx.Err() != nil: // the daemon stops
		_, err := p.store.Pages.Postpone(context.WithoutCancel(ctx), c, start, false)
		return err
	case errors.As(err, &later):
		_, err := p.store.Pages.Postpone(ctx, c, earlier(later.At, start.Add(left)), false)
		return err
	case errors.As(err, &fault) && mayPass(fault) && p.opt.Now().Before(start.Add(left)):
		tries, err := p.store.Pages.Postpone(ctx, c, earlier(p.opt.Now().Add(pageRetry), start.Add(left)), true)
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

// waitFor is how long a story still waits for its page. until is when an alert
// has waited long enough, zero when none waits.
func waitFor(n store.NewStory, until, now time.Time) time.Duration {
	switch {
	case !until.IsZero():
		return until.Sub(now)
	case n.FirstRun: // the pages of a first crawl may take days
		return pageWait
	default:
		return n.FirstSeen.Add(pageWait).Sub(now)
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
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
	states, err := p.store.Sources.List(ctx)
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
// from it, in one transaction. A twin of a story that its source's list gave
// under another link, and that is complete already, is recorded, and nothing
// follows from it.
func (p *Pipeline) complete(ctx context.Context, c store.Claim, plan *Plan, n store.NewStory, fromPage bool) error {
	found, cluster := plan.Rules.Match(n.Story), n.Cluster
	now := p.opt.Now()
	var matches []news.Match
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		matches, n.Cluster = found, cluster // anew when the transaction is tried again
		if len(found) > 0 {
			if err := tx.Stories.LockClusters(ctx); err != nil {
				return err
			}
		}
		if ok, err := tx.Pages.Complete(ctx, c, n.Story, fromPage); err != nil || !ok {
			return cmp.Or(err, errClaimLost)
		}
		if page := news.LinkKey(n.Canonical); page != "" && page != n.Key {
			if err := tx.Stories.AddPageURL(ctx, n.ID, page, now); err != nil {
				return err
			}
		}
		twin, err := joinCluster(ctx, tx, n.Story)
		if err != nil {
			return err
		}
		if twin != 0 {
			known, err := tx.Stories.Matches(ctx, twin)
			if err != nil {
				return err
			}
			matches = notOf(found, known)
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

// joinCluster puts a story into the cluster of another one, of whatever source,
// that is listed under the same link or whose page calls that link its own, when
// title or text are alike: no channel is told twice of a cluster. Pages that
// wrongly name one URL for them all tell different stories, and stay apart. The
// next issue of a page that tells another story every day stays apart, too. twin
// is the other one where it is of the same source and was matched already, else 0.
func joinCluster(ctx context.Context, tx *store.Tx, s *news.Story) (twin int64, err error) {
	links := slices.DeleteFunc([]string{news.LinkKey(s.URL), news.LinkKey(s.Canonical)}, func(key string) bool { return key == "" })
	if len(links) == 0 {
		return 0, nil
	}
	siblings, err := tx.Stories.Siblings(ctx, s.ID, links...)
	if err != nil {
		return 0, err
	}
	for _, other := range siblings {
		if other.Cluster == s.Cluster || identity.NextIssue(other.Story, s) || !revision.Alike(s, other.Story) {
			continue
		}
		if other.Origin.Source == s.Origin.Source && !other.Waiting {
			twin = other.ID
		}
		return twin, tx.Stories.JoinCluster(ctx, s, other.Cluster)
	}
	return 0, nil
}
