package slack

import (
	"context"
	"time"
)

// Request is what somebody did in Slack, or an event that Slack tells of. All its
// texts are valid UTF-8 without control characters, except the line breaks and tabs of
// Text and Values, and bounded; they are still what somebody wrote.
type Request struct {
	ID   string // unique for what was done: one that is sent again has the same
	Kind RequestKind
	User User      // zero for events that nobody in particular caused
	At   time.Time // by Slack's clock, to the second for a Submission and a Command: the time that it came in

	Channel     string // ID; "" in a modal and in the App Home
	ChannelName string // without "#"; "" when the payload tells none
	TS          string // of the message that it was done to
	Thread      string // TS of the message which that one replies to
	Only        bool   // nobody but the user sees that message
	Delivery    int64  // that the message was, by its metadata; 0 when the payload tells none
	Promise     string // of the delivery

	Action string // action_id of a button or menu; callback_id of a modal or shortcut; the command that was typed
	Value  string // of the button or the chosen option; private_metadata of a modal
	View   string // ID of the modal or App Home that it was done in

	Values map[string][]string // of a modal's inputs by block_id: what was chosen or typed; empty ones are left out
	Text   string              // behind a command; the new name of a channel

	Trigger     string // opens a modal within 3 s
	ResponseURL string // answers within 30 minutes, 5 times
}

// User is who did something, as the payload tells.
type User struct {
	ID   string // U… or W…
	Name string // what Slack calls a username; display names are not told
	Team string // the workspace that the user belongs to
}

// RequestKind says what was done.
type RequestKind string

// The kinds of request.
const (
	Press      RequestKind = "press"    // a button was pressed, or an option of a menu chosen
	Submission RequestKind = "submit"   // a modal was sent
	Closing    RequestKind = "close"    // a modal was closed
	Command    RequestKind = "slash"    // a slash command was typed
	Shortcut   RequestKind = "shortcut" // a shortcut was used, on a message unless TS is ""
	HomeOpened RequestKind = "home"     // the App Home was opened

	ChannelArchived RequestKind = "channel archived"
	ChannelOpened   RequestKind = "channel opened" // unarchived
	ChannelRenamed  RequestKind = "channel renamed"
	TokensRevoked   RequestKind = "tokens revoked"
	AppUninstalled  RequestKind = "app uninstalled"
)

// Reply is what goes back with an acknowledgement. The zero value is nothing.
type Reply struct {
	// Mistakes in a modal that was sent, by block_id of its inputs. The modal stays
	// open and shows them.
	Mistakes map[string]string
	// Late is called when the reply is lost because it comes too late; nil is not.
	Late func()
}

// Handler takes what came in, and returns once that is stored. It is
// acknowledged then, or 2 seconds after it came in, whichever is first; a later
// Reply is lost, and its Late is called. An error before that is not acknowledged: Slack tells the person
// that nothing came of it, and sends events again. It is called from many
// goroutines at once, and possibly several times for one Request.
type Handler func(ctx context.Context, r Request) (Reply, error)
