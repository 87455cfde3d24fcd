package push

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/websub"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of pushes.
const (
	pushBuffer = 4 // pushes that wait to be read; each may hold 10 MB
	pushWait   = 100 * time.Millisecond
	pushTries  = 10 // waits for the push before to be read
)

// Push is what a hub has sent to the callback.
type Push struct {
	Signature   string // the X-Hub-Signature header
	ContentType string
	Body        []byte
}

// taken is a push whose source is claimed until it is read.
type taken struct {
	crawl.TakenPush

	sub  store.Subscription
	push Push
}

// The outcomes of a push, as they are counted.
const (
	pushRead    = "read"    // its stories are in the store
	pushPolled  = "polled"  // the source is polled for it
	pushRefused = "refused" // the signature is wrong, or the source served a hostile document last
)

// Expects reports whether something may be pushed under a token.
func (h *Hubs) Expects(ctx context.Context, token string) (bool, error) {
	sub, err := h.Store.Subscriptions.Get(ctx, token)
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
func (h *Hubs) Push(ctx context.Context, token string, push Push) error {
	sub, err := h.Store.Subscriptions.Get(ctx, token)
	if err != nil {
		return err
	}
	if sub.State != store.SubscriptionActive {
		return fmt.Errorf("take push for %s: %w", sub.Source, store.ErrNotFound)
	}
	if err := websub.Verify(sub.Secret, push.Signature, push.Body); err != nil {
		h.Log.Warn("push ignored", "source", sub.Source, "hub", sub.Hub, "error", err)
		h.Meter.Push(sub.Source, pushRefused)
		return nil
	}
	if hostile, err := h.lists.IsHostile(ctx, sub.Source); err != nil || hostile {
		h.Meter.Push(sub.Source, pushRefused)
		return err
	}
	t := taken{TakenPush: crawl.TakenPush{Token: token}, sub: sub, push: push}
	ok, err := h.take(ctx, &t)
	switch {
	case err != nil:
		return fmt.Errorf("take push for %s: %w", sub.Source, err)
	case !ok:
		return h.poll(ctx, t)
	}
	select {
	case h.pushes <- t:
		return nil
	default: // too many at once
		return h.pollInstead(ctx, t)
	}
}

// take claims the source of a push. Hubs push story by story: the one before
// may still be read, which takes a moment.
func (h *Hubs) take(ctx context.Context, t *taken) (ok bool, err error) {
	for tries := 0; believable(t.sub); tries++ {
		t.Taken = h.Now()
		err := h.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			t.Claim, ok, err = tx.Pushes.Claim(ctx, t.sub, t.Taken)
			return err
		})
		if err != nil || ok || tries == pushTries {
			return ok, err
		}
		before, err := h.Store.Subscriptions.Get(ctx, t.sub.Token)
		if err != nil || t.Taken.Sub(before.Pushed) > pushTries*pushWait {
			return false, err
		}
		if err := pace.Sleep(ctx, pushWait); err != nil {
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
	if now.Sub(sub.Pushed) < crawl.PushRest || now.Sub(sub.Unread) < crawl.PushRest {
		return now.Add(crawl.PushRest)
	}
	return now
}

// poll has the source of a push polled, which must not be claimed for it.
func (h *Hubs) poll(ctx context.Context, t taken) error {
	now := h.Now()
	err := h.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.Pushes.MarkUnread(ctx, t.sub, now, pollFor(t.sub, now))
	})
	h.Meter.Push(t.sub.Source, pushPolled)
	h.Wake()
	return err
}

// pollInstead gives a push up that was taken, and has its source polled.
func (h *Hubs) pollInstead(ctx context.Context, t taken) error {
	due := pollFor(t.sub, h.Now())
	if t.Claim.Next.Before(due) {
		due = t.Claim.Next
	}
	if err := h.Store.Sources.Postpone(ctx, t.Claim.Claim, due); err != nil {
		return err
	}
	return h.poll(ctx, t)
}
