package pipeline

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/crawler/websub"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// Timings of subscriptions.
const (
	leaseAsked = 10 * 24 * time.Hour // what the oldest public hub grants at the most
	leastLease = 5 * time.Minute     // a hub is not asked more often, whatever it grants
	askEvery   = 5 * time.Second     // between two turns of asking, so that hubs that hang hold few workers
	askBatch   = 8                   // hubs asked in one turn
	askBound   = nearSlot + 20*time.Second
	retryFirst = time.Minute      // after a hub that could not be asked, then twice that
	retryLast  = 24 * time.Hour   // and so on up to this
	answerWait = 10 * time.Minute // for a hub that took the request to ask back
	leaveGrace = 10 * time.Minute // in which a hub may ask twice whether the end is meant
	secretSize = 32               // bytes of a token and of a secret: nobody guesses them
)

// noAnswerYet is what is wrong with a subscription whose hub took the request.
const noAnswerYet = "the hub has not asked back yet: can it reach the callback?"

// hubPoll is what a poll of a source has to do with its hub.
type hubPoll struct {
	plan   *Plan
	source news.Source
	last   time.Time           // when the poll before ended
	start  time.Time           // of this one
	sub    *store.Subscription // nil when there is none
	wish   *store.Subscription // nil when nothing is to be wished for
}

// hubPoll prepares the end of a poll.
func (p *Pipeline) hubPoll(ctx context.Context, plan *Plan, src news.Source, last, start time.Time, l news.Listing) (h hubPoll, err error) {
	h = hubPoll{plan: plan, source: src, last: last, start: start}
	if plan.Callback == "" {
		return h, nil
	}
	sub, ok, err := p.store.Subscriptions.OfSource(ctx, src.Name)
	if err != nil {
		return h, err
	}
	if ok {
		h.sub = &sub
	}
	if l.Hub != "" && (!ok || sub.Hub != l.Hub || sub.Topic != l.Topic) {
		wish := newSubscription(src, l.Hub, l.Topic, plan.Callback)
		h.wish = &wish
	}
	return h, nil
}

// newSubscription is one to wish for, with a token and a secret of its own.
func newSubscription(src news.Source, hub, topic, callback string) store.Subscription {
	return store.Subscription{
		Token: unguessable(), Source: src.Name, URL: src.URL, Hub: hub, Topic: topic, Callback: callback, Secret: news.Secret(unguessable()),
	}
}

func unguessable() string {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b) // which never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// next puts off the next poll of an adaptive source as long as its hub is
// believed: to the ceiling of its schedule, or the end of the lease when that
// comes first. Cron lines are obeyed.
func (h hubPoll) next(next, now time.Time, fresh bool) time.Time {
	if h.sub == nil || h.wish != nil || !h.plan.Schedules[h.source.Name].Adaptive() {
		return next
	}
	after := *h.sub
	if fresh {
		after.Agrees = after.Unread.After(h.last)
	}
	if !after.Believed(now) {
		return next
	}
	slowest := schedule.Habit{Pace: int64(schedule.Ceiling / time.Second), Polls: now.Unix()}.Next(now, h.source.Name)
	if after.Leased.Before(slowest) {
		slowest = after.Leased
	}
	return later(next, slowest)
}

// save records, behind MarkCrawled, what the poll showed of the hub.
func (h hubPoll) save(ctx context.Context, tx *store.Tx, now time.Time, fresh bool) error {
	if h.wish != nil {
		if err := tx.Subscriptions.Add(ctx, *h.wish, now); err != nil {
			return err
		}
	}
	if h.sub == nil {
		return nil
	}
	return tx.Pushes.MarkPolled(ctx, h.source.Name, h.last, h.start, now.Add(pushRest), fresh)
}

