package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// unknownRest is how long a source that is not as this daemon knows it is left
// to others.
const unknownRest = 10 * time.Second

// errClaimLost ends a transaction whose claim somebody else has taken.
var errClaimLost = errors.New("the claim was lost to another worker")

// Crawled is what one crawl of a source came to.
type Crawled struct {
	Source      string
	Listed      int    // stories in the list
	Skipped     int    // entries of the list that could not be read
	New         int    // recorded for the first time
	Waiting     int    // of the new ones: their page is still to be read
	Matched     int    // of the new ones: matched a rule
	Alerts      int    // promised
	NotModified bool   // the server said that nothing has changed
	Barren      string // why no story could be read, though the list could; "" when one was, or used to be

	MovedTo string    // where the list is now for good, "" when it has not moved
	Gap     string    // when stories may have been missed since the crawl before, "" when none were
	Next    time.Time // when it is due again
}

// List crawls a batch of claimed sources, each on its own: one that hangs
// holds no other up. What goes wrong with a source is recorded there; an error
// is returned only for trouble with the store.
func (p *Pipeline) List(ctx context.Context, batch []store.Claim) error {
	var (
		wg   sync.WaitGroup
		errs = make([]error, len(batch))
	)
	for i, c := range batch {
		wg.Go(func() {
			ctx, f, err := p.begin(ctx, p.lists, c.Host, true)
			if err != nil {
				errs[i] = err
				return
			}
			defer f.leave()
			_, errs[i] = p.crawl(ctx, c)
		})
	}
	wg.Wait()
	p.Wake()
	return errors.Join(errs...)
}

// Crawl crawls one source now, whether it is due or not. The error says what
// was wrong with the source, too, or why it was not asked.
func (p *Pipeline) Crawl(ctx context.Context, source string) (Crawled, error) {
	src, ok := p.plan.Load().Sources[source]
	if !ok {
		return Crawled{}, fmt.Errorf("crawl %s: no such source: %w", source, store.ErrNotFound)
	}
	c, ok, err := p.store.Sources.ClaimOne(ctx, source, p.opt.Now())
	if err != nil {
		return Crawled{}, err
	}
	if !ok {
		return Crawled{}, fmt.Errorf("crawl %s: it is being crawled at this moment, or disabled", source)
	}
	defer p.Wake()
	start := p.opt.Now().Truncate(time.Millisecond) // as the store keeps times
	fetching, f, err := p.begin(ctx, nil, news.Host(src.URL), true)
	if err != nil {
		return Crawled{}, err
	}
	defer f.leave()
	done, err := p.crawl(fetching, c)
	if err != nil {
		return done, err
	}
	state, err := p.store.Sources.Get(ctx, source)
	switch {
	case err != nil:
		return done, err
	case state.URL != src.URL:
		return done, fmt.Errorf("crawl %s: the store has another URL for it, until a daemon starts on this config or reloads it", source)
	case state.Crawled.Before(start):
		return done, fmt.Errorf("crawl %s: its host cannot be asked before %s", source, state.Next.UTC().Format(time.TimeOnly))
	case state.Error != "":
		return done, errors.New(state.Error)
	}
	var thought health.State
	p.decode(source, state.Health, &thought)
	done.Next, done.Barren = state.Next, thought.Barren(src.Kind, state.Stories)
	return done, nil
}

// crawl reads the list of one claimed source and records what is new.
func (p *Pipeline) crawl(ctx context.Context, c store.Claim) (Crawled, error) {
	done := Crawled{Source: c.Name}
	plan, start := p.plan.Load(), p.opt.Now()
	state, ok, err := p.store.Sources.Renew(ctx, c, start)
	if err != nil || !ok {
		return done, err
	}
	src, ok := plan.Sources[c.Name]
	if !ok || src.URL != state.URL { // another daemon's config is newer, or a reload is under way
		return done, p.store.Sources.Postpone(ctx, c, start.Add(unknownRest))
	}
	v := p.newVisit(c, src, state, plan, start)
	bounded, cancel := context.WithTimeout(ctx, crawlBound)
	defer cancel()
	listing, err := plan.Crawler.List(bounded, v.src, v.validators())
	fetchOf(ctx).end(err)
	var later *news.LaterError
	var fault *news.CrawlError
	switch {
	case ctx.Err() != nil: // the daemon stops: nothing is known of the source
		return done, p.store.Sources.Postpone(context.WithoutCancel(ctx), c, start)
	case errors.As(err, &later):
		return done, p.store.Sources.Postpone(ctx, c, later.At)
	case errors.As(err, &fault):
		return done, p.crawlFailed(ctx, v, fault)
	case err != nil: // not the source's fault: the claim brings it back
		return done, fmt.Errorf("crawl %s: %w", c.Name, err)
	}
	done.Skipped = listing.Skipped
	done.Listed, done.NotModified, done.MovedTo = len(listing.Stories), listing.NotModified, news.ShownURL(listing.MovedTo)
	err = p.saveList(ctx, v, listing, &done)
	if errors.Is(err, errClaimLost) {
		return done, nil // the other worker records the rest
	}
	if err != nil {
		return done, fmt.Errorf("save list of %s: %w", c.Name, err)
	}
	p.meter.Crawl(c.Name, outcome(listing), p.opt.Now().Sub(start).Seconds())
	p.meter.Stories(c.Name, done.New)
	p.log.Debug("crawled", "source", c.Name, "listed", done.Listed, "new", done.New, "alerts", done.Alerts)
	return done, nil
}

