package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
)

// desks is how many channels the alerts are spread over.
const desks = 20

// never is a schedule that does not fall due while anything is measured.
const never = "0 0 29 2 *"

// deskWord stands in the titles of the stories that are for a desk.
func deskWord(feed int) string { return fmt.Sprintf("Zq%cdesk", 'a'+feed%desks) }

func noWord(int) string { return "" }

// rig is a world, a Slack and a daemon between them.
type rig struct {
	*world
	slack  *slackfake.Server
	daemon *daemon
	second *daemon      // on the same store; nil: there is one
	beside *store.Store // the daemon's own, opened beside it
	config string
	store  string // as the config names it
	rules  int
}

// newRig starts a daemon on a new store, with the world's feeds as sources on
// a schedule, and waits until it runs.
func (b *bench) newRig(feeds int, schedule string, seed uint64) (_ *rig, err error) {
	dir, err := os.MkdirTemp(b.dir, "rig-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "copytaster.yaml")
	r := &rig{config: config, store: cmp.Or(b.postgres, config+".db"), rules: b.rules}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	if r.world, err = newWorld(feeds, b.stories, seed); err != nil {
		return nil, err
	}
	channels := make([]slackfake.Channel, desks)
	for i := range channels {
		channels[i] = slackfake.Channel{Name: fmt.Sprintf("desk-%d", i), Member: true}
	}
	r.slack = slackfake.New(slackfake.Options{Channels: channels, Rate: 1, Burst: 2})
	if err := r.slack.Start(); err != nil {
		return nil, err
	}
	if err := os.WriteFile(r.config, []byte(r.yaml(schedule)), 0o600); err != nil {
		return nil, err
	}
	if r.daemon, err = b.startDaemon(r.config); err != nil {
		return nil, err
	}
	if err := r.until(time.Minute, r.running); err != nil {
		return nil, err
	}
	if b.postgres != "" {
		if err := os.Link(r.config, r.config+".second"); err != nil { // beside which it logs
			return nil, err
		}
		if r.second, err = b.startDaemon(r.config + ".second"); err != nil {
			return nil, err
		}
	}
	r.beside, _, err = store.OpenBeside(context.Background(), slog.New(slog.DiscardHandler), r.store)
	return r, err
}

// yaml is the daemon's config: summaries only, rules that look for two things each,
// and a rule for every desk.
func (r *rig) yaml(schedule string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "storage: %s\nlisten: \"\"\ncrawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}\n", r.store)
	fmt.Fprintf(&b, "slack: {token: %s, api_url: %q}\n", slackfake.DefaultToken, r.slack.URL())
	b.WriteString("alerts: {default_channel: desk-0, first_run: nothing, storm: none}\nrules:\n")
	w := newWriter(1)
	for i := range r.rules {
		fmt.Fprintf(&b, "  - {name: r%d, all: [[%q, %q], [%q, %q]]}\n", i, w.title(), w.word()+"x", w.title(), w.word()+"y")
	}
	for i := range desks {
		fmt.Fprintf(&b, "  - {name: desk-%d, any: [%q], to: desk-%d}\n", i, deskWord(i), i)
	}
	b.WriteString("sources:\n")
	for i, u := range r.urls() {
		fmt.Fprintf(&b, "  - {name: %s, feed: %s, full_text: never, schedule: %q}\n", sourceName(i), u, schedule)
	}
	return b.String()
}

func sourceName(feed int) string { return fmt.Sprintf("s%d", feed) }

// running reports whether the daemon says that it runs.
func (r *rig) running() (bool, error) {
	log, err := os.ReadFile(r.config + ".log")
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return strings.Contains(string(log), "msg=running"), err
}

// until waits for something to come true.
func (r *rig) until(longest time.Duration, done func() (bool, error)) error {
	for end := time.Now().Add(longest); time.Now().Before(end); pause(50 * time.Millisecond) {
		if ok, err := done(); ok || err != nil {
			return err
		}
	}
	log, _ := os.ReadFile(r.config + ".log") // there may be none
	return fmt.Errorf("the daemon is not done after %s; the end of its log:\n%s", longest, log[max(0, len(log)-2000):])
}

// pause waits for a while.
func pause(d time.Duration) { <-time.After(d) }

// pass has every source crawled once and everything sent that comes of it, and
// says how long that took.
func (r *rig) pass() (time.Duration, error) {
	ctx, began := context.Background(), time.Now().Truncate(time.Millisecond) // as the store keeps times
	if err := r.beside.Sources.MarkAllDue(ctx, began); err != nil {
		return 0, err
	}
	err := r.until(5*time.Minute, func() (bool, error) {
		states, err := r.beside.Sources.List(ctx)
		if err != nil {
			return false, err
		}
		for _, s := range states {
			if s.Error != "" {
				return false, fmt.Errorf("%s: %s", s.Name, s.Error)
			}
			if s.Crawled.Before(began) {
				return false, nil
			}
		}
		left, err := r.beside.Counts.Work(ctx, began)
		return left.Deliveries == 0, err
	})
	return time.Since(began), err
}

func (r *rig) close() error {
	var errs []error
	if r.beside != nil {
		errs = append(errs, r.beside.Close())
	}
	for _, d := range []*daemon{r.daemon, r.second} {
		if d != nil {
			errs = append(errs, d.stop())
		}
	}
	if r.slack != nil {
		errs = append(errs, r.slack.Close())
	}
	if r.world != nil {
		errs = append(errs, r.world.close())
	}
	return errors.Join(errs...)
}
