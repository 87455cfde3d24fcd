package desk

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// The inputs of the window in which somebody snoozes.
const (
	inputWhat = "what"
	inputLong = "long"
	inputWhy  = "why"
)

// The values of what can be snoozed: a rule and a source follow by their place.
const (
	valueNews   = "news"
	valueRule   = "rule."
	valueOutlet = "outlet."
)

// mostChoices is how many choices Slack shows at once.
const mostChoices = 10

// snoozeView asks what is to be snoozed, and for how long.
func (p person) snoozeView(ctx context.Context, r slack.Request, alert news.Alert) (slack.View, error) {
	story, err := p.Store.Stories.Get(ctx, alert.Story)
	if err != nil {
		return slack.View{}, err
	}
	what := []slack.Choice{{Value: valueNews, Text: "This news", Note: "Its further reports stay in the thread; turns still come."}}
	source := story.Origin.Source
	for i, rule := range alert.Rules {
		what = append(what, slack.Choice{
			Value: valueRule + strconv.Itoa(i), Text: "All of rule " + rule, Note: "Nothing of it comes here; it is told when the snooze ends.",
		})
	}
	for i, rule := range alert.Rules {
		what = append(what, slack.Choice{
			Value: valueOutlet + strconv.Itoa(i), Text: source + " in rule " + rule, Note: "Other sources still alert.",
		})
	}
	var long []slack.Choice
	for _, s := range answers.Spans() {
		long = append(long, slack.Choice{Value: s.Value, Text: s.Text})
	}
	return slack.View{
		Title: "Snooze", Callback: notify.ActSnooze, Metadata: opened(r, alert), Submit: "Snooze",
		Fields: []slack.Field{
			{ID: inputWhat, Label: "What, in #" + alert.Channel + "?", Kind: slack.Radio,
				Choices: what[:min(len(what), mostChoices)], Chosen: []string{valueNews},
				Hint: "Other channels go on. The channel is told who snoozed a rule or a source."},
			{ID: inputLong, Label: "For how long? (" + p.zone.String() + ")", Kind: slack.Select, Choices: long, Chosen: []string{"1h"}},
			{ID: inputWhy, Label: "Why?", Kind: slack.Words, Optional: true, Most: 150},
		},
	}, nil
}

// submitSnooze takes what was filled in.
func (p person) submitSnooze(ctx context.Context, r slack.Request, alert news.Alert) (slack.Reply, error) {
	refuse := func(input, why string) (slack.Reply, error) {
		reply := p.refuse(r, why)
		reply.Mistakes = map[string]string{input: why}
		return reply, nil
	}
	until, ok := answers.Until(p.at.In(p.zone), first(r.Values[inputLong]))
	if !ok {
		return refuse(inputLong, "Choose how long.")
	}
	story, err := p.Store.Stories.Get(ctx, alert.Story)
	if err != nil {
		return slack.Reply{}, err
	}
	z := news.Snooze{
		Kind: news.SnoozeNews, Channel: alert.Channel, Alert: alert.ID, Until: until, Why: first(r.Values[inputWhy]),
	}
	what := first(r.Values[inputWhat])
	for prefix, kind := range map[string]news.SnoozeKind{valueRule: news.SnoozeRule, valueOutlet: news.SnoozeOutlet} {
		place, cut := strings.CutPrefix(what, prefix)
		i, err := strconv.Atoi(place)
		if !cut || err != nil || i < 0 || i >= len(alert.Rules) {
			continue
		}
		z.Kind, z.Rule = kind, alert.Rules[i]
		if kind == news.SnoozeOutlet {
			z.Source = story.Origin.Source
		}
	}
	if z.Kind == news.SnoozeNews && what != valueNews {
		return refuse(inputWhat, "Choose what.")
	}
	_, _, err = p.answers.Snooze(ctx, p.said(r, alert.Channel), z)
	if errors.Is(err, answers.ErrSnooze) {
		return refuse(inputLong, err.Error())
	}
	return slack.Reply{}, err
}

// first is the first of some values, "" when there is none.
func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
