package desk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/desk"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

const (
	anna  = "U0ANNA00001"
	bob   = "U0BOB000001"
	carla = "U0CARLA0001" // a guest
)

// office is a world whose messages go to a fake Slack, from which people answer.
type office struct {
	*pipetest.World

	slack *slackfake.Server
	desk  *desk.Desk
	why   error    // of Options.Why
	sick  []string // of Options.Trouble
	state error    // of Options.State
	homes desk.Homes

	sender   *slack.Sender
	account  atomic.Pointer[func() error] // before Slack says who somebody is; nil: at once
	patience time.Duration
	allow    []string
}

// open runs a test in an office where the channels news and desk were told of a story.
func open(t *testing.T, allow []string, test func(t *testing.T, o *office)) {
	t.Helper()
	openOn(t, "Leaders met for #kim in Vladivostok", allow, test)
}

// openOn is open with a headline.
func openOn(t *testing.T, headline string, allow []string, test func(t *testing.T, o *office)) {
	t.Helper()
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		o := furnish(t, w, "news", "desk", "rules")
		w.Plan.Severities = map[string]news.Severity{"kim": news.Normal}
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{To: []string{"news", "desk"}}}}
		o.allow = allow
		o.desk = o.newDesk(0)
		w.SetPlan()
		w.Stories = pipetest.Listed(headline)
		w.Turn()
		test(t, o)
	})
}

// furnish makes an office of a world, with channels.
func furnish(t *testing.T, w *pipetest.World, channels ...string) *office {
	t.Helper()
	o := &office{World: w, sick: []string{"tass: http status 403"}}
	there := []slackfake.Channel{{Name: "secret", Private: true, Member: true, Users: []string{bob}}}
	for _, name := range channels {
		there = append(there, slackfake.Channel{Name: name, Member: true})
	}
	o.slack = slackfake.New(slackfake.Options{
		Patience: time.Minute, // the machine may be busy
		Channels: there,
		Now:      w.Clock,
		Users: []slackfake.User{
			{ID: anna, Name: "anna", DisplayName: "Anna", Zone: "Europe/Berlin"}, {ID: bob, Name: "bob", DisplayName: "Bob"},
			{ID: carla, Name: "carla", Guest: true},
		},
		Groups: []slackfake.Group{{ID: "S0DESK00001", Users: []string{bob}}, {ID: "S0HEADS0001", Users: []string{anna, bob}}},
	})
	if err := o.slack.Start(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	o.sender = slack.New(log, nil, slack.Options{
		Token: slackfake.DefaultToken, APIURL: o.slack.URL(), Store: "s", Now: w.Clock,
	})
	w.Plan.Sender, w.Plan.Answerable = o.sender, true
	o.homes = o.sender
	o.desk = o.newDesk(0)
	handle := func(ctx context.Context, r slack.Request) (slack.Reply, error) { return o.desk.Handle(ctx, r) }
	endpoint := slack.HTTPHandler(log, slackfake.DefaultSecret, w.Clock, handle)
	server := httptest.NewServer(endpoint)
	t.Cleanup(func() {
		endpoint.Wait()
		o.desk.Wait()
		server.Close()
		if err := o.slack.Close(); err != nil {
			t.Error(err)
		}
	})
	o.slack.Link.SendTo(server.URL)
	return o
}

// newDesk makes a desk where people wait so long.
func (o *office) newDesk(soon time.Duration) *desk.Desk {
	return desk.New(o.Pipe.Env, o.Pipe.Answers, desk.Options{
		Slack: doubtful{o.sender, o}, Homes: o.homes, Allow: o.allow, Soon: soon,
		Why: func(_ context.Context, asked string) (*trace.Way, error) {
			return &trace.Way{Asked: asked, Fate: trace.NeverListed, Reason: "no source lists " + asked}, o.why
		},
		State:   func(context.Context) (string, error) { return "It runs.\n2 sources.", o.state },
		NotSame: o.Pipe.NotSame, Patience: o.patience,
		Try: func(ctx context.Context, asked string) ([]notify.Part, error) {
			if asked == "slow" {
				for len(o.slack.Whispers(anna)) == 0 && ctx.Err() == nil { // told that it comes
					runtime.Gosched()
				}
			}
			return []notify.Part{{Kind: notify.Line, Runs: []notify.Run{{Text: "tried " + asked}}}}, nil
		},
		Trouble: func(context.Context) ([]string, error) { return o.sick, nil },
	})
}

// message is the first message of a channel, as it stands.
func (o *office) message(channel string) slackfake.Message {
	o.T.Helper()
	o.Pass(time.Second) // each edit has a time of its own
	o.Turn()
	all := o.slack.Messages(channel)
	if len(all) == 0 {
		o.T.Fatalf("nothing was posted to %s", channel)
	}
	return all[0]
}

// press has somebody press a button of a channel's first message.
func (o *office) press(who, channel, action string) {
	o.T.Helper()
	if _, err := o.slack.As(who).Press(channel, o.message(channel).TS, action, ""); err != nil {
		o.T.Fatal(err)
	}
}

// wantShown says what a channel's first message shows, and what not.
func (o *office) wantShown(channel, want, not string) {
	o.T.Helper()
	shown := string(o.message(channel).Blocks)
	if !strings.Contains(shown, want) || not != "" && strings.Contains(shown, not) {
		o.T.Errorf("%s shows %s; want %q and not %q", channel, shown, want, not)
	}
}

// wantWhisper says what somebody was told last.
func (o *office) wantWhisper(who, want string) {
	o.T.Helper()
	o.desk.Wait()
	all := o.slack.Whispers(who)
	if len(all) == 0 {
		o.T.Fatalf("nothing was said to %s; want %q", who, want)
	}
	if said := all[len(all)-1]; !strings.Contains(said.Text, want) {
		o.T.Errorf("%s was told %q, want %q", who, said.Text, want)
	}
}

// tellSoon is how long a window is waited for.
const tellSoon = 20 * time.Second

// modal is the window that is open for somebody.
func (o *office) modal(who string) slackfake.Surface {
	o.T.Helper()
	all := o.slack.Modals(who)
	for began := time.Now(); len(all) == 0 && time.Since(began) < tellSoon; all = o.slack.Modals(who) {
		runtime.Gosched() // on a slow machine a press is acknowledged before its window is there
	}
	if len(all) == 0 {
		o.T.Fatalf("no window is open for %s", who)
	}
	return all[len(all)-1]
}

// picture keeps a window as a page, for people to look at, in the folder COPYTASTER_PICTURES.
func (o *office) picture(name string, shown ...slackfake.Surface) {
	o.T.Helper()
	zone := func(at time.Time, _ string) string { return at.UTC().Format("Jan 2, 2006 15:04") }
	page, err := slackfake.Windows(shown, zone)
	if err != nil {
		o.T.Fatal(err)
	}
	for _, s := range shown {
		if !strings.Contains(string(page), "<h1>"+s.Title+"</h1>") || strings.Contains(string(page), "<div class=\"line\"></div>") {
			o.T.Errorf("the window %s has an empty line, or no title: %s", s.Title, page)
		}
	}
	if folder := os.Getenv("COPYTASTER_PICTURES"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".html"), page, 0o600); err != nil {
			o.T.Fatal(err)
		}
	}
}

