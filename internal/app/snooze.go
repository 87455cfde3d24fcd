package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// SnoozeOrder is what is to be kept from a channel, and for how long: a rule, a rule at one
// source, or further reports of the news of a story or an alert.
type SnoozeOrder struct {
	Channel string `json:"channel"`
	Rule    string `json:"rule,omitempty"`
	Source  string `json:"source,omitempty"`
	URL     string `json:"url,omitempty"` // of the story
	Alert   int64  `json:"alert,omitempty"`
	Span    string `json:"for"` // answers.Until
	Why     string `json:"why,omitempty"`
	By      string `json:"by"`
}

// Snoozed is a snooze as people see it.
type Snoozed struct {
	ID      int64           `json:"id"`
	Kind    news.SnoozeKind `json:"kind"`
	Subject string          `json:"subject"` // names what it keeps
	Alert   int64           `json:"alert,omitempty"`
	Channel string          `json:"channel"`
	Rule    string          `json:"rule,omitempty"`
	Source  string          `json:"source,omitempty"`
	By      string          `json:"by"`
	Why     string          `json:"why,omitempty"`
	Since   time.Time       `json:"since"`
	Until   time.Time       `json:"until"`
	Kept    int             `json:"kept"` // alerts, so far
}

func snoozedOf(z *news.Snooze, kept int) Snoozed {
	return Snoozed{
		ID: z.ID, Kind: z.Kind, Subject: z.Subject(), Alert: z.Alert, Channel: z.Channel, Rule: z.Rule, Source: z.Source,
		By: z.By.Name, Why: z.Why, Since: z.Since.UTC(), Until: z.Until.UTC(), Kept: kept,
	}
}

// Snooze keeps something from a channel for a time.
func (a *App) Snooze(ctx context.Context, o SnoozeOrder) (s Snoozed, err error) {
	return snoozeAs(ctx, a, spoken(o.By, notify.ChannelName(o.Channel)), o)
}

// snoozeAs is Snooze, as somebody said it.
func snoozeAs(ctx context.Context, a *App, said answers.Said, o SnoozeOrder) (s Snoozed, err error) {
	now := a.clock.Now().In(a.cfg.Load().Timezone)
	until, ok := answers.Until(now, o.Span)
	if !ok {
		return s, fmt.Errorf("%q is no time: write 30m, 4h, 7d, morning or monday", o.Span)
	}
	z := news.Snooze{
		Kind: news.SnoozeRule, Channel: notify.ChannelName(o.Channel), Rule: o.Rule, Source: o.Source, Until: until,
		Why: o.Why,
	}
	switch {
	case o.Rule != "" && (o.URL != "" || o.Alert != 0), o.Rule == "" && (o.Source != "" || o.URL == "" && o.Alert == 0):
		return s, fmt.Errorf("%w: name a rule, or a story", ErrSnooze)
	case o.Alert != 0:
		z.Kind, z.Alert = news.SnoozeNews, o.Alert
	case o.URL != "":
		z.Kind = news.SnoozeNews
		if z.Alert, err = alertOn(ctx, a.store, o.URL, z.Channel); err != nil {
			return s, err
		}
	case o.Source != "":
		z.Kind = news.SnoozeOutlet
	}
	_, begun, err := a.pipeline.Answers.Snooze(ctx, said, z)
	return snoozedOf(&begun, 0), err
}

// alertOn returns the alert of a channel on the news of a story.
func alertOn(ctx context.Context, s *store.Store, link, channel string) (int64, error) {
	stories, err := matchedBy(ctx, s, link)
	if err != nil {
		return 0, fmt.Errorf("snooze %s: %w", link, err)
	}
	n, err := s.Stories.Get(ctx, stories[0])
	if err != nil {
		return 0, err
	}
	id, err := s.Stories.News(ctx, n.Cluster)
	if err != nil {
		return 0, err
	}
	alerts, err := s.Ways.Alerts(ctx, id)
	newest := int64(0)
	for _, told := range alerts {
		if told.Channel == channel {
			newest = max(newest, told.ID)
		}
	}
	if err == nil && newest == 0 {
		err = fmt.Errorf("snooze %s: #%s has no alert on it: %w", link, channel, store.ErrNotFound)
	}
	return newest, err
}

// Unsnooze ends a snooze. What it kept is sent now.
func (a *App) Unsnooze(ctx context.Context, id int64, by string) error {
	done, err := a.pipeline.Answers.EndSnooze(ctx, spoken(by, ""), id)
	if err == nil && done.Answer.Effect == news.AnswerNothing {
		err = fmt.Errorf("snooze %d is over already", id)
	}
	return err
}

// spoken names what somebody says on the command line.
func spoken(by, channel string) answers.Said {
	return answers.Said{Request: rand.Text(), By: news.Person{Name: cmp.Or(by, "somebody")}, Channel: channel}
}

// SnoozeNow is Snooze for the control socket.
func (a commands) SnoozeNow(ctx context.Context, order []byte) (any, error) {
	var o SnoozeOrder
	if err := json.Unmarshal(order, &o); err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	return a.Snooze(ctx, o)
}

// readSnoozes returns the snoozes that hold, the first to end first.
func readSnoozes(ctx context.Context, s *store.Store, now time.Time) ([]Snoozed, error) {
	all, err := s.Snoozes.All(ctx, now)
	if err != nil {
		return nil, err
	}
	shown := make([]Snoozed, len(all))
	for i := range all {
		kept, err := s.Snoozes.Held(ctx, all[i].ID)
		if err != nil {
			return nil, err
		}
		shown[i] = snoozedOf(&all[i], kept)
	}
	return shown, nil
}
