package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// How long a shift is that is handed over.
const (
	usualShift = 8 * time.Hour
	mostShift  = 7 * 24 * time.Hour
)

// How much a hand-over lists of a kind.
const (
	mostListed = 10
	mostLooked = 500 // alerts, and deliveries
)

// handover tells what a shift leaves to the next one.
func (p person) handover(ctx context.Context, r slack.Request, args []string) error {
	shift := usualShift
	if len(args) > 0 {
		var ok bool
		if shift, ok = lengthOf(args[0]); !ok || shift < time.Minute || shift > mostShift {
			return mistaken("%s is no length of a shift: write 8h, or any other time up to 7d or 1w.", quoted(args[0]))
		}
	}
	channel, err := p.here(ctx, r)
	if err != nil {
		return err
	}
	until := p.Now().Truncate(time.Second)
	parts, err := p.leaves(ctx, channel, until.Add(-shift), until)
	if err != nil {
		return err
	}
	if channel != "" {
		value := notify.Pressed{Alert: until.Unix(), Word: "handover", ID: int64(shift / time.Second)}.Value()
		parts = append(parts, notify.Part{Kind: notify.Buttons, Buttons: []notify.Button{
			{Action: notify.ActPost, Label: "Post to channel", Value: value},
		}})
	}
	p.whisper(r, parts...)
	return nil
}

// lengthOf reads a length as it is written elsewhere: 8h, 90m, 2h30m, 3d or 1w.
func lengthOf(text string) (time.Duration, bool) {
	if d, err := time.ParseDuration(text); err == nil {
		return d, true
	}
	var zero time.Time
	since, ok := answers.Ago(zero, text)
	return zero.Sub(since), ok
}

// post posts a hand-over to the channel that it was asked for in, once, whoever presses, and
// how often.
func (p person) post(ctx context.Context, r slack.Request, on notify.Pressed) error {
	channel, err := p.channelOf(ctx, r)
	if err != nil {
		return err
	}
	until, shift, now := time.Unix(on.Alert, 0), time.Duration(on.ID)*time.Second, p.Now()
	if on.Word != "handover" || shift < time.Minute || shift > mostShift || until.After(now.Add(time.Minute)) {
		return mistaken("This button is of another version of copytaster, and does nothing.")
	}
	parts, err := p.leaves(ctx, channel, until.Add(-shift), until)
	if err != nil {
		return err
	}
	parts = append(parts, notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: "Handed over by " + p.by.Name}}})
	posted := false
	err = p.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		posted, err = tx.Notices.MarkSaid(ctx, "handover #"+channel, r.Value, now, mostShift)
		if err != nil || !posted {
			return err
		}
		return tx.Deliveries.Add(ctx, news.Delivery{
			Channel: channel, Kind: news.DeliverNotice, About: news.AboutHandover, Severity: news.Normal,
			State: news.StatePending, Text: notify.Written{Parts: parts}.Encode(), Due: now, Created: now,
		})
	})
	if err == nil && !posted {
		p.whisper(r, line("It was posted already."))
	}
	p.Wake()
	return err
}

// leaves says what a time leaves behind in a channel, in all where that is "".
func (p person) leaves(ctx context.Context, channel string, since, until time.Time) ([]notify.Part, error) {
	all := handed{person: p, channel: channel, since: since}
	all.add(notify.Part{Kind: notify.Line, Runs: []notify.Run{
		{Text: "🤝", Style: notify.Sign}, {Text: "Hand-over" + in(channel), Style: notify.Bold}, {Text: " · "}, {Time: since}, {Text: " to "},
		{Time: until, Clock: until.Sub(since) < 18*time.Hour},
	}})
	for _, say := range []func(context.Context) error{all.alerts, all.turns, all.storms, all.snoozes, all.trouble} {
		if err := say(ctx); err != nil {
			return nil, err
		}
	}
	return all.parts, nil
}

// handed is a hand-over being written.
type handed struct {
	person

	channel string
	since   time.Time
	parts   []notify.Part
}

func (h *handed) add(parts ...notify.Part) { h.parts = append(h.parts, parts...) }

// list adds a list below its head; nothing where there is none.
func (h *handed) list(head string, bullets []notify.Part) {
	if len(bullets) == 0 {
		return
	}
	h.add(notify.Part{Kind: notify.Line, Runs: []notify.Run{{Text: head, Style: notify.Bold}}})
	h.add(bullets[:min(len(bullets), mostListed)]...)
	if more := len(bullets) - mostListed; more > 0 {
		h.add(notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: fmt.Sprintf("and %d more", more)}}})
	}
}