// submit sends the window that is open for somebody.
func (o *office) submit(who string, values map[string][]string) map[string]string {
	o.T.Helper()
	mistakes, err := o.slack.As(who).Submit(o.modal(who).ID, values)
	if err != nil {
		o.T.Fatal(err)
	}
	return mistakes
}

// TestGot: the first press is shown in both channels, the second one is told who was first,
// one on an old version too.
func TestGot(t *testing.T) {
	open(t, nil, func(_ *testing.T, o *office) {
		o.press(anna, "news", notify.ActGot)
		o.wantShown("news", anna, notify.ActGot+`"`)
		o.wantShown("desk", ", #news, got it", notify.ActGot+`"`)
		if _, err := o.slack.As(bob).PressOld("desk", o.message("desk").TS, 0, notify.ActGot, ""); err != nil {
			o.T.Fatal(err)
		}
		o.wantWhisper(bob, "Anna, #news, got it already")
		o.choose(bob, notify.WordUndo)
		o.wantShown("desk", notify.ActGot+`"`, "got it ·")
	})
}

// choose has somebody choose from the menu of the first message of the channel news.
func (o *office) choose(who, word string) {
	o.T.Helper()
	_, err := o.slack.As(who).Press("news", o.message("news").TS, notify.ActMore, menuValue(o, "news", word))
	if err != nil {
		o.T.Fatal(err)
	}
}

// menuValue is the value of a choice of the menu of a channel's first message.
func menuValue(o *office, channel, word string) string {
	o.T.Helper()
	return valueOf(o.T, string(o.message(channel).Blocks), word)
}

// valueOf is the value of a button whose word it holds.
func valueOf(t *testing.T, blocks, word string) string {
	t.Helper()
	for value := range strings.SplitSeq(blocks, `"`) {
		if strings.HasPrefix(value, "v1.") && strings.Contains(value, "."+word) {
			return value
		}
	}
	t.Fatalf("no button says %s in %s", word, blocks)
	return ""
}

// TestIrrelevant: a window asks for the reason, which the message shows in its channel alone.
func TestIrrelevant(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.press(anna, "news", notify.ActIrrelevant)
		o.press(bob, "news", notify.ActIrrelevant)
		if title := o.modal(anna).Title; title != "Not relevant" {
			t.Errorf("the window is %q", title)
		}
		o.picture("irrelevant", o.modal(anna))
		if mistakes := o.submit(anna, map[string][]string{"reason": {"sense"}, "words": {"a painter"}}); len(mistakes) > 0 {
			t.Errorf("mistakes %v", mistakes)
		}
		o.wantShown("news", "not relevant: other meaning: a painter", notify.ActGot+`"`)
		o.wantShown("desk", notify.ActGot+`"`, "not relevant:")
		mistakes := o.submit(bob, map[string][]string{"reason": {"old"}})
		if !strings.Contains(mistakes["reason"], "Anna called it not relevant already") {
			t.Errorf("who comes second is told %v", mistakes)
		}
		o.press(bob, "news", notify.ActUndo)
		o.wantShown("news", notify.ActGot+`"`, "not relevant:")
	})
}

