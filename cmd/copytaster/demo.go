package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/console"
	"github.com/copytaster/copytaster/internal/demo"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/web/pages"
	"github.com/copytaster/copytaster/notify/terminal"
)

// demoBound is how long the one pass of the demo may take.
const demoBound = 3 * time.Minute

func demoVerb(t *tool) *cobra.Command {
	var once bool
	var listen string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole of it on a sample news site on this machine",
		Long: `The whole daemon on a bundled sample news site, served on loopback: real HTTP,
a real store, real rules. Alerts appear here as they would in Slack, and their
buttons are keys: g is Got it, n Not relevant, s Snooze…, ? says more. It needs
no config, no network and no Slack, and leaves nothing behind.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return showDemo(ctx, t.output, listen, once) }),
	}
	cmd.Flags().BoolVar(&once, "once", false, "all of it at once: exit 0 when the expected alerts, replies and edits were delivered")
	cmd.Flags().StringVar(&listen, "listen", "", "`address` of the sample site (default a free port on loopback); that of the pages is printed")
	return cmd
}

// showDemo runs the daemon on the sample site, in a folder of its own.
func showDemo(ctx context.Context, out *output, listen string, once bool) (err error) {
	site, err := demo.Start(listen)
	if err != nil {
		return explainAddress(err, "give --listen a free address")
	}
	defer func() { err = errors.Join(err, site.Close()) }()
	dir, err := os.MkdirTemp("", "copytaster-demo-")
	if err != nil {
		return fmt.Errorf("prepare demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg, err := demoConfig(site, dir)
	if err != nil {
		return err
	}
	log := out.logger(slog.LevelWarn)
	alerts, keys := terminal.New(out.alerts()), out.keys()
	if once || out.format.value == "json" {
		keys = nil
	}
	opt := app.Options{Config: cfg, Getenv: noEnv, Sender: alerts, Answerable: keys != nil}
	if !once {
		cfg.Listen, opt.Pages = "127.0.0.1:0", pages.New // beside a daemon that has the usual address
	}
	a, err := app.New(ctx, log, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if once {
		return demoOnce(ctx, out, log, a, cfg, site)
	}
	out.note("demo: %s on %s are watched; alerts appear as they would in Slack", text.Plural(len(cfg.Sources), "outlet"), site.URL)
	out.note("demo: open http://%s/ to see what it does", app.AddressOf(a))
	out.note("demo: what follows arrives within two minutes; Ctrl-C ends it")
	if keys == nil {
		return a.Run(ctx)
	}
	out.note("demo: answer the alerts by the keys below them")
	return answerDemo(ctx, out, a, alerts, keys)
}

// answerDemo runs the daemon while somebody answers at the terminal.
func answerDemo(ctx context.Context, out *output, a *app.App, alerts *terminal.Sender, keys *os.File) (err error) {
	prompt := out.keep(keys)
	t, err := rawTerminal(keys, prompt.Again)
	if err != nil {
		return err
	}
	defer t.restore()
	person := console.New(alerts, console.Options{
		Keys: keys, Ask: prompt, Now: time.Now, Tick: time.Tick(200 * time.Millisecond), Leave: t.leave, Sleep: t.sleep,
	})
	desk := app.DeskOf(a, person)
	ctx, cancel := context.WithCancel(ctx)
	var answering sync.WaitGroup
	answering.Go(func() {
		defer t.restore() // a panic here ends the program without those of the others
		if failed := person.Run(ctx, desk.Handle); failed != nil {
			out.note("demo: nothing more can be answered: %v", failed)
		}
	})
	err = a.Run(ctx)
	cancel()
	answering.Wait()
	desk.Close(ctx)
	return err
}

// noEnv is an empty environment: the demo is the same everywhere.
func noEnv(string) (string, bool) { return "", false }

func demoConfig(site *demo.Site, dir string) (*config.Config, error) {
	path := filepath.Join(dir, "copytaster.yaml")
	if err := os.WriteFile(path, site.ConfigYAML(filepath.Join(dir, "demo.db")), 0o600); err != nil {
		return nil, fmt.Errorf("prepare demo: %w", err)
	}
	return config.Load(path, noEnv)
}

// demoOnce passes over the site after every arrival, and compares what was told with what
// had to be.
func demoOnce(
	ctx context.Context, out *output, log *slog.Logger, a *app.App, cfg *config.Config, site *demo.Site,
) error {
	site.Hold()
	pass, err := a.Through(ctx, demoBound, site.Arrive)
	if err := errors.Join(err, a.Close()); err != nil { // what follows reads the store
		return err
	}
	told, err := toldAlerts(ctx, log, cfg)
	if err != nil {
		return err
	}
	expected := site.Expected()
	missing, surplus := demo.Compare(told, expected)
	for _, m := range missing {
		out.say("%s missing: %v", out.palette.mark(false), m)
	}
	for _, s := range surplus {
		out.say("%s not expected: %v", out.palette.mark(false), s)
	}
	if len(missing)+len(surplus) > 0 || !pass.Done() {
		out.say("%s the demo went wrong: %d of %s delivered", out.palette.mark(false), len(expected)-len(missing),
			text.Plural(len(expected), "expected message"))
		return errNo
	}
	count := map[string]int{}
	for _, t := range told {
		count[t.What]++
	}
	posts, edits := count["post"], count["edit"]
	out.say("%s all expected alerts delivered from %s: %s, %s, %s edited", out.palette.mark(true),
		text.Plural(pass.Sources, "source"), text.Plural(posts, "message"),
		text.Plural(len(told)-posts-edits, "reply"), text.Plural(edits, "message"))
	return nil
}

// toldAlerts lists what was told of which stories. The edits of a message are one.
func toldAlerts(ctx context.Context, log *slog.Logger, cfg *config.Config) (told []demo.Telling, err error) {
	r, err := app.OpenReader(ctx, log, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	sent, err := r.Deliveries(ctx, app.DeliveryFilter{Limit: 1000, States: []news.DeliveryState{news.StateSent}})
	if err != nil {
		return nil, err
	}
	for _, d := range sent {
		link, err := url.Parse(d.URL)
		if err != nil {
			return nil, err
		}
		t := demo.Telling{Channel: d.Channel, What: "post", Page: link.Path}
		switch d.Kind {
		case news.DeliverEdit:
			t.What = "edit"
		case news.DeliverUpdate:
			t.What = string(d.About)
		}
		if t.What != "edit" || !slices.Contains(told, t) {
			told = append(told, t)
		}
	}
	return told, nil
}
