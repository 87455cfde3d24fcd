package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// doubtful is a workspace that may not say who somebody is.
type doubtful struct {
	*slack.Sender

	o *office
}

func (w doubtful) Account(ctx context.Context, user string) (slack.Account, error) {
	if before := w.o.account.Load(); before != nil {
		if err := (*before)(); err != nil {
			return slack.Account{}, err
		}
	}
	return w.Sender.Account(ctx, user)
}

// throttled is what Slack says that wants to rest.
func throttled() error {
	return &notify.SendError{Problem: notify.Throttled, RetryAfter: time.Minute, Err: errors.New("ratelimited")}
}

// asked has something happen when Slack is asked who somebody is; nil is nothing.
func (o *office) asked(before func() error) {
	if before == nil {
		o.account.Store(nil)
		return
	}
	o.account.Store(&before)
}

// resume has a desk judge what it kept, some time later.
func (o *office) resume(after time.Duration) {
	o.T.Helper()
	o.Pass(after)
	if err := o.desk.Resume(o.T.Context()); err != nil {
		o.T.Fatal(err)
	}
	o.desk.Wait()
}

// wantKept says how many presses wait to be judged.
func (o *office) wantKept(want int) {
	o.T.Helper()
	all, err := o.Store.Presses.Due(o.T.Context(), o.Clock().Add(48*time.Hour), 100)
	if err != nil || len(all) != want {
		o.T.Errorf("%d presses are kept, want %d: %v, %v", len(all), want, all, err)
	}
}

// TestKept: what is done while Slack does not say who did it is kept, told once, and has its
// effect as soon as Slack does.
func TestKept(t *testing.T) {
	open(t, nil, func(_ *testing.T, o *office) {
		o.asked(throttled)
		o.press(anna, "news", notify.ActGot)
		o.press(carla, "news", notify.ActGot)
		o.wantWhisper(anna, "What you did is kept")
		o.wantKept(2)
		o.resume(30 * time.Second) // Slack wants to rest for a minute
		o.asked(nil)
		o.resume(0)
		o.wantShown("news", notify.ActGot+`"`, "got it ·")
		o.resume(time.Minute)
		o.wantShown("news", anna, notify.ActGot+`"`)
		o.wantWhisper(carla, "Only members of this workspace")
		o.wantKept(0)
		if n := len(o.slack.Whispers(anna)); n != 1 {
			o.T.Errorf("Anna was told %d times", n)
		}
	})
}

// TestHangs: Slack hangs when it is asked who somebody is, and the daemon is killed meanwhile.
// The press is acknowledged in time, and the next daemon goes on with it. The killed one does no
// harm should it still live.
func TestHangs(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		hangs := make(chan struct{})
		o.asked(func() error {
			<-hangs
			return nil
		})
		before := o.desk
		e, err := o.slack.As(anna).Press("news", o.message("news").TS, notify.ActGot, "")
		if err != nil {
			t.Errorf("acknowledged after %s: %v", e.After, err)
		}
		o.wantKept(1)
		o.asked(nil)
		o.desk = o.newDesk(0)
		o.resume(time.Second)
		o.wantKept(1) // the other one may live
		o.resume(10 * time.Second)
		o.wantShown("news", anna, notify.ActGot+`"`)
		close(hangs)
		o.choose(anna, notify.WordUndo)
		before.Wait()
		o.wantShown("news", notify.ActGot+`"`, "got it ·")
		o.wantKept(0)
	})
}

// TestKeptTooLong: a press counts for what the alert told when it was pressed, a snooze begins
// then, and what could not be judged for a day is given up.
func TestKeptTooLong(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.press(anna, "news", notify.ActSnooze)
		o.asked(throttled)
		o.submit(anna, map[string][]string{"what": {"rule.0"}, "long": {"1h"}})
		pressed := o.Clock()
		o.press(bob, "news", notify.ActGot)
		o.asked(nil)
		o.raise()
		o.resume(2 * time.Minute)
		o.wantWhisper(bob, "took a turn after you answered")
		o.wantShown("news", notify.ActGot+`"`, "got it ·")
		all, err := o.Store.Snoozes.All(t.Context(), o.Clock())
		if err != nil || len(all) != 1 || all[0].Until.Sub(pressed) != time.Hour {
			t.Errorf("snoozes %+v, %v", all, err)
		}

		o.asked(throttled)
		o.press(bob, "news", notify.ActGot)
		for range 25 {
			o.resume(time.Hour)
		}
		o.wantWhisper(bob, "came to nothing")
		o.wantKept(0)
	})
}

// raise has the news of the first message take a turn.
func (o *office) raise() {
	o.T.Helper()
	o.Pass(time.Second)
	all, err := o.Store.Alerts.Last(o.T.Context(), "news", o.Clock().Add(-time.Hour), news.Info, 1)
	if err != nil || len(all) != 1 {
		o.T.Fatal(all, err)
	}
	err = o.Store.InTx(o.T.Context(), func(tx *store.Tx) error {
		return tx.Deliveries.Add(o.T.Context(), news.Delivery{
			Alert: all[0].ID, Channel: "news", Kind: news.DeliverUpdate, About: news.AboutTurn, Severity: news.Normal,
			State: news.StateDead, Due: o.Clock(), Created: o.Clock(),
		})
	})
	if err != nil {
		o.T.Fatal(err)
	}
}

// TestOursKept: what fails by our own fault is tried again five times, and then given up.
func TestOursKept(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.state = errors.New("no store")
		typed := slack.Request{
			ID: "typed", Kind: slack.Command, User: slack.User{ID: anna}, Channel: o.message("news").Channel,
			Action: "/copytaster", Text: "status",
		}
		handle := func() {
			if _, err := o.desk.Handle(t.Context(), typed); err != nil {
				t.Error(err)
			}
		}
		handle()
		handle() // it is redelivered
		o.wantWhisper(anna, "tried again")
		o.state = nil
		o.resume(5 * time.Second)
		o.wantWhisper(anna, "It runs.")
		o.wantKept(0)

		o.state = errors.New("no store")
		handle()
		for range 4 {
			o.wantKept(1)
			o.resume(5 * time.Minute)
		}
		o.wantWhisper(anna, "came to nothing")
		o.wantKept(0)
		if n := len(o.slack.Whispers(anna)); n != 4 {
			t.Errorf("Anna was told %d times", n)
		}
	})
}

// TestWindowComesLate: a window cannot be opened any more when Slack says at last who asked for
// it: that one is told to press again.
func TestWindowComesLate(t *testing.T) {
	open(t, nil, func(_ *testing.T, o *office) {
		o.asked(throttled)
		o.press(anna, "news", notify.ActSnooze)
		o.asked(nil)
		o.slack.Plan(slackfake.Fault{Method: "views.open", Code: "expired_trigger_id"})
		o.resume(time.Minute)
		o.wantWhisper(anna, "press again")
		o.wantKept(0)
	})
}
