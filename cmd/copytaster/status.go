package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

func statusVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how the sources fare and what was delivered",
		Args:  cobra.NoArgs,
		RunE:  t.act(func(ctx context.Context, _ []string) error { return showStatus(ctx, t) }),
	}
	t.addFormat(cmd)
	return cmd
}

// statusJSON is the JSON form of the status.
type statusJSON struct {
	Running bool `json:"running"` // a daemon takes commands
	app.Status
}

func showStatus(ctx context.Context, t *tool) (err error) {
	cfg, r, err := t.view(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	st, err := r.Status(ctx)
	if err != nil {
		return err
	}
	_, running := app.Dial(ctx, cfg, t.env)
	if t.isJSON() {
		return t.json(statusJSON{running, st})
	}
	printStatus(t.output, st, running)
	return nil
}

func printStatus(out *output, st app.Status, running bool) {
	state := "no daemon runs here"
	if running {
		state = "running"
	}
	out.say("%s %s; store %s", out.palette.mark(running), state, st.Storage)
	if st.ConfigError != "" {
		out.say("%s the config on disk is wrong, the last good one is in force:\n%s", out.palette.mark(false), st.ConfigError)
	}
	for _, d := range st.Outdated {
		out.say("%s the daemon on %s follows an older config (%.12s, loaded %s) than the newest (%.12s): give it the same files",
			out.palette.mark(false), d.Machine, d.Hash, out.shownTime(&d.Loaded), st.ConfigHash)
	}
	if st.Paused != "" {
		out.say("%s sending is paused: %s", out.palette.mark(false), st.Paused)
	}
	for i := range st.Pauses {
		out.say("%s %s", out.palette.mark(false), app.PausedLine(&st.Pauses[i], out.zone))
	}
	for _, c := range st.Parked {
		out.say("%s channel %s cannot be posted to: %s", out.palette.mark(false), c.Channel, c.Reason)
	}
	for _, s := range st.Storms {
		out.say("storm of %s in %s since %s: %s folded into one message", s.Rule, s.Channel, out.shownTime(s.Since), text.Many(s.Folded, "alert"))
	}
	out.say("stories: %d kept, %s; alerts: %d", st.Stories, waitingFor(out, st), st.Alerts)
	out.say("news in 24 h: %d, further reports %d (copies %d); waiting: %s, %s", st.News.Alerted, st.News.Reports, st.News.Copies,
		text.Plural(int(st.News.Batches), "thread batch"), text.Plural(int(st.News.Edits), "edit"))
	if st.News.Open > 0 {
		out.say("waiting for an answer: %s", text.Plural(st.News.Open, "alert"))
	}
	out.say("deliveries: %s", probe.Counts(st.Deliveries))
	if len(st.Sources)+len(st.Disabled) == 0 {
		return
	}
	rows := [][]string{{"SOURCE", "VERDICT", "SINCE", "STORIES", "LAST STORY", "CRAWLED", "NEXT", "PACE", "REMARK"}}
	for _, s := range st.Sources {
		rows = append(rows, []string{
			s.Name, verdictOf(s), out.since(s.Since), strconv.FormatInt(s.Stories, 10), lastStory(out, s),
			out.shownTime(s.Crawled), out.shownTime(&s.Next), paceOf(s), remarkOn(out, s),
		})
	}
	for _, name := range st.Disabled {
		rows = append(rows, []string{name, "switched off"})
	}
	out.say("")
	out.table(rows)
}

// waitingFor says how many stories wait for their page, and since when.
func waitingFor(out *output, st app.Status) string {
	if st.WaitingFrom == nil {
		return fmt.Sprintf("%d waiting for their page", st.Waiting)
	}
	return fmt.Sprintf("%d waiting for their page, the oldest since %s", st.Waiting, out.shownTime(st.WaitingFrom))
}

// lastStory is when the newest story of a source was first seen.
func lastStory(out *output, s app.SourceStatus) string {
	if s.LastStory == nil && s.Stories > 0 {
		return "none kept"
	}
	return out.shownTime(s.LastStory)
}

// since writes the time of a verdict, "" when there is none.
func (o *output) since(at *time.Time) string {
	if at == nil {
		return ""
	}
	return o.shownTime(at)
}

func verdictOf(s app.SourceStatus) string {
	switch {
	case s.Verdict != "":
		return s.Verdict
	case s.Crawled == nil:
		return "not crawled yet"
	}
	return "not judged yet"
}

// paceOf is a source's schedule, or how often an adaptive one is crawled at
// present.
func paceOf(s app.SourceStatus) string {
	switch {
	case s.Schedule != "":
		return s.Schedule
	case s.Interval == 0:
		return "adaptive"
	}
	pace := (time.Duration(s.Interval) * time.Second).String()
	for _, nothing := range []string{"m0s", "h0m"} { // 1h0m0s is 1h
		if strings.HasSuffix(pace, nothing) {
			pace = pace[:len(pace)-2]
		}
	}
	return "about " + pace
}

// remarkOn is what there is to say of a source beside its verdict.
func remarkOn(out *output, s app.SourceStatus) string {
	var remarks []string
	if s.Detail != "" && s.Detail != s.Error {
		remarks = append(remarks, s.Detail)
	}
	if s.Error != "" {
		remarks = append(remarks, s.Error)
	}
	if gap := s.GapIn(out.zone); gap != "" {
		remarks = append(remarks, "possible gap "+gap)
	}
	if s.Skipped > 0 {
		remarks = append(remarks, text.Plural(s.Skipped, "story")+" of its list skipped")
	}
	if remark := pushRemark(out, s.Subscription); remark != "" {
		remarks = append(remarks, remark)
	}
	return strings.Join(remarks, "; ")
}

// pushRemark says how far the subscription to a source's hub has come, "" when
// there is none.
func pushRemark(out *output, sub *app.SubscriptionStatus) string {
	switch {
	case sub == nil:
		return ""
	case sub.Until == nil && sub.Error != "":
		return "not pushed: " + sub.Error
	case sub.Until == nil:
		return "not pushed yet: its hub is to be asked"
	case sub.Error != "":
		return "pushed until " + out.shownTime(sub.Until) + ", and not renewed: " + sub.Error
	}
	return "pushed until " + out.shownTime(sub.Until)
}
