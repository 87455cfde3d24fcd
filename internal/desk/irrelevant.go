package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// The inputs of the window in which somebody says why an alert should not have come.
const (
	inputReason = "reason"
	inputRules  = "rules"
	inputWords  = "words"
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

// irrelevantView asks why an alert should not have come.
func (p person) irrelevantView(alert news.Alert) slack.View {
	choices := make([]slack.Choice, len(reasons))
	for i, r := range reasons {
		choices[i] = slack.Choice{Value: r.value, Text: r.text}
	}
	v := slack.View{
		Title: "Not relevant", Callback: notify.ActIrrelevant, Metadata: notify.Pressed{Alert: alert.ID}.Value(), Submit: "Save",
	}
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
	return slack.View{
		Title: v.Title, Callback: v.Callback, Metadata: v.Metadata, Submit: v.Submit,
		Fields: append(v.Fields, slack.Field{
			ID: inputWords, Label: "In your own words", Kind: slack.Words, Optional: true, Most: 150,
			Hint: "Whoever edits the rule reads it.",
		}),
	}
}

// submit takes what was filled in.
func (p person) submit(ctx context.Context, r slack.Request) (slack.Reply, error) {
	on, ok := notify.ParsePressed(r.Value)
	if !ok {
		return slack.Reply{}, mistaken("This window is of another version of copytaster.")
	}
	if r.Action == notify.ActTakeBack {
		return p.submitTakeBack(ctx, r, on.Alert)
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
	done, err := p.answers.Irrelevant(ctx, p.said(r, alert.Channel), alert.ID, reasonOf(r.Values), rules...)
	if err == nil && done.Answer.Effect == news.AnswerLate && !done.Known {
		return slack.Reply{}, mistaken("%s called it not relevant already.", done.First.By.Name)
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