// keepSubscriptions ends the subscriptions that a plan has no use for, and moves
// those whose callback has changed. When a daemon starts, the sources that it
// polls seldom are due at once: what was pushed while it was down is gone.
func (p *Pipeline) keepSubscriptions(ctx context.Context, plan *Plan, starting bool) error {
	now := p.opt.Now()
	subs, err := p.store.Subscriptions.List(ctx)
	if err != nil || len(subs) == 0 {
		return err
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
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
					err = tx.Subscriptions.Add(ctx, newSubscription(src, sub.Hub, sub.Topic, plan.Callback), now)
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

// claimSubscriptions hands hubs that are to be asked to the queue, a few at a
// time.
func (p *Pipeline) claimSubscriptions(ctx context.Context, tx *store.Tx, now time.Time) error {
	if since := now.Sub(time.UnixMilli(p.asked.Load())); !p.opt.Serve || since >= 0 && since < askEvery { // below 0 the clock was set back
		return nil
	}
	due, err := tx.Subscriptions.Claim(ctx, now, askBatch)
	if err != nil || len(due) == 0 {
		return err
	}
	p.asked.Store(now.UnixMilli())
	return p.queue.Subscribe(ctx, tx, due)
}

// Subscribe asks the hubs of claimed subscriptions, each on its own. What goes
// wrong with a hub is recorded there; an error is returned only for trouble
// with the store.
func (p *Pipeline) Subscribe(ctx context.Context, batch []store.Claim) error {
	var (
		wg   sync.WaitGroup
		errs = make([]error, len(batch))
	)
	for i, c := range batch {
		wg.Go(func() { errs[i] = p.ask(ctx, c) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// ask sends one request to a hub. The hub may ask back before it answers: then
// the subscription is not due as it was claimed, and stays as that has made it.
func (p *Pipeline) ask(ctx context.Context, c store.Claim) error {
	sub, err := p.store.Subscriptions.Get(ctx, c.Name)
	if errors.Is(err, store.ErrNotFound) || err == nil && sub.Due.UnixMilli() != c.Token {
		return nil
	}
	if err != nil {
		return err
	}
	start, plan := p.opt.Now(), p.plan.Load()
	request := websub.Request{Mode: websub.Subscribe, Callback: sub.Callback + "/" + sub.Token, Topic: sub.Topic, Lease: leaseAsked, Secret: sub.Secret}
	if sub.State == store.SubscriptionLeaving {
		request.Mode = websub.Unsubscribe
	}
	bounded, cancel := context.WithTimeout(ctx, askBound)
	defer cancel()
	err = plan.Crawler.Post(bounded, plan.Sources[sub.Source], sub.Hub, request.Form())
	var wait *news.LaterError
	var fault *news.CrawlError
	switch {
	case err == nil:
		p.log.Debug("hub was asked", "source", sub.Source, "hub", sub.Hub, "mode", request.Mode)
		return p.store.Subscriptions.MarkAsked(ctx, c, p.opt.Now().Add(max(answerWait, retry(sub.Tries))), noAnswerYet, true)
	case ctx.Err() != nil: // the daemon stops
		return p.store.Subscriptions.MarkAsked(context.WithoutCancel(ctx), c, start, sub.Error, false)
	case errors.As(err, &wait):
		return p.store.Subscriptions.MarkAsked(ctx, c, wait.At, sub.Error, false)
	case errors.As(err, &fault):
		cause := strings.NewReplacer(sub.Token, "[secret]", sub.Secret.Reveal(), "[secret]").Replace(fault.Error()) // hubs quote what they were sent
		next := p.opt.Now().Add(max(retry(sub.Tries), min(fault.RetryAfter, retryLast)))
		p.log.Warn("hub does not take the request", "source", sub.Source, "mode", request.Mode, "error", cause, "next", next.Format(time.RFC3339))
		return p.store.Subscriptions.MarkAsked(ctx, c, next, cause, true)
	default: // not the hub's fault: the claim brings it back
		return fmt.Errorf("ask hub of %s: %w", sub.Source, err)
	}
}

// retry is how long a hub rests after a number of tries in a row.
func retry(tries int) time.Duration {
	wait := retryFirst
	for range tries - 1 {
		if wait *= 2; wait >= retryLast {
			return retryLast
		}
	}
	return wait
}

// Confirm answers a hub that asks at the callback whether a request was meant:
// with its challenge when that is so, with store.ErrNotFound when it is not. A
// hub's word that it has denied a subscription is answered with "".
func (p *Pipeline) Confirm(ctx context.Context, token string, query url.Values) (challenge string, err error) {
	sub, err := p.store.Subscriptions.Get(ctx, token)
	if err != nil {
		return "", err
	}
	q, err := websub.ParseQuestion(query)
	if err != nil || q.Topic != sub.Topic {
		return "", fmt.Errorf("confirm subscription of %s: %w", sub.Source, errors.Join(store.ErrNotFound, err))
	}
	now, meant := p.opt.Now(), true
	switch q.Mode {
	case websub.Denied:
		return "", p.denied(ctx, sub, q.Reason, now)
	case websub.Unsubscribe:
		meant, err = p.store.Subscriptions.MarkEnded(ctx, token, now.Add(leaveGrace))
	default:
		lease := leaseAsked
		if q.Lease > 0 && q.Lease < lease {
			lease = q.Lease
		}
		meant, err = p.store.Subscriptions.MarkActive(ctx, token, now, now.Add(lease), now.Add(max(lease*2/3, leastLease)))
	}
	if err == nil && !meant {
		err = fmt.Errorf("confirm subscription of %s: %w", sub.Source, store.ErrNotFound)
	}
	if err != nil {
		return "", err
	}
	p.log.Info("subscription confirmed", "source", sub.Source, "hub", sub.Hub, "mode", q.Mode)
	return q.Challenge, nil
}

// denied takes somebody's word that a hub will push nothing (any more), which
// section 5.2 of the Recommendation does not secure by anything: it is for the
// hub to say so when it is asked (again), and for a poll to find what was not
// pushed.
func (p *Pipeline) denied(ctx context.Context, sub store.Subscription, reason string, now time.Time) error {
	if reason == "" {
		reason = "no reason given"
	}
	reason = clip(reason, 200)
	noted, err := p.store.Subscriptions.MarkDenied(ctx, sub.Token, "denied: "+reason, now)
	if noted {
		p.log.Warn("subscription is said to be denied; the hub is asked", "source", sub.Source, "hub", sub.Hub, "reason", reason)
	}
	return err
}

// clip cuts a text after n bytes at the most.
func clip(s string, n int) string {
	if len(s) <= n {
		return strings.ToValidUTF8(s, "")
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
