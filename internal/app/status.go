package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// Status is what the store says of the daemon's work.
type Status struct {
	Storage     string           `json:"storage"`
	ConfigHash  string           `json:"config_hash"`
	ConfigAt    string           `json:"config_loaded_at"` // RFC 3339
	ConfigError string           `json:"config_error,omitempty"`
	Stories     int64            `json:"stories"`
	Waiting     int64            `json:"stories_waiting_for_page"`
	WaitingFrom *time.Time       `json:"waiting_for_page_since,omitempty"` // when the oldest of those was first seen
	Alerts      int64            `json:"alerts"`
	News        NewsStatus       `json:"news"`
	Oldest      *time.Time       `json:"oldest_story,omitempty"`
	Deliveries  map[string]int64 `json:"deliveries"` // by state
	Paused      string           `json:"sending_paused,omitempty"`
	Pauses      []Paused         `json:"pauses,omitempty"` // by operators, of deliveries
	Parked      []ParkedChannel  `json:"parked_channels,omitempty"`
	Storms      []StormStatus    `json:"storms,omitempty"`
	Outdated    []OutdatedDaemon `json:"outdated_daemons,omitempty"`
	Sources     []SourceStatus   `json:"sources"`

	// Counted is when stories and alerts were, if that is not just now; zero: they are for the first time.
	Counted  *time.Time `json:"-"`
	Disabled []string   `json:"disabled_sources,omitempty"` // switched off in the config
}

// Sentence says how the daemon fares, and what waits for somebody; trouble is what keeps it from
// its work. It is not well while an urgent alert or a dead letter waits.
func (st *Status) Sentence(trouble error, n Needs) (well bool, sentence string) {
	well, sentence = st.runs(trouble)
	if waits := n.Sentence(); waits != "" {
		sentence += " " + waits
	}
	return well && n.Urgent == 0 && n.Dead == 0, sentence
}

// runs says whether the daemon does its work.
func (st *Status) runs(trouble error) (well bool, sentence string) {
	switch {
	case trouble != nil:
		return false, fmt.Sprintf("It runs, but %v.", trouble)
	case st.Paused != "":
		return false, fmt.Sprintf("It runs, but nothing is sent: %s.", st.Paused)
	case len(st.Pauses) > 0:
		p, where := &st.Pauses[0], "all channels"
		switch {
		case p.All:
		case len(st.Pauses) == 1:
			where = "#" + p.Channel
		default:
			where = text.Plural(len(st.Pauses), "channel")
		}
		return false, fmt.Sprintf("It runs, but deliveries to %s are paused by %s.", where, p.By)
	case len(st.Parked) > 0:
		return false, fmt.Sprintf("It runs, but #%s cannot be posted to.", st.Parked[0].Channel)
	case st.ConfigError != "":
		return false, "It runs on the last good config: the files on disk are wrong."
	default:
		return true, "It runs."
	}
}

// NewsStatus is how much was told of news in the last 24 hours, and what waits to be told.
type NewsStatus struct {
	Alerted int64 `json:"alerted"`         // news that raised an alert
	Reports int64 `json:"reports"`         // stories that told more of a news with an alert
	Copies  int64 `json:"copies"`          // of these, those that carry the text of another one
	Batches int64 `json:"batches_waiting"` // replies with reports that add nothing, which wait for their time
	Edits   int64 `json:"edits_waiting"`   // of messages
	Open    int   `json:"unanswered"`      // alerts of routes with if_unanswered that nobody has answered
}

// StormStatus is a storm that goes on: news of a rule that are folded into one message.
type StormStatus struct {
	Rule    string     `json:"rule"`
	Channel string     `json:"channel"`
	Since   *time.Time `json:"since"`
	Folded  int        `json:"folded"` // alerts, so far
}

// readStorms returns the storms that go on, the oldest first.
func readStorms(ctx context.Context, s *store.Store) (shown []StormStatus, err error) {
	all, err := s.Storms.All(ctx)
	for i := range all {
		n, err := s.Storms.Folded(ctx, all[i].ID)
		if err != nil {
			return nil, err
		}
		shown = append(shown, StormStatus{all[i].Rule, all[i].Channel, news.KnownTime(all[i].Began), n})
	}
	return shown, err
}

// ParkedChannel is a channel that cannot be posted to.
type ParkedChannel struct {
	Channel string `json:"channel"`
	Reason  string `json:"reason"`
}

// SourceStatus is how one source fares.
type SourceStatus struct {
	Name      string     `json:"name"`
	URL       string     `json:"url"`                  // its keys are hidden
	Verdict   string     `json:"verdict"`              // "" while too little was seen of it
	Since     *time.Time `json:"since,omitempty"`      // of the verdict
	Detail    string     `json:"detail,omitempty"`     // what is wrong with it
	Error     string     `json:"error,omitempty"`      // of the last crawl
	Failures  int        `json:"failures"`             // in a row
	Stories   int64      `json:"stories"`              // recorded from it, ever
	LastStory *time.Time `json:"last_story,omitempty"` // when the newest one that is kept was first seen
	Skipped   int        `json:"skipped"`              // entries of its list that could not be read, at the last crawl
	Crawled   *time.Time `json:"crawled,omitempty"`
	Next      time.Time  `json:"next"`
	Schedule  string     `json:"schedule"`                   // "" is adaptive
	Interval  int64      `json:"interval_seconds,omitempty"` // at present, of an adaptive source

	health.Missed

	Subscription *SubscriptionStatus `json:"subscription,omitempty"` // of what a hub pushes (WebSub)
}

