package pipeline_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/push"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// push pushes titles, signed, and has them read.
func (h *hubWorld) push(titles string) {
	h.t.Helper()
	if err := h.pipe.Push(h.t.Context(), h.token(), h.signed(titles, "application/rss+xml")); err != nil {
		h.t.Fatal(err)
	}
	h.read()
}

func (h *hubWorld) signed(body, contentType string) push.Push {
	mac := hmac.New(sha256.New, []byte(h.requests[0].Get("hub.secret")))
	mac.Write([]byte(body))
	return push.Push{Signature: "sha256=" + hex.EncodeToString(mac.Sum(nil)), ContentType: contentType, Body: []byte(body)}
}

// read has what was taken be read: whoever has read a push, or has it polled
// for, wakes the dispatcher.
func (h *hubWorld) read() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.pipe.ReadPushes(ctx)
	}()
	select {
	case <-h.pipe.Woken():
	case <-ctx.Done():
		h.t.Error("nothing was read")
	}
	cancel()
	<-done
}

// asleep forgets that a dispatch was asked for.
func (h *hubWorld) asleep() {
	select {
	case <-h.pipe.Woken():
	default:
	}
}

func eachSubscribed(t *testing.T, test func(t *testing.T, w *hubWorld)) {
	t.Helper()
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.stories = listed("old")
		w.turn()
		w.asleep()
		test(t, w)
	})
}

func TestPushAlerts(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Minute)
		w.push("two #kim\none #kim\nold")
		lists := w.lists
		w.turn()
		w.wantPosts("one #kim", "two #kim")
		if w.lists != lists {
			t.Error("the list was fetched for what was pushed")
		}
		w.stories = listed("two #kim", "one #kim", "old")
		for range 3 {
			w.pass(2 * time.Hour)
			w.turn()
		}
		w.wantPosts("one #kim", "two #kim") // once, whatever way they came
		if w.lists == lists {
			t.Error("the list is never read again")
		}
	})
}

func TestPushOfWhatAPollFound(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.stories = listed("one #kim", "old")
		w.pass(time.Hour)
		w.turn()
		w.asleep()
		w.pass(10 * time.Second)
		for range 3 {
			w.push("one #kim")
			w.pass(10 * time.Second)
		}
		w.turn()
		w.wantPosts("one #kim")
		if w.subscription().Agrees {
			t.Error("the hub is believed, though it is late")
		}
	})
}

func TestForgedPush(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Minute)
		forged := w.signed("one #kim", "")
		forged.Body = []byte("two #kim")
		lists := w.lists
		for _, push := range []push.Push{forged, {Body: forged.Body}, {Signature: "sha1=00", Body: forged.Body}} {
			if err := w.pipe.Push(t.Context(), w.token(), push); err != nil {
				t.Errorf("%q: the sender is told: %v", push.Signature, err)
			}
		}
		w.turn()
		w.wantPosts()
		if w.lists != lists {
			t.Error("a forged push has its source polled")
		}
		if err := w.pipe.Push(t.Context(), "nobody", forged); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("under another token: %v", err)
		}
	})
}

func TestPushThatCannotBeRead(t *testing.T) {
	for _, contentType := range []string{"text/html", "application/x-panic"} {
		t.Run(contentType, func(t *testing.T) {
			eachSubscribed(t, func(t *testing.T, w *hubWorld) {
				w.pass(time.Minute)
				w.stories = listed("one #kim", "old")
				if err := w.pipe.Push(t.Context(), w.token(), w.signed("<html>", contentType)); err != nil {
					t.Fatal(err)
				}
				w.read()
				w.turn()
				w.wantPosts("one #kim")
				if !w.subscription().Agrees {
					t.Error("the push announced the news, and is not believed")
				}
			})
		})
	}
}

// TestPushOverAnOpenLine: what was agreed in the clear cannot vouch for a feed
// that is read over https.
func TestPushOverAnOpenLine(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.hub = "http" + strings.TrimPrefix(hubURL, "https")
		w.stories = listed("old")
		w.turn()
		w.pass(time.Minute)
		w.stories = listed("one #kim", "old")
		if err := w.pipe.Push(t.Context(), w.token(), w.signed("another #kim", "")); err != nil {
			t.Fatal(err)
		}
		w.turn()
		w.wantPosts("one #kim")
	})
}

func TestFloodOfPushes(t *testing.T) {
	for _, contentType := range []string{"application/rss+xml", "text/html"} {
		t.Run(contentType, func(t *testing.T) {
			eachSubscribed(t, func(t *testing.T, w *hubWorld) { w.flood(contentType) })
		})
	}
}

// flood pushes three times a second for a while.
func (h *hubWorld) flood(contentType string) {
	t, w := h.t, h
	w.pass(time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.pipe.ReadPushes(ctx)
	}()
	lists, seconds := w.lists, 7
	for range seconds {
		for range 3 {
			if err := w.pipe.Push(t.Context(), w.token(), w.signed("two #kim", contentType)); err != nil {
				t.Fatal(err)
			}
		}
		w.turn()
		w.pass(time.Second)
	}
	cancel()
	<-done
	if n := w.lists - lists; n > seconds/5+1 {
		t.Errorf("%d polls in %d seconds", n, seconds)
	}
}

// TestPushWhilePolled: a push that comes while its source is being crawled may
// tell of what that crawl does not see.
func TestPushWhilePolled(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(2 * time.Hour)
		w.onList = func() {
			w.onList = nil
			w.pass(time.Second)
			if err := w.pipe.Push(t.Context(), w.token(), w.signed("one #kim", "")); err != nil {
				t.Error(err)
			}
			w.pass(time.Second)
		}
		w.turn()
		w.wantPosts()
		w.stories = listed("one #kim", "old")
		w.pass(5 * time.Second)
		w.turn()
		w.wantPosts("one #kim")
	})
}

