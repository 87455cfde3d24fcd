package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// stateNames are the states of a delivery, as --state takes them.
func stateNames() []string {
	var names []string
	for _, state := range news.DeliveryStates() {
		names = append(names, string(state))
	}
	return names
}

func deliveriesVerb(t *tool) *cobra.Command {
	cmd := deliveriesList(t, "deliveries")
	cmd.Short = "List deliveries, send some again or give them up"
	var to string
	retry := &cobra.Command{
		Use: "retry ID...", Short: "Make parked or dead deliveries due now, in another channel if need be", Args: cobra.MinimumNArgs(1),
		Long: `Make parked or dead deliveries due now. Where the config names another channel for
an alert by now, or --to does, it goes there; no channel hears twice of one news.`,
		RunE: t.act(func(ctx context.Context, args []string) error { return changeDeliveries(ctx, t, args, "retry", to) }),
	}
	retry.Flags().StringVar(&to, "to", "", "send them to this `channel`")
	cmd.AddCommand(deliveriesList(t, "list"), showVerb(t), retry,
		&cobra.Command{
			Use: "drop ID...", Short: "Give deliveries up: those still to be sent, and dead letters", Args: cobra.MinimumNArgs(1),
			Long: `Give deliveries up: those still to be sent, and dead letters that nobody needs any more.
They are listed as dead, but no alarm and no count of dead letters has them any more.
"deliveries retry" sends one after all.`,
			RunE: t.act(func(ctx context.Context, args []string) error { return changeDeliveries(ctx, t, args, "drop", "") }),
		})
	return cmd
}

// listing is what `deliveries list` was asked for.
type listing struct {
	limit                        int
	states                       []string
	rule, channel, since, before string
}

func deliveriesList(t *tool, use string) *cobra.Command {
	var l listing
	cmd := &cobra.Command{
		Use: use, Short: "List the newest deliveries", Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return listDeliveries(ctx, t, l) }),
	}
	f := cmd.Flags()
	f.IntVar(&l.limit, "limit", 50, "how many, newest first")
	f.StringSliceVar(&l.states, "state", nil, "only these `states`: "+strings.Join(stateNames(), ", "))
	f.StringVar(&l.rule, "rule", "", "only alerts of this `rule`")
	f.StringVar(&l.channel, "channel", "", "only those for this `channel`")
	f.StringVar(&l.since, "since", "", "only those recorded within this `time`, such as 2h or 30d, or since a date")
	f.StringVar(&l.before, "before", "", "only those recorded longer ago than this `time`, or before a date")
	t.addFormat(cmd)
	return cmd
}

// filter returns the filter that the flags describe. Dates are in zone.
func (l listing) filter(now time.Time, zone *time.Location) (f app.DeliveryFilter, err error) {
	f = app.DeliveryFilter{Limit: l.limit, Rule: l.rule, Channel: l.channel}
	for _, state := range l.states {
		if !slices.Contains(stateNames(), state) {
			return f, withHint(usage("there is no state %q", state), "states are %s", strings.Join(stateNames(), ", "))
		}
		f.States = append(f.States, news.DeliveryState(state))
	}
	if l.limit < 1 {
		return f, usage("--limit is at least 1")
	}
	if f.Since, err = sinceWhen("since", l.since, now, zone); err == nil {
		f.Before, err = sinceWhen("before", l.before, now, zone)
	}
	return f, err
}

func showVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ID", Short: "Say everything about one delivery", Args: cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return showDelivery(ctx, t, args[0]) }),
	}
	t.addFormat(cmd)
	return cmd
}

// deliveryJSON is the JSON form of a delivery.
type deliveryJSON struct {
	ID       int64      `json:"id"`
	Channel  string     `json:"channel"`
	Kind     string     `json:"kind"`
	About    string     `json:"about,omitempty"` // of an update: what it tells
	State    string     `json:"state"`
	Paused   bool       `json:"paused,omitempty"` // it waits for the end of a pause
	Attempts int        `json:"attempts"`
	Created  time.Time  `json:"created"`
	Due      *time.Time `json:"due,omitempty"`           // when it is tried next; absent once it is done
	Done     *time.Time `json:"done,omitempty"`          // when it was sent or given up
	TS       string     `json:"ts,omitempty"`            // Slack's name of the message
	Rests    bool       `json:"mentions_rest,omitempty"` // it came without its mentions
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
		ID: d.ID, Channel: d.Channel, Kind: string(d.Kind), About: string(d.About), State: string(d.State),
		Attempts: d.Attempts, Created: d.Created, Paused: d.Paused,
		Rests: d.Mentions == news.MentionsRest,
		TS:    d.TS, Error: d.Error, Rules: d.Rules, Title: d.Title, URL: d.URL, Text: d.Text,
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

func listDeliveries(ctx context.Context, t *tool, l listing) error {
	if _, err := l.filter(time.Now(), time.UTC); err != nil {
		return err
	}
	all, err := findDeliveries(ctx, t, func(zone *time.Location) (app.DeliveryFilter, error) {
		return l.filter(time.Now(), zone)
	})
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(map[string]any{"deliveries": all})
	}
	printDeliveries(t.output, all)
	return nil
}