// TestSnooze: a window asks what and for how long, in the person's own time zone.
func TestSnooze(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.press(anna, "news", notify.ActSnooze)
		if shown := string(o.modal(anna).Blocks); !strings.Contains(shown, "Europe/Berlin") || !strings.Contains(shown, "All of rule kim") {
			t.Errorf("the window shows %s", shown)
		}
		o.picture("snooze", o.modal(anna))
		if mistakes := o.submit(anna, map[string][]string{"what": {"news"}, "long": {"4h"}, "why": {"we have it"}}); len(mistakes) > 0 {
			t.Errorf("mistakes %v", mistakes)
		}
		o.wantShown("news", "we have it", notify.ActSnooze+`"`)
		o.wantShown("desk", notify.ActSnooze+`"`, "we have it")
		o.press(bob, "news", notify.ActEndSnooze)
		o.wantShown("news", notify.ActSnooze+`"`, "we have it")
		o.press(anna, "news", notify.ActSnooze)
		o.submit(anna, map[string][]string{"what": {"outlet.0"}, "long": {"morning"}})
		all, err := o.Store.Snoozes.All(t.Context(), o.Clock())
		if err != nil || len(all) != 1 || all[0].Source != "tass" || all[0].Rule != "kim" || all[0].By.Name != "Anna" {
			t.Errorf("snoozes %+v, %v", all, err)
		}
		if want := time.Date(2023, 9, 14, 6, 0, 0, 0, time.UTC); !all[0].Until.Equal(want) {
			t.Errorf("the morning is %s, want %s", all[0].Until, want)
		}
	})
}

// TestRights: guests never answer, and with a list nobody else does.
func TestRights(t *testing.T) {
	for _, tt := range []struct {
		who   string
		allow []string
		want  string // "" is allowed
	}{
		{anna, nil, ""},
		{carla, nil, "Only members of this workspace"},
		{carla, []string{carla}, "Only members of this workspace"},
		{anna, []string{"S0DESK00001"}, "not answer them"},
		{bob, []string{"S0DESK00001"}, ""},
		{anna, []string{"S0GONE00001", anna}, ""},
		{"U0STRANGER1", nil, "Slack did not say who you are"},
	} {
		t.Run(fmt.Sprint(tt.who, tt.allow), func(t *testing.T) {
			open(t, tt.allow, func(_ *testing.T, o *office) {
				o.press(tt.who, "news", notify.ActGot)
				if tt.want == "" {
					o.wantShown("news", "got it ·", "")
					return
				}
				o.wantWhisper(tt.who, tt.want)
				o.wantShown("news", notify.ActGot+`"`, "got it ·")
			})
		})
	}
}

// TestTooLate: what is pressed on what is not known any more, on a window that took too
// long, or while the store is down.
func TestTooLate(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.slack.Plan(slackfake.Fault{Method: "views.open", Code: "expired_trigger_id"})
		o.press(anna, "news", notify.ActSnooze)
		o.wantWhisper(anna, "press again")
		o.slack.Plan(slackfake.Fault{Method: "views.open", Status: 500})
		o.press(anna, "news", notify.ActIrrelevant)
		o.wantWhisper(anna, "Slack did not open the window")
		if _, err := o.slack.As(anna).Shortcut("news", o.message("news").TS, "ct.why"); err != nil {
			t.Fatal(err)
		}
		o.wantWhisper(anna, "never listed")
		o.why = errors.New("no store")
		o.choose(anna, notify.WordWhy)
		o.wantWhisper(anna, "It could not be read")
		for _, value := range []string{"", "v2.1", "v1.x", "v1.1.1.1.1"} {
			reply, err := o.desk.Handle(t.Context(), slack.Request{
				ID: value, Kind: slack.Press, User: slack.User{ID: anna}, Channel: o.message("news").Channel,
				Action: notify.ActGot, Value: value,
			})
			if err != nil || len(reply.Mistakes) > 0 {
				t.Errorf("%q: %v, %v", value, reply, err)
			}
			o.wantWhisper(anna, "another version of copytaster")
		}
		request := slack.Request{
			ID: "gone", Kind: slack.Submission, User: slack.User{ID: anna}, Action: notify.ActIrrelevant, Value: "v1.99",
		}
		reply, err := o.desk.Handle(t.Context(), request)
		if err != nil || !strings.Contains(reply.Mistakes["reason"], "not known any more") {
			t.Errorf("an alert that is gone: %v, %v", reply, err)
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		request.Kind, request.Action, request.Value = slack.Press, notify.ActGot, "v1.1"
		if _, err := o.desk.Handle(stopped, request); err == nil {
			t.Error("what could not be stored was acknowledged")
		}
	})
}
