package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// Homes is what is asked of Slack to show people their App Home.
type Homes interface {
	// ChannelsOf returns the channels that a user is in, names by ID.
	ChannelsOf(ctx context.Context, userID string) (map[string]string, error)
	PublishHome(ctx context.Context, userID string, v slack.View) error
}

// How far back the App Home looks.
const (
	waitingFor = 24 * time.Hour     // for somebody
	alertedIn  = 7 * 24 * time.Hour // the rules of these alerts are listed
)

// atHome reports whether something was done in the App Home.
func atHome(r slack.Request) bool {
	return r.Kind == slack.HomeOpened || r.Kind == slack.Press && r.View != ""
}

// homes are the App Homes that are being shown. Of one user no two are at once: the older
// one might come last.
type homes struct {
	mu    sync.Mutex
	shown map[string]*homePage // by the user's ID; what is to be shown next, nil: nothing
}

// homePage is what an App Home is to show.
type homePage struct {
	notice []notify.Part // on top
	whose  *person       // nil: who may see nothing but the notice
}

// show shows the person the App Home as it is now, with a notice on top.
func (p person) show(notice ...notify.Part) { p.showHome(p.by.ID, homePage{notice, &p}) }

// showHome shows a user a page, without waiting for it. Of those that wait the last one is
// shown, with the last notice.
func (d *Desk) showHome(user string, next homePage) {
	if d.opt.Homes == nil {
		return
	}
	d.homes.mu.Lock()
	defer d.homes.mu.Unlock()
	waiting, busy := d.homes.shown[user]
	if waiting != nil && len(next.notice) == 0 {
		next.notice = waiting.notice
	}
	if busy {
		d.homes.shown[user] = &next
		return
	}
	if d.homes.shown == nil {
		d.homes.shown = map[string]*homePage{}
	}
	d.homes.shown[user] = nil
	d.telling.Go(func() {
		for now := &next; now != nil; now = d.nextPage(user) {
			d.publish(user, *now)
		}
	})
}

// nextPage returns the page that waits for a user; nil when there is none, and the user's
// home is not being shown any more.
func (d *Desk) nextPage(user string) *homePage {
	d.homes.mu.Lock()
	defer d.homes.mu.Unlock()
	next := d.homes.shown[user]
	if d.homes.shown[user] = nil; next == nil {
		delete(d.homes.shown, user)
	}
	return next
}

// publish shows a user a page.
func (d *Desk) publish(user string, p homePage) {
	ctx, cancel := context.WithTimeout(d.life, tellWithin)
	defer cancel()
	select {
	case d.asked <- struct{}{}:
		defer func() { <-d.asked }()
	case <-ctx.Done():
		return
	}
	h := home{}
	h.add(nil, p.notice...)
	if p.whose != nil {
		h.person = *p.whose
		if err := h.write(ctx); err != nil {
			d.Log.Error("an App Home was not written", "error", err)
			h.add(nil, line("It could not be read: the log of the daemon says why."))
		}
	}
	h.add([]notify.Button{{Action: notify.ActRefresh, Label: "Refresh", Value: notify.Pressed{}.Value()}},
		notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: "As of "}, {Time: d.Now()}}})
	if err := d.opt.Homes.PublishHome(ctx, user, slack.View{Fields: h.fields}); err != nil {
		d.Log.Warn("an App Home was not shown", "user", user, "error", err)
	}
}

// atHome does what the person pressed in the App Home, and shows that as it is then.
func (p person) atHome(ctx context.Context, r slack.Request) error {
	if r.Kind == slack.HomeOpened || r.Action == notify.ActRefresh {
		p.show()
		return nil
	}
	on, _ := notify.ParsePressed(r.Value)
	var done answers.Result
	var err error
	switch r.Action {
	case notify.ActGot:
		var alert news.Alert
		if alert, err = p.Store.Alerts.AlertOf(ctx, on.Alert); err == nil {
			done, err = p.answers.Got(ctx, p.said(r, alert.Channel), alert.ID)
		}
	case notify.ActEndSnooze:
		done, err = p.answers.EndSnooze(ctx, p.said(r, ""), on.ID)
	default:
		err = mistaken("This button is of another version of copytaster, and does nothing.")
	}
	if err == nil {
		p.show(unshown(done)...)
	}
	return err
}

// home is a person's App Home being written.
type home struct {
	person

	in     map[string]bool // the channels that the person is in, as the config names them
	fields []slack.Field
}

// add adds parts with buttons below them.
func (h *home) add(buttons []notify.Button, parts ...notify.Part) {
	parts = notify.Clean(parts)
	if len(buttons) > 0 {
		parts = append(parts, notify.Part{Kind: notify.Buttons, Buttons: buttons})
	}
	h.fields = append(h.fields, slack.Field{Parts: parts})
}

func (h *home) head(text string) {
	h.add(nil, notify.Part{Kind: notify.Line, Runs: []notify.Run{{Text: text, Style: notify.Bold}}})
}

// more says how many of a list are left out.
func (h *home) more(all int) {
	if all > mostListed {
		h.add(nil, notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: fmt.Sprintf("and %d more", all-mostListed)}}})
	}
}

