// Package pipeline may wait, but not read the clock.
package pipeline

import (
	"time"

	_ "github.com/copytaster/copytaster/internal/store/storetest" // breaks imports: internal/pipeline may not import internal/store/storetest
)

// Wait waits.
func Wait() time.Time {
	<-time.NewTimer(1).C
	return time.Now() // breaks clock: time.Now in internal/pipeline
}
