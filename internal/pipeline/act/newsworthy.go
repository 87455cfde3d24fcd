package act

import (
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// MayAlert reports whether a story is news: on a source's first run only what
// the plan allows, by its age when it was first seen (a story without a date counts as old), later
// whatever is younger than the greatest age.
func (plan *Plan) MayAlert(n store.NewStory, now time.Time) bool {
	if n.FirstRun && !plan.FirstRun.Everything {
		if n.Published.IsZero() || n.FirstSeen.Sub(n.Published) >= plan.FirstRun.Younger {
			return false
		}
	}
	return !plan.tooOld(n, now)
}

// Missed reports whether a story is too old to alert for no other reason than
// that we, or its source, were down when it was news.
func (plan *Plan) Missed(n store.NewStory, now time.Time) bool {
	return n.Missed && !n.FirstRun && plan.tooOld(n, now)
}

func (plan *Plan) tooOld(n store.NewStory, now time.Time) bool {
	return plan.MaxAge > 0 && !n.Published.IsZero() && now.Sub(n.Published) > plan.MaxAge
}

// MayAlertAgain reports whether a story is news that matches only since it was
// edited. It is, unless it is too old. Its age is the time since it was published,
// and not since the edit: a spelling that is corrected in an old story is no news.
// A story without a date is as old as its first sight; if that was in the first
// crawl of its source, it is too old.
func (plan *Plan) MayAlertAgain(n store.NewStory, now time.Time) bool {
	if plan.MaxAge == 0 || !n.Published.IsZero() {
		return !plan.tooOld(n, now)
	}
	return !n.FirstRun && now.Sub(n.FirstSeen) <= plan.MaxAge
}

// Alerts gathers the matches by channel: one alert a channel, with all its
// rules and the highest severity.
func (plan *Plan) Alerts(s *news.Story, matches []news.Match, now time.Time) []news.Alert {
	var alerts []news.Alert
	for _, m := range matches {
		for _, t := range plan.Routes.Targets(m, s) {
			i := slices.IndexFunc(alerts, func(a news.Alert) bool { return a.Channel == t.Channel })
			if i < 0 {
				i = len(alerts)
				alerts = append(alerts, news.Alert{
					Cluster: s.Cluster, Story: s.ID, Channel: t.Channel, Severity: m.Severity, Created: now,
				})
			}
			a := &alerts[i]
			a.Severity = max(a.Severity, m.Severity)
			a.Rules = with(a.Rules, m.Rule)
			for _, who := range t.Mentions {
				a.Mentions = with(a.Mentions, who)
			}
			if plan.Answerable {
				a.Fallback = a.Fallback.Sooner(t.Fallback)
			}
		}
	}
	return alerts
}

// Told returns the channels that are told of a rule's silence, or burst, at a
// severity: those of its matches, and those of matches of that severity, with whom
// these mention. s is a story that the rule matched.
func (plan *Plan) Told(w Signal, severity news.Severity, s *news.Story) []notify.Target {
	m := w.Match
	m.Severity = severity
	told := plan.Routes.Targets(m, s)
	for _, t := range plan.Routes.Targets(w.Match, s) {
		if !slices.ContainsFunc(told, func(o notify.Target) bool { return o.Channel == t.Channel }) {
			told = append(told, notify.Target{Channel: t.Channel})
		}
	}
	return told
}

// with returns a list with one more text, unless that is in it.
func with(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// ClampDates moves dates that lie in the future to when the story was fetched,
// since its age decides whether it is news.
func ClampDates(s *news.Story, fetched time.Time) {
	for _, date := range []*time.Time{&s.Published, &s.Modified} {
		if date.After(fetched) {
			*date = fetched
		}
	}
}
