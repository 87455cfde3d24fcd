package slack

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/slackfake"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// pressed is a payload as Slack sends it when a button is pressed.
const pressed = `{"type":"block_actions","user":{"id":"U0ANNA","username":"anna","name":"anna","team_id":"T1"},"api_app_id":"A1","token":"x",
"container":{"type":"message","message_ts":"1795413600.000100","channel_id":"C0NEWS","is_ephemeral":false},"trigger_id":"1.2.abc",
"team":{"id":"T1","domain":"x"},"enterprise":null,"is_enterprise_install":false,"channel":{"id":"C0NEWS","name":"news"},
"message":{"bot_id":"B1","type":"message","text":"x","user":"U0BOT","ts":"1795413600.000100",
"metadata":{"event_type":"copytaster_alert","event_payload":{"delivery":41,"promise":"p1"}}},
"state":{"values":{}},"response_url":"https:\/\/hooks.slack.com\/actions\/T1\/2\/3","actions":[{"action_id":"ct.ack","block_id":"do.1",
"text":{"type":"plain_text","text":"Got it","emoji":false},"value":"v1.4711","style":"primary","type":"button","action_ts":"1795413605.123456"}]}`

// signed is a request as Slack signs it.
func signed(contentType, body string, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(body))
	r.Header = slackfake.Sign(slackfake.DefaultSecret, at, []byte(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

func payload(json string) string { return url.Values{"payload": {json}}.Encode() }

// endpoint is an endpoint, and what it has taken.
func endpoint(now time.Time, h Handler) (*Endpoint, *[]Request) {
	var took []Request
	return HTTPHandler(slog.New(slog.DiscardHandler), slackfake.DefaultSecret, func() time.Time { return now },
		func(ctx context.Context, r Request) (Reply, error) {
			took = append(took, r)
			if h != nil {
				return h(ctx, r)
			}
			return Reply{}, nil
		}), &took
}

// TestEndpoint: what is answered, and how many requests come of it.
func TestEndpoint(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	edit := func(r *http.Request, name, value string) *http.Request { r.Header.Set(name, value); return r }
	for _, tt := range []struct {
		name    string
		request *http.Request
		status  int
		body    string
		took    int
	}{
		{"a button", signed(formType, payload(pressed), now), 200, "", 1},
		{"a command", signed(formType, "command=%2Fcopytaster&text=status&user_id=U1&channel_id=C1&trigger_id=1.2.3", now), 200, "", 1},
		{"an event", signed(jsonType, `{"type":"event_callback","event_id":"Ev1","event_time":1795413600,`+
			`"event":{"type":"app_home_opened","user":"U1","tab":"home"}}`, now), 200, "", 1},
		{"an event that is not used", signed(jsonType, `{"type":"event_callback","event_id":"Ev1","event":{"type":"message"}}`, now), 200, "", 0},
		{"the challenge", signed(jsonType, `{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}`, now), 200, "3eZbrw1aB", 0},
		{"a check of the certificate", signed(formType, "ssl_check=1&token=x", now), 200, "", 0},
		{"a check of the certificate by GET", httptest.NewRequest(http.MethodGet, "/slack?ssl_check=1&token=x", nil), 200, "", 0},
		{"five minutes old", signed(formType, payload(pressed), now.Add(-5*time.Minute)), 200, "", 1},

		{"older", signed(formType, payload(pressed), now.Add(-5*time.Minute-time.Second)), 401, "Unauthorized\n", 0},
		{"from the future", signed(formType, payload(pressed), now.Add(5*time.Minute+time.Second)), 401, "Unauthorized\n", 0},
		{"from far away", edit(signed(formType, payload(pressed), now), "X-Slack-Request-Timestamp", "9223372036854775807"), 401, "Unauthorized\n", 0},
		{"no time", edit(signed(formType, payload(pressed), now), "X-Slack-Request-Timestamp", ""), 401, "Unauthorized\n", 0},
		{"another time", edit(signed(formType, payload(pressed), now), "X-Slack-Request-Timestamp", "1795953601"), 401, "Unauthorized\n", 0},
		{"not signed", edit(signed(formType, payload(pressed), now), "X-Slack-Signature", ""), 401, "Unauthorized\n", 0},
		{"half a signature", edit(signed(formType, payload(pressed), now), "X-Slack-Signature", "v0=ab"), 401, "Unauthorized\n", 0},
		{"forged", edit(signed(formType, payload(pressed), now), "X-Slack-Signature", "v0="+strings.Repeat("0", 64)), 401, "Unauthorized\n", 0},
		{"another body", func() *http.Request {
			r := signed(formType, payload(pressed), now)
			r.Body = http.NoBody
			return r
		}(), 401, "Unauthorized\n", 0},
		{"too long", signed(formType, payload(strings.Repeat("x", mostBody)), now), 413, "Request Entity Too Large\n", 0},
		{"GET", httptest.NewRequest(http.MethodGet, "/slack", nil), 405, "only POST is answered\n", 0},

		{"truncated", signed(formType, payload(pressed[:300]), now), 400, "Bad Request\n", 0},
		{"no user", signed(formType, payload(`{"type":"block_actions","actions":[{"action_id":"x"}]}`), now), 400, "Bad Request\n", 0},
		{"no action", signed(formType, payload(`{"type":"block_actions","user":{"id":"U1"}}`), now), 400, "Bad Request\n", 0},
		{"neither", signed(formType, "a=b", now), 400, "Bad Request\n", 0},
		{"a broken form", signed(formType, "payload=%zz", now), 400, "Bad Request\n", 0},
		{"broken JSON", signed(jsonType, `{"type":`, now), 400, "Bad Request\n", 0},
	} {
		e, took := endpoint(now, nil)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, tt.request)
		if w.Code != tt.status || w.Body.String() != tt.body || len(*took) != tt.took {
			t.Errorf("%s: %d %q, %d taken; want %d %q, %d", tt.name, w.Code, w.Body, len(*took), tt.status, tt.body, tt.took)
		}
	}
}

// TestEndpointHasNoSecret: without a signing secret nothing is taken, whatever it
// is signed with.
func TestEndpointHasNoSecret(t *testing.T) {
	now := time.Now()
	e := HTTPHandler(slog.New(slog.DiscardHandler), "", nil, func(context.Context, Request) (Reply, error) {
		t.Error("taken")
		return Reply{}, nil
	})
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(payload(pressed)))
	r.Header = slackfake.Sign("", now, []byte(payload(pressed)))
	w := httptest.NewRecorder()
	if e.ServeHTTP(w, r); w.Code != http.StatusUnauthorized {
		t.Errorf("%d", w.Code)
	}
}

