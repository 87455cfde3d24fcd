package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
)

func (t *tool) statusVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say how the sources fare and what was delivered",
		Args:  cobra.NoArgs,
		RunE:  t.act(func(ctx context.Context, _ []string) error { return t.showStatus(ctx) }),
	}
	t.addFormat(cmd)
	return cmd
}

// statusJSON is the JSON form of the status.
type statusJSON struct {
	Running bool `json:"running"` // a daemon takes commands
	app.Status
}

func (t *tool) showStatus(ctx context.Context) (err error) {
	cfg, r, err := t.reader(ctx)
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
	t.tellStatus(st, running)
	return nil
}

func (t *tool) tellStatus(st app.Status, running bool) {
	state := "no daemon runs here"
	if running {
		state = "running"
	}
	t.say("%s %s; store %s", t.palette.mark(running), state, st.Storage)
	if st.ConfigError != "" {
		t.say("%s the config on disk is wrong, the last good one is in force:\n%s", t.palette.mark(false), st.ConfigError)
	}
	if st.Paused != "" {
		t.say("%s sending is paused: %s", t.palette.mark(false), st.Paused)
	}
	for _, c := range st.Parked {
		t.say("%s channel %s cannot be posted to: %s", t.palette.mark(false), c.Channel, c.Reason)
	}
	t.say("stories: %d kept, %d waiting for their page; alerts: %d", st.Stories, st.Waiting, st.Alerts)
	t.say("deliveries: %s", counts(st.Deliveries))
	if len(st.Sources) == 0 {
		return
	}
	rows := [][]string{{"SOURCE", "VERDICT", "STORIES", "CRAWLED", "NEXT", "ERROR"}}
	for _, s := range st.Sources {
		verdict := s.Verdict
		if verdict == "" {
			verdict = "not crawled yet"
		}
		rows = append(rows, []string{s.Name, verdict, strconv.FormatInt(s.Stories, 10), shownTime(s.Crawled), shownTime(&s.Next), s.Error})
	}
	t.say("")
	t.table(rows)
}

// counts lists how many deliveries are in each state, those in none left out.
func counts(deliveries map[string]int64) string {
	var parts []string
	for _, state := range states {
		if n := deliveries[state]; n > 0 {
			parts = append(parts, strconv.FormatInt(n, 10)+" "+strings.ReplaceAll(state, "_", " "))
		}
	}
	return orNone(strings.Join(parts, ", "))
}
