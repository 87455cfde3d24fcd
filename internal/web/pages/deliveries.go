package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// perPage is how many deliveries a page lists.
const perPage = 25

// listing is what the page of deliveries shows.
type listing struct {
	State  news.DeliveryState // "": all
	States []tab
	All    []delivery
	Next   string // the URL of the next page, "" when this is the last
	First  string // the URL of the first page, "" when this is it
	Notice string
}

// tab leads to the deliveries of a state.
type tab struct {
	State news.DeliveryState
	Link  string
	On    bool
}

// delivery is one of them, with what can be done about it.
type delivery struct {
	app.DeliveryStatus
	What              string
	CanRetry, CanDrop bool
	Elsewhere         []string // channels and sinks that it can be sent to instead
	StoryLink         string   // "": there is none
}

// deliveries lists the deliveries of a state, the newest first.
func (s *site) deliveries(r *http.Request) (sheet, error) {
	q := r.URL.Query()
	l := listing{State: news.DeliveryState(q.Get("state")), Notice: noticeOf(q)}
	states := news.DeliveryStates()
	if l.State != "" && !slices.Contains(states, l.State) {
		return sheet{}, notFoundError("There is no such state of a delivery.")
	}
	below, err := strconv.ParseInt(q.Get("below"), 10, 64)
	if err != nil || below < 1 {
		below = 0
	}
	f := app.DeliveryFilter{Limit: perPage + 1, Below: below}
	if l.State != "" {
		f.States = []news.DeliveryState{l.State}
	}
	for _, state := range append([]news.DeliveryState{""}, states...) {
		l.States = append(l.States, tab{state, listLink(state, 0), state == l.State})
	}
	found, err := s.Deliveries(r.Context(), f)
	if len(found) > perPage {
		found = found[:perPage]
		l.Next = listLink(l.State, found[perPage-1].ID)
	}
	if below > 0 {
		l.First = listLink(l.State, 0)
	}
	channels := s.Channels()
	for _, d := range found {
		l.All = append(l.All, deliveryOf(d, channels))
	}
	return sheet{Frame: "deliveries", Title: "Deliveries", At: "/deliveries", Data: l}, err
}

// listLink is the URL of a page of deliveries.
func listLink(state news.DeliveryState, below int64) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", string(state))
	}
	if below > 0 {
		q.Set("below", strconv.FormatInt(below, 10))
	}
	if len(q) == 0 {
		return "/deliveries"
	}
	return "/deliveries?" + q.Encode()
}

func deliveryOf(d app.DeliveryStatus, channels []string) delivery {
	v := delivery{DeliveryStatus: d, What: string(d.Kind)}
	if d.About != "" {
		v.What += ": " + string(d.About)
	}
	switch d.State {
	case news.StateParked:
		v.CanRetry, v.CanDrop = true, true
	case news.StateDead:
		v.CanRetry, v.CanDrop = true, d.Error != store.DroppedByHand
	case news.StatePending, news.StateInDoubt:
		v.CanDrop = true
	}
	if v.CanRetry && d.Kind != news.DeliverEdit { // an edit is of a message that stands where it stands
		v.Elsewhere = slices.DeleteFunc(slices.Clone(channels), func(c string) bool { return c == d.Channel })
	}
	switch {
	case d.Told != 0:
		v.StoryLink = "/story?id=" + strconv.FormatInt(d.Told, 10)
	case d.URL != "":
		v.StoryLink = "/story?url=" + url.QueryEscape(d.URL)
	}
	return v
}

// noticeOf is what was done on the page before. It is made of a number and one of a few words.
func noticeOf(q url.Values) string {
	id, err := strconv.ParseInt(q.Get("id"), 10, 64)
	if err != nil {
		return ""
	}
	number := strconv.FormatInt(id, 10)
	switch q.Get("done") {
	case "retried":
		return "Delivery " + number + " is due now."
	case "dropped":
		return "Delivery " + number + " was given up: nobody waits for it any more. To send it after all, press Retry beside it among the dead."
	case "moved":
		return "Delivery " + number + " goes elsewhere, and is due now."
	}
	return ""
}

// deed is what people do with a delivery.
type deed struct {
	done string // what it is called afterwards
	do   func(r *http.Request, id int64, by string) error
}

// deedsOf are the deeds by the last part of their paths.
func deedsOf(w app.Window) map[string]deed {
	return map[string]deed{
		"retry": {"retried", func(r *http.Request, id int64, by string) error { return w.Retry(r.Context(), id, by) }},
		"drop":  {"dropped", func(r *http.Request, id int64, by string) error { return w.Drop(r.Context(), id, by) }},
		"move": {"moved", func(r *http.Request, id int64, by string) error {
			return w.SendElsewhere(r.Context(), id, r.PostForm.Get("channel"), by)
		}},
	}
}

// act does something with a delivery, then shows the page that it was asked on.
func (s *site) act(d deed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
			return
		}
		id, err := strconv.ParseInt(r.PostForm.Get("id"), 10, 64)
		if err != nil || id < 1 {
			s.refuse(w, r, http.StatusBadRequest, "That is no number of a delivery.")
			return
		}
		err = d.do(r, id, s.visitorOf(r).by())
		alerted := (*store.AlertedError)(nil)
		switch {
		case errors.As(err, &alerted):
			s.refuse(w, r, http.StatusConflict, "Nothing was done: "+alerted.Channel+" has an alert on the same news already.")
			return
		case errors.Is(err, app.ErrNotElsewhere):
			s.refuse(w, r, http.StatusBadRequest, "Nothing was done: it cannot be sent there.")
			return
		case errors.Is(err, store.ErrNotFound):
			s.refuse(w, r, http.StatusConflict, "Nothing was done: delivery "+strconv.FormatInt(id, 10)+" is in another state by now, or there is none.")
			return
		case err != nil:
			s.refuseDeed(w, r, toldError{err}, "a delivery cannot be changed", "delivery", id)
			return
		}
		back := url.URL{Path: "/deliveries"}
		q := url.Values{"done": {d.done}, "id": {strconv.FormatInt(id, 10)}}
		if state := news.DeliveryState(r.PostForm.Get("state")); slices.Contains(news.DeliveryStates(), state) {
			q.Set("state", string(state))
		}
		back.RawQuery = q.Encode()
		http.Redirect(w, r, back.String(), http.StatusSeeOther)
	})
}
