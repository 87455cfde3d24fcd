package crawl

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// PushRest is the time in which a source's pushes cost one poll, however many
// come.
const PushRest = 5 * time.Second

// secretSize is how many bytes a token and a secret have: nobody guesses them.
const secretSize = 32

// hubState is how a visit finds the subscription of its source.
type hubState struct {
	*Visit

	sub    *store.Subscription // nil when there is none
	wanted *store.Subscription // what the list calls for instead; nil when it calls for no other
}

// hubState compares the subscription of the source with the hub that the list
// names.
func (v *Visit) hubState(ctx context.Context) (hubState, error) {
	h := hubState{Visit: v}
	if v.plan.Callback == "" {
		return h, nil
	}
	sub, ok, err := v.lists.Store.Subscriptions.OfSource(ctx, v.src.Name)
	if err != nil {
		return h, err
	}
	if ok {
		h.sub = &sub
	}
	if v.list.Hub != "" && (!ok || sub.Hub != v.list.Hub || sub.Topic != v.list.Topic) {
		wanted := NewSubscription(v.src, v.list.Hub, v.list.Topic, v.plan.Callback)
		h.wanted = &wanted
	}
	return h, nil
}

// NewSubscription returns a subscription that is to be added, with a token and a
// secret of its own.
func NewSubscription(src news.Source, hub, topic, callback string) store.Subscription {
	return store.Subscription{
		Token: unguessable(), Secret: news.Secret(unguessable()),
		Source: src.Name, URL: src.URL, Hub: hub, Topic: topic, Callback: callback,
	}
}

func unguessable() string {
	b := make([]byte, secretSize)
	_, _ = rand.Read(b) // which never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// nextPoll returns when the source is polled next. next is when its schedule says
// so, and fresh tells that this poll has found new stories. An adaptive source is
// polled as seldom as its schedule allows while its hub is believed to push the
// news, and again at once when the subscription ends.
func (h hubState) nextPoll(next, now time.Time, fresh bool) time.Time {
	if h.sub == nil || h.wanted != nil || !h.plan.Schedules[h.src.Name].Adaptive() {
		return next
	}
	after := *h.sub
	if fresh {
		after.Agrees = after.Unread.After(h.state.Crawled)
	}
	if !after.Believed(now) {
		return next
	}
	slowest := schedule.Habit{Pace: int64(schedule.Ceiling / time.Second), Polls: now.Unix()}.Next(now, h.src.Name)
	if after.Leased.Before(slowest) {
		slowest = after.Leased
	}
	return later(next, slowest)
}

// save records what the poll showed of the hub. It belongs after MarkCrawled.
func (h hubState) save(ctx context.Context, tx *store.Tx, now time.Time, fresh bool) error {
	if h.wanted != nil {
		if err := tx.Subscriptions.Add(ctx, *h.wanted, now); err != nil {
			return err
		}
	}
	if h.sub == nil {
		return nil
	}
	return tx.Pushes.MarkPolled(ctx, h.src.Name, h.state.Crawled, h.start, now.Add(PushRest), fresh)
}
