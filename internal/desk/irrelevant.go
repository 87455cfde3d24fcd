package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// The inputs of the window in which somebody says why an alert should not have come.
const (
	inputReason = "reason"
	inputRules  = "rules"
	inputWords  = "words"
	inputLeave  = "leave"
)

// reasons are what is often wrong with an alert: what is chosen, and what the message
// says then.
var reasons = []struct{ value, text, said string }{
	{"sense", "The words mean somebody or something else", "other meaning"},
	{"subject", "Right words, wrong subject (sport, culture, opinion …)", "wrong subject"},
	{"old", "Old news, or told already", "old news"},
	{"outlet", "This outlet is not wanted for this rule", "outlet not wanted"},
	{"else", "Something else", ""},
}

// openIrrelevant asks why an alert should not have come. What its rules could leave out is
// asked for as well when it is found soon, else the window gets it later.
func (p person) openIrrelevant(ctx context.Context, r slack.Request, alert news.Alert) error {
	if p.Plan().RulesChannel == "" { // nobody could be told
		_, err := p.open(ctx, r, p.irrelevantView(r, alert, nil))
		return err
	}
	found := make(chan []proposed, 1)
	p.telling.Go(func() {
		ctx, cancel := context.WithTimeout(p.life, tellWithin)
		defer cancel()
		found <- p.propose(ctx, alert)
	})
	soon, cancel := context.WithTimeout(ctx, p.opt.Soon)
	defer cancel()
	select {
	case all := <-found:
		_, err := p.open(ctx, r, p.irrelevantView(r, alert, all))
		return err
	case <-soon.Done():
	}
	view, err := p.open(ctx, r, p.irrelevantView(r, alert, nil))
	if err != nil {
		return err
	}
	p.telling.Go(func() {
		ctx, cancel := context.WithTimeout(p.life, tellWithin)
		defer cancel()
		all := <-found
		if len(all) == 0 {
			return
		}
		if err := p.opt.Slack.UpdateView(ctx, view, p.irrelevantView(r, alert, all)); err != nil { // it may be closed
			p.Log.Debug("a window did not get what could be left out", "error", err)
		}
	})
	return nil
}

// proposed is what one rule of an alert could leave out.
type proposed struct {
	rule    int // of the alert's
	clauses []feedback.Clause
}

// propose returns what the rules of an alert could leave out.
func (p person) propose(ctx context.Context, alert news.Alert) (all []proposed) {
	select {
	case p.asked <- struct{}{}:
		defer func() { <-p.asked }()
	case <-ctx.Done():
		return nil
	}
	for i, rule := range alert.Rules {
		record, err := feedback.Read(ctx, p.Env, rule)
		if err != nil {
			p.Log.Warn("what people said of a rule was not read", "rule", rule, "error", err)
			continue
		}
		clauses, err := record.Clauses(ctx, alert.ID)
		if err != nil {
			p.Log.Warn("nothing is proposed to a rule", "rule", rule, "error", err)
		}
		if len(clauses) > 0 {
			all = append(all, proposed{i, clauses})
		}
	}
	return all
}

// leave are the choices of what rules could leave out.
func leave(alert news.Alert, all []proposed) (choices []slack.Choice) {
	for _, one := range all {
		for _, c := range one.clauses {
			said := fmt.Sprintf("never: %q", c.Never)
			if len(alert.Rules) > 1 {
				said += " in " + alert.Rules[one.rule]
			}
			choices = append(choices, slack.Choice{
				Value: fmt.Sprintf("%d/%s", one.rule, c.Encode()), Text: said, Note: c.Effect(),
			})
		}
	}
	return choices
}

// proposals are those that were chosen.
func (p person) proposals(ctx context.Context, r slack.Request, alert news.Alert) ([]news.Delivery, error) {
	byRule := make([][]feedback.Clause, len(alert.Rules))
	for _, value := range r.Values[inputLeave] {
		place, text, _ := strings.Cut(value, "/")
		i, err := strconv.Atoi(place)
		c, ok := feedback.ParseClause(text)
		if err == nil && ok && i >= 0 && i < len(byRule) {
			byRule[i] = append(byRule[i], c)
		}
	}
	var all []news.Delivery
	for i, clauses := range byRule {
		if len(clauses) == 0 {
			continue
		}
		story, err := p.Store.Stories.Get(ctx, alert.Story)
		if err != nil {
			return nil, err
		}
		d, ok := feedback.Proposal{
			Rule: alert.Rules[i], Clauses: clauses, Headline: story.Title, Link: story.URL, Reason: reasonOf(r.Values),
			By: p.by.Name, Channel: alert.Channel,
		}.Delivery(p.Plan(), p.Now())
		if ok {
			all = append(all, d)
		}
	}
	return all, nil
}

