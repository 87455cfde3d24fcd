// Package notify turns an alert into a message: where it goes (Routes), what it
// says (Story and its State, Followup, Missed, Ops) and how its sending may end
// (SendError). It is pure; the packages below it (slack, terminal) implement
// Sender.
//
// A Message holds everything a reader sees, already chosen, cut to size and
// freed of characters that could deceive or break a display. Slack and the
// terminal show the same Message: its Parts.
package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Message is what one delivery says. All its texts are safe to show: valid
// UTF-8 without control characters, bidirectional overrides or line breaks (Text
// of an ops message and of a digest may hold line breaks). They are still what a
// source wrote: whoever shows them must take them literally.
type Message struct {
	Delivery  int64
	Promise   string   `json:",omitempty"` // random: what the message is known by; "" when an older version recorded the delivery
	Epoch     string   `json:",omitempty"` // of the store; "" is its first
	Marks     []string `json:",omitempty"` // of the story (news.Marks); none for an ops message
	Cluster   int64    // 0 for an ops message
	Alert     int64    `json:",omitempty"` // that its buttons answer; 0: it has none
	Kind      news.DeliveryKind
	About     news.About `json:",omitempty"` // what an update tells
	Plain     bool       // show Text alone: the richer form was refused
	Thread    string     `json:",omitempty"` // TS of the message that it replies to; "" posts it to the channel
	Broadcast bool       `json:",omitempty"` // of a reply: the channel shows it, too
	Edition   int        `json:",omitempty"` // names an edit of a posted message, which no other edit of it does: 0 is the post
	Text      string     // the whole message as one plain sentence
	Mentions  []string   // people and groups, as the config names them
	Resting   []string   `json:",omitempty"` // rules of which it says that their mentions rest

	// What follows is empty in an ops message. In one that follows an alert there
	// are no more than the severity, the headline, the link and the rules.
	Severity news.Severity
	Headline string
	Link     string      // http or https URL in ASCII, "" when the story has none
	Quote    []QuotePart // the passage that holds the evidence; empty when there is none
	Outlet   string      // the publishing site, else the source's name
	Tier     string
	Language string
	Time     time.Time     // when it was published, else first seen
	Undated  bool          // Time is when it was first seen
	Delay    time.Duration // since publication; 0 when it is not known
	Why      []Reasons
	Cites    []string // outlets that the story cites
	Rules    []string // that matched, in the order of the config
	Briefs   []Brief  `json:",omitempty"` // of a digest, which has no more than these and a headline
	ToDo     []string `json:",omitempty"` // what the rules instruct readers to do, each once
	State    State    `json:",omitzero"`  // what has become of the news

	Body []Part `json:",omitempty"` // what is shown in place of a story
}

// QuotePart is a stretch of a quote.
type QuotePart struct {
	Text  string
	Match bool // made a rule match
}

// Reason says which words of a story a rule took for what it looks for.
type Reason struct {
	Found  string // as the story writes it
	Sought string // concept, else term of the rule; "" when what was found repeats it
	Name   string `json:",omitempty"` // concept, else term, as the rule writes it; "" when it is Sought, else Found
}

// Reasons says why a rule took a story.
type Reasons struct {
	Rule  string
	Found []Reason
}

// String returns the reasons as a reader sees them: "kim-putin: Kim, Путин →
// putin".
func (r Reasons) String() string {
	found := make([]string, len(r.Found))
	for i, f := range r.Found {
		found[i] = f.String()
	}
	if len(found) == 0 {
		return r.Rule
	}
	return r.Rule + ": " + list(found, maxReasons)
}

// String returns the reason as a reader sees it: "Путин → putin".
func (r Reason) String() string {
	if r.Sought == "" {
		return r.Found
	}
	return r.Found + " → " + r.Sought
}

// among reports whether names of what a rule looks for, or found, are those of the reason.
func (r Reason) among(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		return strings.EqualFold(n, r.Found) || strings.EqualFold(n, cmp.Or(r.Name, r.Sought))
	})
}

// Receipt is where a message arrived.
type Receipt struct {
	ChannelID string
	TS        string // Slack's name of a message within its channel
	Thread    string // TS of the message that it replies to; "" when it stands in the channel itself
	Among     bool   // what was looked for was found in a digest, which tells of more than that
}

// Sought says how a delivery is recognised among the messages of a channel.
type Sought struct {
	Delivery int64  // its number, where it has no promise
	Promise  string // "" when an older version of copytaster recorded it
	Kind     news.DeliveryKind
	Thread   string // that it is a reply in; "" when it is none

	// What follows is set when an earlier epoch of the store may have sent it,
	// under a promise that was lost.
	Marks []string  // of its story
	Until time.Time // when that epoch's last message arrived
}

// Trace is what a message in a channel says of the delivery that it was.
type Trace struct {
	Delivery int64
	Promise  string // "" when an older version of copytaster posted it
	Sent     time.Time
}

// Sender posts and edits messages. Its errors are *SendError.
type Sender interface {
	// Resolve returns the ID of a channel that is configured by name or ID.
	Resolve(ctx context.Context, channel string) (id string, err error)
	// Send posts a message, once: to the channel, or in the message's Thread.
	// Where that thread does not exist any more, a reply is not posted (Gone);
	// one with Broadcast is posted to the channel, as its receipt says.
	Send(ctx context.Context, channelID string, m Message) (Receipt, error)
	// Edit replaces what a posted message shows. It notifies nobody: mentions are
	// left out. To repeat an edit does no harm, and none is ever InDoubt.
	Edit(ctx context.Context, at Receipt, m Message) error
	// Find asks whether a delivery whose post began at since, by our clock, has
	// arrived.
	Find(ctx context.Context, channelID string, s Sought, since time.Time) (Receipt, bool, error)
	// Newest returns the newest of the store's messages in a channel.
	Newest(ctx context.Context, channelID string) (t Trace, found bool, err error)
	// Permalink returns the URL of a posted message, "" where there is none.
	Permalink(ctx context.Context, at Receipt) (string, error)
	// Probe asks whether the token is good.
	Probe(ctx context.Context) error
}

// Problem says what an error of a Sender means for the delivery.
type Problem string

// The problems of sending.
const (
	InDoubt      Problem = "in doubt"     // the message may or may not have arrived
	Throttled    Problem = "throttled"    // not posted: the channel has to rest for RetryAfter
	Unauthorized Problem = "unauthorized" // not posted: the token is not good, for any channel
	NoChannel    Problem = "no channel"   // not posted: this channel cannot be posted to
	Malformed    Problem = "malformed"    // not posted: the message was refused as it is
	Temporary    Problem = "not sent"     // certainly not posted, and worth another try
	Gone         Problem = "gone"         // the message to edit, or to reply to, was deleted
	Locked       Problem = "locked"       // the message cannot be edited any more, but replied to
)

// SendError is a message that was not acknowledged, and what that means.
type SendError struct {
	Problem    Problem
	RetryAfter time.Duration // how long a throttled channel has to rest
	Lasting    bool          // a Temporary problem that is there until somebody mends it, as far as can be told
	Err        error
}

// Error names the problem and its cause.
func (e *SendError) Error() string { return fmt.Sprintf("%s: %v", e.Problem, e.Err) }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }
