package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
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
	Listed      int  // stories in the list
	New         int  // recorded for the first time
	Waiting     int  // of the new ones: their page is still to be read
	Matched     int  // of the new ones: matched a rule
	Alerts      int  // promised
	NotModified bool // the server said that nothing has changed
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
			select {
			case p.fetches <- struct{}{}:
				defer func() { <-p.fetches }()
				_, errs[i] = p.crawl(ctx, c)
			case <-ctx.Done():
				errs[i] = ctx.Err()
			}
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
	c, ok, err := p.store.ClaimSource(ctx, source, p.opt.Now())
	if err != nil {
		return Crawled{}, err
	}
	if !ok {
		return Crawled{}, fmt.Errorf("crawl %s: it is being crawled at this moment, or disabled", source)
	}
	defer p.Wake()
	start := p.opt.Now().Truncate(time.Millisecond) // as the store keeps times
	done, err := p.crawl(ctx, c)
	if err != nil {
		return done, err
	}
	state, err := p.store.Source(ctx, source)
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
	return done, nil
}

// crawl reads the list of one claimed source and records what is new.
func (p *Pipeline) crawl(ctx context.Context, c store.Claim) (Crawled, error) {
	done := Crawled{Source: c.Name}
	plan, start := p.plan.Load(), p.opt.Now()
	if ok, err := p.store.RenewSource(ctx, c, start); err != nil || !ok {
		return done, err
	}
	state, err := p.store.Source(ctx, c.Name)
	if err != nil {
		return done, err
	}
	src, ok := plan.Sources[c.Name]
	if !ok || src.URL != state.URL { // another daemon's config is newer, or a reload is under way
		return done, p.store.Postpone(ctx, c, start.Add(unknownRest))
	}
	bounded, cancel := context.WithTimeout(ctx, crawlBound)
	defer cancel()
	listing, err := plan.Crawler.List(bounded, src, state.Validators)
	var later *news.LaterError
	var fault *news.CrawlError
	switch {
	case ctx.Err() != nil: // the daemon stops: nothing is known of the source
		return done, p.store.Postpone(context.WithoutCancel(ctx), c, start)
	case errors.As(err, &later):
		return done, p.store.Postpone(ctx, c, later.At)
	case errors.As(err, &fault):
		return done, p.crawlFailed(ctx, c, state, fault, p.opt.Now().Sub(start))
	case err != nil: // not the source's fault: the claim brings it back
		return done, fmt.Errorf("crawl %s: %w", c.Name, err)
	}
	done.Listed, done.NotModified = len(listing.Stories), listing.NotModified
	err = p.saveList(ctx, c, src, state, plan, listing, &done)
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
// or later when it goes on failing or the server asks for it.
func (p *Pipeline) crawlFailed(ctx context.Context, c store.Claim, state store.SourceState, cause *news.CrawlError, took time.Duration) error {
	now := p.opt.Now()
	next := p.plan.Load().next(c.Name, now)
	if later := now.Add(schedule.Backoff(state.Failures+1, 30*time.Second)); later.After(next) {
		next = later
	}
	if asked := now.Add(min(cause.RetryAfter, 24*time.Hour)); asked.After(next) {
		next = asked
	}
	healthNow, message := p.judge(c.Name, state.Health, health.Outcome{Err: cause})
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		if ok, err := tx.MarkFailed(ctx, c, healthNow, cause.Error(), now, next); err != nil || !ok {
			return err
		}
		if message == "" {
			return nil
		}
		return p.ops(ctx, tx, message, now)
	})
	p.meter.Crawl(c.Name, string(cause.Fault), took.Seconds())
	p.log.Warn("source cannot be crawled", "source", c.Name, "error", cause, "next", next.Format(time.RFC3339))
	return err
}

