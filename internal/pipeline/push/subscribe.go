package push

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/crawler/websub"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/work"
)

// Timings of subscriptions.
const (
	leaseAsked = 10 * 24 * time.Hour // what the oldest public hub grants at the most
	leastLease = 5 * time.Minute     // a hub is not asked more often, whatever it grants
	askBound   = pace.NearSlot + 20*time.Second
	retryFirst = time.Minute      // after a hub that could not be asked, then twice that
	retryLast  = 24 * time.Hour   // and so on up to this
	answerWait = 10 * time.Minute // for a hub that took the request to ask back
	leaveGrace = 10 * time.Minute // in which a hub may ask twice whether the end is meant
)

// noAnswerYet is what is wrong with a subscription whose hub took the request.
const noAnswerYet = "the hub has not asked back yet: can it reach the callback?"

// KeepSubscriptions ends the subscriptions that a plan has no use for, and moves
// those whose callback has changed. When a daemon starts, the sources that it
// polls seldom are due at once: what was pushed while it was down is gone.
func (h *Hubs) KeepSubscriptions(ctx context.Context, plan *act.Plan, starting bool) error {
	now := h.Now()
	subs, err := h.Store.Subscriptions.List(ctx)
	if err != nil || len(subs) == 0 {
		return err
	}
	return h.Store.InTx(ctx, func(tx *store.Tx) error {
		for _, sub := range subs {
			if sub.State == store.SubscriptionLeaving {
				continue
			}
			src, known := plan.Sources[sub.Source]
			stays := known && !src.Disabled && src.URL == sub.URL && plan.Callback != ""
			var err error
			switch {
			case !stays:
				err = tx.Subscriptions.MarkLeaving(ctx, sub.Token, now)
			case sub.Callback != plan.Callback:
				if err = tx.Subscriptions.MarkLeaving(ctx, sub.Token, now); err == nil {
					err = tx.Subscriptions.Add(ctx, crawl.NewSubscription(src, sub.Hub, sub.Topic, plan.Callback), now)
				}
			case starting && sub.Agrees && plan.Schedules[src.Name].Adaptive():
				err = tx.Sources.MarkDue(ctx, src.Name, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Subscribe asks the hubs of claimed subscriptions, each on its own. What goes
// wrong with a hub is recorded there; an error is returned only for trouble
// with the store.
func (h *Hubs) Subscribe(ctx context.Context, batch []store.Claim) error {
	var (
		wg   sync.WaitGroup
		errs = make([]error, len(batch))
	)
	for i, c := range batch {
		wg.Go(func() { _, errs[i] = work.Do(ctx, h.Now, &asking{hubs: h, claim: c}) })
	}
	wg.Wait()
	h.Wake()
	return errors.Join(errs...)
}

// asking is one request to a hub. It is a work.Task. The hub may ask back before
// it answers: then the subscription is not due as it was claimed, and stays as
// that has made it.
type asking struct {
	hubs  *Hubs
	claim store.Claim
	sub   store.Subscription
}

// Take loads the subscription.
func (a *asking) Take(ctx context.Context, _ time.Time) (err error) {
	a.sub, err = a.hubs.Store.Subscriptions.Get(ctx, a.claim.Name)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.sub.Due.UnixMilli() != a.claim.Token {
		return store.ErrClaimLost
	}
	return err
}

// Run asks the hub to begin or to end the subscription.
func (a *asking) Run(ctx context.Context) error {
	plan := a.hubs.Plan()
	bounded, cancel := context.WithTimeout(ctx, askBound)
	defer cancel()
	if err := plan.Crawler.Post(bounded, plan.Sources[a.sub.Source], a.sub.Hub, a.request().Form()); err != nil {
		return fmt.Errorf("ask hub of %s: %w", a.sub.Source, err)
	}
	return nil
}

func (a *asking) request() websub.Request {
	request := websub.Request{
		Mode: websub.Subscribe, Callback: a.sub.Callback + "/" + a.sub.Token, Topic: a.sub.Topic,
		Lease: leaseAsked, Secret: a.sub.Secret,
	}
	if a.sub.State == store.SubscriptionLeaving {
		request.Mode = websub.Unsubscribe
	}
	return request
}

// Save waits for the hub to ask back.
func (a *asking) Save(ctx context.Context) error {
	h := a.hubs
	h.Log.Debug("hub was asked", "source", a.sub.Source, "hub", a.sub.Hub, "mode", a.request().Mode)
	again := h.Now().Add(max(answerWait, retry(a.sub.Tries)))
	return h.Store.Subscriptions.MarkAsked(ctx, a.claim, again, noAnswerYet, true)
}

// Fail lets the hub rest, which did not take the request.
func (a *asking) Fail(ctx context.Context, fault *news.CrawlError) error {
	h, sub := a.hubs, a.sub
	secrets := strings.NewReplacer(sub.Token, "[secret]", sub.Secret.Reveal(), "[secret]")
	cause := secrets.Replace(fault.Error()) // hubs quote what they were sent
	next := h.Now().Add(max(retry(sub.Tries), min(fault.RetryAfter, retryLast)))
	h.Log.Warn("hub does not take the request", "source", sub.Source, "mode", a.request().Mode, "error", cause, "next", next.Format(time.RFC3339))
	return h.Store.Subscriptions.MarkAsked(ctx, a.claim, next, cause, true)
}

// Postpone has the hub asked later.
func (a *asking) Postpone(ctx context.Context, due time.Time) error {
	return a.hubs.Store.Subscriptions.MarkAsked(ctx, a.claim, due, a.sub.Error, false)
}

// retry is how long a hub rests after a number of tries in a row.
func retry(tries int) time.Duration {
	return schedule.Backoff(max(1, tries), retryFirst, retryLast)
}
