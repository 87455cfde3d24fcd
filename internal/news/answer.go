package news

import "time"

// Person is somebody who answers alerts.
type Person struct {
	ID   string `json:"id,omitempty"` // in Slack; "" when the answer did not come from there
	Name string `json:"name"`
}

// AnswerKind says what an answer does.
type AnswerKind string

// The kinds of answer.
const (
	AnswerGot        AnswerKind = "got"        // somebody sees to the news, in all its channels
	AnswerIrrelevant AnswerKind = "irrelevant" // the rules should not have taken the story, for this channel
	AnswerSnooze     AnswerKind = "snooze"
	AnswerUnsnooze   AnswerKind = "unsnooze"
	AnswerUndo       AnswerKind = "undo"     // takes an answer back
	AnswerSingly     AnswerKind = "singly"   // ends a storm: the next news of its rule come singly for a time
	AnswerRecall     AnswerKind = "recall"   // takes back what a rule told
	AnswerUnrecall   AnswerKind = "unrecall" // undoes that
)

// AnswerEffect says what an answer came to.
type AnswerEffect string

// The effects of answers.
const (
	AnswerApplied AnswerEffect = "applied"
	AnswerLate    AnswerEffect = "late"    // somebody was first: nothing was changed
	AnswerNothing AnswerEffect = "nothing" // there is nothing any more that it could change
)

// Answer is what somebody said of an alert, or of a snooze.
type Answer struct {
	ID      int64
	Request string // names what was done: what arrives twice is one answer
	Kind    AnswerKind
	Alert   int64  // 0: of none
	Channel string // in which it was said, without "#"; "" when it was said elsewhere
	By      Person
	At      time.Time
	Reason  string   // of AnswerIrrelevant; "" when none was given
	Rules   []string // of AnswerIrrelevant: which of the alert's are meant
	Target  int64    // the answer that AnswerUndo takes back, the snooze, storm or recall that is begun or ended; 0: none
	Effect  AnswerEffect
	Undone  time.Time // when it was taken back; zero: it stands
}

// SnoozeKind says what a snooze keeps from a channel.
type SnoozeKind string

// The kinds of snooze.
const (
	SnoozeNews   SnoozeKind = "news"   // further reports of one news, except for turns
	SnoozeRule   SnoozeKind = "rule"   // what one rule finds
	SnoozeOutlet SnoozeKind = "outlet" // what one rule finds at one source
)

// Snooze keeps something from one channel for a time. What a rule finds meanwhile is
// recorded, and told in a digest when the snooze ends.
type Snooze struct {
	ID       int64
	Kind     SnoozeKind
	Channel  string   // without "#"
	Cluster  int64    // of SnoozeNews: a cluster of the news
	Rule     string   // of the other two
	Source   string   // of SnoozeOutlet
	Severity Severity // of what is kept: what is more severe is told
	Alert    int64    // that it was said of; 0: of none
	Title    string   // of the story of Alert; "" when there is none
	By       Person
	Why      string // "" when nothing was said
	Since    time.Time
	Until    time.Time
	Ended    time.Time // zero while it holds, or when nobody has noticed yet that it is over
	EndedBy  Person    // who ended it early; nobody when its time was over
}

// Subject names what the snooze keeps from its channel.
func (s *Snooze) Subject() string {
	switch {
	case s.Kind == SnoozeOutlet:
		return s.Rule + " from " + s.Source
	case s.Kind == SnoozeRule:
		return s.Rule
	case s.Title == "":
		return "further reports of a news"
	default:
		return "further reports of “" + s.Title + "”"
	}
}

// Holds reports whether the snooze keeps from its channel what a rule finds in a
// story of a source, at a severity.
func (s *Snooze) Holds(rule, source string, severity Severity) bool {
	switch {
	case severity > s.Severity, s.Rule != rule:
		return false
	case s.Kind == SnoozeRule:
		return true
	default:
		return s.Kind == SnoozeOutlet && s.Source == source
	}
}
