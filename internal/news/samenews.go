package news

// SameNews says how a channel is told what further outlets report of a news that
// it was alerted of.
type SameNews string

// The ways.
const (
	SameNewsThread  SameNews = "thread"  // in the thread of the alert
	SameNewsMessage SameNews = "message" // each report as a message of its own
)