// irrelevantView asks why an alert should not have come.
func (p person) irrelevantView(r slack.Request, alert news.Alert, all []proposed) slack.View {
	choices := make([]slack.Choice, len(reasons))
	for i, r := range reasons {
		choices[i] = slack.Choice{Value: r.value, Text: r.text}
	}
	v := slack.View{Title: "Not relevant", Callback: notify.ActIrrelevant, Metadata: opened(r, alert), Submit: "Save"}
	said := "The alert is struck in #" + alert.Channel + ". Other channels keep theirs."
	if alert.Severity >= news.High {
		said = "This alert is " + strings.ToUpper(alert.Severity.String()) + ": its text stays, with your name and reason below. " +
			"Other channels keep theirs."
	}
	v.Fields = append(v.Fields,
		slack.Field{Parts: []notify.Part{line(said)}},
		slack.Field{ID: inputReason, Label: "What is wrong with it?", Kind: slack.Radio, Choices: choices})
	if len(alert.Rules) > 1 {
		rules, chosen := make([]slack.Choice, len(alert.Rules)), []string{}
		for i, rule := range alert.Rules {
			rules[i] = slack.Choice{Value: strconv.Itoa(i), Text: rule} // a name may be too long for a value
			chosen = append(chosen, rules[i].Value)
		}
		v.Fields = append(v.Fields, slack.Field{
			ID: inputRules, Label: "Which rules should not have taken it?", Kind: slack.Checks, Choices: rules, Chosen: chosen,
		})
	}
	if choices := leave(alert, all); len(choices) > 0 {
		v.Fields = append(v.Fields, slack.Field{
			ID: inputLeave, Label: "Leave out next time", Kind: slack.Checks, Choices: choices, Optional: true,
			Hint: "Goes to whoever edits the rule. Nothing is changed by this.",
		})
	}
	v.Fields = append(v.Fields, slack.Field{
		ID: inputWords, Label: "In your own words", Kind: slack.Words, Optional: true, Most: 150,
		Hint: "Whoever edits the rule reads it.",
	})
	return v
}

// opened is the metadata of a window about an alert: the alert, and the channel in which it
// was opened, where who opened it can be told something.
func opened(r slack.Request, alert news.Alert) string {
	return notify.Pressed{Alert: alert.ID}.Value() + " " + r.Channel
}

// submit takes what was filled in.
func (p person) submit(ctx context.Context, r slack.Request) (slack.Reply, error) {
	value, _, _ := strings.Cut(r.Value, " ")
	on, ok := notify.ParsePressed(value)
	if !ok {
		return slack.Reply{}, mistaken("This window is of another version of copytaster.")
	}
	if r.Action == notify.ActTakeBack {
		return storming{p}.submit(ctx, r, on.Alert)
	}
	alert, err := p.Store.Alerts.AlertOf(ctx, on.Alert)
	if err != nil {
		return slack.Reply{}, err
	}
	switch r.Action {
	case notify.ActSnooze:
		return p.submitSnooze(ctx, r, alert)
	case actApart:
		return p.submitApart(ctx, r, alert)
	case notify.ActIrrelevant:
		return p.submitIrrelevant(ctx, r, alert)
	}
	return slack.Reply{}, mistaken("This window is of another version of copytaster.")
}

// submitIrrelevant takes why an alert should not have come.
func (p person) submitIrrelevant(ctx context.Context, r slack.Request, alert news.Alert) (slack.Reply, error) {
	var rules []string
	for _, place := range r.Values[inputRules] {
		if i, err := strconv.Atoi(place); err == nil && i >= 0 && i < len(alert.Rules) {
			rules = append(rules, alert.Rules[i])
		}
	}
	tell, err := p.proposals(ctx, r, alert)
	if err != nil {
		return slack.Reply{}, err
	}
	why := answers.Irrelevance{Reason: reasonOf(r.Values), Rules: rules, Tell: tell}
	done, err := p.answers.Irrelevant(ctx, p.said(r, alert.Channel), alert.ID, why)
	if err == nil && done.Answer.Effect == news.AnswerLate && !done.Known && len(tell) == 0 {
		return slack.Reply{}, mistaken("%s called it not relevant already.", done.First.By.Name)
	}
	if err == nil && done.Answer.Effect == news.AnswerNothing && !done.Known {
		return slack.Reply{}, mistaken(tookTurn)
	}
	return slack.Reply{}, err
}

// reasonOf is the reason that somebody gave.
func reasonOf(values map[string][]string) string {
	var all []string
	for _, r := range reasons {
		if r.said != "" && slices.Contains(values[inputReason], r.value) {
			all = append(all, r.said)
		}
	}
	return strings.Join(append(all, values[inputWords]...), ": ")
}
