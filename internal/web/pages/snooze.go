package pages

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/store"
)

// mostWhy is how much may be said of why something is snoozed, in characters.
const mostWhy = 200

// snoozing is the form by which a rule is snoozed, and what was filled in.
type snoozing struct {
	app.SnoozeOrder

	MostWhy  int
	Request  string // names the form: who presses twice says it once
	Channels []string
	Spans    []choice
	Sources  []string // where the rule may be snoozed alone
	Lasts    string   // the chosen span, as people read it: "for 4 hours", "until 08:00"
}

// choice is a value of a form, as people read it.
type choice struct{ Value, Text string }

// snoozingOf is the empty form of a rule.
func snoozingOf(s *site, rule string) snoozing {
	f := snoozing{
		SnoozeOrder: app.SnoozeOrder{Rule: rule}, MostWhy: mostWhy, Request: rand.Text(), Channels: s.SnoozeChannels(),
	}
	for _, l := range s.SnoozeSpans() {
		f.Spans = append(f.Spans, choice{l.Value, l.Text})
	}
	for _, src := range s.Config().Sources {
		if !src.Disabled {
			f.Sources = append(f.Sources, src.Name)
		}
	}
	return f
}

// snoozeList is what the page of snoozes shows.
type snoozeList struct {
	All    []app.Snoozed
	Notice string
}

// snoozes lists what is kept from which channel.
func (s *site) snoozes(r *http.Request) (sheet, error) {
	q := r.URL.Query()
	v := snoozeList{Notice: map[string]string{
		"begun": "It is snoozed. The channel is told.", "ended": "The snooze is over. What it kept is told now.",
		"over": "Nothing was done: the snooze was over already.",
	}[q.Get("done")]}
	all, err := s.Snoozes(r.Context())
	v.All = all
	return sheet{Frame: "snoozes", Title: "Snoozes", At: "/rules", Data: v}, err
}

// snooze begins a snooze. A whole rule is snoozed once somebody has confirmed it.
func (s *site) snooze(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := snoozingOf(s, get("rule"))
	f.Channel, f.Source, f.Span, f.By = get("channel"), get("source"), get("for"), s.visitorOf(r).by()
	f.Why, f.Request = get("why"), get("request")
	for _, span := range f.Spans {
		if span.Value == f.Span {
			if f.Lasts = span.Text; !strings.HasPrefix(f.Lasts, "until ") {
				f.Lasts = "for " + f.Lasts
			}
		}
	}
	_, known := s.RuleNamed(f.Rule)
	switch {
	case f.Request == "" || len(f.Request) > mostName || utf8.RuneCountInString(f.Why) > mostWhy:
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	case !known || f.Lasts == "":
		s.refuse(w, r, http.StatusBadRequest, "Nothing was done: there is no such rule, or no such time.")
		return
	case f.Source == "" && get("confirm") != "yes":
		s.write(w, r, sheet{Frame: "snoozing", Title: "Snooze " + f.Rule, At: "/rules", Data: f})
		return
	}
	holds, err := beginSnooze(s, r, &f)
	switch {
	case errors.Is(err, app.ErrSnooze):
		s.refuse(w, r, http.StatusUnprocessableEntity, "Nothing was done: "+err.Error()+".")
	case err != nil:
		s.Log().Error("a rule cannot be snoozed", "rule", f.Rule, "channel", f.Channel, "error", err)
		s.refuse(w, r, http.StatusUnprocessableEntity, "Nothing was done. The log of the daemon says why.")
	case !holds:
		http.Redirect(w, r, "/snoozes?done=over", http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/snoozes?"+url.Values{"done": {"begun"}}.Encode(), http.StatusSeeOther)
	}
}

// beginSnooze begins the snooze of a form. holds is false where the form was sent before, and what
// it began is over.
func beginSnooze(s *site, r *http.Request, f *snoozing) (holds bool, err error) {
	begun, err := s.Snooze(r.Context(), f.SnoozeOrder, f.Request)
	if err != nil {
		return false, err
	}
	return isSnoozed(s, r, begun.ID)
}

// isSnoozed reports whether a snooze holds.
func isSnoozed(s *site, r *http.Request, id int64) (bool, error) {
	all, err := s.Snoozes(r.Context())
	return slices.ContainsFunc(all, func(z app.Snoozed) bool { return z.ID == id }), err
}

// unsnooze ends a snooze.
func (s *site) unsnooze(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	id, err := strconv.ParseInt(r.PostForm.Get("id"), 10, 64)
	if err != nil || id < 1 {
		s.refuse(w, r, http.StatusBadRequest, "That is no number of a snooze.")
		return
	}
	held, err := isSnoozed(s, r, id)
	ended := false
	if err == nil {
		ended, err = s.Unsnooze(r.Context(), id, s.visitorOf(r).by())
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		s.refuse(w, r, http.StatusNotFound, "Nothing was done: there is no such snooze.")
		return
	case err != nil:
		s.Log().Error("a snooze cannot be ended", "snooze", id, "error", err)
		s.refuse(w, r, http.StatusUnprocessableEntity, "Nothing was done. The log of the daemon says why.")
		return
	}
	done := "ended"
	if !ended || !held { // the form was sent before
		done = "over"
	}
	http.Redirect(w, r, "/snoozes?"+url.Values{"done": {done}}.Encode(), http.StatusSeeOther)
}