// findDeliveries reads the deliveries that pass a filter, from the store or from
// the daemon. The filter may depend on the config's time zone.
func findDeliveries(
	ctx context.Context, t *tool, filter func(*time.Location) (app.DeliveryFilter, error),
) (all []deliveryJSON, err error) {
	cfg, v, err := t.view(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	f, err := filter(cmp.Or(cfg.Timezone, time.UTC))
	if err != nil {
		return nil, err
	}
	found, err := v.Deliveries(ctx, f)
	if err == nil && len(found) == 0 && f.Rule != "" && isWhole(cfg) {
		err = knownRules(cfg, []string{f.Rule}) // one that was removed may have deliveries
	}
	if err != nil {
		return nil, err
	}
	all = make([]deliveryJSON, len(found))
	for i, d := range found {
		all[i] = deliveryOf(d)
	}
	return all, nil
}

func showDelivery(ctx context.Context, t *tool, number string) error {
	id, err := deliveryNumber(number)
	if err != nil {
		return err
	}
	found, err := findDeliveries(ctx, t, func(*time.Location) (app.DeliveryFilter, error) {
		return app.DeliveryFilter{Limit: 1, ID: id}, nil
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return withHint(fmt.Errorf("there is no delivery %d", id), "`copytaster deliveries` lists the newest")
	}
	if t.isJSON() {
		return t.json(found[0])
	}
	printDelivery(t.output, found[0])
	return nil
}

// stands is the state of a delivery, and whether it waits for the end of a pause.
func (d deliveryJSON) stands() string {
	if d.Paused {
		return d.State + ", paused"
	}
	return d.State
}

// what is the kind of a delivery, and what it tells: "update: raised".
func (d deliveryJSON) what() string {
	if d.About == "" {
		return d.Kind
	}
	return d.Kind + ": " + d.About
}

func printDelivery(out *output, d deliveryJSON) {
	rows := [][]string{{"delivery", fmt.Sprintf("%d (%s)", d.ID, d.what())}, {"channel", d.Channel}, {"state", d.stands() + because(d.Error)}}
	for _, row := range [][]string{
		{"title", d.Title}, {"url", d.URL}, {"rules", strings.Join(d.Rules, ", ")}, {"text", text.OneLine(d.Text)},
		{"recorded", out.shownTime(&d.Created)}, {"next try", out.since(d.Due)}, {"done", out.since(d.Done)},
		{"attempts", strconv.Itoa(d.Attempts)}, {"message", d.TS}, {"mentions", map[bool]string{true: mentionsRest}[d.Rests]},
	} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	for _, r := range d.Revisions {
		kinds := make([]string, len(r.Kinds))
		for i, k := range r.Kinds {
			kinds[i] = string(k)
		}
		rows = append(rows, []string{"changed", out.shownTime(&r.Seen) + ": " + strings.Join(kinds, ", ") + "; it was: " + r.Was})
	}
	out.table(rows)
}

func printDeliveries(out *output, all []deliveryJSON) {
	if len(all) == 0 {
		out.say("no deliveries")
		return
	}
	rows := [][]string{{"ID", "STATE", "CHANNEL", "CREATED", "WHAT"}}
	for _, d := range all {
		what := d.Title
		switch news.DeliveryKind(d.Kind) {
		case news.DeliverOps:
			what = text.OneLine(d.Text)
		case news.DeliverUpdate:
			what = d.About + ": " + d.Title
		case news.DeliverEdit:
			what = "edit: " + d.Title
		}
		what = cut(what, 60) + changes(d.Revisions) + because(d.Error)
		rows = append(rows, []string{strconv.FormatInt(d.ID, 10), d.stands(), d.Channel, out.shownTime(&d.Created), what})
	}
	out.table(rows)
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

// deliveryNumber reads the number of a delivery.
func deliveryNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, withHint(usage("%q is no delivery's number", text), "`copytaster deliveries` lists them")
	}
	return id, nil
}

// changeDeliveries retries or drops deliveries. An error of one does not keep it
// from the others.
func changeDeliveries(ctx context.Context, t *tool, numbers []string, verb, to string) error {
	ids := make([]int64, len(numbers))
	for i, number := range numbers {
		var err error
		if ids[i], err = deliveryNumber(number); err != nil {
			return err
		}
	}
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	var failed []error
	running, err := t.withDaemon(ctx, cfg, func(d daemon) error {
		for _, id := range ids {
			act, done := func() error { return d.Retry(ctx, id, to) }, "is due now"
			if verb == "drop" {
				act, done = func() error { return d.Drop(ctx, id) }, "is given up"
			} else if to != "" {
				done += ", for " + strings.TrimPrefix(to, "#")
			}
			if err := act(); err != nil {
				failed = append(failed, err)
			} else {
				t.say("delivery %d %s", id, done)
			}
		}
		return nil
	})
	if err == nil && !running && verb != "drop" && len(failed) < len(ids) {
		t.note("no daemon runs: `copytaster run` sends what is due")
	}
	return errors.Join(append(failed, err)...)
}
