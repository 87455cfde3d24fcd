package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// answering is a fake Slack whose people reach an endpoint of ours.
type answering struct {
	*Sender
	fake *slackfake.Server
	anna slackfake.Actor

	mu    sync.Mutex
	now   time.Time
	took  []Request
	reply Reply
}

func answer(t *testing.T, o slackfake.Options) *answering {
	t.Helper()
	a := &answering{now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}
	o.Now = a.clockNow
	a.Sender, a.fake = pair(t, o)
	a.anna = a.fake.As("U0ANNA")
	server := httptest.NewServer(HTTPHandler(slog.New(slog.DiscardHandler), slackfake.DefaultSecret, a.clockNow, a.take))
	t.Cleanup(server.Close)
	a.fake.Link.SendTo(server.URL)
	t.Cleanup(func() {
		if wrongs := a.fake.Link.Wrongs(); len(wrongs) > 0 {
			t.Error(wrongs)
		}
	})
	return a
}

func (a *answering) clockNow() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *answering) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

func (a *answering) take(_ context.Context, r Request) (Reply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.took = append(a.took, r)
	return a.reply, nil
}

// asked lets Anna type a command, and returns it as it came in.
func (a *answering) asked(t *testing.T) Request {
	t.Helper()
	if _, err := a.anna.Slash("news", "/copytaster", "snooze"); err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.took[len(a.took)-1]
}

// snooze is a modal with an input of every kind.
func snooze() View {
	choices := []Choice{{"rule", "This rule", "in this channel"}, {"story", "This story", ""}}
	return View{Title: "Snooze", Callback: "ct.snooze", Metadata: "v1.7", Submit: "Snooze", Close: "Cancel", Fields: []Field{
		{Parts: []notify.Part{{Kind: notify.Line, Runs: []notify.Run{{Text: "Kim met <!here>", Style: notify.Bold}}},
			{Kind: notify.Small, Runs: []notify.Run{{Text: "kim-putin"}}}}},
		{ID: "what", Label: "What", Kind: Radio, Choices: choices, Chosen: []string{"story"}},
		{ID: "long", Label: "How long", Kind: Select, Choices: []Choice{{"1h", "1 hour", ""}, {"24h", "24 hours", ""}}, Hint: "Europe/Berlin"},
		{ID: "also", Label: "Also", Kind: Checks, Choices: choices, Optional: true},
		{ID: "why", Label: "Why", Kind: Words, Optional: true, Most: 20},
		{ID: "more", Label: "More", Kind: Lines, Optional: true, Chosen: []string{"a\nb"}},
	}}
}

// TestPressed: what comes in when a button or an option of a message is used, the
// delivery that the message was among it.
func TestPressed(t *testing.T) {
	a := answer(t, slackfake.Options{Users: []slackfake.User{{ID: "U0ANNA", Name: "anna"}}})
	short := func(s string) *slackgo.TextBlockObject { return shortText(s, mostOption) }
	_, ts, _, err := a.api.SendMessageContext(t.Context(), "C000000001", slackgo.MsgOptionText("x", false),
		slackgo.MsgOptionBlocks(slackgo.NewActionBlock("do.0", slackgo.NewButtonBlockElement("ct.ack", "v1.7", short("Got it")),
			slackgo.NewOverflowBlockElement("ct.more", slackgo.NewOptionBlockObject("v1.7.why", short("Why"), nil)))),
		slackgo.MsgOptionMetadata(a.metadata(notify.Message{Delivery: 41, Promise: "p1"})))
	if err != nil {
		t.Fatal(err)
	}
	for i, action := range []string{"ct.ack", "ct.more"} {
		if _, err := a.anna.Press("news", ts, action, ""); err != nil {
			t.Fatal(err)
		}
		want := Request{Kind: Press, User: User{"U0ANNA", "anna", "T0FAKE"}, At: a.now, Channel: "C000000001", ChannelName: "news", TS: ts,
			Delivery: 41, Promise: "p1", Action: action, Value: []string{"v1.7", "v1.7.why"}[i]}
		got := a.took[i]
		want.ID, want.Trigger, want.ResponseURL = got.Trigger, got.Trigger, got.ResponseURL
		if diff := cmp.Diff(want, got); diff != "" || got.Trigger == "" || !a.mayAnswerAt(got.ResponseURL) {
			t.Errorf("%s %s", got.Trigger, diff)
		}
	}
}

