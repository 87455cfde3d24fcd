package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/desk"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// openHome has somebody open the App Home, and returns it.
func (o *office) openHome(who string) slackfake.Surface {
	o.T.Helper()
	if _, err := o.slack.As(who).OpenHome(); err != nil {
		o.T.Fatal(err)
	}
	return o.home(who)
}

// home is what somebody's App Home shows, once all of it was shown.
func (o *office) home(who string) slackfake.Surface {
	o.T.Helper()
	o.desk.Wait()
	shown, ok := o.slack.Home(who)
	if !ok {
		o.T.Fatalf("%s has no App Home", who)
	}
	return shown
}

// wantHome says what an App Home shows, and what not.
func wantHome(t *testing.T, shown slackfake.Surface, want, not []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(string(shown.Blocks), w) {
			t.Errorf("the App Home of %s does not show %q: %s", shown.User, w, shown.Blocks)
		}
	}
	for _, n := range not {
		if strings.Contains(string(shown.Blocks), n) {
			t.Errorf("the App Home of %s shows %q: %s", shown.User, n, shown.Blocks)
		}
	}
}

// secretly routes what comes from now on to a channel that only Bob is in, too.
func (o *office) secretly() {
	o.Plan.Routes = notify.Routes{Routes: []notify.Route{{To: []string{"news", "desk", "secret"}}}}
	o.SetPlan()
}

// TestHome: everybody is shown what is open in the channels that they are in, and nothing of
// others. What is pressed there has its effect, and is shown.
func TestHome(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		wantHome(t, o.openHome(anna), []string{"It runs.", "2 sources.", "No high or urgent alert", "tass: http status 403",
			`"kim"`, ": 2 alerts in 30 days, 0 got"}, []string{"Snoozed", "Leaders met", "Waiting"})
		o.secretly()
		o.Stories = append(o.Stories, pipetest.Listed("Blast near the #urgent-kim palace *now* <!channel>")...)
		o.Again()
		for _, channel := range []string{"news", "secret"} {
			if _, err := o.slack.As(bob).Slash(channel, "/copytaster", "snooze rule kim 4h"); err != nil {
				t.Fatal(err)
			}
		}
		link := "https://slack.com/archives/" + o.message("desk").Channel + "/p"
		shown := o.openHome(anna)
		wantHome(t, shown, []string{`"Waiting for somebody"`, "Blast near the #urgent-kim palace *now* ", "!channel", link,
			`"Snoozed"`, " in #news until ", "Bob · 0 alerts kept"}, []string{"#secret", `"broadcast"`})
		if n := strings.Count(string(shown.Blocks), "Blast near"); n != 1 {
			t.Errorf("the news is listed %d times", n)
		}
		o.picture("home", shown)
		wantHome(t, o.openHome(bob), []string{"#secret"}, nil)

		for _, press := range []struct {
			action    string
			want, not []string
		}{
			{notify.ActGot, []string{"No high or urgent alert", `"Snoozed"`}, []string{"Waiting"}},
			{notify.ActEndSnooze, []string{"As of"}, []string{`"Snoozed"`}},
			{notify.ActRefresh, []string{"tass: http status 403"}, nil},
		} {
			if _, err := o.slack.As(anna).PressIn(shown.ID, press.action, ""); err != nil {
				t.Fatal(err)
			}
			wantHome(t, o.home(anna), press.want, press.not)
		}
		old := o.home(bob) // shows what Anna answered meanwhile
		if _, err := o.slack.As(bob).PressIn(old.ID, notify.ActGot, ""); err != nil {
			t.Fatal(err)
		}
		wantHome(t, o.home(bob), []string{"Anna", "got it already", "#secret"}, []string{"Waiting"})
	})
}