// saveList records the stories that were never seen, in small transactions.
// The last one also saves the validators, the end of the first run and the
// next run: when the daemon dies before it, the list is read again whole.
func (p *Pipeline) saveList(ctx context.Context, c store.Claim, src news.Source, state store.SourceState, plan *Plan, l news.Listing, done *Crawled) error {
	now := p.opt.Now()
	fresh, keys, err := p.unseen(ctx, src, l.Stories, now)
	if err != nil {
		return err
	}
	firstRun := state.FirstCrawl.IsZero()
	validators := l.Validators
	if l.NotModified && validators == (news.Validators{}) {
		validators = state.Validators
	}
	healthNow, message := p.judge(c.Name, state.Health, health.Outcome{Empty: len(l.Stories) == 0 && !l.NotModified})
	for batch := range slices.Chunk(fresh, saveBatch) {
		if ok, err := p.store.RenewSource(ctx, c, p.opt.Now()); err != nil {
			return err
		} else if !ok {
			return errClaimLost
		}
		if err := p.saveBatch(ctx, src, plan, batch, firstRun, now, done); err != nil {
			return err
		}
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		ok, err := tx.MarkCrawled(ctx, c, validators, healthNow, now, p.plan.Load().next(c.Name, now))
		switch {
		case err != nil:
			return err
		case !ok:
			return errClaimLost
		}
		if err := tx.TouchSeen(ctx, keys, now); err != nil {
			return err
		}
		if message != "" {
			return p.ops(ctx, tx, message, now)
		}
		return nil
	})
}

// unseen gives the listed stories their identity and returns those that were
// never recorded, oldest first, and the keys of them all.
func (p *Pipeline) unseen(ctx context.Context, src news.Source, listed []news.Story, now time.Time) (fresh []*news.Story, keys []string, err error) {
	byKey := make(map[string]*news.Story, len(listed))
	for i := range listed {
		s := &listed[i]
		s.Origin, s.FirstSeen = src.Origin, now
		s.Key = news.StoryKey(s)
		if s.Published.After(now) {
			s.Published = now
		}
		if byKey[s.Key] == nil {
			byKey[s.Key] = s
			keys = append(keys, s.Key)
		}
	}
	unseen, err := p.store.Unseen(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range slices.Backward(unseen) { // lists put the newest first
		fresh = append(fresh, byKey[k])
	}
	return fresh, keys, nil
}

// saveBatch matches what is complete, then records the batch in one
// transaction.
func (p *Pipeline) saveBatch(ctx context.Context, src news.Source, plan *Plan, batch []*news.Story, firstRun bool, now time.Time, done *Crawled) error {
	matches := make([][]news.Match, len(batch))
	for i, s := range batch {
		if !needsPage(src, s) {
			matches[i] = plan.Rules.Match(s)
		}
	}
	var saved Crawled // counted anew when the transaction is tried again
	var matched []news.Match
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		saved, matched = Crawled{}, nil
		for i, s := range batch {
			n := store.NewStory{Story: s, FirstRun: firstRun, Waiting: needsPage(src, s)}
			if n.Waiting {
				n.Host = news.Host(s.URL)
			}
			added, err := tx.AddStory(ctx, n)
			if err != nil {
				return err
			}
			if !added {
				continue // another source brought it in the meantime
			}
			saved.New++
			if n.Waiting {
				saved.Waiting++
				continue
			}
			alerts, err := p.saveMatches(ctx, tx, plan, n, matches[i], now)
			if err != nil {
				return err
			}
			if len(matches[i]) > 0 {
				saved.Matched++
				matched = append(matched, matches[i]...)
			}
			saved.Alerts += alerts
		}
		return tx.CountStories(ctx, src.Name, saved.New)
	})
	if err != nil {
		return err
	}
	p.count(matched)
	done.New += saved.New
	done.Waiting += saved.Waiting
	done.Matched += saved.Matched
	done.Alerts += saved.Alerts
	return nil
}

// needsPage reports whether a story's page is to be read before it is matched.
func needsPage(src news.Source, s *news.Story) bool {
	switch src.FullText {
	case news.FullTextAlways:
		return true
	case news.FullTextNever:
		return false
	default:
		return s.Text == ""
	}
}
