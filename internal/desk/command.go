package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// words are what can be typed behind the command, in the order of the help.
var words = []struct {
	word, use, does string
	run             func(p person, ctx context.Context, r slack.Request, args []string) error
}{
	{"status", "status", "is everything running?", person.status},
	{"why", "why URL", "what became of a story, and why; also words of its headline", person.whyOf},
	{"try", "try RULE, or a rule as YAML", "what it would have found in 7 days", person.try},
	{"last", "last [N]", "the newest alerts of this channel, and who answered them", person.last},
	{"handover", "handover [8h]", "what a shift leaves to the next: open alerts, turns, storms, snoozes, sources in trouble", person.handover},
	{"snooze", "snooze rule NAME|outlet SOURCE rule NAME 1h|4h|24h|7d|morning|monday", "keep it from this channel for a time", person.snooze},
	{"snoozed", "snoozed", "what is kept from which channel", person.snoozed},
	{"unsnooze", "unsnooze N", "end a snooze", person.unsnooze},
	{"rules", "rules [NAME]", "which rules there are, and what people said of one", person.rules},
}

// command does what was typed. What it says only the person sees.
func (p person) command(ctx context.Context, r slack.Request) error {
	args := strings.Fields(r.Text)
	if len(args) == 0 || strings.EqualFold(args[0], "help") {
		p.whisper(r, help()...)
		return nil
	}
	asked, known := strings.ToLower(quoted(args[0])), []string{"help"}
	for _, w := range words {
		if w.word == asked {
			return w.run(p, ctx, r, args[1:])
		}
		known = append(known, w.word)
	}
	if near := text.Nearest(asked, known); near != "" {
		return mistaken("There is no %s. Did you mean %s %s?", asked, r.Action, near)
	}
	return mistaken("There is no %s. %s help lists what there is.", asked, r.Action)
}

// mostQuoted is how much of a word that somebody typed is said again, in runes.
const mostQuoted = 60

// quoted is a word that somebody typed, as it is said again.
func quoted(word string) string {
	if runes := []rune(word); len(runes) > mostQuoted {
		return string(runes[:mostQuoted]) + "…"
	}
	return word
}

func help() []notify.Part {
	parts := []notify.Part{line("Only you see this. Behind /copytaster you can type:")}
	for _, w := range words {
		parts = append(parts, notify.Part{Kind: notify.Bullet, Runs: []notify.Run{
			{Text: w.use, Style: notify.Bold}, {Text: ": " + w.does},
		}})
	}
	return parts
}

func (p person) status(ctx context.Context, r slack.Request, _ []string) error {
	said, err := p.opt.State(ctx)
	if err != nil {
		return err
	}
	var parts []notify.Part
	for l := range strings.SplitSeq(strings.TrimSpace(said), "\n") {
		parts = append(parts, line(l))
	}
	p.whisper(r, parts...)
	return nil
}

// why tells why an alert came.
func (p person) why(ctx context.Context, r slack.Request, alert news.Alert) error {
	story, err := p.Store.Stories.Get(ctx, alert.Story)
	if err != nil {
		return err
	}
	asked := story.URL
	if asked == "" {
		asked = story.Title
	}
	return p.whyOf(ctx, r, []string{asked})
}

// whyOf tells what became of a story, and why. It is read in the background.
func (p person) whyOf(_ context.Context, r slack.Request, args []string) error {
	asked := strings.Trim(strings.Join(args, " "), `"“”<>`)
	if asked == "" {
		return mistaken("Say which story: %s why URL, or words of its headline.", r.Action)
	}
	p.telling.Go(func() {
		ctx, cancel := context.WithTimeout(p.life, tellWithin)
		defer cancel()
		select {
		case p.asked <- struct{}{}:
			defer func() { <-p.asked }()
		case <-ctx.Done():
			return
		}
		way, err := p.opt.Why(ctx, asked)
		switch {
		case errors.Is(err, trace.ErrNoWords):
			p.whisper(r, line("That is neither a URL nor words of a headline."))
		case err != nil:
			p.Log.Error("why could not be told", "error", err)
			p.whisper(r, line("It could not be read: the log of the daemon says why."))
		default:
			p.whisper(r, wayParts(way)...)
		}
	})
	return nil
}

