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
	"github.com/copytaster/copytaster/rules"
)

// shownRuns is how many runs of each source check foretells.
const shownRuns = 3

func (t *tool) checkVerb() *cobra.Command {
	var verbose, ask bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find every mistake in the config at once",
		Long: `Find every mistake in the config at once. With --online every source is asked
for its list too, and Slack whether the token, its scopes and every channel are
good, and whom mentions reach; the answer is no when one of them is not. A
handle that is mentioned gets its ID.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return t.checkConfig(ctx, verbose, ask) }),
	}
	cmd.Flags().BoolVar(&ask, "online", false, "also ask every source for its list, and Slack about the token and the channels")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "also say what the config comes to: files, settings, rules, how every term is read")
	t.addFormat(cmd, "github", "junit")
	return cmd
}

// checked is the JSON form of a check.
type checked struct {
	OK       bool            `json:"ok"`
	Problems config.Mistakes `json:"problems"`
	Sources  []plannedSource `json:"sources"`
	Readings []readTerms     `json:"readings,omitempty"` // with --verbose
	Online   *online         `json:"online,omitempty"`   // with --online
}

// readTerms is how the terms of a concept or rule are read.
type readTerms struct {
	Concept string     `json:"concept,omitempty"` // either this
	Rule    string     `json:"rule,omitempty"`    // or this is given
	File    string     `json:"file"`
	Line    int        `json:"line"`
	Terms   []readTerm `json:"terms"`
}

// readTerm is one term, and what it looks for.
type readTerm struct {
	Term    string `json:"term"` // as written
	Reading string `json:"reading"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// plannedSource is a source with its next runs.
type plannedSource struct {
	Name     string      `json:"name"`
	Next     []time.Time `json:"next"`     // none when it is switched off; of an adaptive source at most the next one
	Adaptive bool        `json:"adaptive"` // it has no schedule: its own rhythm says when
}

func (t *tool) checkConfig(ctx context.Context, verbose, ask bool) error {
	path, err := t.find()
	if err != nil {
		return err
	}
	uses := []config.Use{config.UseRules} // CI has no secrets
	if ask {
		uses = nil
	}
	result, cfg, err := checkFile(path, t.env, time.Now(), uses...)
	if err != nil {
		return err
	}
	if cfg != nil {
		result.Problems = append(result.Problems, t.termWarnings(ctx, cfg, verbose)...)
		if verbose {
			result.Readings = readings(cfg)
		}
		addAdaptive(ctx, cfg, result.Sources)
	}
	if cfg == nil && ask {
		t.resolveHandles(ctx, path, result.Problems)
	}
	if cfg != nil && ask {
		result.Online = &online{Sources: t.probe(ctx, cfg), Slack: askSlack(ctx, cfg)}
		result.Problems = append(result.Problems, result.Online.problems(cfg)...)
		result.OK = len(result.Problems.Errors()) == 0
	}
	switch t.format.value {
	case "json":
		err = t.json(result)
	case "github":
		t.githubMistakes(result.Problems)
	case "junit":
		err = t.junit("check", mistakeCases(path, result.Problems))
	default:
		t.tellCheck(path, result, cfg, verbose)
	}
	if err == nil && !result.OK {
		err = errNo
	}
	return err
}

// checkFile loads a config; it is nil when there are mistakes.
func checkFile(path string, env config.Getenv, now time.Time, uses ...config.Use) (checked, *config.Config, error) {
	result := checked{Problems: config.Mistakes{}, Sources: []plannedSource{}}
	cfg, err := config.Load(path, env, uses...)
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		result.Problems = mistakes
		return result, nil, nil
	}
	if err != nil {
		return result, nil, err
	}
	result.Problems = append(append(append(result.Problems, cfg.Warnings...), cfg.WarningsAt(now)...), cfg.CheckStorage(env)...)
	result.OK = len(result.Problems.Errors()) == 0
	for _, src := range cfg.Sources {
		next := cfg.NextRuns(src, now, shownRuns)
		result.Sources = append(result.Sources, plannedSource{
			Name: src.Name, Next: append([]time.Time{}, next...), Adaptive: len(next) == 0 && !src.Disabled,
		})
	}
	return result, cfg, nil
}

// addAdaptive adds when adaptive sources are due, which only a store knows: one
// that cannot be read adds nothing.
func addAdaptive(ctx context.Context, cfg *config.Config, sources []plannedSource) {
	if !slices.ContainsFunc(sources, func(s plannedSource) bool { return s.Adaptive }) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, archivePatience)
	defer cancel()
	r, err := app.OpenReader(ctx, slog.New(slog.DiscardHandler), cfg)
	if err != nil {
		return
	}
	defer r.Close() //nolint:errcheck // read only
	due, err := r.Due(ctx)
	if err != nil {
		return
	}
	for i := range sources {
		if at, ok := due[sources[i].Name]; ok && sources[i].Adaptive {
			sources[i].Next = []time.Time{at}
		}
	}
}

func (t *tool) tellCheck(path string, result checked, cfg *config.Config, verbose bool) {
	for _, m := range result.Problems {
		_ = m.Print(t) // a failure to write is kept for the end
	}
	warnings := plural(len(result.Problems.Warnings()), "warning")
	if !result.OK {
		t.say("%s %s: %s, %s", t.palette.mark(false), path, plural(len(result.Problems.Errors()), "mistake"), warnings)
		if result.Online != nil {
			t.tellOnline(result.Online)
		}
		return
	}
	t.say("%s %s: %s, %s, %s", t.palette.mark(true), path, plural(len(cfg.Sources), "source"), plural(cfg.Rules.Len(), "rule"), warnings)
	if verbose {
		t.tellSettings(cfg)
	}
	if result.Online != nil {
		t.tellOnline(result.Online)
	}
	t.tellRuns(result.Sources, cfg)
	t.tellReadings(result.Readings)
}

