package page

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

// goneAgain is the time from a look that finds no page to the one that believes
// it.
const goneAgain = 5 * time.Minute

// looking is the page of a claimed story being looked at again. It is a
// work.Task.
type looking struct {
	pages *Pages
	claim store.Claim
	was   store.Look
	src   news.Source
	plan  *act.Plan
	start time.Time
	skip  bool       // whoever watches the source no longer wants its page
	page  news.Story // without a text: nothing is known of the page
}

// Take takes the story over.
func (l *looking) Take(ctx context.Context, now time.Time) error {
	p := l.pages
	err := p.Store.Looks.Renew(ctx, l.claim, now)
	if err != nil {
		return err
	}
	if l.was, err = p.Store.Looks.Get(ctx, l.claim.Story); err != nil {
		return err
	}
	l.was.Claim, l.plan, l.start = l.claim, p.Plan(), now
	l.src, err = p.watched(ctx, l.plan, l.was.Origin.Source)
	if errors.Is(err, errUnwatched) {
		l.skip = true
		return nil
	}
	l.skip = !alert.HasPage(l.src, l.was.Story)
	l.was.Origin = l.src.Origin
	return err
}

// Run fetches the page alone, without what is known of the story.
func (l *looking) Run(ctx context.Context) error {
	if l.skip {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, pace.Bound)
	defer cancel()
	alone := news.Story{URL: l.was.URL, Origin: l.was.Origin}
	page, err := l.plan.Crawler.Page(bounded, l.src, alone)
	l.page = l.plan.Crawler.Merge(alone, page)
	pace.End(ctx, err)
	if err != nil {
		return fmt.Errorf("look at %s: %w", l.was.URL, err)
	}
	return nil
}

// Postpone has the page looked at later.
func (l *looking) Postpone(ctx context.Context, due time.Time) error {
	return l.pages.Store.Looks.Postpone(ctx, l.claim, due)
}

// Fail records that the page is gone, once a second look has found the same.
// Any other fault says nothing of the page.
func (l *looking) Fail(ctx context.Context, fault *news.CrawlError) error {
	next := l.next()
	switch {
	case fault.Fault != news.FaultGone:
		return l.nothing(ctx, fault)
	case l.was.How.Withdraws() >= news.RevisedWithdrawn.Withdraws():
		return l.looked(ctx, next, l.was.Gone)
	case l.was.Gone == 0:
		return l.looked(ctx, l.pages.Now().Add(goneAgain), 1)
	}
	e := alert.Edit{Was: l.was, FromPage: l.was.FromPage, Next: next, Gone: l.was.Gone + 1, Status: fault.Status}
	e.Withdraw(news.RevisedWithdrawn, news.ByPage)
	return l.revise(ctx, e)
}

// Save records what the page changed.
func (l *looking) Save(ctx context.Context) error {
	switch {
	case l.skip:
		return l.looked(ctx, time.Time{}, l.was.Gone)
	case l.page.Text == "": // a wall's page
		return l.nothing(ctx, nil)
	}
	act.ClampDates(&l.page, l.start)
	e := comparePage(l.was, l.page)
	e.Next = l.next()
	return l.revise(ctx, e)
}

// next returns when the next look is due.
func (l *looking) next() time.Time { return alert.NextLook(l.was.Told, l.pages.Now(), l.was.Severity) }

func (l *looking) revise(ctx context.Context, e alert.Edit) error {
	return alert.NewRecorder(l.pages.index, l.plan, l.pages.Now()).Revise(ctx, e)
}

// nothing records a look that could not see the page.
func (l *looking) nothing(ctx context.Context, cause error) error {
	l.pages.Log.Debug("page cannot be looked at", "url", news.ShownURL(l.was.URL), "error", cause)
	return l.looked(ctx, l.next(), l.was.Gone)
}

// looked records a look that changed nothing.
func (l *looking) looked(ctx context.Context, next time.Time, gone int) error {
	return l.pages.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.Looks.MarkLooked(ctx, l.claim, next, gone)
	})
}

// comparePage says what a story's page changed. Where the text is the list's
// the page tells it in its own way, and only a note of correction counts, which
// becomes part of the text; a text that could not be had before is taken over
// without being a change.
func comparePage(was store.Look, page news.Story) alert.Edit {
	e := alert.Edit{Was: was, Now: *was.Story, FromPage: was.FromPage}
	switch {
	case was.FromPage:
		e.Revision, e.Now = revision.Compare(*was.Story, page, was.Headlines)
	case was.Text == "":
		e.Now.Text, e.FromPage = page.Text, true
		if page.Title != "" && page.Title != was.Title && !slices.Contains(was.Titles, page.Title) {
			e.Now.Titles = append(slices.Clone(was.Titles), page.Title)
		}
	default:
		e.Revision, e.Now = revision.Corrected(*was.Story, page)
	}
	e.Judge(&page, news.ByPage)
	e.Modified(page.Modified)
	return e
}
