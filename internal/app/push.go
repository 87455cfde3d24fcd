package app

import (
	"context"
	"net/url"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/push"
	"github.com/copytaster/copytaster/internal/store"
)

// callback is where hubs reach this daemon, "" when they cannot.
func callback(cfg *config.Config, opt Options) string {
	if !opt.Serve || opt.Visit {
		return ""
	}
	return cfg.Crawl.WebSubCallback
}

// Confirm answers a hub that asks whether a subscription is meant.
func (a *App) Confirm(ctx context.Context, token string, query url.Values) (challenge string, err error) {
	return a.pipeline.Hubs.Confirm(ctx, token, query)
}

// Expects reports whether something may be pushed under a token.
func (a *App) Expects(ctx context.Context, token string) (bool, error) {
	return a.pipeline.Hubs.Expects(ctx, token)
}

// Push takes what a hub has pushed.
func (a *App) Push(ctx context.Context, token, signature, contentType string, body []byte) error {
	return a.pipeline.Hubs.Push(ctx, token, push.Push{Signature: signature, ContentType: contentType, Body: body})
}

// SubscriptionStatus is how far the subscription of a source has come.
type SubscriptionStatus struct {
	Hub    string     `json:"hub"`
	State  string     `json:"state"`                  // pending, active or denied
	Until  *time.Time `json:"leased_until,omitempty"` // when it ends, unless it is renewed before
	Pushed *time.Time `json:"pushed,omitempty"`       // when a push was last read
	Agrees bool       `json:"agrees"`                 // news comes by push before a poll finds it: an adaptive source is polled seldom
	Error  string     `json:"error,omitempty"`        // why the hub did not do as it was asked
}

// readSubscriptions adds the subscriptions to the sources.
func (st *Status) readSubscriptions(ctx context.Context, s *store.Store) error {
	subs, err := s.Subscriptions.List(ctx)
	of := make(map[string]*SubscriptionStatus, len(subs))
	for _, sub := range subs {
		if sub.State != store.SubscriptionLeaving {
			of[sub.Source] = &SubscriptionStatus{
				Hub: sub.Hub, State: string(sub.State), Until: news.KnownTime(sub.Leased),
				Pushed: news.KnownTime(sub.Pushed), Agrees: sub.Agrees,
				Error: sub.Error,
			}
		}
	}
	for i := range st.Sources {
		st.Sources[i].Subscription = of[st.Sources[i].Name]
	}
	return err
}
