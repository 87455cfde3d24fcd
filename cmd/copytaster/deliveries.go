package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
)

// states are those of a delivery, as --state takes them.
var states = []string{
	string(news.StatePending), string(news.StateSending), string(news.StateInDoubt), string(news.StateSent), string(news.StateParked), string(news.StateDead),
}

func (t *tool) deliveriesVerb() *cobra.Command {
	cmd := t.deliveriesList("deliveries")
	cmd.Short = "List deliveries, send one again or give one up"
	cmd.AddCommand(t.deliveriesList("list"),
		&cobra.Command{
			Use: "retry ID", Short: "Make a parked or dead delivery due now", Args: cobra.ExactArgs(1),
			RunE: t.act(func(ctx context.Context, args []string) error { return t.changeDelivery(ctx, args[0], "retry") }),
		},
		&cobra.Command{
			Use: "drop ID", Short: "Give a delivery up that is still to be sent", Args: cobra.ExactArgs(1),
			RunE: t.act(func(ctx context.Context, args []string) error { return t.changeDelivery(ctx, args[0], "drop") }),
		})
	return cmd
}

func (t *tool) deliveriesList(use string) *cobra.Command {
	var limit int
	var wanted []string
	cmd := &cobra.Command{
		Use: use, Short: "List the newest deliveries", Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return t.listDeliveries(ctx, limit, wanted) }),
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "how many, newest first")
	cmd.Flags().StringSliceVar(&wanted, "state", nil, "only these `states`: "+strings.Join(states, ", "))
	t.addFormat(cmd)
	return cmd
}

// deliveryJSON is the JSON form of a delivery.
type deliveryJSON struct {
	ID       int64      `json:"id"`
	Channel  string     `json:"channel"`
	Kind     string     `json:"kind"`
	State    string     `json:"state"`
	Attempts int        `json:"attempts"`
	Created  time.Time  `json:"created"`
	Due      *time.Time `json:"due,omitempty"`  // when it is tried next; absent once it is done
	Done     *time.Time `json:"done,omitempty"` // when it was sent or given up
	TS       string     `json:"ts,omitempty"`   // Slack's name of the message
	Error    string     `json:"error,omitempty"`
	Rules    []string   `json:"rules,omitempty"`
	Title    string     `json:"title,omitempty"` // of the story
	URL      string     `json:"url,omitempty"`
	Text     string     `json:"text,omitempty"` // of an ops message

	Revisions []revisionJSON `json:"revisions,omitempty"` // how the story was changed, the oldest first
}

// revisionJSON is the JSON form of a change of a story by its outlet.
type revisionJSON struct {
	Seen    time.Time           `json:"seen"`
	Kinds   []news.RevisionKind `json:"kinds"`
	Was     string              `json:"was"` // the title before
	Changes []news.Change       `json:"changes,omitempty"`
}

func deliveryOf(d app.DeliveryStatus) deliveryJSON {
	j := deliveryJSON{
		ID: d.ID, Channel: d.Channel, Kind: string(d.Kind), State: string(d.State), Attempts: d.Attempts, Created: d.Created,
		TS: d.TS, Error: d.Error, Rules: d.Rules, Title: d.Title, URL: d.URL, Text: d.Text,
	}
	for _, r := range d.Revisions {
		j.Revisions = append(j.Revisions, revisionJSON{Seen: r.Seen, Kinds: r.Kinds, Was: r.Title, Changes: r.Changes})
	}
	if !d.Done.IsZero() {
		j.Done = &d.Done
	} else if !d.Due.IsZero() {
		j.Due = &d.Due
	}
	return j
}

