package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
	"github.com/copytaster/copytaster/notify/terminal"
	"github.com/copytaster/copytaster/rules"
)

// slackPace is Slack's documented limit for messages to one channel: one a
// second (https://api.slack.com/docs/rate-limits, "Posting messages").
const slackPace = time.Second

// parts are what remembers things between requests (robots.txt, connections,
// channel lists), and is therefore rebuilt only when its settings change.
type parts struct {
	crawl   config.Crawl
	crawler *crawler.Crawler
	slack   config.Slack
	sender  notify.Sender // of what is no sink
	sinks   map[string]notify.Sender
	pace    time.Duration
}

// adopt makes a config the one in force and keeps it as the last good one.
// After an error the one before is in force.
func (a *App) adopt(ctx context.Context, cfg *config.Config, how pipeline.Adoption) error {
	a.planMu.Lock()
	defer a.planMu.Unlock()
	parts, err := a.rebuild(ctx, cfg)
	if err != nil {
		return err
	}
	plan, err := parts.plan(cfg)
	if err != nil {
		return err
	}
	plan.Callback = callback(cfg, a.opt)
	plan.Answerable = plan.Answerable || a.opt.Answerable
	now := a.clock.Now().UTC()
	if plan.Settings, err = kept(cfg, now); err != nil {
		return err
	}
	plan.Config.Hash = cfg.Hash
	if plan.Config.Rules, err = trace.NewRulebook(cfg.Definition, cfg.Sources).Pack(); err != nil {
		return err
	}
	if err := a.pipeline.SetPlan(ctx, plan, how); err != nil {
		return err
	}
	a.parts, a.loaded = parts, now
	names := make([]string, len(cfg.Sources))
	for i, src := range cfg.Sources {
		names[i] = src.Name
	}
	a.metrics.Keep(names)
	a.metrics.ConfigReload(true)
	a.metrics.ConfigNewest(true)
	a.cfg.Store(cfg)
	a.foresight.look()
	return nil
}

// kept is what the store keeps of a config: that it is the newest, its files,
// since it is the last good one, and which sources it switches off.
func kept(cfg *config.Config, now time.Time) (map[string]string, error) {
	files, err := json.Marshal(cfg.Files)
	if err != nil {
		return nil, fmt.Errorf("keep config: %w", err)
	}
	names := []string{}
	for _, src := range cfg.Sources {
		if src.Disabled {
			names = append(names, src.Name)
		}
	}
	disabled, err := json.Marshal(names)
	if err != nil {
		return nil, fmt.Errorf("keep config: %w", err)
	}
	return map[string]string{
		store.SettingConfig:      string(files),
		store.SettingSlack:       map[bool]string{true: "yes", false: ""}[cfg.Slack.Configured],
		store.SettingDisabled:    string(disabled),
		store.SettingConfigHash:  cfg.Hash,
		store.SettingConfigAt:    now.Format(time.RFC3339),
		store.SettingConfigError: "",
	}, nil
}

// restore loads a config from the files that were kept.
func restore(path, kept string, env config.Getenv, uses ...config.Use) (*config.Config, error) {
	var files map[string][]byte
	if err := json.Unmarshal([]byte(kept), &files); err != nil {
		return nil, fmt.Errorf("read last good config: %w", err)
	}
	cfg, err := config.LoadFiles(path, files, env, uses...)
	if err != nil {
		return nil, fmt.Errorf("load last good config: %w", err)
	}
	return cfg, nil
}

// rebuild returns the parts for a config: the crawler and the sender are new
// when their settings changed.
func (a *App) rebuild(ctx context.Context, cfg *config.Config) (parts, error) {
	p := a.parts
	if p.crawler == nil || !reflect.DeepEqual(p.crawl, cfg.Crawl) {
		p.crawl = cfg.Crawl
		p.crawler = crawler.New(a.log, pace.NewHosts(a.store, a.clock.Now), crawler.Options{
			UserAgent:     cfg.Crawl.UserAgent,
			Timeout:       cfg.Crawl.Timeout,
			HostInterval:  cfg.Crawl.HostInterval,
			AllowNetworks: cfg.Crawl.AllowNetworks,
			Robots:        a.store.Hosts,
			Now:           a.clock.Now,
		})
	}
	if a.opt.Sender == nil { // else it replaces what the config says
		var err error
		if p.sinks, err = Sinks(cfg, a.clock.Now); err != nil {
			return p, err
		}
	}
	if p.sender != nil && reflect.DeepEqual(p.slack, cfg.Slack) {
		return p, nil
	}
	id, err := a.store.Settings.Get(ctx, store.SettingStoreID)
	if err != nil {
		return p, err
	}
	p.slack, p.pace = cfg.Slack, a.opt.Pace
	switch {
	case a.opt.Sender != nil:
		p.sender = a.opt.Sender
	case !cfg.Slack.Configured:
		if err := a.waitForSlack(ctx); err != nil {
			return p, err
		}
		a.log.Warn("slack.token is not set: alerts go to the terminal and count as sent")
		p.sender = terminal.New(a.opt.Output, a.opt.Color)
	default:
		p.sender = slack.New(a.log, &http.Client{Timeout: 15 * time.Second}, slack.Options{
			Token: cfg.Slack.Token, APIURL: cfg.Slack.APIURL, Store: id, Now: a.clock.Now,
		})
		if p.pace == 0 {
			p.pace = slackPace
		}
	}
	return p, nil
}

