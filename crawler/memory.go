package crawler

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

// Bounds of what is remembered between two calls.
const (
	maxRemembered = 1024 // values
	maxSightings  = 64   // of a host, newest kept
	maxSites      = 4096 // hosts
)

// memory holds values until they are taken or too old. The zero value works.
type memory[V any] struct {
	mu     sync.Mutex
	values map[string]remembered[V]
}

type remembered[V any] struct {
	value V
	until time.Time
}

// leave stores a value for the next call with the same key.
func (m *memory[V]) leave(key string, value V, until time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string]remembered[V]{}
	}
	dropOne(m.values, maxRemembered)
	m.values[key] = remembered[V]{value, until}
}

// take returns a value and forgets it.
func (m *memory[V]) take(key string, now time.Time) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.values[key]
	delete(m.values, key)
	if !ok || now.After(r.until) {
		return value, false
	}
	return r.value, true
}

// dropOne removes any value of a map that holds limit values.
func dropOne[V any](values map[string]V, limit int) {
	if len(values) < limit {
		return
	}
	for key := range values {
		delete(values, key)
		return
	}
}

// sightings remembers, for every host, under which URLs the same value was seen
// lately. The zero value works.
type sightings struct {
	mu   sync.Mutex
	seed maphash.Seed
	seen map[string][]sighting
}

type sighting struct{ thing, url uint64 }

// count notes that a value was seen under a URL of a host. It returns under how
// many different URLs of the host it was seen lately.
func (s *sightings) count(host, thing, url string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen, s.seed = map[string][]sighting{}, maphash.MakeSeed()
	}
	this := sighting{maphash.String(s.seed, thing), maphash.String(s.seed, url)}
	n, known := 0, false
	for _, other := range s.seen[host] {
		if other.thing == this.thing {
			n++
			known = known || other.url == this.url
		}
	}
	if known {
		return n
	}
	if s.seen[host] == nil {
		dropOne(s.seen, maxSites)
	}
	list := slices.Concat(s.seen[host], []sighting{this})
	s.seen[host] = list[max(0, len(list)-maxSightings):]
	return n + 1
}
