package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
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
	src, configured := plan.Sources[n.Origin.Source]
	if !configured {
		return p.complete(ctx, c, plan, n) // its source was removed: the list's word has to do
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
		p.log.Info("page cannot be read, the story goes on without it", "source", src.Name, "url", n.URL, "error", err)
		return p.complete(ctx, c, plan, n)
	}
	read.ID, read.Cluster, read.Key, read.Origin, read.FirstSeen = n.ID, n.Cluster, n.Key, n.Origin, n.FirstSeen
	if read.Published.After(start) {
		read.Published = start
	}
	n.Story = &read
	return p.complete(ctx, c, plan, n)
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
// from it, in one transaction.
func (p *Pipeline) complete(ctx context.Context, c store.Claim, plan *Plan, n store.NewStory) error {
	matches := plan.Rules.Match(n.Story)
	now := p.opt.Now()
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		ok, err := tx.CompleteStory(ctx, c, n.Story)
		if err != nil {
			return err
		}
		if !ok {
			return errClaimLost
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
