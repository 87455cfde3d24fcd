package websub

import (
	"math"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestForm(t *testing.T) {
	const callback = "https://desk.example/websub/x"
	for name, c := range map[string]struct {
		request Request
		want    string
	}{
		"subscribe": {Request{Mode: Subscribe, Callback: callback, Topic: "https://a.example/f?x=1&y=2", Lease: 36 * time.Hour, Secret: "s3cret"},
			"hub.callback=https%3A%2F%2Fdesk.example%2Fwebsub%2Fx&hub.lease_seconds=129600&hub.mode=subscribe&hub.secret=s3cret&hub.topic=https%3A%2F%2Fa.example%2Ff%3Fx%3D1%26y%3D2"},
		"without wishes": {Request{Mode: Subscribe, Callback: callback, Topic: "t"},
			"hub.callback=https%3A%2F%2Fdesk.example%2Fwebsub%2Fx&hub.mode=subscribe&hub.topic=t"},
		"unsubscribe tells no secret": {Request{Mode: Unsubscribe, Callback: callback, Topic: "t", Lease: time.Hour, Secret: "s3cret"},
			"hub.callback=https%3A%2F%2Fdesk.example%2Fwebsub%2Fx&hub.mode=unsubscribe&hub.topic=t"},
	} {
		if got := c.request.Form().Encode(); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}

func TestParseQuestion(t *testing.T) {
	for _, c := range []struct {
		name, query string
		want        Question
		wrong       string
	}{
		{"subscribe", "hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=864000", Question{Mode: Subscribe, Topic: "t", Challenge: "c", Lease: 240 * time.Hour}, ""},
		{"an old hub names no lease", "hub.mode=subscribe&hub.topic=t&hub.challenge=c", Question{Mode: Subscribe, Topic: "t", Challenge: "c"}, ""},
		{"a lease that is none", "hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=-5", Question{Mode: Subscribe, Topic: "t", Challenge: "c"}, ""},
		{"a lease in words", "hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=ten", Question{Mode: Subscribe, Topic: "t", Challenge: "c"}, ""},
		{"a lease for ever", "hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=9223372036854775807", Question{Mode: Subscribe, Topic: "t", Challenge: "c", Lease: maxLease}, ""},
		{"unsubscribe", "hub.mode=unsubscribe&hub.topic=t&hub.challenge=c", Question{Mode: Unsubscribe, Topic: "t", Challenge: "c"}, ""},
		{"denied", "hub.mode=denied&hub.topic=t&hub.reason=no+such+topic", Question{Mode: Denied, Topic: "t", Reason: "no such topic"}, ""},
		{"no mode", "hub.topic=t&hub.challenge=c", Question{}, "hub.mode is unknown"},
		{"a mode of its own", "hub.mode=publish&hub.topic=t&hub.challenge=c", Question{}, "hub.mode is unknown"},
		{"no topic", "hub.mode=subscribe&hub.challenge=c", Question{}, "hub.topic is missing"},
		{"no challenge", "hub.mode=subscribe&hub.topic=t", Question{}, "hub.challenge is missing"},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseQuestion(query)
		if got != c.want || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: got %+v, %v", c.name, got, err)
		}
	}
}

// FuzzParseQuestion: what is taken for a question is a whole one.
func FuzzParseQuestion(f *testing.F) {
	f.Add("hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=864000")
	f.Add("hub.mode=denied&hub.topic=t&hub.reason=r")
	f.Fuzz(func(t *testing.T, text string) {
		query, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q, err := ParseQuestion(query)
		if err != nil {
			if q != (Question{}) {
				t.Errorf("%v, and yet %+v", err, q)
			}
			return
		}
		if q.Topic == "" || q.Challenge == "" && q.Mode != Denied || q.Lease < 0 || q.Lease > math.MaxInt64/2 {
			t.Errorf("got %+v", q)
		}
	})
}
