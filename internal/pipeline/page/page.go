package page

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/store"
)

const (
	// wait is what a story waits for a page whose host makes it wait, except those
	// of a first crawl.
	wait = 24 * time.Hour
	// mostTries is how often a page is asked for before its story goes on with what
	// the list said; an alert should not wait longer than a few minutes for a page
	// that may never come.
	mostTries = 3
	// retryAfter is the time between two tries: all of them end before an alert has
	// waited long enough.
	retryAfter = 45 * time.Second
)

// reading is the page of a claimed story being read. It is a work.Task.
type reading struct {
	pages *Pages
	claim store.Claim
	story store.NewStory
	src   news.Source
	plan  *act.Plan
	start time.Time
	skip  bool       // the list's word has to do: the page is not read
	last  time.Time  // until when the story waits
	page  news.Story // without a text: nothing is known of the page
}

// Take takes the story over. It goes on with what the list said when its source
// was removed or switched off, or when it has waited for long enough.
func (r *reading) Take(ctx context.Context, now time.Time) error {
	p := r.pages
	until, err := p.Store.Pages.Renew(ctx, r.claim, now)
	if err != nil {
		return err
	}
	if r.story, err = p.Store.Stories.Get(ctx, r.claim.Story); err != nil {
		return err
	}
	r.plan, r.start = p.Plan(), now
	r.src, err = p.watched(ctx, r.plan, r.story.Origin.Source)
	if errors.Is(err, errUnwatched) {
		r.skip = true
		return nil
	}
	if err != nil {
		return err
	}
	r.story.Origin = r.src.Origin
	if r.last = waitsUntil(r.story, until, now); !r.last.After(now) {
		p.Log.Info("page was waited for long enough, the story goes on without it", "source", r.src.Name, "url", r.story.URL)
		r.skip = true
	}
	return nil
}

// waitsUntil returns until when a story waits for its page. until is when an
// alert has waited long enough, zero when none waits.
func waitsUntil(n store.NewStory, until, now time.Time) time.Time {
	switch {
	case !until.IsZero():
		return until
	case n.FirstRun: // the pages of a first crawl may take days
		return now.Add(wait)
	default:
		return n.FirstSeen.Add(wait)
	}
}

// Run reads the page, or takes it over from another source's story.
func (r *reading) Run(ctx context.Context) error {
	if r.skip {
		return nil
	}
	known, err := r.elsewhere(ctx)
	if err != nil {
		return err
	}
	if known != nil {
		r.page = *known
	} else {
		bounded, cancel := context.WithTimeout(ctx, min(r.last.Sub(r.start), pace.Bound))
		defer cancel()
		r.page, err = r.plan.Crawler.Page(bounded, r.src, *r.story.Story)
	}
	pace.End(ctx, err)
	if later, ok := errors.AsType[*news.LaterError](err); ok && later.At.After(r.last) {
		return &news.LaterError{At: r.last}
	}
	if err != nil {
		return fmt.Errorf("read page %s: %w", r.story.URL, err)
	}
	return nil
}

// Postpone has the page read later.
func (r *reading) Postpone(ctx context.Context, due time.Time) error {
	_, err := r.pages.Store.Pages.Postpone(ctx, r.claim, due, false)
	return err
}

// Fail has the page read again when its fault may pass by itself. Otherwise the
// story goes on with what the list said.
func (r *reading) Fail(ctx context.Context, fault *news.CrawlError) error {
	p := r.pages
	if err := p.Store.Pages.NoteFault(ctx, r.claim, fault.Error()); err != nil {
		return err
	}
	if now := p.Now(); mayPass(fault) && now.Before(r.last) {
		due := now.Add(retryAfter)
		if due.After(r.last) {
			due = r.last
		}
		tries, err := p.Store.Pages.Postpone(ctx, r.claim, due, true)
		if err != nil || tries < mostTries {
			return err
		}
	}
	p.Log.Info("page cannot be read, the story goes on without it", "source", r.src.Name, "url", news.ShownURL(r.story.URL), "error", fault)
	return r.Save(ctx)
}

// Save completes the story, with its page if that was read.
func (r *reading) Save(ctx context.Context) error {
	full := alert.FullStory{NewStory: r.story, Page: r.page}
	if r.page.Text != "" {
		s := r.plan.Crawler.Merge(*r.story.Story, r.page)
		act.ClampDates(&s, r.start)
		full.Story, full.FromPage = &s, s.Text != r.story.Text
	}
	return alert.NewRecorder(r.pages.index, r.plan, r.pages.Now()).Complete(ctx, r.claim, full)
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
