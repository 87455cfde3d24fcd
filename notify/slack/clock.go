package slack

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// farOff is how far our clock may be from Slack's before the log says so.
const farOff = time.Minute

// slackClock is what is known of Slack's clock: how far it is ahead of ours, by
// the last Date of an answer and by the timestamp of the last message posted.
// Messages are looked for by timestamps, which need not keep to the Date. It is
// safe for concurrent use.
type slackClock struct {
	log *slog.Logger
	now func() time.Time

	mu   sync.Mutex
	date time.Duration
	ts   time.Duration
	told bool
}

func newSlackClock(log *slog.Logger, now func() time.Time) *slackClock {
	if now == nil {
		now = time.Now
	}
	return &slackClock{log: log, now: now}
}

// at returns the earliest time that Slack's clock may have shown at a time of
// ours. Where Slack's clock is ahead that is our time: to begin to look too
// early costs nothing.
func (c *slackClock) at(ours time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ours.Add(min(0, c.date, c.ts))
}

// latest returns the latest time that Slack's clock may have shown at a time of
// ours.
func (c *slackClock) latest(ours time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ours.Add(max(0, c.date, c.ts))
}

// learnDate learns from an answer.
func (c *slackClock) learnDate(h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	ahead := date.Sub(c.now())
	c.mu.Lock()
	was := c.told
	c.date, c.told = ahead, ahead.Abs() > farOff
	told := c.told
	c.mu.Unlock()
	if told && !was {
		c.log.Warn("our clock is far from Slack's: is the machine's time kept by NTP?", "slack_is_ahead_by", ahead.Round(time.Second))
	}
}

// learnTS learns from the timestamp of a message that was posted just now:
// seconds since 1970, with six decimals.
func (c *slackClock) learnTS(ts string) {
	seconds, _, _ := strings.Cut(ts, ".")
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return
	}
	ahead := time.Unix(at, 0).Sub(c.now())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ts = ahead
}
