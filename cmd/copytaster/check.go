package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

// shownRuns is how many of the next runs of each source are shown.
const shownRuns = 3

func checkVerb(t *tool) *cobra.Command {
	var verbose, ask bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Find every mistake in the config at once",
		Long: `Find every mistake in the config at once. With --online every source is asked
for its list too, Slack whether the token, its scopes and every channel are good
and whom mentions reach, and each webhook and mail server whether it is there; the
answer is no when one of them is not. A handle that is mentioned gets its ID.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return checkConfig(ctx, t, verbose, ask) }),
	}
	cmd.Flags().BoolVar(&ask, "online", false, "also ask every source for its list, Slack about the token and the channels, and each sink whether it is there")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "also say what the config comes to: files, settings, rules, how every term is read")
	t.addFormat(cmd, "github", "junit")
	return cmd
}

// checked is the JSON form of a check.
type checked struct {
	OK       bool                   `json:"ok"`
	Problems config.Mistakes        `json:"problems"`
	Sources  []probe.PlannedSource  `json:"sources"`
	Channels []probe.PlannedChannel `json:"channels,omitempty"`
	Readings []probe.ReadTerms      `json:"readings,omitempty"` // with --verbose
	Online   *probe.Answers         `json:"online,omitempty"`   // with --online
}

func checkConfig(ctx context.Context, t *tool, verbose, ask bool) error {
	path, err := t.find()
	if err != nil {
		return err
	}
	uses := []config.Use{config.UseRules} // CI has no secrets
	if ask {
		uses = nil
	}
	result, cfg, err := checkFile(ctx, path, t.env, uses...)
	if err != nil {
		return err
	}
	if cfg != nil {
		warnings, err := probe.Terms(ctx, cfg)
		result.Problems = append(result.Problems, warnings...)
		if err != nil && verbose {
			t.note("terms are not counted in the archive: %s", text.OneLine(err.Error()))
		}
		floods, err := probe.Floods(ctx, cfg)
		result.Problems = append(result.Problems, floods...)
		if err != nil && verbose {
			t.note("floods are not looked for in the archive: %s", text.OneLine(err.Error()))
		}
		if verbose {
			result.Readings = probe.Readings(cfg)
		}
	}
	if cfg == nil && ask {
		probe.Handles(ctx, path, t.env, result.Problems)
	}
	if cfg != nil && ask {
		progress := t.newProgress(inSources)
		result.Online = probe.Online(ctx, cfg, progress.at)
		progress.end()
		result.Problems = append(result.Problems, result.Online.Mistakes(cfg)...)
		result.OK = len(result.Problems.Errors()) == 0
	}
	switch t.format.value {
	case "json":
		err = t.json(result)
	case "github":
		githubMistakes(t.output, result.Problems)
	case "junit":
		err = t.junit("check", mistakeCases(path, result.Problems))
	default:
		printCheck(t.output, path, result, cfg, verbose)
	}
	if err == nil && !result.OK {
		err = errNo
	}
	return err
}

// checkFile loads a config; it is nil when there are mistakes.
func checkFile(
	ctx context.Context, path string, env config.Getenv, uses ...config.Use,
) (checked, *config.Config, error) {
	result := checked{Problems: config.Mistakes{}, Sources: []probe.PlannedSource{}}
	cfg, err := config.Load(path, env, uses...)
	if errors.As(err, &result.Problems) {
		return result, nil, nil
	}
	if err != nil {
		return result, nil, err
	}
	now := time.Now()
	result.Problems = append(result.Problems, slices.Concat(cfg.Warnings, cfg.WarningsAt(now), cfg.CheckStorage(env))...)
	result.OK = len(result.Problems.Errors()) == 0
	result.Sources = probe.Plan(ctx, cfg, now, shownRuns)
	result.Channels, err = probe.PlanChannels(cfg, now)
	return result, cfg, err
}

func printCheck(out *output, path string, result checked, cfg *config.Config, verbose bool) {
	for _, m := range result.Problems {
		_ = m.Print(out) // a failure to write is kept for the end
	}
	warnings := text.Plural(len(result.Problems.Warnings()), "warning")
	if !result.OK {
		out.say("%s %s: %s, %s", out.palette.mark(false), path, text.Plural(len(result.Problems.Errors()), "mistake"), warnings)
		if result.Online != nil {
			printOnline(out, result.Online)
		}
		return
	}
	out.say("%s %s: %s, %s, %s", out.palette.mark(true), path,
		text.Plural(len(cfg.Sources), "source"), text.Plural(cfg.Rules.Len(), "rule"), warnings)
	if verbose {
		printSettings(out, cfg)
	}
	if result.Online != nil {
		printOnline(out, result.Online)
	}
	printRuns(out, result.Sources, cfg)
	printChannels(out, result.Channels, cfg)
	printReadings(out, result.Readings)
}

func printReadings(out *output, all []probe.ReadTerms) {
	if len(all) > 0 {
		out.say("\nhow terms are read:")
	}
	for _, owner := range all {
		name := "$" + owner.Concept
		if owner.Rule != "" {
			name = owner.Rule
		}
		out.say("  %s (%s:%d)", out.palette.strong(name), owner.File, owner.Line)
		rows := make([][]string, len(owner.Terms))
		for i, term := range owner.Terms {
			rows[i] = []string{fmt.Sprintf("  %5d", term.Line), term.Term, term.Reading}
		}
		out.table(rows)
	}
}

// printSettings prints the settings that result from the config.
func printSettings(out *output, cfg *config.Config) {
	out.say("\nfiles:")
	for _, name := range sortedKeys(cfg.Files) {
		out.say("  %s", name)
	}
	out.say("packs there are: %s", strings.Join(config.Packs(), ", "))
	out.say("storage: %s", probe.StorageName(cfg))
	out.say("listen: %s", orNone(cfg.Listen))
	out.say("alerts: %s", probe.Destination(cfg))
	out.say("\nrules:")
	for _, r := range cfg.Rules.Rules() {
		state := ""
		if r.Disabled {
			state = ", switched off"
		}
		to := ""
		if len(r.To) > 0 {
			to = ", to " + strings.Join(r.To, ", ")
		}
		out.say("  %s (%s%s%s, %s)", r.Name, r.Severity, to, state, text.Plural(len(r.Tests), "test"))
	}
}

func printRuns(out *output, sources []probe.PlannedSource, cfg *config.Config) {
	if len(sources) == 0 {
		return
	}
	now := time.Now()
	out.say("\nnext runs (%s):", cfg.Timezone)
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
	out.table(rows)
}

func printChannels(out *output, channels []probe.PlannedChannel, cfg *config.Config) {
	if len(channels) == 0 {
		return
	}
	now := time.Now()
	out.say("\nnext digests (%s):", cfg.Timezone)
	rows := make([][]string, len(channels))
	for i, c := range channels {
		when := clockTime(c.Digest.In(cfg.Timezone), now)
		if c.Quiet != nil {
			when += ", quiet from " + clockTime(c.Quiet.In(cfg.Timezone), now)
		}
		rows[i] = []string{"  #" + c.Name, when}
	}
	out.table(rows)
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

func githubMistakes(out *output, mistakes config.Mistakes) {
	for _, m := range mistakes {
		text := m.Message
		if m.Hint != "" {
			text += fmt.Sprintf(" (%s)", m.Hint)
		}
		out.github(string(m.Severity), m.File, m.Line, m.Column, text)
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
