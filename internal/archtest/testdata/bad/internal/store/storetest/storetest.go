// Package storetest counts as a test: it may wait, and keep what it shares.
package storetest

import (
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

var shared int

// Use shares something.
func Use() {
	shared++
	<-time.After(1)
	store.Opened("", nil)
}