// write writes all of the page.
func (h *home) write(ctx context.Context) error {
	state, err := h.opt.State(ctx)
	if err != nil {
		return err
	}
	how, rest, _ := strings.Cut(strings.TrimSpace(state), "\n")
	h.head(how)
	if rest != "" {
		h.add(nil, notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: strings.ReplaceAll(rest, "\n", " ")}}})
	}
	all := []func(context.Context) error{h.waiting, h.snoozes, h.rules, h.trouble}
	switch err := h.join(ctx); {
	case err != nil:
		h.Log.Warn("Slack does not say which channels somebody is in", "user", h.by.ID, "error", err)
		h.add(nil, line("Slack did not say which channels you are in: press Refresh."))
		all = all[len(all)-1:]
	case len(h.in) == 0:
		h.add(nil, line("You are in none of the channels that have got alerts."))
		all = all[len(all)-1:]
	}
	for _, say := range all {
		if err := say(ctx); err != nil {
			return err
		}
	}
	return nil
}

// join finds out which channels the person is in.
func (h *home) join(ctx context.Context) error {
	names, err := h.opt.Homes.ChannelsOf(ctx, h.by.ID)
	if err != nil {
		return err
	}
	all, err := h.Store.Channels.List(ctx)
	if err != nil {
		return err
	}
	byName := map[string]bool{}
	for _, name := range names {
		byName[name] = true
	}
	h.in = map[string]bool{}
	for _, c := range all {
		if _, in := names[c.ID]; in || c.ID == "" && byName[c.Name] {
			h.in[c.Name] = true
		}
	}
	return nil
}

// waiting adds the high and urgent alerts of the last day that need somebody, the most
// severe first, each news once.
func (h *home) waiting(ctx context.Context) error {
	alerts, err := h.Store.Alerts.Last(ctx, "", h.Now().Add(-waitingFor), news.High, mostLooked)
	if err != nil {
		return err
	}
	slices.SortStableFunc(alerts, func(a, b news.Alert) int { return cmp.Compare(b.Severity, a.Severity) })
	n, listed := 0, map[int64]bool{}
	for _, a := range alerts {
		if !h.in[a.Channel] || listed[a.Cluster] {
			continue
		}
		part, waits, err := h.waits(ctx, a)
		if err != nil {
			return err
		}
		if !waits {
			continue
		}
		listed[a.Cluster] = true
		if n++; n == 1 {
			h.head("Waiting for somebody")
		}
		if n <= mostListed {
			h.add([]notify.Button{{Action: notify.ActGot, Label: "Got it", Value: notify.Pressed{Alert: a.ID}.Value()}}, part)
		}
	}
	if n == 0 {
		h.add(nil, line("✅ No high or urgent alert of the last 24 hours waits for somebody in your channels."))
	}
	h.more(n)
	return nil
}

// waits reports whether an alert needs somebody, and shows one that does.
func (h *home) waits(ctx context.Context, a news.Alert) (part notify.Part, waits bool, err error) {
	part, fate, err := h.told(ctx, a, "")
	if err != nil || fate != unanswered {
		return part, false, err
	}
	if done, err := h.Store.Unanswered.Answered(ctx, a.ID); err != nil || done {
		return part, false, err
	}
	at, _, err := h.Store.Deliveries.Root(ctx, a.ID)
	if link := trace.Permalink(&news.Delivery{ChannelID: at.ChannelID, TS: at.TS}); link != "" {
		part.Runs = append(part.Runs, notify.Run{Text: " · "}, notify.Run{Text: "message", Link: link})
	}
	return part, true, err
}

// snoozes adds what is kept from the channels, whoever wants that.
func (h *home) snoozes(ctx context.Context) error {
	all, err := h.Store.Snoozes.All(ctx, h.Now())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(z news.Snooze) bool { return !h.in[z.Channel] })
	if len(all) > 0 {
		h.head("Snoozed")
	}
	for i := range all[:min(len(all), mostListed)] {
		z := &all[i]
		runs, err := h.keeps(ctx, z)
		if err != nil {
			return err
		}
		h.add([]notify.Button{{
			Action: notify.ActEndSnooze, Label: "End it", Value: notify.Pressed{Alert: z.Alert, ID: z.ID}.Value(),
		}}, notify.Part{Kind: notify.Bullet, Runs: runs})
	}
	h.more(len(all))
	return nil
}

// rules adds what people said of the rules that alerted the channels most.
func (h *home) rules(ctx context.Context) error {
	alerts, err := h.Store.Alerts.Last(ctx, "", h.Now().Add(-alertedIn), news.Info, mostLooked)
	if err != nil {
		return err
	}
	times := map[string]int{}
	for _, a := range alerts {
		for _, rule := range a.Rules {
			if h.in[a.Channel] {
				times[rule]++
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b))
	})
	if len(names) > 0 {
		h.head("Rules that alerted your channels this week")
	}
	for _, name := range names[:min(len(names), mostListed)] {
		record, err := feedback.Read(ctx, h.Env, name)
		if err != nil {
			return err
		}
		h.add(nil, notify.Part{Kind: notify.Bullet, Runs: []notify.Run{
			{Text: name, Style: notify.Bold}, {Text: ": " + record.Precision()},
		}})
	}
	h.more(len(names))
	return nil
}

// trouble adds the sources that cannot be read.
func (h *home) trouble(ctx context.Context) error {
	sick, err := h.opt.Trouble(ctx)
	if len(sick) > 0 {
		h.head("Sources in trouble")
	}
	for _, s := range sick[:min(len(sick), mostListed)] {
		h.add(nil, notify.Part{Kind: notify.Bullet, Runs: []notify.Run{{Text: s}}})
	}
	h.more(len(sick))
	return err
}
