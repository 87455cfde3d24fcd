package slack

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// workspace has more channels than fit a page, the wanted ones at its end.
func workspace() []slackfake.Channel {
	var all []slackfake.Channel
	for i := range 25 {
		all = append(all, slackfake.Channel{Name: fmt.Sprintf("room-%d", i)})
	}
	return append(all,
		slackfake.Channel{ID: "C0ARCHIVED", Name: "old", Archived: true},
		slackfake.Channel{ID: "C0DESK0001", Name: "desk"},
		slackfake.Channel{ID: "G0SECRET01", Name: "secret", Private: true, Member: true},
		slackfake.Channel{ID: "G0HIDDEN01", Name: "hidden", Private: true},
	)
}

func TestResolve(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: workspace(), PageSize: 10})
	for _, tt := range []struct{ channel, want string }{
		{"C0123456789", "C0123456789"}, {"G0123456789", "G0123456789"}, {"D0123456789", "D0123456789"},
		{"desk", "C0DESK0001"}, {"#desk", "C0DESK0001"}, {"Desk", "C0DESK0001"}, {"secret", "G0SECRET01"},
		{"old", ""}, {"hidden", ""}, {"nowhere", ""}, {"", ""}, {"c0123456789", ""},
	} {
		got, err := s.Resolve(t.Context(), tt.channel)
		if got != tt.want || (err == nil) != (tt.want != "") || err != nil && problemOf(err) != notify.NoChannel {
			t.Errorf("%q: %q, %v, want %q", tt.channel, got, err, tt.want)
		}
	}
	if n := len(fake.Calls("conversations.list")); n != 3 {
		t.Errorf("%d calls for the three pages", n)
	}
}

func TestResolveStopsWhenFound(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: workspace(), PageSize: 10})
	if id, err := s.Resolve(t.Context(), "room-3"); id != "C000000004" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	if n := len(fake.Calls("")); n != 1 {
		t.Errorf("%d calls", n)
	}
}

func TestResolveSeesNewChannels(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	if _, err := s.Resolve(t.Context(), "desk"); problemOf(err) != notify.NoChannel {
		t.Fatal(err)
	}
	fake.AddChannel(slackfake.Channel{ID: "C0DESK0001", Name: "desk"})
	if _, err := s.Resolve(t.Context(), "desk"); problemOf(err) != notify.NoChannel {
		t.Errorf("the list was read again too soon: %v", err)
	}
	s.directory.begun = s.directory.begun.Add(-2 * freshFor)
	if id, err := s.Resolve(t.Context(), "desk"); id != "C0DESK0001" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
}

// TestResolveGoesOnAfterThrottling: a list that Slack does not return at
// once is not begun anew each time.
func TestResolveGoesOnAfterThrottling(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: workspace(), PageSize: 10})
	fake.Plan(slackfake.Fault{Nth: 2, Status: 429, RetryAfter: "30"})
	if _, err := s.Resolve(t.Context(), "desk"); problemOf(err) != notify.Throttled {
		t.Fatal(err)
	}
	if id, err := s.Resolve(t.Context(), "room-3"); id != "C000000004" || err != nil {
		t.Errorf("%q, %v: the first page was lost", id, err)
	}
	if id, err := s.Resolve(t.Context(), "desk"); id != "C0DESK0001" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	if n := len(fake.Calls("")); n != 4 {
		t.Errorf("%d calls, want 1 page, 1 fault, 2 pages", n)
	}
}

func TestResolveWithFewScopes(t *testing.T) {
	s, _ := pair(t, slackfake.Options{Channels: workspace(), Scopes: []string{"channels:read"}})
	if id, err := s.Resolve(t.Context(), "desk"); id != "C0DESK0001" || err != nil {
		t.Errorf("without groups:read: %q, %v", id, err)
	}
	if _, err := s.Resolve(t.Context(), "secret"); problemOf(err) != notify.NoChannel {
		t.Errorf("a private channel without groups:read: %v", err)
	}
	s, _ = pair(t, slackfake.Options{Channels: workspace(), Scopes: []string{"chat:write"}})
	if _, err := s.Resolve(t.Context(), "desk"); problemOf(err) != notify.NoChannel {
		t.Errorf("without channels:read: %v", err)
	}
}

func TestResolveInTrouble(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
		want  notify.Problem
	}{
		{"empty", slackfake.Fault{Body: "{}"}, notify.Temporary},
		{"down", slackfake.Fault{Status: 503}, notify.Temporary},
		{"garbage", slackfake.Fault{Body: page}, notify.Temporary},
		{"cut off", slackfake.Fault{Close: true}, notify.Temporary},
		{"revoked", slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized},
		{"cursor gone", slackfake.Fault{Code: "invalid_cursor"}, notify.Temporary},
	} {
		s, fake := pair(t, slackfake.Options{})
		fake.Plan(tt.fault)
		if _, err := s.Resolve(t.Context(), "news"); problemOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if id, err := s.Resolve(t.Context(), "news"); id != "C000000001" || err != nil {
			t.Errorf("%s, again: %q, %v", tt.name, id, err)
		}
	}
}

func TestResolveTogether(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: workspace(), PageSize: 10})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if id, err := s.Resolve(t.Context(), fmt.Sprintf("room-%d", i)); err != nil || id == "" {
				t.Errorf("%d: %q, %v", i, id, err)
			}
		})
	}
	all.Wait()
	if n := len(fake.Calls("")); n > 3 {
		t.Errorf("%d calls", n)
	}
}

func TestResolveDoesNotWaitForever(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	fake.Plan(slackfake.Fault{Delay: time.Hour})
	slow, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	turn := <-s.directory.turn // somebody else reads the list
	go func() {
		defer close(done)
		if _, err := s.Resolve(slow, "news"); problemOf(err) != notify.Temporary {
			t.Errorf("%v", err)
		}
	}()
	cancel()
	<-done
	s.directory.turn <- turn
}

// TestChannelsOf: a user is in public channels and in private ones that the bot is in, on as
// many pages as it takes. Without groups:read the public ones are known.
func TestChannelsOf(t *testing.T) {
	all := workspace()
	for i := range all {
		all[i].Users = []string{"U0ANNA", "U0BOB"}[i%2:]
	}
	s, fake := pair(t, slackfake.Options{Channels: all, PageSize: 10})
	for user, want := range map[string]int{"U0ANNA": 14, "U0BOB": 27, "U0NOBODY": 0} {
		names, err := s.ChannelsOf(t.Context(), user)
		if err != nil || len(names) != want || names["C0ARCHIVED"]+names["G0HIDDEN01"] != "" {
			t.Errorf("%s is in %d channels, want %d: %v, %v", user, len(names), want, names, err)
		}
	}
	before := len(fake.Calls("users.conversations"))
	if names, err := s.ChannelsOf(t.Context(), "U0BOB"); err != nil || names["G0SECRET01"] != "secret" || before != 6 {
		t.Errorf("%v, %v, after %d calls", names, err, before)
	}
	if n := len(fake.Calls("users.conversations")); n != before {
		t.Errorf("asked again within a minute")
	}
	if _, err := s.ChannelsOf(t.Context(), "somebody"); err == nil {
		t.Error("somebody is in channels")
	}
	s, _ = pair(t, slackfake.Options{Channels: all, Scopes: []string{"channels:read"}})
	if names, err := s.ChannelsOf(t.Context(), "U0BOB"); err != nil || len(names) != 26 || names["G0SECRET01"] != "" {
		t.Errorf("without groups:read: %v, %v", names, err)
	}
}
