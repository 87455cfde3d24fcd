package push

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/websub"
	"github.com/copytaster/copytaster/internal/store"
)

// Confirm answers a hub that asks at the callback whether a request was meant:
// with its challenge when that is so, with store.ErrNotFound when it is not. A
// hub's word that it has denied a subscription is answered with "".
func (h *Hubs) Confirm(ctx context.Context, token string, query url.Values) (challenge string, err error) {
	sub, err := h.Store.Subscriptions.Get(ctx, token)
	if err != nil {
		return "", err
	}
	q, err := websub.ParseQuestion(query)
	if err != nil || q.Topic != sub.Topic {
		return "", fmt.Errorf("confirm subscription of %s: %w", sub.Source, errors.Join(store.ErrNotFound, err))
	}
	var meant bool
	now := h.Now()
	switch q.Mode {
	case websub.Denied:
		return "", h.denied(ctx, sub, q.Reason, now)
	case websub.Unsubscribe:
		meant, err = h.Store.Subscriptions.MarkEnded(ctx, token, now.Add(leaveGrace))
	default:
		lease := leaseAsked
		if q.Lease > 0 && q.Lease < lease {
			lease = q.Lease
		}
		meant, err = h.Store.Subscriptions.MarkActive(ctx, token, now, now.Add(lease), now.Add(max(lease*2/3, leastLease)))
	}
	if err == nil && !meant {
		err = fmt.Errorf("confirm subscription of %s: %w", sub.Source, store.ErrNotFound)
	}
	if err != nil {
		return "", err
	}
	h.Log.Info("subscription confirmed", "source", sub.Source, "hub", sub.Hub, "mode", q.Mode)
	return q.Challenge, nil
}

// denied takes somebody's word that a hub will push nothing (any more), which
// section 5.2 of the Recommendation does not secure by anything: it is for the
// hub to say so when it is asked (again), and for a poll to find what was not
// pushed.
func (h *Hubs) denied(ctx context.Context, sub store.Subscription, reason string, now time.Time) error {
	if reason == "" {
		reason = "no reason given"
	}
	reason = clip(reason, 200)
	noted, err := h.Store.Subscriptions.MarkDenied(ctx, sub.Token, "denied: "+reason, now)
	if noted {
		h.Wake()
		h.Log.Warn("subscription is said to be denied; the hub is asked", "source", sub.Source, "hub", sub.Hub, "reason", reason)
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
