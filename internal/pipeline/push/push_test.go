package push_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/pipeline/push"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

func TestPushAlerts(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		w.Push("two #kim\none #kim\nold")
		lists := w.Lists
		w.Turn()
		w.WantPosts("one #kim", "two #kim")
		if w.Lists != lists {
			t.Error("the list was fetched for what was pushed")
		}
		w.Stories = pipetest.Listed("two #kim", "one #kim", "old")
		for range 3 {
			w.Pass(2 * time.Hour)
			w.Turn()
		}
		w.WantPosts("one #kim", "two #kim") // once, whatever way they came
		if w.Lists == lists {
			t.Error("the list is never read again")
		}
	})
}

func TestPushOfWhatAPollFound(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Stories = pipetest.Listed("one #kim", "old")
		w.Pass(time.Hour)
		w.Turn()
		w.Asleep()
		w.Pass(10 * time.Second)
		for range 3 {
			w.Push("one #kim")
			w.Pass(10 * time.Second)
		}
		w.Turn()
		w.WantPosts("one #kim")
		if w.Subscription().Agrees {
			t.Error("the hub is believed, though it is late")
		}
	})
}

func TestForgedPush(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		forged := w.Signed("one #kim", "")
		forged.Body = []byte("two #kim")
		lists := w.Lists
		for _, push := range []push.Push{forged, {Body: forged.Body}, {Signature: "sha1=00", Body: forged.Body}} {
			if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), push); err != nil {
				t.Errorf("%q: the sender is told: %v", push.Signature, err)
			}
		}
		w.Turn()
		w.WantPosts()
		if w.Lists != lists {
			t.Error("a forged push has its source polled")
		}
		if err := w.Pipe.Hubs.Push(t.Context(), "nobody", forged); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("under another token: %v", err)
		}
	})
}

func TestPushThatCannotBeRead(t *testing.T) {
	for _, contentType := range []string{"text/html", "application/x-panic"} {
		t.Run(contentType, func(t *testing.T) {
			pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
				w.Pass(time.Minute)
				w.Stories = pipetest.Listed("one #kim", "old")
				if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("<html>", contentType)); err != nil {
					t.Fatal(err)
				}
				w.Read()
				w.Turn()
				w.WantPosts("one #kim")
				if !w.Subscription().Agrees {
					t.Error("the push announced the news, and is not believed")
				}
			})
		})
	}
}

// TestPushOverAnOpenLine: what was agreed in the clear cannot vouch for a feed
// that is read over https.
func TestPushOverAnOpenLine(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Hub = "http" + strings.TrimPrefix(pipetest.HubURL, "https")
		w.Stories = pipetest.Listed("old")
		w.Turn()
		w.Pass(time.Minute)
		w.Stories = pipetest.Listed("one #kim", "old")
		if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("another #kim", "")); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		w.WantPosts("one #kim")
	})
}

func TestFloodOfPushes(t *testing.T) {
	for _, contentType := range []string{"application/rss+xml", "text/html"} {
		t.Run(contentType, func(t *testing.T) {
			pipetest.EachSubscribed(t, func(_ *testing.T, w *pipetest.HubWorld) { w.Flood(contentType) })
		})
	}
}

// TestPushWhilePolled: a push that comes while its source is being crawled may
// tell of what that crawl does not see.
func TestPushWhilePolled(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(2 * time.Hour)
		w.OnList = func() {
			w.OnList = nil
			w.Pass(time.Second)
			if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("one #kim", "")); err != nil {
				t.Error(err)
			}
			w.Pass(time.Second)
		}
		w.Turn()
		w.WantPosts()
		w.Stories = pipetest.Listed("one #kim", "old")
		w.Pass(5 * time.Second)
		w.Turn()
		w.WantPosts("one #kim")
	})
}

// TestDeathBeforeThePushIsRead: the source is polled by whoever lives.
func TestDeathBeforeThePushIsRead(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("one #kim", "")); err != nil {
			t.Fatal(err)
		}
		w.Stories = pipetest.Listed("one #kim", "old")
		other := pipetest.NewPipeline(w.World, slog.DiscardHandler, pipeline.Options{Workers: 4, Serve: true})
		if err := other.SetPlan(t.Context(), w.Plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.Pipe = other
		w.Turn()
		w.WantPosts()
		w.Pass(store.ClaimTime)
		w.Turn()
		w.WantPosts("one #kim")
	})
}

