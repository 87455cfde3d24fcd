package pipeline_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/copytaster/copytaster/internal/store"
)

const (
	hubURL   = "https://hub.example/"
	topicURL = "https://tass.example/self"
	callback = "https://desk.example/websub"
)

// hubWorld is a world whose list names a hub.
type hubWorld struct {
	*world
	posting  sync.Mutex
	requests []url.Values // that the hub was sent
	refuse   error        // what it answers; nil: it takes the request
	mute     bool         // it asks nothing back
	lease    string       // in seconds, "" does not say
}

func eachHub(t *testing.T, test func(t *testing.T, w *hubWorld)) {
	t.Helper()
	each(t, func(t *testing.T, w *world) {
		h := &hubWorld{world: w, lease: "864000"}
		w.hub, w.topic, w.onPost = hubURL, topicURL, h.post
		w.plan.Callback = callback
		w.setPlan()
		test(t, h)
	})
}

// post asks back before it answers, as hubs may.
func (h *hubWorld) post(ctx context.Context, hub string, form url.Values) error {
	if hub != h.hub {
		h.t.Errorf("the hub asked is %s", hub)
	}
	h.posting.Lock()
	defer h.posting.Unlock()
	h.requests = append(h.requests, form)
	if h.refuse != nil || h.mute {
		return h.refuse
	}
	if got, err := h.confirm(ctx, form.Get("hub.mode")); err != nil || got != "challenge" {
		h.t.Errorf("asked whether %s is meant: %q, %v", form.Get("hub.mode"), got, err)
	}
	return nil
}

// confirm asks back for the last request.
func (h *hubWorld) confirm(ctx context.Context, mode string) (string, error) {
	return h.pipe.Confirm(ctx, h.token(), url.Values{
		"hub.mode": {mode}, "hub.topic": {topicURL}, "hub.challenge": {"challenge"}, "hub.lease_seconds": {h.lease},
	})
}

func (h *hubWorld) token() string {
	last := h.requests[len(h.requests)-1]
	return strings.TrimPrefix(last.Get("hub.callback"), callback+"/")
}

func (h *hubWorld) modes() (all []string) {
	for _, r := range h.requests {
		all = append(all, r.Get("hub.mode"))
	}
	return all
}

func (h *hubWorld) wantModes(want ...string) {
	h.t.Helper()
	if got := h.modes(); !slices.Equal(got, want) {
		h.t.Errorf("the hub was asked to %q, want %q", got, want)
	}
}

func (h *hubWorld) subscription() store.Subscription {
	h.t.Helper()
	sub, _, err := h.store.Subscriptions.OfSource(h.t.Context(), "tass")
	if err != nil {
		h.t.Fatal(err)
	}
	return sub
}
