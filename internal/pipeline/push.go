package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/websub"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of pushes.
const (
	pushRest   = 5 * time.Second // a source's pushes cost one poll in it, however many come
	pushBuffer = 4               // pushes that wait to be read; each may hold 10 MB
	pushWait   = 100 * time.Millisecond
	pushTries  = 10 // waits for the push before to be read
)

// Push is what a hub has sent to the callback.
type Push struct {
	Signature   string // the X-Hub-Signature header
	ContentType string
	Body        []byte
}

// takenPush is a push whose source is claimed until it is read.
type takenPush struct {
	sub   store.Subscription
	claim store.PushClaim
	at    time.Time // of the claim
	push  Push
}

// The outcomes of a push, as they are counted.
const (
	pushRead    = "read"    // its stories are in the store
	pushPolled  = "polled"  // the source is polled for it
	pushRefused = "refused" // the signature is wrong, or the source served a hostile document last
)

// Expects reports whether something may be pushed under a token.
func (p *Pipeline) Expects(ctx context.Context, token string) (bool, error) {
	sub, err := p.store.Subscriptions.Get(ctx, token)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return sub.State == store.SubscriptionActive, err
}

// Push takes what a hub has sent, and returns before it is read. From then on
// it cannot be lost: the source is claimed and due, so that a poll makes up for
// the push should its reader die. What cannot be read itself (the source is
// being crawled, too much comes at once, the hub is asked in the clear while the
// feed is not) makes the source due instead. A wrong signature is
// ignored without a word to the sender (section 7.1 of the Recommendation); the
// error is store.ErrNotFound when nothing was expected.
func (p *Pipeline) Push(ctx context.Context, token string, push Push) error {
	sub, err := p.store.Subscriptions.Get(ctx, token)
	if err != nil {
		return err
	}
	if sub.State != store.SubscriptionActive {
		return fmt.Errorf("take push for %s: %w", sub.Source, store.ErrNotFound)
	}
	if err := websub.Verify(sub.Secret, push.Signature, push.Body); err != nil {
		p.log.Warn("push ignored", "source", sub.Source, "hub", sub.Hub, "error", err)
		p.meter.Push(sub.Source, pushRefused)
		return nil
	}
	if hostile, err := p.isHostile(ctx, sub.Source); err != nil || hostile {
		p.meter.Push(sub.Source, pushRefused)
		return err
	}
	taken := takenPush{sub: sub, push: push}
	ok, err := p.take(ctx, &taken)
	switch {
	case err != nil:
		return fmt.Errorf("take push for %s: %w", sub.Source, err)
	case !ok:
		return p.poll(ctx, taken)
	}
	select {
	case p.pushes <- taken:
		return nil
	default: // too many at once
		return p.pollInstead(ctx, taken)
	}
}

// take claims the source of a push. Hubs push story by story: the one before
// may still be read, which takes a moment.
func (p *Pipeline) take(ctx context.Context, taken *takenPush) (ok bool, err error) {
	for tries := 0; believable(taken.sub); tries++ {
		taken.at = p.opt.Now()
		err := p.store.InTx(ctx, func(tx *store.Tx) (err error) {
			taken.claim, ok, err = tx.Pushes.Claim(ctx, taken.sub, taken.at)
			return err
		})
		if err != nil || ok || tries == pushTries {
			return ok, err
		}
		before, err := p.store.Subscriptions.Get(ctx, taken.sub.Token)
		if err != nil || taken.at.Sub(before.Pushed) > pushTries*pushWait {
			return false, err
		}
		if err := sleep(ctx, pushWait); err != nil {
			return false, err
		}
	}
	return false, nil
}

// believable reports whether a push is as hard to forge as the source itself:
// not when the source is read over https and the secret went to the hub in the
// clear.
func believable(sub store.Subscription) bool {
	return strings.HasPrefix(sub.Hub, "https:") || !strings.HasPrefix(sub.URL, "https:")
}

// pollFor is when a source is to be polled for a push: now, unless another one
// was only just.
func pollFor(sub store.Subscription, now time.Time) time.Time {
	if now.Sub(sub.Pushed) < pushRest || now.Sub(sub.Unread) < pushRest {
		return now.Add(pushRest)
	}
	return now
}

// poll has the source of a push polled, which must not be claimed for it.
func (p *Pipeline) poll(ctx context.Context, taken takenPush) error {
	now := p.opt.Now()
	err := p.store.InTx(ctx, func(tx *store.Tx) error { return tx.Pushes.MarkUnread(ctx, taken.sub, now, pollFor(taken.sub, now)) })
	p.meter.Push(taken.sub.Source, pushPolled)
	p.Wake()
	return err
}