// TestAnyDaemonAnswers: what one has asked for, another one takes.
func TestAnyDaemonAnswers(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Mute = true
		w.Turn()
		other := pipetest.NewPipeline(w.World, slog.DiscardHandler, pipeline.Options{Workers: 4, Serve: true})
		if err := other.SetPlan(t.Context(), w.Plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.Pipe = other
		w.Asleep()
		if got, err := w.Confirm(t.Context(), "subscribe"); err != nil || got != "challenge" {
			t.Fatalf("%q, %v", got, err)
		}
		w.Pass(time.Minute)
		w.Push("one #kim")
		w.Turn()
		w.WantPosts("one #kim")
	})
}

func TestBelievedHubSavesPolls(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		for _, title := range []string{"one", "two", "three", "four", "five"} { // whose rhythm calls for a poll every few minutes
			w.Push(title)
			w.PollsWithin(6 * time.Minute)
		}
		if n := w.PollsWithin(3 * time.Hour); n < 2 || n > 4 {
			t.Errorf("polled %d times in three hours, want one an hour", n)
		}
		w.Stories = pipetest.Listed("never pushed #kim", "old")
		for range 61 {
			if w.PollsWithin(time.Minute); len(w.Posts) > 0 {
				break
			}
		}
		w.WantPosts("never pushed #kim")
		if w.Subscription().Agrees {
			t.Error("the hub is still believed")
		}
		if n := w.PollsWithin(20 * time.Minute); n < 2 {
			t.Errorf("polled %d times in 20 minutes after that", n)
		}
		w.Push("six")
		if !w.Subscription().Agrees {
			t.Error("the hub is not believed again")
		}
	})
}

func TestLeaseEnds(t *testing.T) {
	pipetest.EachHub(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Lease = "1800"
		w.Stories = pipetest.Listed("old")
		w.Turn()
		w.Asleep()
		w.Refuse = &news.CrawlError{Fault: news.FaultConnect, URL: pipetest.HubURL}
		w.Pass(time.Minute)
		w.Push("one")
		w.PollsWithin(28 * time.Minute)
		if n := w.PollsWithin(3 * time.Minute); n != 1 {
			t.Errorf("polled %d times around the end of the lease", n)
		}
		if w.Subscription().Believed(w.Clock()) {
			t.Error("believed after its lease")
		}
		if n := w.PollsWithin(2 * time.Hour); n < 3 {
			t.Errorf("polled %d times in two hours after the lease", n)
		}
	})
}

func TestCronIsObeyed(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Plan.Schedules = map[string]schedule.Schedule{"tass": parsed(t, "* * * * *")}
		w.SetPlan()
		w.Asleep()
		w.Pass(time.Minute)
		w.Push("one")
		if n := w.PollsWithin(10 * time.Minute); n < 8 {
			t.Errorf("polled %d times in ten minutes", n)
		}
	})
}

// TestDownTime: what was pushed while no daemon ran is gone, so that a source
// that is polled seldom is polled at once.
func TestDownTime(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		w.Push("one")
		w.PollsWithin(15 * time.Minute)
		lists := w.Lists
		w.Stories = pipetest.Listed("two #kim", "one", "old")
		w.SetPlan() // as a daemon that starts
		w.Turn()
		w.WantPosts("two #kim")
		if w.Lists != lists+1 {
			t.Errorf("polled %d times", w.Lists-lists)
		}
	})
}

// A push that comes while a poll fails is made up for as soon as the source has
// had its rest, not with its next run.
func TestPushDuringAPollThatFails(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Hour)
		w.Turn()
		w.Pass(time.Hour)
		w.ListErr = &news.CrawlError{Fault: news.FaultTimeout, URL: "https://tass.example/feed"}
		w.OnList = func() {
			w.OnList = nil
			w.Pass(time.Second)
			if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("one #kim", "application/rss+xml")); err != nil {
				t.Error(err)
			}
		}
		w.Turn()
		w.ListErr, w.Stories = nil, pipetest.Listed("one #kim", "old")
		w.Pass(time.Minute)
		w.Turn()
		w.WantPosts("one #kim")
	})
}

// A push that has waited to be read is read under a claim that holds.
func TestClaimHoldsForAPushThatHasWaited(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("one #kim", "")); err != nil {
			t.Fatal(err)
		}
		w.Pass(store.ClaimTime - 10*time.Second)
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			w.Pass(20 * time.Second)
			if _, free, err := w.Store.Sources.ClaimOne(t.Context(), "tass", w.Clock()); err != nil || free {
				t.Errorf("the source was claimed by another worker, %v", err)
			}
			return w.Match(s)
		})
		w.SetPlan()
		w.Asleep()
		w.Read()
		w.Turn()
		w.WantPosts("one #kim")
	})
}
