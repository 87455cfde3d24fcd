package act

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// SnoozeOf returns the snooze that keeps from a channel what some rules find in a story of a
// source: each of them is snoozed there, at the severity that it has. Of several it is the one
// that ends last; snoozes are those of the channel and begin with that. held is false when none
// keeps it.
func SnoozeOf(
	snoozes []news.Snooze, rules []string, source string, severity func(rule string) news.Severity,
) (z news.Snooze, held bool) {
	for _, rule := range rules {
		found := false
		for i := range snoozes {
			if !snoozes[i].Holds(rule, source, severity(rule)) {
				continue
			}
			if found = true; snoozes[i].Until.After(z.Until) {
				z = snoozes[i]
			}
			break
		}
		if !found {
			return news.Snooze{}, false
		}
	}
	return z, len(rules) > 0
}

// Kept returns the digest that tells an alert which comes now, where something keeps it from its
// channel: quiet hours, a calendar, or z, the zero Snooze for none. Of two that do, the one that
// ends last tells it. ok is false when the channel is told at once.
func (plan *Plan) Kept(a *news.Alert, z news.Snooze, now time.Time) (in store.DigestOf, ok bool) {
	w, about, waits := plan.Waits(a.Channel, a.Severity, now)
	switch {
	case z.ID != 0 && z.Until.After(w.Until):
		return store.DigestOf{About: news.AboutSnooze, Key: store.SnoozeKey(z.ID), Due: plan.Awake(a.Channel, z.Until)}, true
	case waits:
		return store.DigestOf{About: about, Key: notify.Period{Since: w.Since, Until: w.Until}.Encode(), Due: w.Until}, true
	}
	return in, false
}
