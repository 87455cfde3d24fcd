package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// MostInHead is how many of the newest stories that a storm folded its head shows.
const MostInHead = 3

// Storm is what the message at the head of a storm shows: how many stories of a rule were
// folded, and the newest of them.
type Storm struct {
	Storm     news.Storm
	Folded    int
	Newest    []Brief
	Over      time.Duration // it ends when it is calm for so long
	Continued *Chapter      `json:",omitempty"` // the message that heads it now; nil: this one
	Buttons   bool          // people can answer
}

// Message builds the message at the head of a storm.
func (s Storm) Message(d news.Delivery) Message {
	rule := name(s.Storm.Rule)
	m := Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Rules: names([]string{rule}),
		Headline: s.title(),
	}
	head := []Run{{Text: "🌊", Style: Sign}, bold(m.Headline), say(" of "), bold(rule), say(" since "), at(s.Storm.Began)}
	m.Body = append([]Part{part(Line, head...)}, s.parts()...)
	lines := []string{m.Headline + " of " + rule + ". Urgent ones still come singly."}
	for _, b := range s.Newest {
		lines = append(lines, b.text())
	}
	m.Text = cut(strings.Join(lines, "\n"), maxOps)
	return m
}

func (s Storm) title() string { return "Storm: " + count(s.Folded, "more story", "more stories") }

// Within adds the storm to the message of a burst, which heads it.
func (s Storm) Within(m Message) Message {
	head := []Run{{Text: "🌊", Style: Sign}, bold(s.title()), say(" since "), at(s.Storm.Began)}
	m.Body = append(append(m.Body, part(Line, head...)), s.parts()...)
	m.Text = dotted(m.Text, s.title())
	return m
}

// parts are what is below the first line: the newest stories, how it goes on, the buttons.
func (s Storm) parts() (parts []Part) {
	for _, b := range s.Newest {
		parts = append(parts, part(Bullet, b.folded(name(s.Storm.Rule))...))
	}
	st, more := s.Storm, "All of them"
	if n := s.Folded - len(s.Newest); n > 0 {
		more = count(n, "more", "more") + ", all of them"
	}
	more += " in the thread"
	switch {
	case s.Continued != nil:
		return append(parts, s.Continued.part("Continues ↓ "))
	case st.EndedBy.Name != "":
		parts = append(parts, part(Small, say(more)), part(Line, Run{Text: "➡️", Style: Sign},
			say("The next ones come singly until "), clock(st.Singly), say(" · "),
			who(news.Person{ID: st.EndedBy.ID, Name: person(st.EndedBy.Name)})))
		return append(parts, s.buttons(false)...)
	case !st.Ended.IsZero():
		parts = append(parts, part(Small, say(more+" · calm since "), at(st.Ended)))
		return append(parts, s.buttons(false)...)
	}
	more += " · ends after " + lasted(s.Over) + " of calm · urgent ones still come singly"
	return append(append(parts, part(Small, say(more))), s.buttons(true)...)
}

// folded is the brief in the storm of a rule, which is not said again.
func (b Brief) folded(rule string) (runs []Run) {
	if b.Severity != news.Normal {
		runs = []Run{bold(upper(b.Severity)), say(" · ")}
	}
	others := slices.DeleteFunc(slices.Clone(b.Rules), func(r string) bool { return r == rule })
	runs = append(append(runs, b.headline()...), b.end(dotted(b.Source, list(others, maxRules)))...)
	for i := range runs {
		runs[i].Clock = !runs[i].Time.IsZero() // storms are short
	}
	return runs
}

// buttons are what can be done about a storm.
func (s Storm) buttons(goesOn bool) []Part {
	p := Part{Kind: Buttons}
	if !s.Buttons || s.Folded == 0 {
		return nil
	}
	value := Pressed{Alert: s.Storm.ID}.Value()
	if goesOn {
		p.Buttons = append(p.Buttons, Button{Action: ActSingly, Label: "Post the next ones singly (1 h)", Value: value})
	}
	p.Buttons = append(p.Buttons, Button{Action: ActTakeBack, Label: "Take these back…", Value: value})
	return []Part{p}
}

// Folded builds a list of what a storm folded, which stands in the storm's thread.
func Folded(d news.Delivery, st *news.Storm, briefs []Brief) Message {
	rule := name(st.Rule)
	m := Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Briefs: briefs}
	m.Headline = count(len(briefs), "story", "stories") + " of " + rule
	m.Body = []Part{part(Line, bold(m.Headline))}
	lines := []string{m.Headline}
	for _, b := range briefs {
		m.Body = append(m.Body, part(Bullet, b.folded(rule)...))
		lines = append(lines, b.text())
	}
	m.Text = cut(strings.Join(lines, "\n"), maxOps)
	return m
}

// StormOver is what a channel is told when a storm is over. Its JSON is the text of its
// delivery.
type StormOver struct {
	Rule string    `json:"rule"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	News int       `json:"news"` // that were folded
}

// stormOver builds the message of the notice that a storm is over.
func stormOver(d news.Delivery) (m Message, err error) {
	var s StormOver
	if err := json.Unmarshal([]byte(d.Text), &s); err != nil {
		return m, fmt.Errorf("read notice: %w", err)
	}
	s.Rule = name(s.Rule)
	m = Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal,
		Rules: names([]string{s.Rule}),
	}
	what := count(s.News, "story was", "stories were") + " folded"
	m.Text = dotted("STORM OVER", s.Rule, what)
	m.Body = []Part{part(Line, Run{Text: "🌊", Style: Sign}, say("The storm of "), bold(s.Rule),
		say(" is over: "+what+" from "), at(s.From), say(" to "), until(s.To, s.From), say(", and are listed in its thread. New ones come singly again."))}
	return m, nil
}
