package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// The example of https://www.standardwebhooks.com, as its libraries test it.
const exampleSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

func TestSign(t *testing.T) {
	key, err := ParseSecret(exampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	got := Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestParseSecret(t *testing.T) {
	for text, want := range map[string]string{
		exampleSecret:                      "",
		" " + exampleSecret[6:] + "\n":     "",
		"whsec_" + strings.Repeat("A", 8):  "6 bytes",
		"whsec_" + strings.Repeat("A", 88): "66 bytes",
		"a password":                       "base64",
		"":                                 "0 bytes",
	} {
		_, err := ParseSecret(text)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// receiver is a strict receiver: it refuses what is not signed, or old, and knows what came
// twice.
type receiver struct {
	t        *testing.T
	status   int
	header   http.Header
	payloads []Payload
	ids      []string
	asked    []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.asked = append(r.asked, q.Method)
	if q.Method != http.MethodPost {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		r.t.Error(err)
	}
	key, err := ParseSecret(exampleSecret)
	if err != nil {
		r.t.Error(err)
	}
	id, stamp := q.Header.Get("webhook-id"), q.Header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Unix(seconds, 0).Sub(noon).Abs() > 5*time.Minute {
		r.t.Errorf("timestamp %q", stamp)
	}
	if want := Sign(key, id, time.Unix(seconds, 0), body); !hmac.Equal([]byte(want), []byte(q.Header.Get("webhook-signature"))) {
		r.t.Errorf("the signature is wrong")
	}
	if q.Header.Get("Content-Type") != "application/json" || q.Header.Get("Authorization") != "Bearer abc" {
		r.t.Errorf("headers %v", q.Header)
	}
	var e Payload
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || e.Data.ID != id {
		r.t.Errorf("event %s: %v", body, err)
	}
	r.payloads, r.ids = append(r.payloads, e), append(r.ids, id)
	maps.Copy(w.Header(), r.header)
	if r.status != 0 {
		w.WriteHeader(r.status)
	}
}

// newSender starts a receiver and makes a sender to it.
func newSender(t *testing.T) (*receiver, *Sender, *httptest.Server) {
	t.Helper()
	r := &receiver{t: t}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	s, err := New(server.Client(), Options{
		URL: news.Secret(server.URL + "/hook/secret-key"), Secret: exampleSecret, Agent: "copytaster/test",
		Headers: map[string]news.Secret{"Authorization": "Bearer abc"}, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, s, server
}

// raised is a message about an alert.
func raised() notify.Message {
	s := &news.Story{
		ID: 1, Cluster: 7, Title: "Kim Jong Un meets Putin in Vladivostok", URL: "https://tass.example/1", Outlet: "TASS", Language: "en",
		Origin: news.Origin{Source: "tass", Tier: "state"}, Published: noon.Add(-time.Minute),
	}
	a := news.Alert{ID: 3, Cluster: 7, Severity: news.Urgent, Rules: []string{"kim"}, Mentions: []string{"@here"}}
	m := notify.Story(news.Delivery{ID: 9, Promise: "PROMISE", Kind: news.DeliverStory}, a, s, []news.Match{{
		Rule: "kim", Evidence: []news.Evidence{{Term: "Kim", Concept: "kim", Field: "title", Text: "Kim", Start: 0, End: 3}},
	}}, noon)
	m.Alert = a.ID
	return m
}

func TestSend(t *testing.T) {
	r, s, _ := newSender(t)
	for range 2 { // what is repeated has the same name
		receipt, err := s.Send(t.Context(), "pager", raised())
		if err != nil || receipt.TS != "msg_PROMISE" || receipt.ChannelID != "pager" {
			t.Fatal(receipt, err)
		}
	}
	if r.ids[0] != r.ids[1] {
		t.Errorf("names %q", r.ids)
	}
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r.payloads[0]); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), got.String()) {
		t.Errorf("docs/webhooks.md does not show\n%s", &got)
	}
	reply := raised()
	reply.Thread = "msg_PROMISE"
	if _, err := s.Send(t.Context(), "pager", reply); err != nil || r.payloads[2].Data.InReply != "msg_PROMISE" {
		t.Error(r.payloads[2].Data.InReply, err)
	}
	hostile := raised()
	hostile.Headline = "\"},<script>\\ \u202e Путин\r\nX-Injected: 1"
	if _, err := s.Send(t.Context(), "pager", hostile); err != nil || r.payloads[3].Data.Headline != hostile.Headline {
		t.Errorf("%q, %v", r.payloads[3].Data.Headline, err)
	}
	test := notify.Ops(news.Delivery{Kind: news.DeliverOps, Text: "A test."})
	one, errOne := s.Send(t.Context(), "pager", test)
	two, errTwo := s.Send(t.Context(), "pager", test)
	if errOne != nil || errTwo != nil || one.TS == two.TS {
		t.Error(one, two, errOne, errTwo)
	}
}

func TestVerdict(t *testing.T) {
	for status, want := range map[int]notify.Problem{
		200: "", 204: "", 299: "", 301: notify.NoChannel, 302: notify.NoChannel, 400: notify.Malformed, 401: notify.NoChannel,
		403: notify.NoChannel, 404: notify.NoChannel, 408: notify.Temporary, 410: notify.NoChannel, 413: notify.Malformed,
		422: notify.Malformed, 425: notify.Temporary, 429: notify.Throttled, 500: notify.Temporary, 503: notify.Throttled,
	} {
		r, s, _ := newSender(t)
		r.status = status
		r.header = http.Header{"Retry-After": {"7"}, "Location": {"https://elsewhere.example/"}}
		_, err := s.Send(t.Context(), "pager", raised())
		se, failed := errors.AsType[*notify.SendError](err)
		switch {
		case want == "" && err == nil:
			continue
		case !failed || se.Problem != want:
			t.Errorf("%d: %v, want %s", status, err, want)
		case want == notify.Throttled && se.RetryAfter != 7*time.Second:
			t.Errorf("%d: rests for %s", status, se.RetryAfter)
		}
		if len(r.asked) != 1 {
			t.Errorf("%d: asked %v", status, r.asked)
		}
	}
}

// TestNoSecretInErrors: an error does not show the URL, which may hold a key.
func TestNoSecretInErrors(t *testing.T) {
	_, s, server := newSender(t)
	server.Close()
	_, err := s.Send(t.Context(), "pager", raised())
	se, ok := errors.AsType[*notify.SendError](err)
	if !ok || se.Problem != notify.Temporary {
		t.Fatal(err)
	}
	probed := s.Probe(t.Context())
	for _, e := range []error{err, probed} {
		if e == nil || strings.Contains(e.Error(), "secret-key") || strings.Contains(e.Error(), "abc") {
			t.Errorf("error %v", e)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Send(ctx, "pager", raised()); err == nil || strings.Contains(err.Error(), "secret-key") {
		t.Errorf("error %v", err)
	}
}

// TestProbe: a receiver that refuses the method is there, and nothing is sent.
func TestProbe(t *testing.T) {
	r, s, _ := newSender(t)
	if err := s.Probe(t.Context()); err != nil || len(r.payloads) != 0 || r.asked[0] != http.MethodOptions {
		t.Error(err, r.asked)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	s.opt.URL = news.Secret(gone.URL)
	if err := s.Probe(t.Context()); err == nil {
		t.Error("a receiver that is not there answers")
	}
}

// TestWhatIsNotDone: there is nothing to edit, to find or to link.
func TestWhatIsNotDone(t *testing.T) {
	r, s, _ := newSender(t)
	at := notify.Receipt{ChannelID: "pager", TS: "msg_1"}
	if err := s.Edit(t.Context(), at, raised()); err != nil {
		t.Error(err)
	}
	if _, found, err := s.Find(t.Context(), "pager", notify.Sought{}, noon); found || err != nil {
		t.Error(found, err)
	}
	if _, found, err := s.Newest(t.Context(), "pager"); found || err != nil {
		t.Error(found, err)
	}
	if link, err := s.Permalink(t.Context(), at); link != "" || err != nil {
		t.Error(link, err)
	}
	if len(r.asked) != 0 {
		t.Errorf("asked %v", r.asked)
	}
}
