package push_test

import (
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

func TestSubscribes(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		w.WantModes("subscribe")
		form := w.Requests[0]
		if form.Get("hub.topic") != pipetest.TopicURL || form.Get("hub.lease_seconds") != "864000" || len(form.Get("hub.secret")) < 32 || len(w.Token()) != 43 {
			t.Errorf("asked with %v", form)
		}
		sub := w.Subscription()
		if sub.State != store.SubscriptionActive || !sub.Leased.Equal(pipetest.Noon.Add(240*time.Hour)) || sub.Error != "" {
			t.Errorf("got %+v", sub)
		}
		w.Pass(159 * time.Hour)
		w.Turn()
		w.WantModes("subscribe")
		w.Pass(2 * time.Hour) // two thirds are over
		w.Turn()
		w.WantModes("subscribe", "subscribe")
		if first, second := w.Requests[0], w.Requests[1]; first.Encode() != second.Encode() {
			t.Errorf("renewed as another: %v, %v", first, second)
		}
		if sub := w.Subscription(); !sub.Leased.Equal(pipetest.Noon.Add(401 * time.Hour)) {
			t.Errorf("leased until %s", sub.Leased)
		}
	})
}

func TestNoCallbackNoSubscription(t *testing.T) {
	pipetest.EachHub(t, func(_ *testing.T, w *pipetest.HubWorld) {
		w.Plan.Callback = ""
		w.SetPlan()
		w.Turn()
		w.WantModes()
	})
}

// TestProcessWithoutEndpoint: a command that serves nothing leaves the
// subscriptions of the daemons alone.
func TestProcessWithoutEndpoint(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		once := pipetest.NewPipeline(w.World, slog.DiscardHandler, pipeline.Options{Workers: 1})
		plan := *w.Plan
		plan.Callback, plan.Sources = "", map[string]news.Source{}
		if err := once.SetPlan(t.Context(), &plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.Pass(161 * time.Hour)
		if err := once.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.WantModes("subscribe")
		if len(w.Jobs) != 0 || w.Subscription().State != store.SubscriptionActive {
			t.Errorf("%d jobs, %+v", len(w.Jobs), w.Subscription())
		}
	})
}

func TestShortLease(t *testing.T) {
	for lease, renewed := range map[string]time.Duration{
		"3600": 40 * time.Minute, // two thirds
		"60":   5 * time.Minute,  // the hub is not asked more often
		"":     160 * time.Hour,  // as was asked
		"none": 160 * time.Hour,
		"1e99": 160 * time.Hour,
		// a hub that grants more than was asked is asked as if it had not
		"99999999999999999": 160 * time.Hour,
	} {
		pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
			w.Lease = lease
			w.Turn()
			sub := w.Subscription()
			if !sub.Due.Equal(pipetest.Noon.Add(renewed)) || sub.Leased.After(pipetest.Noon.Add(240*time.Hour)) {
				t.Errorf("lease %s: to be renewed at %s", lease, sub.Due)
			}
		})
	}
}

func TestHubThatIsDown(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Refuse = &news.CrawlError{Fault: news.FaultStatus, Status: 400, URL: pipetest.HubURL, Err: errors.New("no")}
		w.Stories = pipetest.Listed("one #kim")
		w.Turn()
		w.Refuse = &news.CrawlError{Fault: news.FaultStatus, Status: 400, URL: pipetest.HubURL,
			Err: errors.New("cannot reach " + w.Requests[0].Get("hub.callback") + " with " + w.Requests[0].Get("hub.secret"))}
		w.WantPosts("one #kim")
		for range 3 * 24 * 60 { // three days
			w.Pass(time.Minute)
			w.Turn()
		}
		if n := len(w.Requests); n < 10 || n > 16 {
			t.Errorf("asked %d times in three days: want it to be asked less and less", n)
		}
		if w.Lists < 70 {
			t.Errorf("polled %d times in three days", w.Lists)
		}
		sub := w.Subscription()
		if sub.State != store.SubscriptionPending || !strings.Contains(sub.Error, "http status 400: cannot reach "+pipetest.Callback+"/[secret] with [secret]") {
			t.Errorf("got %+v", sub)
		}
		w.Refuse = nil
		w.Pass(24 * time.Hour)
		w.Turn()
		if sub := w.Subscription(); sub.State != store.SubscriptionActive || sub.Error != "" {
			t.Errorf("when it is up again: %+v", sub)
		}
	})
}

