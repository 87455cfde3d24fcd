package pipetest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/push"
	"github.com/copytaster/copytaster/internal/store"
)

// What the list of a HubWorld names, and the callback of its pipeline.
const (
	HubURL   = "https://hub.example/"
	TopicURL = "https://tass.example/self"
	Callback = "https://desk.example/websub"
)

// HubWorld is a world whose list names a hub.
type HubWorld struct {
	*World
	posting  sync.Mutex
	Requests []url.Values // that the hub was sent
	Refuse   error        // what it answers; nil: it takes the request
	Mute     bool         // it asks nothing back
	Lease    string       // in seconds, "" does not say
}

// EachHub runs a test in a new world with a hub on either database.
func EachHub(t *testing.T, test func(t *testing.T, w *HubWorld)) {
	t.Helper()
	Each(t, func(t *testing.T, w *World) {
		h := &HubWorld{World: w, Lease: "864000"}
		w.Hub, w.topic, w.onPost = HubURL, TopicURL, h.post
		w.Plan.Callback = Callback
		w.SetPlan()
		test(t, h)
	})
}

// post asks back before it answers, as hubs may.
func (h *HubWorld) post(ctx context.Context, hub string, form url.Values) error {
	if hub != h.Hub {
		h.T.Errorf("the hub asked is %s", hub)
	}
	h.posting.Lock()
	defer h.posting.Unlock()
	h.Requests = append(h.Requests, form)
	if h.Refuse != nil || h.Mute {
		return h.Refuse
	}
	if got, err := h.Confirm(ctx, form.Get("hub.mode")); err != nil || got != "challenge" {
		h.T.Errorf("asked whether %s is meant: %q, %v", form.Get("hub.mode"), got, err)
	}
	return nil
}

// Confirm asks back for the last request.
func (h *HubWorld) Confirm(ctx context.Context, mode string) (string, error) {
	return h.Pipe.Hubs.Confirm(ctx, h.Token(), url.Values{
		"hub.mode": {mode}, "hub.topic": {TopicURL}, "hub.challenge": {"challenge"}, "hub.lease_seconds": {h.Lease},
	})
}

// Token returns the token of the last request.
func (h *HubWorld) Token() string {
	last := h.Requests[len(h.Requests)-1]
	return strings.TrimPrefix(last.Get("hub.callback"), Callback+"/")
}

func (h *HubWorld) modes() (all []string) {
	for _, r := range h.Requests {
		all = append(all, r.Get("hub.mode"))
	}
	return all
}

// WantModes says what the hub was asked to do so far.
func (h *HubWorld) WantModes(want ...string) {
	h.T.Helper()
	if got := h.modes(); !slices.Equal(got, want) {
		h.T.Errorf("the hub was asked to %q, want %q", got, want)
	}
}

// Subscription returns the subscription of the last request.
func (h *HubWorld) Subscription() store.Subscription {
	h.T.Helper()
	sub, _, err := h.Store.Subscriptions.OfSource(h.T.Context(), "tass")
	if err != nil {
		h.T.Fatal(err)
	}
	return sub
}

// Push pushes titles, signed, and has them read.
func (h *HubWorld) Push(titles string) {
	h.T.Helper()
	if err := h.Pipe.Hubs.Push(h.T.Context(), h.Token(), h.Signed(titles, "application/rss+xml")); err != nil {
		h.T.Fatal(err)
	}
	h.Read()
}

// Signed returns a push with its right signature.
func (h *HubWorld) Signed(body, contentType string) push.Push {
	mac := hmac.New(sha256.New, []byte(h.Requests[0].Get("hub.secret")))
	mac.Write([]byte(body))
	return push.Push{Signature: "sha256=" + hex.EncodeToString(mac.Sum(nil)), ContentType: contentType, Body: []byte(body)}
}

// Read has what was taken be read: whoever has read a push, or has it polled
// for, wakes the dispatcher.
func (h *HubWorld) Read() {
	h.T.Helper()
	ctx, cancel := context.WithTimeout(h.T.Context(), 10*time.Minute)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Pipe.Hubs.ReadPushes(ctx)
	}()
	select {
	case <-h.Pipe.Woken():
	case <-ctx.Done():
		h.T.Error("nothing was read")
	}
	cancel()
	<-done
}

// Asleep forgets that a dispatch was asked for.
func (h *HubWorld) Asleep() {
	select {
	case <-h.Pipe.Woken():
	default:
	}
}

// EachSubscribed is EachHub with a source that was crawled and is subscribed.
func EachSubscribed(t *testing.T, test func(t *testing.T, w *HubWorld)) {
	t.Helper()
	EachHub(t, func(t *testing.T, w *HubWorld) {
		w.Stories = Listed("old")
		w.Turn()
		w.Asleep()
		test(t, w)
	})
}

// Flood pushes three times a second for a while.
func (h *HubWorld) Flood(contentType string) {
	t, w := h.T, h
	w.Pass(time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Pipe.Hubs.ReadPushes(ctx)
	}()
	lists, seconds := w.Lists, 7
	for range seconds {
		for range 3 {
			if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("two #kim", contentType)); err != nil {
				t.Fatal(err)
			}
		}
		w.Turn()
		w.Pass(time.Second)
	}
	cancel()
	<-done
	if n := w.Lists - lists; n > seconds/5+1 {
		t.Errorf("%d polls in %d seconds", n, seconds)
	}
}

// PollsWithin counts the polls of a time that passes minute by minute.
func (h *HubWorld) PollsWithin(d time.Duration) int {
	h.T.Helper()
	before := h.Lists
	for range int(d / time.Minute) {
		h.Pass(time.Minute)
		h.Turn()
	}
	h.Asleep()
	return h.Lists - before
}