// TestReplay: a request that is sent again has the same ID, with a trigger or
// without.
func TestReplay(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	closed := `{"type":"view_closed","user":{"id":"U1"},"view":{"id":"V1","callback_id":"x"}}`
	for _, body := range []string{payload(pressed), payload(closed)} {
		e, took := endpoint(now, nil)
		for range 2 {
			e.ServeHTTP(httptest.NewRecorder(), signed(formType, body, now))
		}
		if all := *took; len(all) != 2 || all[0].ID == "" || all[0].ID != all[1].ID {
			t.Errorf("%+v", all)
		}
	}
}

// TestEndpointReplies: what a handler says goes back; what it could not store is not
// acknowledged.
func TestEndpointReplies(t *testing.T) {
	now := time.Now()
	submitted := `{"type":"view_submission","trigger_id":"1.2.3","user":{"id":"U1"},"view":{"id":"V1","callback_id":"x"}}`
	e, _ := endpoint(now, func(context.Context, Request) (Reply, error) {
		return Reply{Mistakes: map[string]string{"until": "no such \x00day"}}, nil
	})
	w := httptest.NewRecorder()
	e.ServeHTTP(w, signed(formType, payload(submitted), now))
	if want := `{"errors":{"until":"no such day"},"response_action":"errors"}`; w.Body.String() != want || w.Header().Get("Content-Type") != jsonType {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	e, _ = endpoint(now, func(context.Context, Request) (Reply, error) { return Reply{}, errors.New("disk full") })
	w = httptest.NewRecorder()
	if e.ServeHTTP(w, signed(formType, payload(submitted), now)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestEndpointRefusalsInTheLog: a flood of forged requests is counted, a line a
// minute, without what they say.
func TestEndpointRefusalsInTheLog(t *testing.T) {
	var log strings.Builder
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	e := HTTPHandler(slog.New(slog.NewTextHandler(&log, nil)), "another", func() time.Time { return now }, nil)
	for i := range 100 {
		if i == 60 {
			now = now.Add(time.Minute)
		}
		e.ServeHTTP(httptest.NewRecorder(), signed(formType, payload(pressed), now))
	}
	said := log.String()
	if strings.Count(said, "\n") != 2 || !strings.Contains(said, "count=60") || strings.Contains(said, "v1.4711") {
		t.Error(said)
	}
}

// TestFakeOverHTTP: the fake's people, over signed HTTP.
func TestFakeOverHTTP(t *testing.T) {
	e, took := endpoint(time.Now(), nil)
	server := httptest.NewServer(e)
	defer server.Close()
	s, fake := pair(t, slackfake.Options{Users: []slackfake.User{{ID: "U0ANNA", Name: "anna"}}})
	fake.Link.SendTo(server.URL)
	anna := fake.As("U0ANNA")
	if _, err := anna.Slash("news", "/copytaster", "why https://example.org/ä?a=b&c"); err != nil {
		t.Fatal(err)
	}
	if _, err := anna.OpenHome(); err != nil {
		t.Fatal(err)
	}
	receipt := send(t, s, "C000000001", story(41))
	if _, err := anna.Shortcut("news", receipt.TS, "ct.why"); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range *took {
		said = append(said, strings.Join([]string{string(r.Kind), r.User.ID, r.User.Name, r.Channel, r.Action, r.Text}, " "))
		if r.Kind == Shortcut && (r.TS != receipt.TS || r.Delivery != 41) {
			t.Errorf("%+v", r)
		}
	}
	want := []string{"slash U0ANNA anna C000000001 /copytaster why https://example.org/ä?a=b&c", "home U0ANNA  D0FAKE  ",
		"shortcut U0ANNA anna C000000001 ct.why "}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
	if len(fake.Link.Wrongs()) > 0 {
		t.Error(fake.Link.Wrongs())
	}
}
