package webhook

import (
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// Payload is the JSON that is posted. Fields may be added, never renamed.
type Payload struct {
	Type      string    `json:"type"` // copytaster. and the kind
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data is what it tells. Its texts are those that Slack shows, and what sources wrote.
type Data struct {
	ID       string              `json:"id"`              // of the message, as in webhook-id
	InReply  string              `json:"in_reply_to"`     // ID of the message about the same news that it follows; "": of none
	Delivery int64               `json:"delivery"`        // for `copytaster deliveries show`
	Sink     string              `json:"sink"`            // its name in the config
	Kind     news.DeliveryKind   `json:"kind"`            // story, update, digest, unanswered, signal, notice or ops
	About    news.About          `json:"about,omitempty"` // what an update tells: raised, corrected, withdrawn …
	Severity news.Severity       `json:"severity"`
	Text     string              `json:"text"`  // all of it in one sentence
	Lines    []string            `json:"lines"` // all of it as Slack shows it, a line each
	Headline string              `json:"headline,omitempty"`
	Link     string              `json:"link,omitempty"`
	Outlet   string              `json:"outlet,omitempty"`
	Tier     string              `json:"tier,omitempty"`
	Language string              `json:"language,omitempty"`
	Time     *time.Time          `json:"published,omitempty"` // unless it is not known
	Quote    string              `json:"quote,omitempty"`     // the passage in which the rules found what they look for
	Rules    []string            `json:"rules"`
	Found    map[string][]string `json:"found,omitempty"` // words of the story, by rule
	ToDo     []string            `json:"instructions,omitempty"`
	Mentions []string            `json:"mentions,omitempty"`
	Cluster  int64               `json:"cluster,omitempty"`
	Stories  []Brief             `json:"stories,omitempty"` // of a digest
}

// Brief is one story of a digest.
type Brief struct {
	Severity news.Severity `json:"severity"`
	Headline string        `json:"headline"`
	Link     string        `json:"link,omitempty"`
	Outlet   string        `json:"outlet,omitempty"`
	Rules    []string      `json:"rules"`
}

// PayloadOf returns what is posted of a message to a sink under an ID.
func PayloadOf(sink, id string, m notify.Message, now time.Time) Payload {
	d := Data{
		ID: id, InReply: m.Thread, Delivery: m.Delivery, Sink: sink, Kind: m.Kind, About: m.About, Severity: m.Severity,
		Text: m.Text, Lines: lines(m), Headline: m.Headline, Link: m.Link, Outlet: m.Outlet, Tier: m.Tier,
		Language: m.Language, Rules: append([]string{}, m.Rules...), ToDo: m.ToDo, Mentions: m.Mentions, Cluster: m.Cluster,
	}
	if !m.Undated && !m.Time.IsZero() {
		published := m.Time.UTC()
		d.Time = &published
	}
	var quote strings.Builder
	for _, q := range m.Quote {
		quote.WriteString(q.Text)
	}
	d.Quote = quote.String()
	for _, w := range m.Why {
		for _, f := range w.Found {
			if d.Found == nil {
				d.Found = map[string][]string{}
			}
			d.Found[w.Rule] = append(d.Found[w.Rule], f.Found)
		}
	}
	for _, b := range m.Briefs {
		d.Stories = append(d.Stories, Brief{b.Severity, b.Headline, b.Link, b.Source, append([]string{}, b.Rules...)})
	}
	return Payload{Type: "copytaster." + string(m.Kind), Timestamp: now.UTC(), Data: d}
}

// lines are the parts of a message as text, without its buttons.
func lines(m notify.Message) []string {
	all := []string{}
	for _, p := range m.Parts() {
		var b strings.Builder
		for _, r := range p.Runs {
			if !r.Time.IsZero() {
				b.WriteString(r.Time.UTC().Format(time.RFC3339))
				continue
			}
			b.WriteString(r.Text)
			if r.Link != "" && r.Link != m.Link {
				b.WriteString(" <" + r.Link + ">")
			}
			if r.Style == notify.Sign {
				b.WriteByte(' ')
			}
		}
		if b.Len() > 0 {
			all = append(all, b.String())
		}
	}
	return all
}