// ReadStatus gathers the status from a store.
func ReadStatus(ctx context.Context, s *store.Store) (Status, error) {
	totals, err := s.Counts.Totals(ctx)
	if err != nil {
		return Status{}, err
	}
	return readStatus(ctx, s, totals)
}

func readStatus(ctx context.Context, s *store.Store, totals store.Totals) (_ Status, err error) {
	st := Status{Storage: s.Name(), Deliveries: map[string]int64{}, Sources: []SourceStatus{}}
	st.Stories, st.Alerts, st.Oldest = totals.Stories, totals.Alerts, news.KnownTime(totals.Oldest)
	st.Waiting, st.WaitingFrom = totals.Waiting, news.KnownTime(totals.WaitingSince)
	disabled := ""
	for name, into := range map[string]*string{
		store.SettingDisabled:   &disabled,
		store.SettingConfigHash: &st.ConfigHash, store.SettingConfigAt: &st.ConfigAt,
		store.SettingConfigError: &st.ConfigError,
	} {
		if *into, err = s.Settings.Get(ctx, name); err != nil {
			return st, err
		}
	}
	if disabled != "" {
		if err := json.Unmarshal([]byte(disabled), &st.Disabled); err != nil {
			return st, fmt.Errorf("read disabled sources: %w", err)
		}
	}
	now := time.Now()
	counts, err := s.Counts.News(ctx, now.Add(-24*time.Hour))
	if err != nil {
		return st, err
	}
	unanswered, err := s.Unanswered.Count(ctx, now.Add(-openWithin))
	if err != nil {
		return st, err
	}
	st.News = NewsStatus{counts.News, counts.Reports, counts.Copies, counts.Batches, counts.Edits, unanswered.Alerts}
	if err := st.readDeliveries(ctx, s, now); err != nil {
		return st, err
	}
	sources, err := s.Sources.List(ctx)
	if err != nil {
		return st, err
	}
	last, err := s.Sources.LastSeen(ctx)
	if err != nil {
		return st, err
	}
	for _, src := range sources {
		one := statusOf(src)
		one.LastStory = news.KnownTime(last[src.Name])
		st.Sources = append(st.Sources, one)
	}
	if err := st.readSubscriptions(ctx, s); err != nil {
		return st, err
	}
	st.Outdated, err = outdated(ctx, s, now)
	return st, err
}

func statusOf(src store.SourceState) SourceStatus {
	thought, habit := healthOf(src), habitOf(src)
	status := SourceStatus{
		Name: src.Name, URL: news.ShownURL(src.URL), Verdict: string(thought.Verdict),
		Since: news.KnownTime(thought.Since),
		Error: src.Error, Failures: src.Failures, Stories: src.Stories,
		Missed: thought.Missed(), Skipped: thought.Skipped,
		Crawled: news.KnownTime(src.Crawled), Next: src.Next, Schedule: src.Schedule,
	}
	if !thought.Healthy() {
		status.Detail = thought.Detail
	}
	if src.Schedule == "" {
		status.Interval = int64(habit.Interval() / time.Second)
	}
	return status
}

func (st *Status) readDeliveries(ctx context.Context, s *store.Store, now time.Time) error {
	for _, state := range []news.DeliveryState{
		news.StatePending, news.StateSending, news.StateSent, news.StateParked, news.StateInDoubt, news.StateDead,
	} {
		st.Deliveries[string(state)] = 0
	}
	counts, err := s.Counts.Deliveries(ctx)
	if err != nil {
		return err
	}
	for _, c := range counts {
		st.Deliveries[string(c.State)] = c.N
	}
	unsent, err := s.Counts.Unsent(ctx, now)
	if err != nil {
		return err
	}
	st.Deliveries[string(news.StateDead)] = unsent.Counts[news.StateDead] // the dead letters alone
	pause, err := s.Sending.Paused(ctx)
	if err != nil {
		return err
	}
	st.Paused = pause.Error
	if st.Pauses, err = readPauses(ctx, s, now); err != nil {
		return err
	}
	channels, err := s.Channels.List(ctx)
	for _, c := range channels {
		if c.Parked != "" {
			st.Parked = append(st.Parked, ParkedChannel{Channel: c.Name, Reason: c.Parked})
		}
	}
	if err == nil {
		st.Storms, err = readStorms(ctx, s)
	}
	return err
}

// healthOf is what is thought of a source; nothing, where that is unreadable.
func healthOf(src store.SourceState) (s health.State) {
	if err := json.Unmarshal([]byte(src.Health), &s); err != nil {
		return health.State{}
	}
	return s
}

// habitOf is what was learnt of a source; nothing, where that is unreadable.
func habitOf(src store.SourceState) (h schedule.Habit) {
	if err := json.Unmarshal([]byte(src.Habit), &h); err != nil {
		return schedule.Habit{}
	}
	return h
}
