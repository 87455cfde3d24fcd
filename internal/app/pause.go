package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/deliver"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
)

// PauseOrder is which deliveries are to be paused, and for how long.
type PauseOrder struct {
	Channel string `json:"channel,omitempty"` // "" is all channels
	For     string `json:"for,omitempty"`     // how long; "" is until somebody ends it
	Why     string `json:"why,omitempty"`
	By      string `json:"by"`
}

// Paused is a pause as people see it.
type Paused struct {
	Channel string     `json:"channel,omitempty"`
	All     bool       `json:"all"` // channels
	Since   *time.Time `json:"since"`
	Until   *time.Time `json:"until,omitempty"` // absent: until somebody ends it
	By      string     `json:"by"`
	Why     string     `json:"why,omitempty"`
	Waiting int        `json:"waiting"` // messages that are due
}

func pausedOf(p *store.OrderedPause, waiting int) Paused {
	return Paused{
		Channel: p.Channel, All: p.Channel == "", Since: news.KnownTime(p.Since), Until: news.KnownTime(p.Until),
		By: p.By, Why: p.Why, Waiting: waiting,
	}
}

// pauser pauses deliveries.
type pauser struct{ app *App }

// Pause pauses deliveries, or changes the pause that holds, and returns it.
func (p pauser) Pause(ctx context.Context, o PauseOrder) (shown Paused, err error) {
	now, channel := p.now(), notify.ChannelName(o.Channel)
	if channel != "" {
		if err := p.checkChannel(ctx, channel); err != nil {
			return shown, err
		}
	}
	order := store.OrderedPause{Channel: channel, Since: now, By: cmp.Or(o.By, "somebody"), Why: o.Why}
	if o.For != "" {
		lasts, err := pauseFor(o.For)
		if err != nil {
			return shown, err
		}
		order.Until = now.Add(lasts)
	}
	begun, err := deliver.Pause(ctx, p.app.pipeline.Env, order)
	if err != nil {
		return shown, err
	}
	waiting, err := p.app.store.Pauses.Waiting(ctx, begun, now)
	return pausedOf(&begun, waiting), err
}

// Resume ends the pause of a channel, or all pauses where that is "", and returns what is over, with
// what it held until now.
func (p pauser) Resume(ctx context.Context, channel, by string) ([]Paused, error) {
	channel = notify.ChannelName(channel)
	held, err := readPauses(ctx, p.app.store, p.now()) // afterwards nobody knows any more
	if err != nil {
		return nil, err
	}
	ended, err := deliver.Resume(ctx, p.app.pipeline.Env, channel, cmp.Or(by, "somebody"), p.now())
	switch {
	case errors.Is(err, deliver.ErrAllPaused):
		err = fmt.Errorf("%w: `copytaster resume` ends that", err)
	case errors.Is(err, deliver.ErrNotPaused) && channel != "":
		err = fmt.Errorf("%w in #%s", err, channel)
	}
	shown := make([]Paused, len(ended))
	for i := range ended {
		shown[i] = pausedOf(&ended[i], 0)
		for k := range held {
			if held[k].Channel == ended[i].Channel {
				shown[i].Waiting = held[k].Waiting
			}
		}
	}
	return shown, err
}

// now is the time as the store keeps it.
func (p pauser) now() time.Time { return p.app.clock.Now().Truncate(time.Millisecond) }

// How long a pause may be that ends by itself.
const (
	shortestPause = time.Second
	longestPause  = 30 * 24 * time.Hour
)

// pauseFor reads how long a pause is to be.
func pauseFor(text string) (time.Duration, error) {
	d, err := config.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no time: write 45s, 30m, 2h30m or 3d, from 1s to 30d", text)
	case d < shortestPause:
		return 0, fmt.Errorf("%s is too short: 1s is the least, 30d the longest", text)
	case d > longestPause:
		return 0, fmt.Errorf("%s is too long: 1s is the least, 30d the longest; without --for it holds until somebody ends it", text)
	}
	return d, nil
}