func TestHubThatAsksNothingBack(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Mute = true
		w.Turn()
		if sub := w.Subscription(); sub.State != store.SubscriptionPending || !strings.Contains(sub.Error, "can it reach the callback?") {
			t.Errorf("got %+v", sub)
		}
		w.Pass(9 * time.Minute)
		w.Turn()
		w.WantModes("subscribe")
		if got, err := w.Confirm(t.Context(), "subscribe"); err != nil || got != "challenge" {
			t.Errorf("asked late: %q, %v", got, err)
		}
		w.Pass(time.Hour)
		w.Turn()
		w.WantModes("subscribe")
	})
}

func TestHubWhoseHostIsBusy(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Refuse = &news.LaterError{At: pipetest.Noon.Add(20 * time.Second)}
		w.Turn()
		if sub := w.Subscription(); !sub.Due.Equal(pipetest.Noon.Add(20*time.Second)) || sub.Tries != 0 {
			t.Errorf("got %+v", sub)
		}
		w.Refuse = nil
		w.Pass(20 * time.Second)
		w.Turn()
		w.WantModes("subscribe", "subscribe")
	})
}

func TestQuestionsThatAreNotMeant(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		ask := func(token string, change ...string) error {
			query := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {pipetest.TopicURL}, "hub.challenge": {"c"}}
			for i := 0; i < len(change); i += 2 {
				query.Set(change[i], change[i+1])
			}
			got, err := w.Pipe.Hubs.Confirm(t.Context(), token, query)
			if err != nil && got != "" {
				t.Errorf("%q given back with %v", got, err)
			}
			return err
		}
		for name, err := range map[string]error{
			"token":       ask(strings.Repeat("x", 43)),
			"no token":    ask(""),
			"topic":       ask(w.Token(), "hub.topic", "https://tass.example/other"),
			"mode":        ask(w.Token(), "hub.mode", "unsubscribe"),
			"no mode":     ask(w.Token(), "hub.mode", ""),
			"challenge":   ask(w.Token(), "hub.challenge", ""),
			"denial":      ask(w.Token(), "hub.mode", "denied", "hub.topic", "https://tass.example/other"),
			"publishing?": ask(w.Token(), "hub.mode", "publish"),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if sub := w.Subscription(); sub.State != store.SubscriptionActive {
			t.Errorf("got %+v", sub)
		}
	})
}

// A denial that anybody may have sent changes nothing: what is pushed is read,
// and the hub is asked whether it is so.
func TestForgedDenial(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		deny := func() {
			t.Helper()
			got, err := w.Pipe.Hubs.Confirm(t.Context(), w.Token(), url.Values{"hub.mode": {"denied"}, "hub.topic": {pipetest.TopicURL}, "hub.reason": {"too many"}})
			if err != nil || got != "" {
				t.Errorf("%q, %v", got, err)
			}
		}
		was := w.Subscription()
		deny()
		if sub := w.Subscription(); sub != was {
			t.Errorf("became %+v, it was %+v", sub, was)
		}
		w.Pass(2 * time.Hour)
		w.Turn()
		polls := w.Lists
		for range 20 {
			deny()
			w.Turn()
			w.Pass(time.Minute)
		}
		w.WantModes("subscribe", "subscribe")
		sub := w.Subscription()
		if sub.State != store.SubscriptionActive || sub.Error != "" || sub.Tries != 0 || sub.Leased.Before(was.Leased) {
			t.Errorf("became %+v", sub)
		}
		if ok, err := w.Pipe.Hubs.Expects(t.Context(), w.Token()); !ok || err != nil {
			t.Errorf("nothing is expected any more: %v", err)
		}
		if w.Lists > polls+2 {
			t.Errorf("polled %d times for it", w.Lists-polls)
		}
	})
}

// A hub that has really ended it, and says so when it is asked, is believed no
// more when it was asked twice.
func TestDenial(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		w.Mute = true
		w.Pass(2 * time.Hour)
		for range 4 {
			if _, err := w.Pipe.Hubs.Confirm(t.Context(), w.Token(), url.Values{"hub.mode": {"denied"}, "hub.topic": {pipetest.TopicURL}}); err != nil {
				t.Fatal(err)
			}
			w.Turn()
			w.Pass(11 * time.Minute)
		}
		sub := w.Subscription()
		sub.Agrees = true
		if sub.Tries < 2 || sub.Believed(w.Clock()) {
			t.Errorf("it is believed: %+v", sub)
		}
	})
}

