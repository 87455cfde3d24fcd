package pipeline_test

import (
	"errors"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

func TestSubscribes(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		w.wantModes("subscribe")
		form := w.requests[0]
		if form.Get("hub.topic") != topicURL || form.Get("hub.lease_seconds") != "864000" || len(form.Get("hub.secret")) < 32 || len(w.token()) != 43 {
			t.Errorf("asked with %v", form)
		}
		sub := w.subscription()
		if sub.State != store.SubscriptionActive || !sub.Leased.Equal(noon.Add(240*time.Hour)) || sub.Error != "" {
			t.Errorf("got %+v", sub)
		}
		w.pass(159 * time.Hour)
		w.turn()
		w.wantModes("subscribe")
		w.pass(2 * time.Hour) // two thirds are over
		w.turn()
		w.wantModes("subscribe", "subscribe")
		if first, second := w.requests[0], w.requests[1]; first.Encode() != second.Encode() {
			t.Errorf("renewed as another: %v, %v", first, second)
		}
		if sub := w.subscription(); !sub.Leased.Equal(noon.Add(401 * time.Hour)) {
			t.Errorf("leased until %s", sub.Leased)
		}
	})
}

func TestNoCallbackNoSubscription(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.plan.Callback = ""
		w.setPlan()
		w.turn()
		w.wantModes()
	})
}

// TestProcessWithoutEndpoint: a command that serves nothing leaves the
// subscriptions of the daemons alone.
func TestProcessWithoutEndpoint(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		once := pipeline.New(slog.New(slog.NewTextHandler(io.Discard, nil)), w.store, w.world, &meter{}, pipeline.Options{Workers: 1, Now: w.clock})
		plan := *w.plan
		plan.Callback, plan.Sources = "", map[string]news.Source{}
		if err := once.SetPlan(t.Context(), &plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.pass(161 * time.Hour)
		if err := once.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.wantModes("subscribe")
		if len(w.jobs) != 0 || w.subscription().State != store.SubscriptionActive {
			t.Errorf("%d jobs, %+v", len(w.jobs), w.subscription())
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
		eachHub(t, func(t *testing.T, w *hubWorld) {
			w.lease = lease
			w.turn()
			if sub := w.subscription(); !sub.Due.Equal(noon.Add(renewed)) || sub.Leased.After(noon.Add(240*time.Hour)) {
				t.Errorf("lease %s: to be renewed at %s", lease, sub.Due)
			}
		})
	}
}

func TestHubThatIsDown(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.refuse = &news.CrawlError{Fault: news.FaultStatus, Status: 400, URL: hubURL, Err: errors.New("no")}
		w.stories = listed("one #kim")
		w.turn()
		w.refuse = &news.CrawlError{Fault: news.FaultStatus, Status: 400, URL: hubURL,
			Err: errors.New("cannot reach " + w.requests[0].Get("hub.callback") + " with " + w.requests[0].Get("hub.secret"))}
		w.wantPosts("one #kim")
		for range 3 * 24 * 60 { // three days
			w.pass(time.Minute)
			w.turn()
		}
		if n := len(w.requests); n < 10 || n > 16 {
			t.Errorf("asked %d times in three days: want it to be asked less and less", n)
		}
		if w.lists < 70 {
			t.Errorf("polled %d times in three days", w.lists)
		}
		sub := w.subscription()
		if sub.State != store.SubscriptionPending || !strings.Contains(sub.Error, "http status 400: cannot reach "+callback+"/[secret] with [secret]") {
			t.Errorf("got %+v", sub)
		}
		w.refuse = nil
		w.pass(24 * time.Hour)
		w.turn()
		if sub := w.subscription(); sub.State != store.SubscriptionActive || sub.Error != "" {
			t.Errorf("when it is up again: %+v", sub)
		}
	})
}

