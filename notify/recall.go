package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// recallLabel is the state of an alert that was taken back.
const recallLabel = "TAKEN BACK"

// RecalledBy is what the message of an alert shows of the recalls that took it back; nil
// where there are none.
func RecalledBy(all []news.Recall) *Response {
	if len(all) == 0 {
		return nil
	}
	newest := all[len(all)-1]
	return &Response{Answer: newest.ID, By: newest.By, At: newest.At, Reason: newest.Why, Rules: news.RecalledRules(all)}
}

// recalled reports whether all rules of an alert were taken back.
func (m Message) recalled() bool {
	r := m.State.Recalled
	return r != nil && !slices.ContainsFunc(m.Rules, func(rule string) bool { return !slices.Contains(r.Rules, rule) })
}

// recalledRuns say who took an alert back, or some of its rules.
func (r *Response) recalledRuns(rules []string) []Run {
	said := "Taken back"
	if len(rules) > 0 {
		said += ": " + list(rules, maxRules)
	}
	runs := []Run{say(said + " · "), who(r.By), say(" · "), clock(r.At)}
	if r.Reason != "" {
		runs = append(runs, say(" · "+r.Reason))
	}
	return runs
}

// RecallNotice is what a channel is told of a recall: that it was made, or undone. Its JSON is
// the text of its delivery.
type RecallNotice struct {
	Recall   news.Recall
	Here     int // alerts that it took back in the channel
	Others   int // those of them that stand for other rules
	All      int // alerts that it took back in all channels
	Channels int // how many these are
}

// Encode returns the text of the notice's delivery.
func (n RecallNotice) Encode() string {
	b, _ := json.Marshal(n) //nolint:errchkjson,musttag // plain fields always marshal, by their own names
	return string(b)
}

// message builds the message of the notice's delivery.
func (n RecallNotice) message(d news.Delivery, answerable bool) Message {
	r := n.Recall
	r.Rule, r.Why = name(r.Rule), line(r.Why, maxReason)
	r.By.Name, r.UndoneBy.Name = person(r.By.Name), person(r.UndoneBy.Name)
	m := Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal,
		Rules: names([]string{r.Rule}),
	}
	here := count(n.Here, "alert", "alerts")
	if n.Channels > 1 {
		here += fmt.Sprintf(" here (%d in %s)", n.All, count(n.Channels, "channel", "channels"))
	}
	if !r.Undone.IsZero() {
		m.Text = dotted("STANDS AGAIN", here+" of "+r.Rule, "by "+r.UndoneBy.Name)
		m.Body = []Part{part(Line, Run{Text: "↩️", Style: Sign}, say(here+" of "), bold(r.Rule),
			say(map[bool]string{true: " stands", false: " stand"}[n.Here == 1]+" again · "), who(r.UndoneBy),
			say(" undid what "), who(r.By), say(" took back at "), clock(r.At))}
		return m
	}
	m.Text = dotted(recallLabel, here+" of "+r.Rule, "by "+r.By.Name, r.Why)
	head := []Run{{Text: "🧹", Style: Sign}, say(here + " of "), bold(r.Rule), say(" since "), at(r.Since), say(" taken back · "), who(r.By)}
	if r.Why != "" {
		head = append(head, say(": "+r.Why))
	}
	m.Body = []Part{part(Line, head...)}
	said := "They are struck, or not sent any more, and further reports of these news are not told for this rule. New ones are."
	if n.Others > 0 {
		said = count(n.Others, "of them stands", "of them stand") + " for other rules. The rest is struck, or not sent any more, " +
			"and further reports of these news are not told for this rule. New ones are."
	}
	m.Body = append(m.Body, part(Small, say(said)))
	if answerable {
		m.Body = append(m.Body, Part{Kind: Buttons, Buttons: []Button{{
			Action: ActUndoRecall, Label: "Undo", Value: Pressed{Alert: r.ID}.Value(),
			Confirm: "All of it stands again, in all channels: " + count(n.All, "alert", "alerts") + ". What was not sent comes now.",
		}}})
	}
	return m
}

// Notice builds the message of a notice's delivery: that of a snooze, a storm, a recall, or
// one that is written already, with a button where people can answer. zone is that of the times
// which notifications show.
func Notice(d news.Delivery, answerable bool, zone *time.Location) (m Message, err error) {
	var (
		written Written
		snooze  SnoozeNotice
		recall  RecallNotice
		into    any = &written
	)
	switch d.About {
	case news.AboutStorm:
		return stormOver(d)
	case news.AboutSnooze:
		into = &snooze
	case news.AboutRecall:
		into = &recall
	}
	if err := json.Unmarshal([]byte(d.Text), into); err != nil {
		return m, fmt.Errorf("read notice: %w", err)
	}
	switch d.About {
	case news.AboutSnooze:
		return snooze.Message(d), nil
	case news.AboutRecall:
		return recall.message(d, answerable), nil
	default:
		return written.Message(d, zone), nil
	}
}