// The longest lists of a story's way.
const (
	mostRules  = 5
	mostAlerts = 5
)

// wayParts shows a story's way.
func wayParts(w *trace.Way) []notify.Part {
	bold := func(s string) notify.Run { return notify.Run{Text: s, Style: notify.Bold} }
	parts := []notify.Part{{Kind: notify.Line, Runs: []notify.Run{bold(string(w.Fate)), {Text: ": " + w.Reason}}}}
	bullet := func(runs ...notify.Run) { parts = append(parts, notify.Part{Kind: notify.Bullet, Runs: runs}) }
	if s := w.Story; s != nil {
		parts = append(parts, notify.Part{Kind: notify.Quote, Runs: []notify.Run{{Text: s.Title}}})
		if s.Seen != nil {
			bullet(notify.Run{Text: "seen "}, notify.Run{Time: *s.Seen}, notify.Run{Text: " by "}, bold(s.Source),
				notify.Run{Text: fmt.Sprintf(", %d words from the %s", s.Words, s.Text)})
		}
	}
	for _, m := range w.Matches {
		found := make([]string, 0, len(m.Evidence))
		for _, e := range m.Evidence {
			if !slices.Contains(found, e.Text) && len(found) < mostRules {
				found = append(found, e.Text)
			}
		}
		bullet(bold(m.Rule), notify.Run{Text: " (" + m.Severity.String() + ") matched: " + strings.Join(found, ", ")})
	}
	shown := 0
	for _, v := range w.Rules {
		if len(v.Failed) == 0 || shown == mostRules {
			continue
		}
		shown++
		bullet(bold(v.Rule), notify.Run{Text: " did not match: " + v.Failed[0].String()})
	}
	for _, a := range w.Alerts[:min(len(w.Alerts), mostAlerts)] {
		bullet(notify.Run{Text: "alert in #" + a.Channel + ", " + a.Severity.String()})
	}
	return append(parts, notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: "copytaster why says all of it in a terminal"}}})
}

// mostNames is how long the names of a rule and a source are together, in bytes.
const mostNames = 500

// snooze begins a snooze of a rule, or of a source in a rule, in the channel in which the
// command was typed.
func (p person) snooze(ctx context.Context, r slack.Request, args []string) error {
	channel, err := p.channelOf(ctx, r)
	if err != nil {
		return err
	}
	z := news.Snooze{Channel: channel}
	switch {
	case len(args) == 3 && args[0] == "rule":
		z.Kind, z.Rule = news.SnoozeRule, args[1]
	case len(args) == 5 && args[0] == "outlet" && args[2] == "rule":
		z.Kind, z.Source, z.Rule = news.SnoozeOutlet, args[1], args[3]
	default:
		return mistaken("Type %s snooze rule NAME 4h, or snooze outlet SOURCE rule NAME 24h. A news is snoozed by its button.", r.Action)
	}
	if len(z.Rule)+len(z.Source) > mostNames {
		return mistaken("There is no rule or source of so long a name.")
	}
	until, ok := answers.Until(p.at.In(p.zone), args[len(args)-1])
	if !ok {
		return mistaken("%s is no time: write 1h, 4h, 24h, 7d, morning or monday.", quoted(args[len(args)-1]))
	}
	z.Until = until
	_, begun, err := p.answers.Snooze(ctx, p.said(r, channel), z)
	if errors.Is(err, answers.ErrSnooze) {
		near := text.Nearest(z.Rule, slices.Collect(maps.Keys(p.Plan().Severities)))
		if near != "" && near != z.Rule {
			return mistaken("%s. Did you mean %s?", err, near)
		}
		return mistaken("%s.", err)
	}
	if err == nil {
		p.whisper(r, line(fmt.Sprintf("Done. /copytaster unsnooze %d ends it.", begun.ID)))
	}
	return err
}

