package notify

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// told is the input of a case: a story, what matched in it, and when it is
// told. An ops message has a text only, a digest the stories that were missed.
type told struct {
	Ops      string
	Now      time.Time
	Severity news.Severity
	Mentions []string
	Rules    []string // of the alert; absent: those of the matches
	Story    news.Story
	Matches  []struct {
		Rule        string
		Instruction string
		Evidence    []news.Evidence
	}
	Raised *struct { // an alert that was raised: what it was, and the story that was told first
		Was   string
		First string
		At    time.Time
	}
	Missed   []news.Story // of a digest
	State    State        // of the news
	Followup *followup
	Down     *Outage
	Signal   *Signal `json:"signal"`
	Up       *Recovery

	Answerable bool          // people can answer the message
	Had        *Response     // of a followup: who saw to the news before
	Notice     *SnoozeNotice // of a snooze
	Recall     *RecallNotice `json:"recall"`
	Storm      *Storm        `json:"storm"`  // its head, or with a signal that of a burst which heads it
	Folded     *news.Storm   `json:"folded"` // of a digest: the storm that folded what it tells
	StormOver  *StormOver    `json:"stormover"`
	Kept       *news.Snooze  // of a digest: the snooze that kept what it tells
	Gathered   *Period       // of a digest: when it was kept
	Briefs     []struct {    // of that digest, as its stories are
		Severity news.Severity
		Rules    []string
		State    State
	}
}

// followup is what follows the alert of a case: one of its kinds.
type followup struct {
	Thread  string
	Earlier *Chapter
	Batch   *struct {
		Own    []news.Story
		Copies []string
		Since  time.Time
	}
	Developments []struct {
		Story news.Story
		New   []string
		Was   string
		Turn  string
	}
	Raised     *Raise
	Corrected  *Correction
	Withdrawn  *Withdrawal
	Restored   *Restoration
	Mismatched *Mismatch
	Linked     *Linked
	Gone       map[string]How // by headline: of the batch and the developments, those that were withdrawn
	Unanswered *Unanswered    // in the Thread, else in another channel
	Got        *Response      // of what is told elsewhere
}

// noticed builds the message of a case about a storm or a notice.
func (c told) noticed() (m Message, ok bool) {
	switch {
	case c.Storm != nil:
		return c.Storm.Message(news.Delivery{ID: 7, Kind: news.DeliverDigest}), true
	case c.StormOver != nil:
		text, err := json.Marshal(c.StormOver)
		if err != nil {
			panic(err)
		}
		return notice(news.AboutStorm, string(text), c.Answerable), true
	case c.Notice != nil:
		return notice(news.AboutSnooze, c.Notice.Encode(), c.Answerable), true
	case c.Recall != nil:
		return notice(news.AboutRecall, c.Recall.Encode(), c.Answerable), true
	}
	return m, false
}

func notice(about news.About, text string, answerable bool) Message {
	m, err := Notice(news.Delivery{ID: 7, Kind: news.DeliverNotice, About: about, Text: text}, answerable, time.UTC)
	if err != nil {
		panic(err)
	}
	return m
}

func (c told) follows(d news.Delivery, a news.Alert) Message {
	f := c.Followup
	of := Followup{Delivery: d, Alert: a, Story: PieceOf(&c.Story), Thread: f.Thread, Earlier: f.Earlier}
	of.Delivery.Kind, of.Answerable, of.Had = news.DeliverUpdate, c.Answerable, c.Had
	switch {
	case f.Unanswered != nil && f.Thread != "":
		return of.Unanswered(*f.Unanswered)
	case f.Unanswered != nil:
		of.Delivery.Kind, of.Alert.Channel = news.DeliverUnanswered, "duty"
		posted := of.Earlier
		of.Earlier = nil
		return f.Unanswered.Message(of, posted, f.Got)
	case f.Batch != nil:
		b := Batch{Copies: f.Batch.Copies, Since: f.Batch.Since}
		for i := range f.Batch.Own {
			b.Own = append(b.Own, PieceOf(&f.Batch.Own[i]))
			b.Own[i].Gone = f.Gone[b.Own[i].Headline]
		}
		return of.Batch(b)
	case f.Raised != nil:
		return of.Raised(*f.Raised)
	case f.Corrected != nil:
		return of.Corrected(*f.Corrected)
	case f.Withdrawn != nil:
		return of.Withdrawn(*f.Withdrawn)
	case f.Restored != nil:
		return of.Restored(*f.Restored)
	case f.Linked != nil:
		return of.Linked(*f.Linked)
	case f.Mismatched != nil:
		return of.Mismatched(*f.Mismatched)
	}
	var all []Development
	for i := range f.Developments {
		d := &f.Developments[i]
		all = append(all, Development{Piece: PieceOf(&d.Story), New: d.New, Was: d.Was, Turn: d.Turn})
		all[i].Piece.Gone = f.Gone[d.Story.Title]
	}
	return of.Developments(all)
}

