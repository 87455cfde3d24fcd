package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// Of a rule that is tried.
const (
	TriedDays    = 7
	triedSamples = 5
)

// try says what a rule of the config, or one in YAML, would have found in the last 7 days, or
// what is wrong with it.
func (b *switchboard) try(ctx context.Context, asked string) ([]notify.Part, error) {
	v, wrong := compileTried(b.app.cfg.Load(), asked)
	if len(wrong) > 0 {
		parts := []notify.Part{said(wrong[0])}
		for _, told := range wrong[1:] {
			parts = append(parts, notify.Part{Kind: notify.Bullet, Runs: []notify.Run{{Text: fmt.Sprintf("%.400s", told)}}})
		}
		return parts, nil
	}
	report, cut, err := overArchive(ctx, b.app, v, b.app.clock.Now().AddDate(0, 0, -TriedDays))
	if err != nil {
		return nil, err
	}
	return triedParts(report, cut), nil
}

// compileTried compiles a rule of the config by its name, or one in YAML. wrong says what is
// wrong with it: a sentence, and then the mistakes.
func compileTried(cfg *config.Config, asked string) (v replay.Version, wrong []string) {
	d, names := cfg.Definition, []string{asked}
	if !slices.ContainsFunc(d.Rules, func(r rules.Rule) bool { return r.Name == asked }) {
		if !strings.ContainsAny(asked, ":[{") {
			return v, []string{noRule(asked, d)}
		}
		var err error
		file := asFile(asked)
		if d, err = config.ParseRules("your rule", []byte(file)); err != nil {
			return v, mistakesIn(err, asked, strings.Count(file, "\n")-strings.Count(asked, "\n"))
		}
		d, names = replay.WithConcepts(d, cfg.Definition), nil
	}
	v, err := replay.Compile(d, names)
	if err != nil {
		return v, []string{"That is no rule: " + err.Error()}
	}
	return v, nil
}

// overArchive leads the stories that were first seen since a time through rules. cut says that there
// was no time for all of them.
func overArchive(
	ctx context.Context, a *App, v replay.Version, since time.Time,
) (report *replay.Report, cut bool, err error) {
	cfg := a.cfg.Load()
	archive := replay.ArchiveOf(a.store, since, replay.Origins(cfg.Sources))
	report, err = replay.BacktestNewest(ctx, archive, replay.Options{Rules: v, Samples: triedSamples, Zone: cfg.Timezone})
	if cut = errors.Is(err, context.DeadlineExceeded); err != nil && !cut {
		return nil, false, fmt.Errorf("try rule: %w", err)
	}
	return report, cut, nil
}

func said(text string) notify.Part {
	return notify.Part{Kind: notify.Line, Runs: []notify.Run{{Text: text}}}
}

// noRule says that there is no rule of a name.
func noRule(asked string, d rules.Definition) string {
	names := make([]string, len(d.Rules))
	for i := range d.Rules {
		names[i] = d.Rules[i].Name
	}
	if near := text.Nearest(asked, names); near != "" {
		return fmt.Sprintf("There is no rule %.60s. Did you mean %s?", asked, near)
	}
	return fmt.Sprintf("There is no rule %.60s. A rule as YAML looks like all: [kim, putin].", asked)
}

// named finds the name of a rule.
var named = regexp.MustCompile(`(^|[\n{,])[ -]*["']?name["']?\s*:`)

// asFile is a rule, a list of rules or a whole file as a file.
func asFile(asked string) string {
	for _, key := range []string{"rules:", "concepts:", "defaults:"} {
		if strings.HasPrefix(asked, key) {
			return asked
		}
	}
	inner, isItem := strings.CutPrefix(asked, "- ")
	if !named.MatchString(asked) {
		if rest, flow := strings.CutPrefix(inner, "{"); flow {
			inner = "{name: tried, " + rest
		} else {
			inner = "name: tried\n" + map[bool]string{true: "  "}[isItem] + inner
		}
	}
	if isItem { // its further lines are indented already
		return "rules:\n- " + inner
	}
	return "rules:\n- " + strings.ReplaceAll(inner, "\n", "\n  ")
}

// mostMistakes is how many mistakes of a rule are told.
const mostMistakes = 5

// mistakesIn says what is wrong with a rule, and in which line: before is how many lines of its
// file stand before what was asked.
func mistakesIn(err error, asked string, before int) []string {
	var all config.Mistakes
	if !errors.As(err, &all) {
		return []string{"That is no rule: " + err.Error()}
	}
	wrong := []string{"That is no rule:"}
	errs := all.Errors()
	for _, m := range errs[:min(len(errs), mostMistakes)] {
		told := m.Message
		if m.Hint != "" {
			told += " (" + m.Hint + ")"
		}
		if line := m.Line - before; line > 0 && strings.Contains(asked, "\n") {
			told = fmt.Sprintf("line %d, “%.60s”: %s", line, strings.TrimSpace(m.Excerpt), told)
		}
		wrong = append(wrong, told)
	}
	return wrong
}

// triedParts says what rules would have found.
func triedParts(r *replay.Report, cut bool) (parts []notify.Part) {
	read := fmt.Sprintf("of %s of the last %d days", text.Many(r.Stories, "story"), TriedDays)
	if cut {
		read += ", which are not all: there was no time for more"
	}
	for _, one := range r.ByRule {
		parts = append(parts, notify.Part{Kind: notify.Line, Runs: []notify.Run{
			{Text: one.Rule, Style: notify.Bold},
			{Text: fmt.Sprintf(" would have taken %s %s, about %.1f a day", text.Thousands(one.Matches), read, float64(one.Matches)/TriedDays)},
		}})
		for _, s := range one.Samples {
			runs := []notify.Run{{Text: s.Title, Link: s.URL}, {Text: " · " + s.Source}}
			parts = append(parts, notify.Part{Kind: notify.Bullet, Runs: runs})
		}
	}
	return append(parts, notify.Part{Kind: notify.Small, Runs: []notify.Run{
		{Text: "Each story counts, whether others tell the same news or not. copytaster backtest says more in a terminal."},
	}})
}

// trouble names the sources that cannot be read, each with what is wrong.
func (b *switchboard) trouble(ctx context.Context) (sick []string, err error) {
	st, err := ReadStatus(ctx, b.app.store)
	for i := range st.Sources {
		if s := &st.Sources[i]; s.Detail != "" {
			sick = append(sick, s.Name+": "+s.Detail)
		}
	}
	return sick, err
}