// readings says how every term is read, by the concept or rule that it is
// written in.
func readings(cfg *config.Config) []readTerms {
	var all []readTerms
	last := ""
	for _, r := range rules.Readings(cfg.Definition) {
		owner := readTerms{}
		path := ""
		if owner.Concept, path = conceptOf(cfg, r.Path); path == "" {
			owner.Rule, path = ruleOf(cfg, r.Path)
		}
		if path != last || len(all) == 0 {
			last = path
			owner.File, owner.Line, _ = cfg.Position(path)
			all = append(all, owner)
		}
		_, line, column := cfg.Position(r.Path)
		terms := &all[len(all)-1].Terms
		*terms = append(*terms, readTerm{Term: r.Written, Reading: r.Reading, Line: line, Column: column})
	}
	return all
}

// conceptOf gives the concept that a path leads into, with the path of the
// concept itself. The name of a pack's concept holds a dot.
func conceptOf(cfg *config.Config, path string) (name, whole string) {
	inside, ok := strings.CutPrefix(path, "concepts.")
	if !ok {
		return "", ""
	}
	for name = inside; name != ""; name = name[:max(strings.LastIndexAny(name, ".["), 0)] {
		if _, known := cfg.Definition.Concepts[name]; known {
			return name, "concepts." + name
		}
	}
	return inside, path
}

// ruleOf is the same for a rule.
func ruleOf(cfg *config.Config, path string) (name, whole string) {
	whole, _, _ = strings.Cut(path, "]")
	i, err := strconv.Atoi(strings.TrimPrefix(whole, "rules["))
	if err != nil || i < 0 || i >= len(cfg.Definition.Rules) {
		return path, path
	}
	return cfg.Definition.Rules[i].Name, whole + "]"
}

func (t *tool) tellReadings(all []readTerms) {
	if len(all) > 0 {
		t.say("\nhow terms are read:")
	}
	for _, owner := range all {
		name := "$" + owner.Concept
		if owner.Rule != "" {
			name = owner.Rule
		}
		t.say("  %s (%s:%d)", t.palette.strong(name), owner.File, owner.Line)
		rows := make([][]string, len(owner.Terms))
		for i, term := range owner.Terms {
			rows[i] = []string{fmt.Sprintf("  %5d", term.Line), term.Term, term.Reading}
		}
		t.table(rows)
	}
}

// tellSettings says what the config comes to.
func (t *tool) tellSettings(cfg *config.Config) {
	t.say("\nfiles:")
	for _, name := range sortedKeys(cfg.Files) {
		t.say("  %s", name)
	}
	t.say("packs there are: %s", strings.Join(config.Packs(), ", "))
	t.say("storage: %s", shownStorage(cfg))
	t.say("listen: %s", orNone(cfg.Listen))
	t.say("alerts: %s", whereTo(cfg))
	t.say("\nrules:")
	for _, r := range cfg.Rules.Rules() {
		state := ""
		if r.Disabled {
			state = ", switched off"
		}
		to := ""
		if len(r.To) > 0 {
			to = ", to " + strings.Join(r.To, ", ")
		}
		t.say("  %s (%s%s%s, %s)", r.Name, r.Severity, to, state, plural(len(r.Tests), "test"))
	}
}

func whereTo(cfg *config.Config) string {
	switch {
	case !cfg.Slack.Configured:
		return "the terminal, since slack.token is not set"
	case cfg.Slack.OpsChannel == "":
		return "Slack, without an ops channel"
	}
	return "Slack, ops channel " + cfg.Slack.OpsChannel
}

func (t *tool) tellRuns(sources []plannedSource, cfg *config.Config) {
	if len(sources) == 0 {
		return
	}
	now := time.Now()
	t.say("\nnext runs (%s):", cfg.Timezone)
	rows := make([][]string, len(sources))
	for i, src := range sources {
		rows[i] = []string{"  " + src.Name, "switched off"}
		switch {
		case src.Adaptive && len(src.Next) == 0:
			rows[i][1] = "adaptive, at once when a daemon starts"
		case src.Adaptive:
			rows[i][1] = "adaptive, next at " + runTimes(src.Next, cfg.Timezone, now)
		case len(src.Next) > 0:
			rows[i][1] = runTimes(src.Next, cfg.Timezone, now)
		}
	}
	t.table(rows)
}

// runTimes lists times, the day only where it changes.
func runTimes(runs []time.Time, zone *time.Location, now time.Time) string {
	parts := make([]string, len(runs))
	for i, run := range runs {
		run = run.In(zone)
		parts[i] = clockTime(run, now)
		if i > 0 && sameDay(run, runs[i-1].In(zone)) {
			parts[i] = run.Format("15:04:05")
		}
	}
	return strings.Join(parts, ", ")
}

func (t *tool) githubMistakes(mistakes config.Mistakes) {
	for _, m := range mistakes {
		text := m.Message
		if m.Hint != "" {
			text += fmt.Sprintf(" (%s)", m.Hint)
		}
		t.github(string(m.Severity), m.File, m.Line, m.Column, text)
	}
}

// mistakeCases makes a test of each mistake, and one that passes of a config
// without any.
func mistakeCases(path string, mistakes config.Mistakes) []junitCase {
	cases := []junitCase{}
	for _, m := range mistakes.Errors() {
		cases = append(cases, failedCase(m.File, fmt.Sprintf("line %d", m.Line), m.Error(), m.Hint))
	}
	if len(cases) == 0 {
		cases = append(cases, junitCase{Class: path, Name: "config"})
	}
	return cases
}