// checkChannel returns an error for a channel that neither the config nor the store knows.
func (p pauser) checkChannel(ctx context.Context, channel string) error {
	known, err := p.app.store.Channels.List(ctx)
	if err != nil {
		return err
	}
	names := channelsOf(p.app.cfg.Load())
	for i := range known {
		names = append(names, known[i].Name)
	}
	if slices.Contains(names, channel) {
		return nil
	}
	err = fmt.Errorf("no alert goes to a channel %q", channel)
	if near := text.Nearest(channel, names); near != "" {
		err = fmt.Errorf("%w: did you mean %s?", err, near)
	}
	return err
}

// ChannelNames returns the channels and sinks of a config, each once, without "#".
func ChannelNames(cfg *config.Config) []string {
	all := append(channelsOf(cfg), cfg.SinkNames()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// channelsOf returns the channels of a config, without "#".
func channelsOf(cfg *config.Config) []string {
	names := append([]string{cfg.Slack.OpsChannel, cfg.Slack.RulesChannel}, cfg.Alerts.Routes.Default)
	for i := range cfg.Alerts.Routes.Routes {
		r := &cfg.Alerts.Routes.Routes[i]
		names = append(append(names, r.To...), r.Fallback.To...)
	}
	for i := range cfg.Definition.Rules {
		r := &cfg.Definition.Rules[i]
		names = append(append(names, r.To...), r.AlsoTo...)
	}
	for i := range cfg.Alerts.Channels {
		names = append(names, cfg.Alerts.Channels[i].Name)
	}
	for i := range names {
		names[i] = notify.ChannelName(names[i])
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// PauseNow is Pause for the control socket.
func (a commands) PauseNow(ctx context.Context, order []byte) (any, error) {
	var o PauseOrder
	if err := json.Unmarshal(order, &o); err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	return a.Pause(ctx, o)
}

// ResumeNow is Resume for the control socket.
func (a commands) ResumeNow(ctx context.Context, channel, by string) (any, error) {
	return a.Resume(ctx, channel, by)
}

// readPauses returns the pauses that hold, that of all channels first.
func readPauses(ctx context.Context, s *store.Store, now time.Time) ([]Paused, error) {
	all, err := s.Pauses.All(ctx)
	shown := make([]Paused, len(all))
	for i := range all {
		waiting, err := s.Pauses.Waiting(ctx, all[i], now)
		if err != nil {
			return nil, err
		}
		shown[i] = pausedOf(&all[i], waiting)
	}
	return shown, err
}

// warnOfPauses logs the pauses that a daemon starts under: one may be forgotten, or have come back
// with a backup.
func warnOfPauses(ctx context.Context, log *slog.Logger, s *store.Store, now time.Time) error {
	all, err := readPauses(ctx, s, now)
	for i := range all {
		if p := &all[i]; p.Until == nil || p.Until.After(now) {
			log.Warn("nothing is posted while a pause holds: `copytaster resume` ends it", "pause", PausedLine(p, time.UTC))
		}
	}
	return err
}

// PausedLine says a pause in a line, with times of a zone.
func PausedLine(p *Paused, zone *time.Location) string {
	const format = "2006-01-02 15:04 MST"
	where, until := "#"+p.Channel, "until somebody ends it"
	if p.All {
		where = "all channels"
	}
	if p.Until != nil {
		until = "until " + p.Until.In(zone).Format(format)
	}
	line := fmt.Sprintf("deliveries to %s are paused since %s, %s, by %s", where, p.Since.In(zone).Format(format), until, p.By)
	if p.Why != "" {
		line += ": " + p.Why
	}
	return line + fmt.Sprintf(" (%s waiting)", text.Plural(p.Waiting, "message"))
}

// isPaused reports whether a delivery waits for the end of a pause.
func isPaused(pauses []store.OrderedPause, d *news.Delivery) bool {
	return d.State != news.StateSent && d.State != news.StateDead &&
		slices.ContainsFunc(pauses, func(p store.OrderedPause) bool { return p.Channel == "" || p.Channel == d.Channel })
}
