package act

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// crawler reads lists and pages, asks hubs, and reads what they push.
type crawler interface {
	List(ctx context.Context, src news.Source, v news.Validators) (news.Listing, error)
	Page(ctx context.Context, src news.Source, s news.Story) (news.Story, error)
	Merge(s, page news.Story) news.Story
	Post(ctx context.Context, src news.Source, hub string, form url.Values) error
	ReadPush(src news.Source, topic, contentType string, body []byte) (news.Listing, error)
}

// matcher finds the rules that a story matches.
type matcher interface {
	Match(s *news.Story) []news.Match
	// Certain returns the matches that no page can undo.
	Certain(s *news.Story) []news.Match
}

// FirstRun says which stories of a source's first crawl may alert.
type FirstRun struct {
	Everything bool
	Younger    time.Duration // stories published less than this ago; 0 is none
}

// Plan is what the config says; a reload replaces it whole.
type Plan struct {
	Crawler      crawler
	Sender       notify.Sender
	Pace         time.Duration // least time between two posts to one channel
	Sources      map[string]news.Source
	Schedules    map[string]schedule.Schedule
	Callback     string // URL that hubs push to, except its last part; "" has everything polled
	Timezone     *time.Location
	Rules        matcher
	Routes       notify.Routes
	Instructions map[string]string            // what readers are to do, by rule; a rule without one is left out
	Escalations  map[string][]news.Escalation // by rule; a rule without one is left out
	Signals      map[string]Signal            // by rule; one that is not watched is left out
	SameNews     news.SameNews                // in channels that say nothing else
	SameNewsBy   map[string]news.SameNews     // by channel, without "#"; one that says nothing is left out
	Storm        news.Gust                    // above which a rule's news fold into one message of a channel
	Severities   map[string]news.Severity     // of the rules, by name
	Hours        map[string]schedule.Hours    // by channel, without "#"; one that is told all at once is left out
	Answerable   bool                         // people can answer messages where they stand
	OpsChannel   string                       // "" has no ops messages
	Daily        schedule.Schedule            // when it is told how the day was; one that is adaptive is never
	Sinks        []string                     // channels that are not Slack's
	RulesChannel string                       // told what people say of the rules; "" has nobody told
	Definition   rules.Definition             // what Rules were compiled from
	MaxAge       time.Duration                // of a story that may alert; 0 is unlimited
	FirstRun     FirstRun
	Retention    time.Duration // of texts
	StorageLimit int64         // in bytes, above which the oldest texts go first; 0 is none

	// Settings are saved in the store when the plan is adopted, together with
	// its sources: of two daemons that load at once one is the newest in both.
	Settings map[string]string
	Config   store.LoadedConfig // saved with the settings
}

// Signal is when the number of a rule's matches is news itself.
type Signal struct {
	Match  news.Match       // as one of the rule is, without evidence
	Expect news.Expectation // of matches; the zero Expectation expects none
	Burst  *news.Burst      // nil: no number of news is a burst
	Until  time.Time        // the rule matches nothing from then on; zero is never
}

// SameNewsIn returns how a channel is told what further outlets report of a news.
func (plan *Plan) SameNewsIn(channel string) news.SameNews {
	return cmp.Or(plan.SameNewsBy[channel], plan.SameNews, news.SameNewsThread)
}

// Waits returns how long an alert of a severity that comes now is kept from a channel,
// and what the digest is about that tells it then; ok is false when it is told at once.
func (plan *Plan) Waits(
	channel string, severity news.Severity, now time.Time,
) (w schedule.Wait, about news.About, ok bool) {
	w, ok = plan.Hours[channel].Wait(now)
	if !ok || severity >= news.Urgent {
		return schedule.Wait{}, "", false
	}
	if w.Since.IsZero() {
		return w, news.AboutDigest, true
	}
	return w, news.AboutQuiet, true
}

// ZoneOf returns the time zone of a channel: that of its hours, else that of the schedules.
func (plan *Plan) ZoneOf(channel string) *time.Location {
	return cmp.Or(plan.Hours[channel].Zone, plan.Timezone, time.UTC)
}

// Awake returns when a digest is sent that is due at a time: where the channel is quiet
// then, at the end of that.
func (plan *Plan) Awake(channel string, due time.Time) time.Time {
	return plan.Hours[channel].Awake(due)
}

// Watched returns a source of the config, unless it is switched off: then its
// host is not to be asked any more.
func (plan *Plan) Watched(source string) (src news.Source, ok bool) {
	src, ok = plan.Sources[source]
	return src, ok && !src.Disabled
}

// Next returns when a source is due after a crawl that ended now.
func (plan *Plan) Next(source string, now time.Time, h schedule.Habit) time.Time {
	s := plan.Schedules[source]
	if s.Adaptive() {
		return h.Next(now, source)
	}
	return s.Next(now, plan.Timezone, source)
}

// SetOrigin sets on a story what the plan says of its source now.
func (plan *Plan) SetOrigin(s *news.Story) {
	if src, ok := plan.Sources[s.Origin.Source]; ok {
		s.Origin = src.Origin
	}
}