// TestDeathBeforeThePushIsRead: the source is polled by whoever lives.
func TestDeathBeforeThePushIsRead(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Minute)
		if err := w.pipe.Push(t.Context(), w.token(), w.signed("one #kim", "")); err != nil {
			t.Fatal(err)
		}
		w.stories = listed("one #kim", "old")
		other := pipeline.New(slog.New(slog.NewTextHandler(io.Discard, nil)), w.store, w.world, &meter{}, pipeline.Options{Workers: 4, Serve: true, Now: w.clock})
		if err := other.SetPlan(t.Context(), w.plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.pipe = other
		w.turn()
		w.wantPosts()
		w.pass(store.ClaimTime)
		w.turn()
		w.wantPosts("one #kim")
	})
}

// TestAnyDaemonAnswers: what one has asked for, another one takes.
func TestAnyDaemonAnswers(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.mute = true
		w.turn()
		other := pipeline.New(slog.New(slog.NewTextHandler(io.Discard, nil)), w.store, w.world, &meter{}, pipeline.Options{Workers: 4, Serve: true, Now: w.clock})
		if err := other.SetPlan(t.Context(), w.plan, pipeline.Start); err != nil {
			t.Fatal(err)
		}
		w.pipe = other
		w.asleep()
		if got, err := w.confirm(t.Context(), "subscribe"); err != nil || got != "challenge" {
			t.Fatalf("%q, %v", got, err)
		}
		w.pass(time.Minute)
		w.push("one #kim")
		w.turn()
		w.wantPosts("one #kim")
	})
}

// pollsWithin counts the polls of a time that passes minute by minute.
func (h *hubWorld) pollsWithin(d time.Duration) int {
	h.t.Helper()
	before := h.lists
	for range int(d / time.Minute) {
		h.pass(time.Minute)
		h.turn()
	}
	h.asleep()
	return h.lists - before
}

func TestBelievedHubSavesPolls(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Minute)
		for _, title := range []string{"one", "two", "three", "four", "five"} { // whose rhythm calls for a poll every few minutes
			w.push(title)
			w.pollsWithin(6 * time.Minute)
		}
		if n := w.pollsWithin(3 * time.Hour); n < 2 || n > 4 {
			t.Errorf("polled %d times in three hours, want one an hour", n)
		}
		w.stories = listed("never pushed #kim", "old")
		for range 61 {
			if w.pollsWithin(time.Minute); len(w.posts) > 0 {
				break
			}
		}
		w.wantPosts("never pushed #kim")
		if w.subscription().Agrees {
			t.Error("the hub is still believed")
		}
		if n := w.pollsWithin(20 * time.Minute); n < 2 {
			t.Errorf("polled %d times in 20 minutes after that", n)
		}
		w.push("six")
		if !w.subscription().Agrees {
			t.Error("the hub is not believed again")
		}
	})
}

func TestLeaseEnds(t *testing.T) {
	eachHub(t, func(t *testing.T, w *hubWorld) {
		w.lease = "1800"
		w.stories = listed("old")
		w.turn()
		w.asleep()
		w.refuse = &news.CrawlError{Fault: news.FaultConnect, URL: hubURL}
		w.pass(time.Minute)
		w.push("one")
		w.pollsWithin(28 * time.Minute)
		if n := w.pollsWithin(3 * time.Minute); n != 1 {
			t.Errorf("polled %d times around the end of the lease", n)
		}
		if w.subscription().Believed(w.clock()) {
			t.Error("believed after its lease")
		}
		if n := w.pollsWithin(2 * time.Hour); n < 3 {
			t.Errorf("polled %d times in two hours after the lease", n)
		}
	})
}

func TestCronIsObeyed(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.plan.Schedules = map[string]schedule.Schedule{"tass": parsed(t, "* * * * *")}
		w.setPlan()
		w.asleep()
		w.pass(time.Minute)
		w.push("one")
		if n := w.pollsWithin(10 * time.Minute); n < 8 {
			t.Errorf("polled %d times in ten minutes", n)
		}
	})
}

// TestDownTime: what was pushed while no daemon ran is gone, so that a source
// that is polled seldom is polled at once.
func TestDownTime(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Minute)
		w.push("one")
		w.pollsWithin(15 * time.Minute)
		lists := w.lists
		w.stories = listed("two #kim", "one", "old")
		w.setPlan() // as a daemon that starts
		w.turn()
		w.wantPosts("two #kim")
		if w.lists != lists+1 {
			t.Errorf("polled %d times", w.lists-lists)
		}
	})
}

// A push that comes while a poll fails is made up for as soon as the source has
// had its rest, not with its next run.
func TestPushDuringAPollThatFails(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Hour)
		w.turn()
		w.pass(time.Hour)
		w.listErr = &news.CrawlError{Fault: news.FaultTimeout, URL: "https://tass.example/feed"}
		w.onList = func() {
			w.onList = nil
			w.pass(time.Second)
			if err := w.pipe.Push(t.Context(), w.token(), w.signed("one #kim", "application/rss+xml")); err != nil {
				t.Error(err)
			}
		}
		w.turn()
		w.listErr, w.stories = nil, listed("one #kim", "old")
		w.pass(time.Minute)
		w.turn()
		w.wantPosts("one #kim")
	})
}