// putInField puts evidence where its text stands first in its field, unless the case
// says where.
func putInField(e *news.Evidence, fields []news.Field) {
	for _, f := range fields {
		if f.Name == e.Field && f.Variant == e.Variant && e.End == 0 {
			e.Start = strings.Index(f.Text, e.Text)
			e.End = e.Start + len(e.Text)
		}
	}
}

// message builds the message of a case.
func (c told) message() Message {
	d := news.Delivery{ID: 7, Alert: 3, Kind: news.DeliverStory}
	if c.Ops != "" {
		return Ops(news.Delivery{ID: 7, Kind: news.DeliverOps, Text: c.Ops})
	}
	if ops := (news.Delivery{ID: 7, Kind: news.DeliverOps}); c.Down != nil {
		return Down(ops, *c.Down)
	} else if c.Up != nil {
		return Up(ops, *c.Up)
	}
	if c.Signal != nil {
		d := news.Delivery{ID: 7, Kind: news.DeliverSignal, Severity: c.Severity}
		d.Text = c.Signal.Encode()
		s, err := SignalOf(d)
		if err != nil {
			panic(err)
		}
		if c.Storm != nil {
			return c.Storm.Within(s.Message(d))
		}
		return s.Message(d)
	}
	if m, ok := c.noticed(); ok {
		return m
	}
	a := news.Alert{ID: 3, Cluster: 5, Severity: c.Severity, Mentions: c.Mentions, Rules: c.Rules}
	if c.Followup != nil {
		return c.follows(d, a)
	}
	if c.Missed != nil {
		briefs := make([]Brief, len(c.Missed))
		for i := range c.Missed {
			briefs[i] = BriefOf(a, &c.Missed[i])
		}
		if c.Gathered != nil {
			for i, as := range c.Briefs {
				briefs[i].Severity, briefs[i].Rules = as.Severity, as.Rules
				briefs[i] = briefs[i].In(as.State)
			}
			d := news.Delivery{ID: 7, Kind: news.DeliverDigest, Due: c.Gathered.Until}
			m := Gathered(d, *c.Gathered, briefs)
			if c.Answerable {
				m.Body = append(m.Body, GotAllButton(d.ID, len(briefs)))
			}
			return m
		}
		if c.Kept != nil {
			return Kept(news.Delivery{ID: 7, Kind: news.DeliverDigest, Due: c.Kept.Until}, c.Kept, briefs)
		}
		if c.Folded != nil {
			return Folded(news.Delivery{ID: 7, Kind: news.DeliverDigest}, c.Folded, briefs)
		}
		return Missed(news.Delivery{ID: 7, Kind: news.DeliverDigest}, briefs)
	}
	var matches []news.Match
	for _, m := range c.Matches {
		for i := range m.Evidence {
			putInField(&m.Evidence[i], c.Story.Fields())
		}
		matches = append(matches, news.Match{Rule: m.Rule, Severity: c.Severity, Instruction: m.Instruction,
			Evidence: m.Evidence})
		if c.Rules == nil {
			a.Rules = append(a.Rules, m.Rule)
		}
	}
	m := Story(d, a, &c.Story, matches, c.Now)
	if c.Raised != nil {
		m.Kind = news.DeliverUpdate
		from, _ := news.ParseSeverity(c.Raised.Was)
		return m.In(State{Raised: &Raise{From: from}, Earlier: []Chapter{{Headline: c.Raised.First, At: c.Raised.At}}})
	}
	m = m.In(c.State)
	if c.Answerable {
		m.Alert = a.ID
	}
	return m
}
