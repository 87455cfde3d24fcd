package deliver

import "sync"

// turns are the channels' turns under way in this process. The claims in the
// store say so, too, but only as long as nobody sets the clock. The zero value
// works.
type turns struct {
	mu       sync.Mutex
	channels map[string]bool
}

// begin begins a channel's turn; false means that one is under way.
func (t *turns) begin(channel string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.channels[channel] {
		return false
	}
	if t.channels == nil {
		t.channels = map[string]bool{}
	}
	t.channels[channel] = true
	return true
}

func (t *turns) end(channel string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.channels, channel)
}

// names lists the channels that have a turn.
func (t *turns) names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	names := make([]string, 0, len(t.channels))
	for name := range t.channels {
		names = append(names, name)
	}
	return names
}