// pollInstead gives a push up that was taken, and has its source polled.
func (p *Pipeline) pollInstead(ctx context.Context, taken takenPush) error {
	due := pollFor(taken.sub, p.opt.Now())
	if taken.claim.Next.Before(due) {
		due = taken.claim.Next
	}
	if err := p.store.Sources.Postpone(ctx, taken.claim.Claim, due); err != nil {
		return err
	}
	return p.poll(ctx, taken)
}

// ReadPushes reads what was pushed, one after the other, until ctx ends.
func (p *Pipeline) ReadPushes(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case taken := <-p.pushes:
			if err := p.readPush(ctx, taken); err != nil && ctx.Err() == nil {
				p.log.Error("push cannot be recorded; its source is polled when the claim runs out", "source", taken.sub.Source, "error", err)
			}
		}
	}
}

// readPush records the stories of a push as those of a crawl are, identity and
// all: what is known already, by whatever way it came, is passed over.
func (p *Pipeline) readPush(ctx context.Context, taken takenPush) (err error) {
	defer func() {
		if r := recover(); r != nil { // one push must not end the daemon
			p.log.Error("a push panicked", "source", taken.sub.Source, "panic", r, "stack", string(debug.Stack()))
			err = p.pollInstead(ctx, taken)
		}
	}()
	plan := p.plan.Load()
	src, ok := plan.Sources[taken.sub.Source]
	if !ok || src.URL != taken.sub.URL { // a reload is under way
		return p.store.Sources.Postpone(ctx, taken.claim.Claim, taken.at.Add(unknownRest))
	}
	listing, err := plan.Crawler.ReadPush(src, taken.sub.Topic, taken.push.ContentType, taken.push.Body)
	if fault, ok := errors.AsType[*news.CrawlError](err); ok && fault.Fault == news.FaultHostile {
		return p.pushFailed(ctx, taken, src, plan, fault)
	}
	if err != nil || len(listing.Stories) == 0 {
		p.log.Info("push cannot be read, its source is polled", "source", src.Name, "error", err)
		return p.pollInstead(ctx, taken)
	}
	done := Crawled{Source: src.Name, Listed: len(listing.Stories)}
	err = p.savePush(ctx, taken, src, plan, listing, &done)
	if errors.Is(err, errClaimLost) {
		return nil // a poll is at it
	}
	if err != nil {
		return err
	}
	p.meter.Push(src.Name, pushRead)
	p.meter.Stories(src.Name, done.New)
	p.log.Debug("push read", "source", src.Name, "listed", done.Listed, "new", done.New, "alerts", done.Alerts)
	p.Wake()
	return nil
}

func (p *Pipeline) savePush(ctx context.Context, taken takenPush, src news.Source, plan *Plan, l news.Listing, done *Crawled) error {
	now := p.opt.Now()
	state, err := p.store.Sources.Get(ctx, src.Name)
	if err != nil {
		return err
	}
	found, err := p.sight(ctx, src, state, l.Stories, now)
	if err != nil {
		return err
	}
	r := recorder{Pipeline: p, claim: taken.claim.Claim, src: src, plan: plan, now: now, done: done}
	if err := r.saveFresh(ctx, found.fresh); err != nil {
		return err
	}
	if _, err := p.edits(ctx, src, plan, &found); err != nil { // a poll finds what is left
		return err
	}
	end := store.PushResult{
		Token: taken.sub.Token, Fresh: done.New > 0, Habit: p.habitAfterPush(taken, src, state, plan, found.fresh, now),
		Taken: taken.at, Soon: now.Add(pushRest),
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		if ok, err := tx.Pushes.MarkRecorded(ctx, taken.claim, end); err != nil || !ok {
			return cmp.Or(err, errClaimLost)
		}
		return found.save(ctx, tx)
	})
}

// habitAfterPush is what is known of a source's rhythm after a push: its news
// counts as that of a poll does, or a source that only pushes would seem to be
// silent. It was watched all the time.
func (p *Pipeline) habitAfterPush(taken takenPush, src news.Source, state store.SourceState, plan *Plan, fresh []store.NewStory, now time.Time) string {
	if len(fresh) == 0 {
		return state.Habit
	}
	v := p.newVisit(taken.claim.Claim, src, state, plan, taken.at)
	poll := schedule.Poll{Validators: state.Validators != news.Validators{}, Last: now.Add(-schedule.Ceiling)}
	for _, s := range fresh {
		poll.New = append(poll.New, s.Published)
		poll.Newest = later(poll.Newest, s.Published)
	}
	return encode(v.habit.Learn(now, poll))
}
