// Package deliver may wait, but not read the clock.
package deliver

import "time"

// Wait waits.
func Wait() time.Time {
	<-time.NewTimer(1).C
	return time.Now() // breaks clock: time.Now in internal/pipeline/deliver
}