func (t *tool) listDeliveries(ctx context.Context, limit int, wanted []string) (err error) {
	var in []news.DeliveryState
	for _, w := range wanted {
		if !slices.Contains(states, w) {
			return withHint(usage("there is no state %q", w), "states are %s", strings.Join(states, ", "))
		}
		in = append(in, news.DeliveryState(w))
	}
	if limit < 1 {
		return usage("--limit is at least 1")
	}
	_, r, err := t.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	found, err := r.Deliveries(ctx, limit, in...)
	if err != nil {
		return err
	}
	all := make([]deliveryJSON, len(found))
	for i, d := range found {
		all[i] = deliveryOf(d)
	}
	if t.isJSON() {
		return t.json(map[string]any{"deliveries": all})
	}
	t.tellDeliveries(all)
	return nil
}

func (t *tool) tellDeliveries(all []deliveryJSON) {
	if len(all) == 0 {
		t.say("no deliveries")
		return
	}
	rows := [][]string{{"ID", "STATE", "CHANNEL", "CREATED", "WHAT"}}
	for _, d := range all {
		what := d.Title
		if d.Kind == string(news.DeliverOps) {
			what = oneLine(d.Text)
		}
		rows = append(rows, []string{strconv.FormatInt(d.ID, 10), d.State, d.Channel, shownTime(&d.Created), cut(what, 60) + changes(d.Revisions) + because(d.Error)})
	}
	t.table(rows)
}

// changes says what an outlet changed about a story since: " · changed:
// headline, text".
func changes(revisions []revisionJSON) string {
	var kinds []string
	for _, r := range revisions {
		for _, k := range r.Kinds {
			if !slices.Contains(kinds, string(k)) {
				kinds = append(kinds, string(k))
			}
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	return " · changed: " + strings.Join(kinds, ", ")
}

// reader opens the store of the config in force for reading.
func (t *tool) reader(ctx context.Context) (*config.Config, *app.Reader, error) {
	cfg, err := t.inForce(ctx)
	if err == nil {
		err = t.require(cfg, config.UseStorage)
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := app.OpenReader(ctx, t.logger(slog.LevelWarn), cfg)
	return cfg, r, err
}

func (t *tool) changeDelivery(ctx context.Context, number, verb string) error {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 1 {
		return withHint(usage("%q is no delivery's number", number), "`copytaster deliveries` lists them")
	}
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	running, err := t.withDaemon(ctx, cfg, func(d daemon) error {
		if verb == "drop" {
			return d.Drop(ctx, id)
		}
		return d.Retry(ctx, id)
	})
	switch {
	case err != nil:
		return err
	case verb == "drop":
		t.say("delivery %d is given up", id)
		return nil
	case !running:
		t.note("no daemon runs: `copytaster run` sends it")
	}
	t.say("delivery %d is due now", id)
	return nil
}

// daemon is what a running daemon does on command; an app of our own does the
// same when none runs.
type daemon interface {
	Retry(ctx context.Context, delivery int64) error
	Drop(ctx context.Context, delivery int64) error
}

var (
	_ daemon = (*app.Client)(nil)
	_ daemon = (*app.App)(nil)
)

// withDaemon lets the running daemon act, or opens the store when none runs.
func (t *tool) withDaemon(ctx context.Context, cfg *config.Config, act func(daemon) error) (running bool, err error) {
	if client, ok := app.Dial(ctx, cfg, t.env); ok {
		return true, act(client)
	}
	return false, t.withApp(ctx, cfg, func(a *app.App) error { return act(a) })
}

// withApp acts on the store itself.
func (t *tool) withApp(ctx context.Context, cfg *config.Config, act func(*app.App) error) error {
	if !isWhole(cfg) {
		return errors.New("the daemon is gone, and the config is wrong")
	}
	if err := t.require(cfg, config.UseStorage); err != nil {
		return err
	}
	opt := app.Options{Config: cfg, Getenv: t.env, Visit: true}
	opt.Output, opt.Color = t.alerts()
	a, err := app.New(ctx, t.logger(slog.LevelError), opt)
	if err != nil {
		return fmt.Errorf("no daemon takes commands: %w", err)
	}
	return errors.Join(act(a), a.Close())
}
