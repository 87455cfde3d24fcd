package pages

import (
	"context"
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

// snoozing is the form by which a rule, or the news of an alert, is snoozed, and what was filled in.
type snoozing struct {
	app.SnoozeOrder

	Title    string // of the story of the alert
	What     string // the chosen one of Whats
	Whats    []choice
	MostWhy  int
	Request  string // names the form: who presses twice says it once
	Channels []string
	Spans    []choice
	Lasts    string // the chosen span, as people read it: "for 4 hours", "until 08:00"
}

// choice is a value of a form, as people read it.
type choice struct{ Value, Text string }

// snoozeLink is the page that asks how a rule is to be snoozed.
func snoozeLink(rule string) string { return "/snooze?" + url.Values{"rule": {rule}}.Encode() }

// whatOf is a choice of what is snoozed: a rule, at one source unless that is "".
func whatOf(rule, source, text string) choice {
	q := url.Values{"rule": {rule}}
	if source != "" {
		q.Set("source", source)
	}
	return choice{q.Encode(), text}
}

// askSnooze asks what is to be snoozed, in which channel and for how long.
func (s *site) askSnooze(r *http.Request) (sheet, error) {
	f, err := s.snoozingOf(r.Context(), r.URL.Query())
	return sheet{Frame: "snooze", Title: "Snooze", At: "/rules", Data: f}, err
}

// snoozingOf is the empty form of the rule, or of the alert, that a query names.
func (s *site) snoozingOf(ctx context.Context, q url.Values) (f snoozing, err error) {
	f = snoozing{MostWhy: mostWhy, Request: rand.Text(), Channels: s.SnoozeChannels()}
	for _, l := range s.SnoozeSpans() {
		f.Spans = append(f.Spans, choice{l.Value, l.Text})
	}
	if !q.Has("alert") {
		f.Rule = q.Get("rule")
		if _, known := s.RuleNamed(f.Rule); !known {
			return f, notFoundError("There is no such rule.")
		}
		f.Whats = []choice{whatOf(f.Rule, "", "all of the rule")}
		for _, src := range s.Config().Sources {
			if !src.Disabled {
				f.Whats = append(f.Whats, whatOf(f.Rule, src.Name, "only from "+src.Name))
			}
		}
		return f, nil
	}
	id, err := strconv.ParseInt(q.Get("alert"), 10, 64)
	if err != nil || id < 1 {
		return f, notFoundError("That is no number of an alert.")
	}
	told, story, err := s.Alert(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = notFoundError("There is no such alert.")
	}
	if err != nil {
		return f, err
	}
	f.Alert, f.Title, f.Channels = id, story.Title, []string{told.Channel}
	f.Whats = []choice{{"", "this news"}}
	if !slices.Contains(s.SnoozeChannels(), told.Channel) {
		return f, nil // a sink: rules are kept from channels of Slack
	}
	for _, rule := range told.Rules {
		if _, known := s.RuleNamed(rule); known {
			source := story.Origin.Source
			f.Whats = append(f.Whats, whatOf(rule, "", "all of "+rule), whatOf(rule, source, rule+" only from "+source))
		}
	}
	return f, nil
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
		"begun": "It is snoozed. Its channel is told.", "news": "It is snoozed. Its message shows it.", "ended": "The snooze is over. What it kept is told now.",
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
	what, err := url.ParseQuery(get("what"))
	asked := url.Values{"rule": {what.Get("rule")}}
	if get("alert") != "" {
		asked = url.Values{"alert": {get("alert")}}
	}
	f, wrong := s.snoozingOf(r.Context(), asked)
	_, unknown := errors.AsType[notFoundError](wrong)
	f.Rule, f.Source, f.What = what.Get("rule"), what.Get("source"), get("what")
	f.Channel, f.Span, f.By = get("channel"), get("for"), s.visitorOf(r).by()
	f.Why, f.Request = get("why"), get("request")
	for _, span := range f.Spans {
		if span.Value == f.Span {
			if f.Lasts = span.Text; !strings.HasPrefix(f.Lasts, "until ") {
				f.Lasts = "for " + f.Lasts
			}
		}
	}
	switch {
	case err != nil || f.Request == "" || len(f.Request) > mostName || utf8.RuneCountInString(f.Why) > mostWhy:
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	case wrong != nil && !unknown:
		s.refuseDeed(w, r, wrong, "it cannot be snoozed", "alert", get("alert"))
		return
	case unknown || f.Lasts == "":
		s.refuse(w, r, http.StatusBadRequest, "Nothing was done: there is no such rule, alert or time.")
		return
	case f.Rule != "" && f.Source == "" && get("confirm") != "yes":
		s.write(w, r, sheet{Frame: "snoozing", Title: "Snooze " + f.Rule, At: "/rules", Data: f})
		return
	case f.Rule != "": // of whatever alert it was said
		f.Alert = 0
	}
	holds, err := beginSnooze(s, r, &f)
	switch {
	case errors.Is(err, app.ErrSnooze):
		s.refuse(w, r, http.StatusUnprocessableEntity, "Nothing was done: "+err.Error()+".")
	case err != nil:
		s.refuseDeed(w, r, err, "it cannot be snoozed", "rule", f.Rule, "alert", f.Alert, "channel", f.Channel)
	case !holds:
		http.Redirect(w, r, "/snoozes?done=over", http.StatusSeeOther)
	case f.Rule == "":
		http.Redirect(w, r, "/snoozes?done=news", http.StatusSeeOther)
	default:
		http.Redirect(w, r, "/snoozes?done=begun", http.StatusSeeOther)
	}
}

// beginSnooze begins the snooze of a form. holds is false where the form was sent before, and what
// it began is over.
func beginSnooze(s *site, r *http.Request, f *snoozing) (holds bool, err error) {
	begun, err := s.Snooze(r.Context(), f.SnoozeOrder, f.Request)
	if err != nil {
		return false, err
	}
	holds, err = isSnoozed(s, r, begun.ID)
	if err != nil { // it is not known whether it was sent before: it has begun
		s.Log().Warn("it cannot be read whether a snooze holds", "snooze", begun.ID, "error", err)
		return true, nil
	}
	return holds, nil
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
		s.refuseDeed(w, r, err, "a snooze cannot be ended", "snooze", id)
		return
	}
	done := "ended"
	if !ended || !held { // the form was sent before
		done = "over"
	}
	http.Redirect(w, r, "/snoozes?"+url.Values{"done": {done}}.Encode(), http.StatusSeeOther)
}
