package news

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// longestRetry is the longest that RetryAfter returns: years, so that callers
// bound it, and no sum with it overflows.
const longestRetry = math.MaxInt32 * time.Second

// RetryAfter reads a Retry-After header, which is a number of seconds or a date
// (RFC 9110, section 10.2.3). It is 0 for a date that is past at now, and for
// what is neither.
func RetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(0, seconds), math.MaxInt32)) * time.Second
	}
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} { // section 5.6.7
		if at, err := time.Parse(layout, value); err == nil {
			return min(max(0, at.Sub(now)), longestRetry)
		}
	}
	return 0
}
