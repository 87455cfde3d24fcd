package feedback

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
)

// Proposal is what somebody who called an alert irrelevant wants a rule to leave out.
type Proposal struct {
	Rule     string
	Clauses  []Clause
	Headline string // of the alert's story
	Link     string
	Reason   string
	By       string // who proposes it
	Channel  string // of the alert
}

// Delivery is the message that tells the rule's editor of the proposal; ok is false when the
// plan names no channel for it.
func (p Proposal) Delivery(plan *act.Plan, now time.Time) (d news.Delivery, ok bool) {
	parts := []notify.Part{
		line(notify.Run{Text: "✂️", Style: notify.Sign}, notify.Run{Text: p.Rule, Style: notify.Bold},
			notify.Run{Text: " should leave something out, says " + p.By}),
		{Kind: notify.Quote, Runs: []notify.Run{{Text: p.Headline, Link: p.Link}}},
		small(joined("Not relevant in #"+p.Channel, p.Reason) + "."),
		{Kind: notify.Code, Runs: []notify.Run{{Text: YAML(p.Clauses)}}},
		small("Paste it into the rule, if you agree, and add to never: where the rule has it already. Nothing was changed."),
	}
	return letter(plan, editorOf(plan, p.Rule), parts, now, p.Rule)
}

func joined(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

func line(runs ...notify.Run) notify.Part { return notify.Part{Kind: notify.Line, Runs: runs} }

func small(said string) notify.Part {
	return notify.Part{Kind: notify.Small, Runs: []notify.Run{{Text: said}}}
}

// letter is a message to whoever edits rules.
func letter(
	plan *act.Plan, editor string, parts []notify.Part, now time.Time, rules ...string,
) (d news.Delivery, ok bool) {
	w := notify.Written{Parts: parts, Rules: rules}
	if editor != "" {
		w.Mentions = []string{editor}
	}
	return news.Delivery{
		Channel: plan.RulesChannel, Kind: news.DeliverNotice, About: news.AboutRules, Severity: news.Info,
		State: news.StatePending, Text: w.Encode(), Due: now, Created: now,
	}, plan.RulesChannel != ""
}

// editorOf is who edits a rule, "" for nobody in particular.
func editorOf(plan *act.Plan, rule string) string {
	for i := range plan.Definition.Rules {
		if plan.Definition.Rules[i].Name == rule {
			return plan.Definition.Rules[i].Editor
		}
	}
	return ""
}

// Teller tells, once a week, those who edit rules what people said of these. It serves one
// goroutine.
type Teller struct{ *act.Env }

// The week begins on this day, at this hour of the plan's timezone.
const (
	weekday = time.Monday
	hour    = 9
)

const (
	mostTold  = 8 // rules that one message tells of
	mostShown = 3 // irrelevant alerts of one rule
)

// weekBegan is when the week began that a time lies in.
func weekBegan(now time.Time) time.Time {
	days := (int(now.Weekday()) - int(weekday) + 7) % 7
	began := time.Date(now.Year(), now.Month(), now.Day()-days, hour, 0, 0, 0, now.Location())
	if began.After(now) {
		began = began.AddDate(0, 0, -7)
	}
	return began
}

// Tell has everybody told who edits a rule of which an alert was called irrelevant in the
// week that is over, unless they were told of that week. It is to be called every few
// minutes.
func (t Teller) Tell(ctx context.Context) error {
	plan := t.Plan()
	if plan.RulesChannel == "" {
		return nil
	}
	week := weekBegan(t.Now().In(plan.Timezone))
	byEditor := map[string][]string{}
	for i := range plan.Definition.Rules {
		r := &plan.Definition.Rules[i]
		byEditor[r.Editor] = append(byEditor[r.Editor], r.Name)
	}
	for editor, rules := range byEditor {
		last, err := t.Store.Notices.Week(ctx, subject(editor))
		if err != nil {
			return fmt.Errorf("tell who edits rules: %w", err)
		}
		if last.Equal(week) {
			continue
		}
		if err := t.tell(ctx, editor, rules, week); err != nil {
			return fmt.Errorf("tell who edits rules: %w", err)
		}
	}
	return nil
}

func subject(editor string) string { return strings.TrimSpace("rules of " + editor) }

// tell has one editor told of some rules.
func (t Teller) tell(ctx context.Context, editor string, rules []string, week time.Time) error {
	answered, err := t.Store.Answers.Answered(ctx, week.AddDate(0, 0, -7))
	if err != nil {
		return err
	}
	var parts []notify.Part
	var about []string
	for _, rule := range rules {
		if !slices.Contains(answered, rule) {
			continue
		}
		if about = append(about, rule); len(about) > mostTold {
			continue
		}
		r, err := Read(ctx, t.Env, rule)
		if err != nil {
			return err
		}
		some, err := r.parts(ctx)
		if err != nil {
			return err
		}
		parts = append(parts, some...)
	}
	if more := len(about) - mostTold; more > 0 {
		parts = append(parts, small(fmt.Sprintf("and %s more: /copytaster rules NAME tells of one", text.Many(more, "rule"))))
	}
	head := line(notify.Run{Text: "📋", Style: notify.Sign},
		notify.Run{Text: "What people said of " + text.Many(len(about), "rule") + " this week", Style: notify.Bold})
	now := t.Now()
	d, ok := letter(t.Plan(), editor, append([]notify.Part{head}, parts...), now, about...)
	err = t.Store.InTx(ctx, func(tx *store.Tx) error {
		due, err := tx.Notices.MarkWeek(ctx, subject(editor), week, now)
		if err != nil || !due || !ok || len(about) == 0 {
			return err
		}
		return tx.Deliveries.Add(ctx, d)
	})
	t.Wake()
	return err
}

// parts says what people said of the rule, and what it might leave out.
func (r *Record) parts(ctx context.Context) ([]notify.Part, error) {
	said := r.Precision()
	parts := []notify.Part{line(notify.Run{Text: r.Rule, Style: notify.Bold}, notify.Run{Text: ": " + said})}
	shown := 0
	for _, a := range r.alerts {
		if !a.Irrelevant || shown == mostShown {
			continue
		}
		shown++
		story, err := r.from.Stories.Get(ctx, a.Story)
		if err != nil {
			return nil, err
		}
		runs := []notify.Run{{Text: story.Title, Link: story.URL}}
		if a.Reason != "" {
			runs = append(runs, notify.Run{Text: " · " + a.Reason})
		}
		parts = append(parts, notify.Part{Kind: notify.Bullet, Runs: runs})
	}
	clauses, err := r.Clauses(ctx, 0)
	if err != nil {
		return nil, err
	}
	if len(clauses) > 0 {
		parts = append(parts, notify.Part{Kind: notify.Code, Runs: []notify.Run{{Text: YAML(clauses)}}})
	}
	return parts, nil
}