// all sends to the sinks and to everything else.
func (p parts) all() notify.Sender {
	if len(p.sinks) == 0 {
		return p.sender
	}
	return notify.Sinks{Rest: p.sender, Named: p.sinks}
}

// waitForSlack fails when messages wait that were to go to Slack: they would go
// to the terminal, and count as sent.
func (a *App) waitForSlack(ctx context.Context) error {
	slack, err := a.store.Settings.Get(ctx, store.SettingSlack)
	if err != nil || slack == "" {
		return err
	}
	counts, err := a.store.Counts.Deliveries(ctx)
	if err != nil {
		return err
	}
	var waiting int64
	for _, c := range counts {
		if c.State != news.StateSent && c.State != news.StateDead {
			waiting += c.N
		}
	}
	if waiting > 0 {
		return fmt.Errorf("slack.token is not set, and %d messages wait to be sent to Slack: set it, start with `copytaster run --last-good`, "+
			"or give them up with `copytaster deliveries drop`", waiting)
	}
	return nil
}

// plan is what a config asks of the pipeline.
func (p parts) plan(cfg *config.Config) (*act.Plan, error) {
	plan := &act.Plan{
		Crawler:    p.crawler,
		Sender:     p.all(),
		Sinks:      slices.Sorted(maps.Keys(p.sinks)),
		Pace:       p.pace,
		Sources:    map[string]news.Source{},
		Schedules:  map[string]schedule.Schedule{},
		Timezone:   cfg.Timezone,
		Rules:      cfg.Rules,
		Routes:     cfg.Alerts.Routes,
		Severities: severitiesOf(cfg.Definition.Rules),
		Answerable: cfg.Slack.Answerable() && cfg.Slack.Configured,
		OpsChannel: cfg.Slack.OpsChannel, RulesChannel: cmp.Or(cfg.Slack.RulesChannel, cfg.Slack.OpsChannel),
		Definition: cfg.Definition,
		MaxAge:     cfg.Alerts.MaxAge,
		FirstRun:   act.FirstRun{Everything: cfg.Alerts.FirstRun.Everything, Younger: cfg.Alerts.FirstRun.Younger},
		Retention:  cfg.Retention, StorageLimit: cfg.StorageLimit,
		SameNews:   cfg.Alerts.SameNews,
		Storm:      cfg.Alerts.Storm,
		SameNewsBy: map[string]news.SameNews{},
		Hours:      map[string]schedule.Hours{},
	}
	plan.Instructions = instructions(cfg.Definition.Rules)
	plan.Escalations = escalations(cfg.Definition.Rules)
	plan.Signals = signals(cfg.Definition.Rules)
	var err error
	if plan.Daily, err = schedule.Parse(cfg.Alerts.Daily); err != nil {
		return nil, fmt.Errorf("plan daily: %w", err)
	}
	for _, c := range cfg.Alerts.Channels {
		if c.SameNews != "" {
			plan.SameNewsBy[c.Name] = c.SameNews
		}
		hours, err := cfg.HoursOf(&c)
		if err != nil {
			return nil, fmt.Errorf("plan channel %s: %w", c.Name, err)
		}
		plan.Hours[c.Name] = hours
	}
	if cfg.Alerts.FirstRun.Nothing {
		plan.FirstRun.Younger = 0
	}
	for _, src := range cfg.Sources {
		when, err := schedule.Parse(src.Schedule)
		if err != nil {
			return nil, fmt.Errorf("plan source %s: %w", src.Name, err)
		}
		plan.Sources[src.Name], plan.Schedules[src.Name] = src, when
	}
	return plan, nil
}

// instructions are those of the rules that have one, by name.
func instructions(all []rules.Rule) map[string]string {
	by := map[string]string{}
	for _, r := range all {
		if r.Instruction != "" {
			by[r.Name] = r.Instruction
		}
	}
	return by
}

// severitiesOf are the severities of rules, by name.
func severitiesOf(all []rules.Rule) map[string]news.Severity {
	by := make(map[string]news.Severity, len(all))
	for i := range all {
		by[all[i].Name] = all[i].Severity
	}
	return by
}

// escalations are those of the rules that have any, by name.
func escalations(all []rules.Rule) map[string][]news.Escalation {
	by := map[string][]news.Escalation{}
	for _, r := range all {
		if len(r.Escalate) > 0 {
			by[r.Name] = r.Escalate
		}
	}
	return by
}

// signals are the rules that are watched for how often they match, by name.
func signals(all []rules.Rule) map[string]act.Signal {
	by := map[string]act.Signal{}
	for _, r := range all {
		if r.Disabled || r.Burst == nil && r.Expect.Within == 0 {
			continue
		}
		by[r.Name] = act.Signal{
			Match: news.Match{Rule: r.Name, Severity: r.Severity, Topic: r.Topic, To: r.To, AlsoTo: r.AlsoTo},
			Burst: r.Burst, Expect: r.Expect, Until: r.Until,
		}
	}
	return by
}
