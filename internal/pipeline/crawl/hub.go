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

// hubPoll is what a visit has to do with the source's hub.
type hubPoll struct {
	*Visit

	sub  *store.Subscription // nil when there is none
	wish *store.Subscription // nil when nothing is to be wished for
}

// hubPoll prepares the end of a visit.
func (v *Visit) hubPoll(ctx context.Context) (hubPoll, error) {
	h := hubPoll{Visit: v}
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
		wish := NewSubscription(v.src, v.list.Hub, v.list.Topic, v.plan.Callback)
		h.wish = &wish
	}
	return h, nil
}

// NewSubscription returns a subscription to wish for, with a token and a secret
// of its own.
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

// next puts off the next poll of an adaptive source as long as its hub is
// believed: to the ceiling of its schedule, or the end of the lease when that
// comes first. Cron lines are obeyed.
func (h hubPoll) next(next, now time.Time, fresh bool) time.Time {
	if h.sub == nil || h.wish != nil || !h.plan.Schedules[h.src.Name].Adaptive() {
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
	return tx.Pushes.MarkPolled(ctx, h.src.Name, h.state.Crawled, h.start, now.Add(PushRest), fresh)
}
