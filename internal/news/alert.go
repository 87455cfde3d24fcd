package news

import "time"

// Match says that a rule found what it looks for in a story, and where.
type Match struct {
	Rule        string
	Hash        string // of the rule's meaning: changes when the rule or a concept it uses does
	Severity    Severity
	Topic       string
	Instruction string   // what readers of the alert are to do; that of the rule as it is now
	To          []string // channels that replace the routes; empty leaves them
	AlsoTo      []string // channels beside the routes
	Evidence    []Evidence
}

// Evidence is one place in a story that made a rule match. Start and End are
// byte offsets into the UTF-8 text of the field (Story.Fields).
type Evidence struct {
	Term     string    `json:"term"`              // as the rule writes it
	Concept  string    `json:"concept,omitempty"` // name without "$", "" for a bare term
	Field    FieldName `json:"field"`
	Variant  int       `json:"variant"`
	Text     string    `json:"text"` // as the story writes it
	Start    int       `json:"start"`
	End      int       `json:"end"`
	Sentence string    `json:"sentence"`
}

// MostInDigest is how many alerts one digest tells: what a message shows. Further
// ones are told by another digest.
const MostInDigest = 20

// Alert is the promise to tell one channel of one news, once.
type Alert struct {
	ID       int64
	Cluster  int64  // of the story
	Story    int64  // that raised it
	Channel  string // as configured, without "#"
	Severity Severity
	Rules    []string // names, in the order of the config
	Mentions []string // people and groups to mention, as configured
	Created  time.Time
	Fallback Fallback // of an alert that is to be recorded; the store keeps it elsewhere
	Edited   bool     // an edit raised it, some time after the story was published
}

// DeliveryKind says what a delivery tells.
type DeliveryKind string

// The kinds of delivery.
const (
	DeliverStory      DeliveryKind = "story"      // the first message of an alert
	DeliverUpdate     DeliveryKind = "update"     // what came after it: a reply, or a post of its own
	DeliverEdit       DeliveryKind = "edit"       // that first message, as it is to be shown by now
	DeliverDigest     DeliveryKind = "digest"     // several alerts in one message
	DeliverSignal     DeliveryKind = "signal"     // that a rule matches nothing, or very much
	DeliverUnanswered DeliveryKind = "unanswered" // that nobody answers an alert, for others than its channel
	DeliverNotice     DeliveryKind = "notice"     // what somebody did that all of a channel are to know
	DeliverOps        DeliveryKind = "ops"        // something the operator must know
)

// About says what an update, a digest or a notice tells.
type About string

// What updates tell. A digest without one of these tells what was missed while a source,
// or the daemon, was down.
const (
	AboutBatch       About = "batch"       // reports that add nothing
	AboutDevelopment About = "development" // reports that say something new
	AboutTurn        About = "turn"        // reports that contradict or end what was told
	AboutRaised      About = "raised"      // the alert is more severe, or mentions more
	AboutCorrected   About = "corrected"   // the outlet changed the story
	AboutWithdrawn   About = "withdrawn"   // the outlet does not stand by the story
	AboutRestored    About = "restored"    // it does again
	AboutLinked      About = "linked"      // either of the two, of a story of another news that may be the same
	AboutMismatch    About = "mismatch"    // the full text does not match
	AboutUnanswered  About = "unanswered"  // others are told that nobody answers the alert
	AboutQuiet       About = "quiet"       // of a digest: what quiet hours kept
	AboutDigest      About = "digest"      // of a digest: what a channel that is told by the calendar waits for
	AboutPause       About = "pause"       // of a digest: what waited too long for the end of a pause
	AboutSnooze      About = "snooze"      // of a digest: what a snooze kept. Of a notice: a snooze begins, or is over
	AboutRules       About = "rules"       // of a notice: what people say of rules, for whoever edits them
	AboutHandover    About = "handover"    // of a notice: what one shift leaves to the next
	AboutStorm       About = "storm"       // of a digest: the message at the head of a storm. Of a notice: a storm is over
	AboutFold        About = "fold"        // of a digest: news that a storm folded, listed in its thread
	AboutRecall      About = "recall"      // of a notice: what a rule told is taken back, or stands again
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery. Only the last two are final.
const (
	StatePending DeliveryState = "pending"  // recorded, to be posted when it is due
	StateSending DeliveryState = "sending"  // the intent is committed, a post may be under way
	StateInDoubt DeliveryState = "in_doubt" // the post may or may not have arrived: it is looked for
	StateParked  DeliveryState = "parked"   // its channel cannot be posted to until somebody mends it; tried now and then
	StateSent    DeliveryState = "sent"     // it arrived, or has nothing to say any more: the error says why
	StateDead    DeliveryState = "dead"     // given up
)

// Delivery is one message to one channel. The text of a story's first message is "" except
// where an escalation brings its alert to the channel: then it says what raised it.
type Delivery struct {
	ID        int64
	Promise   string // random: names the message in Slack; "" when an older version recorded it
	Alert     int64  // 0 for an ops message, a digest and a signal
	Story     int64  // that it tells of; 0 for the one that raised the alert
	Channel   string
	Kind      DeliveryKind
	Severity  Severity // of the alert, Normal for an ops message: the most severe goes first
	State     DeliveryState
	About     About  // of an update, a digest or a notice; else ""
	Text      string // of an ops message; of any other, JSON of what it tells; of a digest, its key
	Attempts  int
	Plain     bool      // render as plain text: the blocks were refused
	Due       time.Time // not to be posted before
	Started   time.Time // when the last post began; zero when none has
	Answered  bool      // the last post was refused: it is not under way any more
	LostUntil time.Time // an earlier epoch of the store may have sent it, from Started until then; zero: none has
	Created   time.Time
	Done      time.Time // when it was sent or given up; zero before
	ChannelID string    // where it was posted
	TS        string    // the message's timestamp, Slack's name of a message
	Thread    string    // TS of the message that it replies to; "" when it stands in the channel itself
	Broadcast bool      // of a reply: the channel shows it, too
	Edition   int       // grows with every change of what it says
	Edits     int64     // the delivery whose message it edits; 0 when it edits none
	Mentions  Mentions  // what became of the mentions of the last attempt
	Resting   []string  // the rules of which its message says that their mentions rest
	Closed    string    // why its message cannot be edited any more: gone or locked; else ""
	Error     string    // of the last attempt
}

// Mentions says what became of the mentions of a message.
type Mentions int

// What becomes of the mentions of a message.
const (
	MentionsNobody Mentions = iota
	MentionsMade
	MentionsRest // too many messages about its rules mentioned people just before it
)

// Later reports whether a delivery is one that people asked to be told later than now, such
// as what a snooze keeps.
func (d *Delivery) Later(now time.Time) bool {
	asked := d.About == AboutSnooze || d.About == AboutQuiet || d.About == AboutDigest
	return d.Kind == DeliverDigest && asked && d.State == StatePending && d.Due.After(now)
}