func TestUnsubscribes(t *testing.T) {
	for name, change := range map[string]func(w *pipetest.HubWorld){
		"source removed": func(w *pipetest.HubWorld) { w.Plan.Sources = map[string]news.Source{} },
		"source disabled": func(w *pipetest.HubWorld) {
			src := w.Plan.Sources["tass"]
			src.Disabled = true
			w.Plan.Sources = map[string]news.Source{"tass": src}
		},
		"callback taken away": func(w *pipetest.HubWorld) { w.Plan.Callback = "" },
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
				w.Turn()
				subscribed := w.Requests[0]
				plan := *w.Plan
				w.Plan = &plan
				change(w)
				w.SetPlan()
				w.Pass(5 * time.Second)
				w.Turn()
				w.WantModes("subscribe", "unsubscribe")
				if last := w.Requests[1]; last.Get("hub.callback") != subscribed.Get("hub.callback") || last.Has("hub.secret") {
					t.Errorf("asked with %v", last)
				}
				if ok, err := w.Pipe.Hubs.Expects(t.Context(), w.Token()); ok || err != nil {
					t.Errorf("something is still expected: %v", err)
				}
				w.Pass(time.Hour)
				w.Turn()
				if subs, err := w.Store.Subscriptions.List(t.Context()); len(subs) != 0 || err != nil {
					t.Errorf("left: %+v, %v", subs, err)
				}
				w.WantModes("subscribe", "unsubscribe")
			})
		})
	}
}

func TestUnsubscribingFromADeadHub(t *testing.T) {
	pipetest.EachHub(t, func(_ *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		w.Refuse = &news.CrawlError{Fault: news.FaultConnect, URL: pipetest.HubURL}
		w.Plan.Sources = map[string]news.Source{}
		w.SetPlan()
		for range 48 {
			w.Pass(time.Hour)
			w.Turn()
		}
		w.WantModes("subscribe", "unsubscribe", "unsubscribe", "unsubscribe")
	})
}

func TestCallbackMoves(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Turn()
		old := w.Token()
		w.Mute = true
		w.Plan.Callback = "https://new.example/hook"
		w.SetPlan()
		w.Pass(5 * time.Second)
		w.Turn()
		slices.SortFunc(w.Requests[1:], func(a, b url.Values) int { return strings.Compare(a.Get("hub.mode"), b.Get("hub.mode")) })
		w.WantModes("subscribe", "subscribe", "unsubscribe")
		if got := w.Requests[1].Get("hub.callback"); !strings.HasPrefix(got, "https://new.example/hook/") || strings.HasSuffix(got, old) {
			t.Errorf("asked for %s", got)
		}
		if got := w.Requests[2].Get("hub.callback"); got != pipetest.Callback+"/"+old {
			t.Errorf("left %s", got)
		}
	})
}

func TestOnlyAFewHubsAtOnce(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Mute = true
		w.Plan.Sources, w.Plan.Schedules = map[string]news.Source{}, map[string]schedule.Schedule{}
		for i := range 20 {
			name := "source-" + string(rune('a'+i))
			w.Plan.Sources[name] = news.Source{Name: name, URL: "https://" + name + ".example/feed", FullText: news.FullTextNever}
			w.Plan.Schedules[name] = parsed(t, "@yearly")
		}
		w.SetPlan()
		for name, src := range w.Plan.Sources {
			wish := store.Subscription{
				Token: name, Source: name, URL: src.URL, Secret: "s",
				Hub: pipetest.HubURL, Topic: pipetest.TopicURL, Callback: pipetest.Callback,
			}
			err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
				return tx.Subscriptions.Add(t.Context(), wish, pipetest.Noon)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []struct {
			after time.Duration
			asked int
		}{{0, 8}, {4 * time.Second, 8}, {time.Second, 16}, {5 * time.Second, 20}, {time.Minute, 20}} {
			w.Pass(want.after)
			w.Turn()
			if n := len(w.Requests); n != want.asked {
				t.Errorf("%s after the start %d hubs were asked, want %d", w.Clock().Sub(pipetest.Noon), n, want.asked)
			}
		}
	})
}

func parsed(t *testing.T, spec string) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