func TestHubThatAsksNothingBack(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.mute = true
		w.turn()
		if sub := w.subscription(); sub.State != store.SubscriptionPending || !strings.Contains(sub.Error, "can it reach the callback?") {
			t.Errorf("got %+v", sub)
		}
		w.pass(9 * time.Minute)
		w.turn()
		w.wantModes("subscribe")
		if got, err := w.confirm(t.Context(), "subscribe"); err != nil || got != "challenge" {
			t.Errorf("asked late: %q, %v", got, err)
		}
		w.pass(time.Hour)
		w.turn()
		w.wantModes("subscribe")
	})
}

func TestHubWhoseHostIsBusy(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.refuse = &news.LaterError{At: noon.Add(20 * time.Second)}
		w.turn()
		if sub := w.subscription(); !sub.Due.Equal(noon.Add(20*time.Second)) || sub.Tries != 0 {
			t.Errorf("got %+v", sub)
		}
		w.refuse = nil
		w.pass(20 * time.Second)
		w.turn()
		w.wantModes("subscribe", "subscribe")
	})
}

func TestQuestionsThatAreNotMeant(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		ask := func(token string, change ...string) error {
			query := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topicURL}, "hub.challenge": {"c"}}
			for i := 0; i < len(change); i += 2 {
				query.Set(change[i], change[i+1])
			}
			got, err := w.pipe.Confirm(t.Context(), token, query)
			if err != nil && got != "" {
				t.Errorf("%q given back with %v", got, err)
			}
			return err
		}
		for name, err := range map[string]error{
			"token":       ask(strings.Repeat("x", 43)),
			"no token":    ask(""),
			"topic":       ask(w.token(), "hub.topic", "https://tass.example/other"),
			"mode":        ask(w.token(), "hub.mode", "unsubscribe"),
			"no mode":     ask(w.token(), "hub.mode", ""),
			"challenge":   ask(w.token(), "hub.challenge", ""),
			"denial":      ask(w.token(), "hub.mode", "denied", "hub.topic", "https://tass.example/other"),
			"publishing?": ask(w.token(), "hub.mode", "publish"),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if sub := w.subscription(); sub.State != store.SubscriptionActive {
			t.Errorf("got %+v", sub)
		}
	})
}

// A denial that anybody may have sent changes nothing: what is pushed is read,
// and the hub is asked whether it is so.
func TestForgedDenial(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		deny := func() {
			t.Helper()
			got, err := w.pipe.Confirm(t.Context(), w.token(), url.Values{"hub.mode": {"denied"}, "hub.topic": {topicURL}, "hub.reason": {"too many"}})
			if err != nil || got != "" {
				t.Errorf("%q, %v", got, err)
			}
		}
		was := w.subscription()
		deny()
		if sub := w.subscription(); sub != was {
			t.Errorf("became %+v, it was %+v", sub, was)
		}
		w.pass(2 * time.Hour)
		w.turn()
		polls := w.lists
		for range 20 {
			deny()
			w.turn()
			w.pass(time.Minute)
		}
		w.wantModes("subscribe", "subscribe")
		if sub := w.subscription(); sub.State != store.SubscriptionActive || sub.Error != "" || sub.Tries != 0 || sub.Leased.Before(was.Leased) {
			t.Errorf("became %+v", sub)
		}
		if ok, err := w.pipe.Expects(t.Context(), w.token()); !ok || err != nil {
			t.Errorf("nothing is expected any more: %v", err)
		}
		if w.lists > polls+2 {
			t.Errorf("polled %d times for it", w.lists-polls)
		}
	})
}

// A hub that has really ended it, and says so when it is asked, is believed no
// more when it was asked twice.
func TestDenial(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		w.mute = true
		w.pass(2 * time.Hour)
		for range 4 {
			if _, err := w.pipe.Confirm(t.Context(), w.token(), url.Values{"hub.mode": {"denied"}, "hub.topic": {topicURL}}); err != nil {
				t.Fatal(err)
			}
			w.turn()
			w.pass(11 * time.Minute)
		}
		sub := w.subscription()
		sub.Agrees = true
		if sub.Tries < 2 || sub.Believed(w.clock()) {
			t.Errorf("it is believed: %+v", sub)
		}
	})
}

