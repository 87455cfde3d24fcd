package news

import "time"

// Escalation is when the alerts of a news become more severe: once so many
// independent outlets report it.
type Escalation struct {
	Outlets  int           // at least 1
	Over     time.Duration // the longest time in which their reports come; 0: however long
	Tier     string        // of the outlets that count; "": of any
	Severity Severity      // that the alerts are raised to
}

// Burst is when a rule finds so much that the number of its news is news itself.
type Burst struct {
	News     int           // at least 2
	Over     time.Duration // in which they come
	Severity Severity      // of the message about it
}
