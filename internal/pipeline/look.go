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

// lookTimes are when a story is looked at again, after its first alert: most
// edits come within the hour, corrections within the day.
var lookTimes = [...]time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

const (
	goneAgain    = 5 * time.Minute // from a look that finds no page to the one that believes it
	looksPerHost = 2               // claimed at once
)

// nextLook is the first planned look after now of a story that first alerted
// at a time; zero when there is none left, or it never alerted.
func nextLook(alerted, now time.Time) time.Time {
	if alerted.IsZero() {
		return time.Time{}
	}
	for _, after := range lookTimes {
		if at := alerted.Add(after); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// hasPage reports whether a story's page may be looked at.
func hasPage(src news.Source, s *news.Story) bool {
	return s.URL != "" && src.FullText != news.FullTextNever && !news.IsGoogleNews(s.URL)
}

// dispatchLooks claims what is due to be looked at again and hands it to the
// queue, after everything new.
func (p *Pipeline) dispatchLooks(ctx context.Context, tx *store.Tx, now time.Time) error {
	looks, err := tx.Looks.Claim(ctx, now, store.LookLimits{
		FreeBy: now.Add(nearSlot), LateSince: now.Add(-lookWait), Limit: p.opt.Workers, PerHost: looksPerHost,
	})
	if err != nil || len(looks) == 0 {
		return err
	}
	return p.queue.Look(ctx, tx, looks)
}

// Look reads the page of one claimed story again and records what its outlet
// changed. A page that is gone is believed to be so when a second look a few
// minutes later finds the same; any other trouble is left to the next look.
func (p *Pipeline) Look(ctx context.Context, c store.Claim) error {
	ctx, f, err := p.begin(ctx, p.looks, c.Host, false)
	if err != nil {
		return err
	}
	defer f.leave()
	if err := p.look(ctx, c); !errors.Is(err, errClaimLost) {
		return err
	}
	return nil // the other worker looks at it
}

func (p *Pipeline) look(ctx context.Context, c store.Claim) error {
	start := p.opt.Now()
	if ok, err := p.store.Looks.Renew(ctx, c, start); err != nil || !ok {
		return err
	}
	was, err := p.store.Looks.Get(ctx, c.Story)
	if err != nil {
		return err
	}
	was.Claim = c
	plan := p.plan.Load()
	src, configured := plan.watched(was.Origin.Source)
	if !configured {
		if theirs, err := p.isTheirs(ctx, was.Origin.Source); err != nil {
			return err
		} else if theirs {
			return p.store.Looks.Postpone(ctx, c, start.Add(unknownRest))
		}
	}
	if !configured || !hasPage(src, was.Story) {
		return p.looked(ctx, was, time.Time{}, was.Gone) // whoever watches it no longer wants its page
	}
	was.Origin = src.Origin
	bounded, cancel := context.WithTimeout(ctx, crawlBound)
	defer cancel()
	page, err := plan.Crawler.Page(bounded, src, news.Story{URL: was.URL, Origin: was.Origin}) // the page alone, without what is known
	fetchOf(ctx).end(err)
	var (
		later *news.LaterError
		fault *news.CrawlError
		next  = nextLook(was.Alerted, p.opt.Now())
	)
	switch {
	case ctx.Err() != nil: // the daemon stops
		return p.store.Looks.Postpone(context.WithoutCancel(ctx), c, start)
	case errors.As(err, &later):
		return p.store.Looks.Postpone(ctx, c, later.At)
	case errors.As(err, &fault) && fault.Fault == news.FaultGone:
		return p.lookedForNothing(ctx, plan, was, next)
	case err != nil && fault == nil: // not the page's fault: the claim brings it back
		return fmt.Errorf("look at %s: %w", was.URL, err)
	case err != nil || page.Text == "": // no answer, or a wall's: nothing is known of the page
		p.log.Debug("page cannot be looked at", "url", news.ShownURL(was.URL), "error", err)
		return p.looked(ctx, was, next, was.Gone)
	}
	clamp(&page, start)
	e := comparePage(was, page)
	e.next = next
	return p.revise(ctx, plan, e)
}

// looked records a look that changed nothing.
func (p *Pipeline) looked(ctx context.Context, was store.Look, next time.Time, gone int) error {
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.Looks.MarkLooked(ctx, was.Claim, next, gone) // a lost claim is somebody else's look
		return err
	})
}

// lookedForNothing records a look that found no page.
func (p *Pipeline) lookedForNothing(ctx context.Context, plan *Plan, was store.Look, next time.Time) error {
	if !was.Withdrawn.IsZero() {
		return p.looked(ctx, was, next, was.Gone)
	}
	if was.Gone == 0 {
		return p.looked(ctx, was, p.opt.Now().Add(goneAgain), 1)
	}
	e := edit{was: was, now: *was.Story, fromPage: was.FromPage, next: next, gone: was.Gone + 1}
	e.revision = news.Revision{Kinds: []news.RevisionKind{news.RevisedWithdrawn}, Title: was.Title, Text: was.Text}
	return p.revise(ctx, plan, e)
}

// comparePage says what a story's page changed. Where the text is the list's
// the page tells it in its own way, and only a note of correction counts, which
// becomes part of the text; a text that could not be had before is taken over
// without being a change.
func comparePage(was store.Look, page news.Story) edit {
	e := edit{was: was, now: *was.Story, fromPage: was.FromPage}
	switch {
	case was.FromPage:
		e.revision, e.now = revision.Compare(*was.Story, page, was.Headlines)
	case was.Text == "":
		e.now.Text, e.fromPage = page.Text, true
		if page.Title != "" && page.Title != was.Title && !slices.Contains(was.Titles, page.Title) {
			e.now.Titles = append(slices.Clone(was.Titles), page.Title)
		}
	default:
		e.revision, e.now = revision.Corrected(*was.Story, page)
	}
	if !was.Withdrawn.IsZero() {
		e.revision.Kinds = append(e.revision.Kinds, news.RevisedRestored)
		e.revision.Title, e.revision.Text = was.Title, was.Text
	}
	e.modified(page.Modified)
	return e
}