func outcome(l news.Listing) string {
	if l.NotModified {
		return "not modified"
	}
	return "ok"
}

// crawlFailed records a failure: the source is tried again at its next run,
// or later when it goes on failing or the server asks for it. What was pushed
// meanwhile and not read makes it due as soon as that allows.
func (p *Pipeline) crawlFailed(ctx context.Context, v *visit, cause *news.CrawlError) error {
	now := p.opt.Now()
	rest := v.restAfter(cause)
	next := p.plan.Load().afterFailure(v, rest, now)
	p.judge(v, health.Outcome{At: now, Took: now.Sub(v.start), Err: cause})
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		if ok, err := tx.Sources.MarkFailed(ctx, v.claim, encode(v.health), cause.Error(), now, next); err != nil || !ok {
			return err
		}
		return tx.Pushes.CatchUp(ctx, v.src.Name, v.start, now.Add(rest))
	})
	p.meter.Crawl(v.src.Name, string(cause.Fault), now.Sub(v.start).Seconds())
	p.log.Warn("source cannot be crawled", "source", v.src.Name, "error", cause, "next", next.Format(time.RFC3339))
	return err
}

// saveList records what a list gave. The last transaction also saves the
// validators, the end of the first run and the next run: when the daemon dies
// before it, the list is read again whole.
func (p *Pipeline) saveList(ctx context.Context, v *visit, l news.Listing, done *Crawled) error {
	now := p.opt.Now()
	found, err := p.sight(ctx, v.src, v.state, l.Stories, now)
	if err != nil {
		return err
	}
	r := recorder{Pipeline: p, claim: v.claim, src: v.src, plan: v.plan, firstRun: v.firstRun(), now: now, done: done}
	if err := r.saveFresh(ctx, found.fresh); err != nil {
		return err
	}
	left, err := p.edits(ctx, v.src, v.plan, &found)
	if err != nil {
		return err
	}
	hub, err := p.hubPoll(ctx, v.plan, v.src, v.state.Crawled, v.start, l)
	if err != nil {
		return err
	}
	p.learn(v, l, found, now)
	done.Gap = v.gap
	end := store.CrawlResult{
		NotModified: l.NotModified, Validators: v.validatorsAfter(l), Health: encode(v.health), Habit: encode(v.habit),
		KeyedAs: found.goesOnFrom, Ways: encode(found.ways), At: now, Next: hub.next(p.plan.Load().next(v.src.Name, now, v.habit), now, done.New > 0),
	}
	if left {
		end.Validators = news.Validators{} // "not modified" would hide what is left
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if ok, err := tx.Sources.MarkCrawled(ctx, v.claim, end); err != nil || !ok {
			return cmp.Or(err, errClaimLost)
		}
		if err := found.save(ctx, tx); err != nil {
			return err
		}
		if found.message != "" {
			if err := p.ops(ctx, tx, found.message, now); err != nil {
				return err
			}
		}
		return hub.save(ctx, tx, now, done.New > 0)
	})
}

// needsPage reports whether a story's page is to be read before it is matched.
func needsPage(src news.Source, s *news.Story) bool {
	if news.IsGoogleNews(s.URL) {
		return false
	}
	switch src.FullText {
	case news.FullTextAlways:
		return true
	case news.FullTextNever:
		return false
	default:
		return s.Text == ""
	}
}
