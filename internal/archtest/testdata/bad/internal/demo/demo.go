// Package demo is as it should be.
package demo

import "time"

// Site is a site.
type Site struct{ Started time.Time }

// Start may read the clock.
func Start() Site { return Site{Started: time.Now()} }

// Wait may wait as well.
func Wait() { <-time.After(1) }
