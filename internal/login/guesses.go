package login

import (
	"net/netip"
	"time"
)

// What is kept of wrong passwords.
const (
	mostGuessed = 10_000    // names or places
	guessKept   = time.Hour // after the last
)

// guesses counts tries, by a name or a place. After the free ones each makes the next wait
// twice as long.
type guesses struct {
	free    int
	longest time.Duration
	by      map[string]guess
}

type guess struct {
	tries int
	last  time.Time
}

// wait is how long the next try has to wait.
func (g guesses) wait(key string, now time.Time) time.Duration {
	tried := g.by[key]
	over := tried.tries - g.free
	if over < 0 || now.Sub(tried.last) >= guessKept {
		return 0
	}
	pause := min(time.Second<<min(over, 20), g.longest)
	return max(0, pause-now.Sub(tried.last))
}

func (g guesses) note(key string, now time.Time) {
	tried := g.by[key]
	if now.Sub(tried.last) >= guessKept {
		tried.tries = 0
	}
	if len(g.by) >= mostGuessed && tried.tries == 0 {
		g.sweep(now)
	}
	g.by[key] = guess{tried.tries + 1, now}
}

// sweep forgets what is old, or if nothing is, some of what was tried least.
func (g guesses) sweep(now time.Time) {
	for key, tried := range g.by {
		if now.Sub(tried.last) >= guessKept || len(g.by) >= mostGuessed && tried.tries <= g.free {
			delete(g.by, key)
		}
	}
	for key := range g.by {
		if len(g.by) < mostGuessed {
			return
		}
		delete(g.by, key)
	}
}

func (g guesses) forget(key string) { delete(g.by, key) }

// placeOf is whom an address belongs to: one customer has a /64 of IPv6.
func placeOf(addr netip.Addr) string {
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}
