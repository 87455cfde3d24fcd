// Package websub speaks the subscriber's side of WebSub (W3C Recommendation of
// 23 January 2018, https://www.w3.org/TR/2018/REC-websub-20180123/, whose
// sections the comments name). Links and Choose find the hub of a document,
// Request is what the hub is asked, ParseQuestion reads what it asks back, and
// Verify checks who sent what it pushes. It is pure: requests are made, and
// subscriptions remembered, elsewhere.
package websub

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Mode is what a request or a question is about.
type Mode string

// The modes (sections 5.1 to 5.3).
const (
	Subscribe   Mode = "subscribe"
	Unsubscribe Mode = "unsubscribe"
	Denied      Mode = "denied" // only the hub says so
)

// Request asks a hub for something (section 5.1). It is sent as a form.
type Request struct {
	Mode     Mode
	Callback string        // where the hub is to push
	Topic    string        // as the document names itself
	Lease    time.Duration // asked for; 0 leaves it to the hub, which may always decide otherwise
	Secret   news.Secret   // signs what is pushed; less than 200 bytes, "" for none
}

// Form is the request's body.
func (r Request) Form() url.Values {
	form := url.Values{
		"hub.mode":     {string(r.Mode)},
		"hub.callback": {r.Callback},
		"hub.topic":    {r.Topic},
	}
	if r.Mode == Unsubscribe {
		return form
	}
	if r.Lease > 0 {
		form.Set("hub.lease_seconds", strconv.FormatInt(int64(r.Lease/time.Second), 10))
	}
	if r.Secret != "" {
		form.Set("hub.secret", r.Secret.Reveal())
	}
	return form
}

// Question is what a hub asks the callback before it does as it was asked, or
// its word that it will not.
type Question struct {
	Mode      Mode
	Topic     string
	Challenge string        // to be given back, when the answer is yes; "" when Denied
	Lease     time.Duration // what the hub grants; 0 when it does not say
	Reason    string        // why it was denied, "" when the hub does not say
}

// maxLease bounds what a number of seconds may say: beyond it lies what a
// time.Duration cannot hold.
const maxLease = 100 * 365 * 24 * time.Hour

// ParseQuestion reads the query of a hub's GET at the callback (sections 5.2
// and 5.3). The error says what it lacks.
func ParseQuestion(query url.Values) (Question, error) {
	q := Question{
		Mode:      Mode(query.Get("hub.mode")),
		Topic:     query.Get("hub.topic"),
		Challenge: query.Get("hub.challenge"),
		Reason:    query.Get("hub.reason"),
	}
	if seconds, err := strconv.ParseInt(query.Get("hub.lease_seconds"), 10, 64); err == nil && seconds > 0 {
		q.Lease = time.Duration(min(seconds, int64(maxLease/time.Second))) * time.Second
	}
	switch {
	case q.Mode != Subscribe && q.Mode != Unsubscribe && q.Mode != Denied:
		return Question{}, errors.New("read question: hub.mode is unknown")
	case q.Topic == "":
		return Question{}, errors.New("read question: hub.topic is missing")
	case q.Challenge == "" && q.Mode != Denied:
		return Question{}, errors.New("read question: hub.challenge is missing")
	}
	return q, nil
}