func TestUnsubscribes(t *testing.T) {
	for name, change := range map[string]func(w *hubWorld){
		"source removed": func(w *hubWorld) { w.plan.Sources = map[string]news.Source{} },
		"source disabled": func(w *hubWorld) {
			src := w.plan.Sources["tass"]
			src.Disabled = true
			w.plan.Sources = map[string]news.Source{"tass": src}
		},
		"callback taken away": func(w *hubWorld) { w.plan.Callback = "" },
	} {
		t.Run(name, func(t *testing.T) {
			eachHub(t, func(t *testing.T, w *hubWorld) {
				w.turn()
				subscribed := w.requests[0]
				plan := *w.plan
				w.plan = &plan
				change(w)
				w.setPlan()
				w.pass(5 * time.Second)
				w.turn()
				w.wantModes("subscribe", "unsubscribe")
				if last := w.requests[1]; last.Get("hub.callback") != subscribed.Get("hub.callback") || last.Has("hub.secret") {
					t.Errorf("asked with %v", last)
				}
				if ok, err := w.pipe.Expects(t.Context(), w.token()); ok || err != nil {
					t.Errorf("something is still expected: %v", err)
				}
				w.pass(time.Hour)
				w.turn()
				if subs, err := w.store.Subscriptions.List(t.Context()); len(subs) != 0 || err != nil {
					t.Errorf("left: %+v, %v", subs, err)
				}
				w.wantModes("subscribe", "unsubscribe")
			})
		})
	}
}

func TestUnsubscribingFromADeadHub(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		w.refuse = &news.CrawlError{Fault: news.FaultConnect, URL: hubURL}
		w.plan.Sources = map[string]news.Source{}
		w.setPlan()
		for range 48 {
			w.pass(time.Hour)
			w.turn()
		}
		w.wantModes("subscribe", "unsubscribe", "unsubscribe", "unsubscribe")
	})
}

func TestCallbackMoves(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.turn()
		old := w.token()
		w.mute = true
		w.plan.Callback = "https://new.example/hook"
		w.setPlan()
		w.pass(5 * time.Second)
		w.turn()
		slices.SortFunc(w.requests[1:], func(a, b url.Values) int { return strings.Compare(a.Get("hub.mode"), b.Get("hub.mode")) })
		w.wantModes("subscribe", "subscribe", "unsubscribe")
		if got := w.requests[1].Get("hub.callback"); !strings.HasPrefix(got, "https://new.example/hook/") || strings.HasSuffix(got, old) {
			t.Errorf("asked for %s", got)
		}
		if got := w.requests[2].Get("hub.callback"); got != callback+"/"+old {
			t.Errorf("left %s", got)
		}
	})
}

func TestOnlyAFewHubsAtOnce(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.mute = true
		w.plan.Sources, w.plan.Schedules = map[string]news.Source{}, map[string]schedule.Schedule{}
		for i := range 20 {
			name := "source-" + string(rune('a'+i))
			w.plan.Sources[name] = news.Source{Name: name, URL: "https://" + name + ".example/feed", FullText: news.FullTextNever}
			w.plan.Schedules[name] = parsed(t, "@yearly")
		}
		w.setPlan()
		for name, src := range w.plan.Sources {
			wish := store.Subscription{Token: name, Source: name, URL: src.URL, Hub: hubURL, Topic: topicURL, Callback: callback, Secret: "s"}
			if err := w.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.Subscriptions.Add(t.Context(), wish, noon) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []struct {
			after time.Duration
			asked int
		}{{0, 8}, {4 * time.Second, 8}, {time.Second, 16}, {5 * time.Second, 20}, {time.Minute, 20}} {
			w.pass(want.after)
			w.turn()
			if n := len(w.requests); n != want.asked {
				t.Errorf("%s after the start %d hubs were asked, want %d", w.clock().Sub(noon), n, want.asked)
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