// channelOf is the channel that a command was typed in, as the config names it. Of a
// private channel Slack tells no name, only the ID.
func (p person) channelOf(ctx context.Context, r slack.Request) (string, error) {
	all, err := p.Store.Channels.List(ctx)
	if err != nil {
		return "", err
	}
	byName := ""
	for _, c := range all {
		if c.ID == r.Channel || c.Name == r.Channel {
			return c.Name, nil
		}
		if c.ID == "" && c.Name == r.ChannelName {
			byName = c.Name
		}
	}
	if byName == "" {
		return "", mistaken("No alert has come to this channel yet: there is nothing to snooze here.")
	}
	return byName, nil
}

// snoozed lists what is kept from channels.
func (p person) snoozed(ctx context.Context, r slack.Request, _ []string) error {
	parts, err := p.kept(ctx, func(string) bool { return true })
	if err == nil && len(parts) == 0 {
		parts = []notify.Part{line("Nothing is snoozed.")}
	}
	if err == nil {
		p.whisper(r, parts...)
	}
	return err
}

// kept lists what is kept from some channels.
func (p person) kept(ctx context.Context, from func(channel string) bool) (parts []notify.Part, err error) {
	all, err := p.Store.Snoozes.All(ctx, p.Now())
	if err != nil {
		return nil, err
	}
	for i := range all {
		z := &all[i]
		if !from(z.Channel) {
			continue
		}
		runs, err := p.keeps(ctx, z)
		if err != nil {
			return nil, err
		}
		runs = slices.Insert(runs, 0, notify.Run{Text: fmt.Sprintf("%d ", z.ID)})
		parts = append(parts, notify.Part{Kind: notify.Bullet, Runs: runs})
	}
	return parts, nil
}

// keeps says what a snooze keeps, who began it, and how long it holds.
func (p person) keeps(ctx context.Context, z *news.Snooze) ([]notify.Run, error) {
	kept, err := p.Store.Snoozes.Held(ctx, z.ID)
	return []notify.Run{
		{Text: z.Subject(), Style: notify.Bold}, {Text: " in #" + z.Channel + " until "}, {Time: z.Until},
		{Text: fmt.Sprintf(" · %s · %s kept", z.By.Name, text.Many(kept, "alert"))},
	}, err
}

func (p person) unsnooze(ctx context.Context, r slack.Request, args []string) error {
	if len(args) != 1 {
		return mistaken("Say which: %s snoozed lists the numbers.", r.Action)
	}
	id, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return mistaken("%s is no number: %s snoozed lists them.", quoted(args[0]), r.Action)
	}
	ended, err := p.answers.EndSnooze(ctx, p.said(r, ""), id)
	if err == nil && ended.Answer.Effect == news.AnswerApplied {
		p.whisper(r, line("It is over. What it kept comes now."))
	}
	return p.answered(r, ended, err)
}

// rules lists the rules, or what people said of one.
func (p person) rules(ctx context.Context, r slack.Request, args []string) error {
	names := slices.Sorted(maps.Keys(p.Plan().Severities))
	if len(args) == 0 {
		p.whisper(r, line(text.Many(len(names), "rule")+": "+strings.Join(names, ", ")))
		return nil
	}
	severity, ok := p.Plan().Severities[args[0]]
	if !ok {
		if near := text.Nearest(args[0], names); near != "" {
			return mistaken("There is no rule %s. Did you mean %s?", quoted(args[0]), near)
		}
		return mistaken("There is no rule %s.", quoted(args[0]))
	}
	record, err := feedback.Read(ctx, p.Env, args[0])
	if err != nil {
		return err
	}
	said := fmt.Sprintf(" (%s): %s", severity, record.Precision())
	parts := []notify.Part{{Kind: notify.Line, Runs: []notify.Run{{Text: args[0], Style: notify.Bold}, {Text: said}}}}
	p.later(r, "Its alerts are being read. The answer comes here.", func(ctx context.Context) ([]notify.Part, error) {
		clauses, err := record.Clauses(ctx, 0)
		if err == nil && len(clauses) > 0 {
			parts = append(parts, line("It could leave out:"),
				notify.Part{Kind: notify.Code, Runs: []notify.Run{{Text: feedback.YAML(clauses)}}})
		}
		return parts, err
	})
	return nil
}