// alerts adds what high and urgent alerts nobody answered, and who got what.
func (h *handed) alerts(ctx context.Context) error {
	if err := h.waiting(ctx); err != nil {
		return err
	}
	alerts, err := h.Store.Alerts.Last(ctx, h.channel, h.since, news.Info, mostLooked)
	if err != nil {
		return err
	}
	got, fates := map[string]int{}, map[int]int{}
	for _, a := range alerts {
		_, fate, err := h.told(ctx, a, h.channel)
		if err != nil {
			return err
		}
		fates[fate]++
		if fate != gotten {
			continue
		}
		w, err := h.Store.Answers.Got(ctx, a.ID)
		if err != nil {
			return err
		}
		got[w.By.Name]++
	}
	var who []string
	for _, name := range slices.SortedFunc(maps.Keys(got), func(a, b string) int {
		return cmp.Or(cmp.Compare(got[b], got[a]), cmp.Compare(a, b))
	}) {
		who = append(who, fmt.Sprintf("%s %d", name, got[name]))
	}
	said := text.Many(len(alerts), "alert")
	if len(alerts) == mostLooked {
		said = "Of the newest " + said
	}
	if len(who) > 0 {
		said += ", got by " + strings.Join(who[:min(len(who), mostListed)], ", ")
	}
	if n := fates[irrelevant]; n > 0 {
		said += fmt.Sprintf(", %d not relevant", n)
	}
	if n := fates[takenBack]; n > 0 {
		said += fmt.Sprintf(", %d taken back", n)
	}
	h.add(line(said + "."))
	return nil
}

// waiting adds what high and urgent alerts nobody answered.
func (h *handed) waiting(ctx context.Context) error {
	alerts, err := h.Store.Alerts.Last(ctx, h.channel, h.since, news.High, mostLooked)
	if err != nil {
		return err
	}
	var waiting []notify.Part
	for _, a := range alerts {
		part, fate, err := h.told(ctx, a, h.channel)
		if err != nil {
			return err
		}
		if fate == unanswered {
			waiting = append(waiting, part)
		}
	}
	h.list(text.Many(len(waiting), "high or urgent alert")+" nobody answered", waiting)
	switch {
	case len(alerts) == mostLooked:
		h.add(line(fmt.Sprintf("⚠️ There were more than %d high and urgent alerts: only the newest were looked at.", mostLooked)))
	case len(waiting) == 0:
		h.add(line("✅ Every high and urgent alert was answered."))
	}
	return nil
}

// turned says what a delivery tells that a shift must know.
var turned = map[news.About]string{
	news.AboutTurn: "turned", news.AboutRaised: "raised", news.AboutCorrected: "corrected", news.AboutWithdrawn: "withdrawn",
	news.AboutRestored: "stands again", news.AboutMismatch: "the full text does not match",
}

// turns adds what was told of news that took a turn.
func (h *handed) turns(ctx context.Context) error {
	told, err := h.Store.Deliveries.Find(ctx, store.DeliveryFilter{
		Limit: mostLooked, Channel: h.channel, Since: h.since, States: []news.DeliveryState{news.StateSent},
	})
	if err != nil {
		return err
	}
	var bullets []notify.Part
	for _, d := range told {
		what, ok := turned[d.About]
		if d.Kind != news.DeliverUpdate || !ok || d.TS == "" {
			continue
		}
		a, err := h.Store.Alerts.AlertOf(ctx, d.Alert)
		if err != nil {
			return err
		}
		story, err := h.Store.Stories.Get(ctx, cmp.Or(d.Story, a.Story))
		if err != nil {
			return err
		}
		bullets = append(bullets, notify.Part{Kind: notify.Bullet, Runs: []notify.Run{
			{Text: what, Style: notify.Bold}, {Text: ": "}, {Text: story.Title, Link: story.URL}, {Text: " · "}, {Time: d.Done},
		}})
	}
	h.list("Turns", bullets)
	return nil
}

// storms adds what folded into one message since the shift began, or still does.
func (h *handed) storms(ctx context.Context) error {
	storms, err := h.Store.Storms.Since(ctx, h.channel, h.since)
	if err != nil {
		return err
	}
	var bullets []notify.Part
	for i := range storms {
		s := &storms[i]
		n, err := h.Store.Storms.Folded(ctx, s.ID)
		if err != nil {
			return err
		}
		runs := []notify.Run{{Text: s.Rule, Style: notify.Bold}}
		if h.channel == "" {
			runs = append(runs, notify.Run{Text: in(s.Channel)})
		}
		runs = append(runs, notify.Run{Text: fmt.Sprintf(" · %d folded since ", n)}, notify.Run{Time: s.Began})
		switch {
		case s.Ended.IsZero():
			runs = append(runs, notify.Run{Text: " · it goes on"})
		case s.EndedBy.Name != "":
			runs = append(runs, notify.Run{Text: " · ended by " + s.EndedBy.Name + " "}, notify.Run{Time: s.Ended})
		default:
			runs = append(runs, notify.Run{Text: " · over since "}, notify.Run{Time: s.Ended})
		}
		bullets = append(bullets, notify.Part{Kind: notify.Bullet, Runs: runs})
	}
	h.list("Storms", bullets)
	return nil
}

// snoozes adds what is kept from the channel.
func (h *handed) snoozes(ctx context.Context) error {
	bullets, err := h.kept(ctx, func(channel string) bool { return h.channel == "" || channel == h.channel })
	h.list("Snoozed", bullets)
	return err
}

// trouble adds the sources that cannot be read.
func (h *handed) trouble(ctx context.Context) error {
	sick, err := h.opt.Trouble(ctx)
	var bullets []notify.Part
	for _, s := range sick {
		bullets = append(bullets, notify.Part{Kind: notify.Bullet, Runs: []notify.Run{{Text: s}}})
	}
	h.list("Sources in trouble", bullets)
	return err
}