// TestHomeRefused: who may not answer is told why, and shown nothing. Where Slack does not say
// which channels somebody is in, nothing of any is shown.
func TestHomeRefused(t *testing.T) {
	open(t, []string{anna}, func(t *testing.T, o *office) {
		all := []string{"Rules that alerted", "No high or urgent", "It runs"}
		wantHome(t, o.openHome(carla), []string{"Only members of this workspace", "Refresh"}, all)
		wantHome(t, o.openHome(bob), []string{"your admin chose who may"}, all)
		o.slack.Plan(slackfake.Fault{Method: "users.conversations", Code: "internal_error"})
		wantHome(t, o.openHome(anna), []string{"Slack did not say which channels", "tass"}, all[:2])
		wantHome(t, o.openHome(anna), all, nil)
		o.slack.Plan(slackfake.Fault{Method: "views.publish", Code: "internal_error"})
		o.Pass(time.Second)
		before := o.home(anna).Updates
		if after := o.openHome(anna).Updates; after != before {
			t.Errorf("the home was shown %d times, want %d", after, before)
		}
		o.slack.Plan(slackfake.Fault{Method: "chat.postEphemeral", Code: "internal_error", Times: 9}) // nothing is whispered
		if _, err := o.slack.As(anna).PressIn(o.home(anna).ID, notify.ActRefresh, ""); err != nil {
			t.Fatal(err)
		}
		if whispers := o.slack.Whispers(anna); len(whispers) > 0 || o.home(anna).Updates != before+1 {
			t.Errorf("%d whispers, %d updates", len(whispers), o.home(anna).Updates)
		}
	})
}

// TestHomeBounded: a long home is cut to what Slack takes.
func TestHomeBounded(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		sick := make([]string, 500)
		for i := range sick {
			sick[i] = fmt.Sprintf("source %d: %s", i, strings.Repeat("wörse ", 2000))
		}
		o.sick = sick
		for i := range 15 {
			o.Stories = append(o.Stories, pipetest.Listed(fmt.Sprintf("Number%d blast%d near the #urgent-kim palace%d", i, i, i))...)
		}
		o.Again()
		wantHome(t, o.openHome(anna), []string{"source 9", "and 490 more", "and 5 more"}, []string{"source 10"})
	})
}

// TestHomeMistakes: what cannot be done, or read, is said on top of the home, and whispered
// nowhere.
func TestHomeMistakes(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		press := slack.Request{ID: "1", Kind: slack.Press, User: slack.User{ID: anna}, View: o.openHome(anna).ID}
		for _, tt := range []struct{ action, value, want string }{
			{"ct.new", "v1.1", "another version of copytaster"},
			{notify.ActMore, "v1.1.why", "another version of copytaster"},
			{notify.ActGot, "v2.1", "not known any more"},
			{notify.ActGot, "v1.99", "not known any more"},
			{notify.ActEndSnooze, "v1.0.99", "not known any more"},
		} {
			press.Action, press.Value = tt.action, tt.value
			if _, err := o.desk.Handle(t.Context(), press); err != nil {
				t.Errorf("%s %s: %v", tt.action, tt.value, err)
			}
			wantHome(t, o.home(anna), []string{tt.want, "No high or urgent alert", "Refresh"}, nil)
		}
		if whispers := o.slack.Whispers(anna); len(whispers) > 0 {
			t.Errorf("whispered %v", whispers)
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		press.Action, press.Value = notify.ActGot, "v1.1"
		if _, err := o.desk.Handle(stopped, press); err == nil {
			t.Error("what could not be stored was acknowledged")
		}
		o.state = errors.New("no store")
		wantHome(t, o.openHome(anna), []string{"It could not be read", "Refresh"}, []string{"no store", "Rules that"})
	})
}

// heldHomes show nothing before they are released.
type heldHomes struct {
	desk.Homes

	release chan struct{}
	shown   atomic.Int32
}

func (h *heldHomes) PublishHome(ctx context.Context, userID string, v slack.View) error {
	<-h.release
	h.shown.Add(1)
	return h.Homes.PublishHome(ctx, userID, v)
}

// TestHomeAtOnce: a home that is opened often is written once more, as it is last.
func TestHomeAtOnce(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		held := &heldHomes{Homes: o.sender, release: make(chan struct{})}
		o.homes = held
		o.desk = o.newDesk(0)
		var opened sync.WaitGroup
		for range 20 {
			opened.Go(func() {
				if _, err := o.slack.As(anna).OpenHome(); err != nil {
					t.Error(err)
				}
			})
		}
		opened.Wait()
		close(held.release)
		o.home(anna)
		if n := held.shown.Load(); n != 2 {
			t.Errorf("the home was written %d times for 20 openings, want 2", n)
		}
		o.sick = []string{"kcna: timeout"}
		wantHome(t, o.openHome(anna), []string{"kcna: timeout"}, []string{"tass"})
	})
}