// TestModal: a modal is opened, filled in wrongly, then rightly.
func TestModal(t *testing.T) {
	a := answer(t, slackfake.Options{})
	id, err := a.OpenView(t.Context(), a.asked(t).Trigger, snooze())
	if err != nil {
		t.Fatal(err)
	}
	open := a.fake.Modals("U0ANNA")
	if len(open) != 1 || open[0].ID != id || open[0].Title != "Snooze" || open[0].Callback != "ct.snooze" {
		t.Fatalf("%+v", open)
	}
	filled := map[string][]string{"what": {"rule"}, "long": {"24h"}, "also": {"rule", "story"}, "more": {"x\ny"}}
	for _, wrong := range []map[string][]string{{"what": {"rule"}}, {"what": {"rule", "story"}, "long": {"1h"}}, {"what": {"all"}, "long": {"1h"}},
		{"what": {"rule"}, "long": {"1h"}, "why": {strings.Repeat("x", 21)}}, {"what": {"rule"}, "long": {"1h"}, "x": {"y"}}} {
		if _, err := a.anna.Submit(id, wrong); err == nil || len(a.took) != 1 {
			t.Errorf("%v was sent", wrong)
		}
	}
	a.reply = Reply{Mistakes: map[string]string{"long": "at most until Monday"}}
	mistakes, err := a.anna.Submit(id, filled)
	if diff := cmp.Diff(a.reply.Mistakes, mistakes); diff != "" || err != nil || len(a.fake.Modals("U0ANNA")) != 1 {
		t.Errorf("%v %v", mistakes, err)
	}
	a.reply = Reply{}
	if mistakes, err := a.anna.Submit(id, filled); err != nil || mistakes != nil || len(a.fake.Modals("U0ANNA")) != 0 {
		t.Errorf("%v %v", mistakes, err)
	}
	r := a.took[len(a.took)-1]
	if r.Kind != Submission || r.Action != "ct.snooze" || r.Value != "v1.7" || r.View != id {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff(filled, r.Values); diff != "" {
		t.Error(diff)
	}
	if err := a.UpdateView(t.Context(), id, snooze()); problemOf(err) != notify.Gone {
		t.Errorf("updating a closed one: %v", err)
	}
}

// TestUpdateView: what a modal shows is replaced while it is open.
func TestUpdateView(t *testing.T) {
	a := answer(t, slackfake.Options{})
	if _, err := a.OpenView(t.Context(), a.asked(t).Trigger, View{Title: "Why"}); problemOf(err) != notify.Malformed {
		t.Errorf("a modal without anything in it: %v", err)
	}
	id, err := a.OpenView(t.Context(), a.asked(t).Trigger, snooze())
	if err != nil {
		t.Fatal(err)
	}
	v := snooze()
	v.Title = strings.Repeat("Snooze ", 10)
	if err := a.UpdateView(t.Context(), id, v); err != nil {
		t.Fatal(err)
	}
	if open := a.fake.Modals("U0ANNA"); open[0].Updates != 1 || open[0].Title != "Snooze Snooze Snooze Sn…" {
		t.Errorf("%+v", open)
	}
}

// TestExpiredTrigger: a trigger is good once, for three seconds.
func TestExpiredTrigger(t *testing.T) {
	a := answer(t, slackfake.Options{})
	first := a.asked(t).Trigger
	if _, err := a.OpenView(t.Context(), first, snooze()); err != nil {
		t.Fatal(err)
	}
	late := a.asked(t).Trigger
	a.pass(3*time.Second + time.Millisecond)
	for _, trigger := range []string{first, late, "1.2.made-up"} {
		_, err := a.OpenView(t.Context(), trigger, snooze())
		if !errors.Is(err, ErrTriggerExpired) || problemOf(err) != notify.Gone {
			t.Errorf("%s: %v", trigger, err)
		}
	}
	a.fake.Plan(slackfake.Fault{Method: "views.open", Status: 503})
	_, err := a.OpenView(t.Context(), first, snooze())
	if errors.Is(err, ErrTriggerExpired) || problemOf(err) != notify.Temporary {
		t.Errorf("%v", err)
	}
}

// TestHome: the App Home is published again and again.
func TestHome(t *testing.T) {
	a := answer(t, slackfake.Options{})
	if _, err := a.anna.OpenHome(); err != nil || a.took[0].Kind != HomeOpened || a.took[0].User.ID != "U0ANNA" {
		t.Fatalf("%+v %v", a.took, err)
	}
	line := func(text string) View {
		return View{Fields: []Field{{Parts: []notify.Part{{Kind: notify.Line, Runs: []notify.Run{{Text: text}}}}}}}
	}
	for i := range 3 {
		if err := a.PublishHome(t.Context(), "U0ANNA", line(fmt.Sprint("edition ", i))); err != nil {
			t.Fatal(err)
		}
	}
	if home, ok := a.fake.Home("U0ANNA"); !ok || home.Updates != 2 || !strings.Contains(string(home.Blocks), "edition 2") {
		t.Errorf("%+v", home)
	}
	if err := a.PublishHome(t.Context(), "U0ANNA", View{}); err != nil {
		t.Errorf("an empty home: %v", err)
	}
	if err := a.PublishHome(t.Context(), "nobody", line("x")); problemOf(err) != notify.NoChannel {
		t.Errorf("%v", err)
	}
}

// TestTell: one person alone is told, at the response URL as long as it is good,
// then in the channel.
func TestTell(t *testing.T) {
	a := answer(t, slackfake.Options{})
	r := a.asked(t)
	m := notify.Message{Text: "Bob got it at 14:07 <!here>", Mentions: []string{"here"},
		Body: []notify.Part{{Kind: notify.Line, Runs: []notify.Run{{Text: "Bob got it <!here>"}}}}}
	for range 7 {
		if err := a.Tell(t.Context(), r.Recipient(), m); err != nil {
			t.Fatal(err)
		}
	}
	a.pass(time.Hour)
	if err := a.Tell(t.Context(), r.Recipient(), m); err != nil {
		t.Fatal(err)
	}
	seen := a.fake.Whispers("U0ANNA")
	if u, p := len(a.fake.Calls("response_url")), len(a.fake.Calls("chat.postEphemeral")); u != 8 || p != 3 || len(seen) != 8 {
		t.Errorf("%d at the URL, %d in the channel, %d seen", u, p, len(seen))
	}
	for _, w := range seen {
		if len(w.Mentions) > 0 || w.Channel != "C000000001" || !strings.Contains(string(w.Blocks), "Bob got it") {
			t.Errorf("%+v", w)
		}
	}
	if len(a.fake.Messages("")) != 0 || len(a.fake.Whispers("U0BOB")) != 0 {
		t.Error("others see it")
	}
	home := Recipient{ResponseURL: r.ResponseURL, User: "U0ANNA"}
	if err := a.Tell(t.Context(), home, m); problemOf(err) != notify.Temporary {
		t.Errorf("outside of any channel: %v", err)
	}
	if err := a.Tell(t.Context(), Recipient{Channel: "C0NOWHERE", User: "U0ANNA"}, m); problemOf(err) != notify.NoChannel {
		t.Errorf("nowhere: %v", err)
	}
}

// TestResponseURLs: nothing but Slack is called.
func TestResponseURLs(t *testing.T) {
	for url, want := range map[string]bool{
		"https://hooks.slack.com/actions/T1/2/3":       true,
		"https://HOOKS.slack.com/commands/T1/2/3":      true,
		"https://hooks.slack-gov.com/actions/T1/2/3":   true,
		"https://slack.com/api/x":                      true,
		"http://hooks.slack.com/actions/T1/2/3":        false,
		"https://hooks.slack.com:8443/actions/T1/2/3":  false,
		"https://a@hooks.slack.com/actions/T1/2/3":     false,
		"https://hooks.slack.com.example.org/actions/": false,
		"https://hooks.slack.com@127.0.0.1/":           false,
		"http://127.0.0.1:9090/-/reload":               false,
		"http://169.254.169.254/latest/meta-data":      false,
		"file:///etc/passwd":                           false,
		"//hooks.slack.com/x":                          false,
		"%":                                            false,
	} {
		s := New(slog.New(slog.DiscardHandler), nil, Options{})
		if got := s.mayAnswerAt(url); got != want {
			t.Errorf("%s: %v, want %v", url, got, want)
		}
	}
	s, fake := pair(t, slackfake.Options{})
	if !s.mayAnswerAt(strings.TrimSuffix(fake.URL(), "api/")+"actions/T1/2") || s.mayAnswerAt("http://127.0.0.1:1/actions/T1/2") {
		t.Error("the fake's own")
	}
}

// TestAccount: who a user is, asked once an hour.
func TestAccount(t *testing.T) {
	a := answer(t, slackfake.Options{
		Users: []slackfake.User{{ID: "U0ANNA", Name: "anna", RealName: "Anna A", Zone: "Europe/Berlin"}, {ID: "U0GUEST", Name: "g", Guest: true},
			{ID: "U0OTHER", Name: "o", Team: "T0OTHER"},
			{ID: "U0BOT", Name: "b", Bot: true}, {ID: "U0GONE", Name: "x", DisplayName: "Bob", Deleted: true}},
		Groups: []slackfake.Group{{ID: "S0DESK", Users: []string{"U0ANNA"}}},
	})
	a.clock.now = a.clockNow
	for id, want := range map[string]Account{
		"U0ANNA":  {ID: "U0ANNA", Name: "Anna A", Zone: "Europe/Berlin"},
		"U0GUEST": {ID: "U0GUEST", Name: "g", Guest: true},
		"U0OTHER": {ID: "U0OTHER", Name: "o", Guest: true}, // shares a channel with us
		"U0BOT":   {ID: "U0BOT", Name: "b", Bot: true},
		"U0GONE":  {ID: "U0GONE", Name: "Bob", Gone: true},
	} {
		for range 3 {
			if got, err := a.Account(t.Context(), id); err != nil || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
		}
	}
	if n := len(a.fake.Calls("users.info")); n != 5 {
		t.Errorf("asked %d times", n)
	}
	a.pass(time.Hour)
	if _, err := a.Account(t.Context(), "U0ANNA"); err != nil || len(a.fake.Calls("users.info")) != 6 {
		t.Errorf("%v, asked %d times", err, len(a.fake.Calls("users.info")))
	}
	if _, err := a.Account(t.Context(), "U0NOBODY"); problemOf(err) != notify.NoChannel {
		t.Errorf("%v", err)
	}
	for user, want := range map[string]bool{"U0ANNA": true, "U0BOB": false} {
		if in, err := a.InGroup(t.Context(), "S0DESK", user); err != nil || in != want {
			t.Errorf("%s: %v, %v", user, in, err)
		}
	}
	if n := len(a.fake.Calls("usergroups.users.list")); n != 1 {
		t.Errorf("asked %d times", n)
	}
	a.fake.SetScopes([]string{"chat:write"})
	if _, err := a.InGroup(t.Context(), "S0OTHER", "U0ANNA"); problemOf(err) != notify.Unauthorized {
		t.Errorf("%v", err)
	}
}
