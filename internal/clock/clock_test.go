package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/clock"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// machine has two clocks that a test moves.
type machine struct{ clock.Sample }

func (m *machine) read() clock.Sample { return m.Sample }

func (m *machine) pass(d time.Duration) {
	m.Wall, m.Elapsed = m.Wall.Add(d), m.Elapsed+d
}

func (m *machine) set(by time.Duration) { m.Wall = m.Wall.Add(by) }

func newMachine() (*machine, *clock.Clock) {
	m := &machine{clock.Sample{Wall: noon, Elapsed: 5 * time.Hour}}
	return m, clock.New(m.read)
}

func TestAClockThatIsSetIsNoticed(t *testing.T) {
	for _, tt := range []struct {
		name string
		by   time.Duration
		set  bool
	}{
		{"not set", 0, false},
		{"a slight correction", 900 * time.Millisecond, false},
		{"forwards", 61 * time.Second, true},
		{"far forwards", 365 * 24 * time.Hour, true},
		{"backwards", -2 * time.Second, true},
		{"an hour backwards", -time.Hour, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, c := newMachine()
			m.pass(time.Minute)
			m.set(tt.by)
			at := noon.Add(time.Minute + tt.by)
			if got := c.Now(); !got.Equal(at) {
				t.Errorf("now is %v, want %v", got, at)
			}
			want := noon
			if tt.set {
				want = at
			}
			m.pass(time.Hour)
			if got := c.Steady(); !got.Equal(want) {
				t.Errorf("steady since %v, want %v", got, want)
			}
			if got := c.Disturbed(); got != tt.set {
				t.Errorf("disturbed: %v", got)
			}
			if c.Disturbed() {
				t.Error("told twice")
			}
		})
	}
}

func TestSlowDriftIsNotASetClock(t *testing.T) {
	m, c := newMachine()
	for range 100 {
		m.pass(time.Minute)
		m.set(50 * time.Millisecond)
		c.Now()
	}
	if !c.Steady().Equal(noon) {
		t.Errorf("steady since %v", c.Steady())
	}
}

func TestResume(t *testing.T) {
	m, c := newMachine()
	c.Resume(noon.Add(-time.Hour))
	if got := c.Steady(); !got.Equal(noon.Add(-time.Hour)) {
		t.Errorf("steady since %v", got)
	}
	m.set(-2 * time.Hour)
	if got := c.Steady(); !got.Equal(noon.Add(-2 * time.Hour)) {
		t.Errorf("steady since %v after the clock was set", got)
	}
}

func TestFollow(t *testing.T) {
	m, c := newMachine()
	server := noon.Add(-10 * time.Minute)
	delay := 200 * time.Millisecond
	follow := func() {
		t.Helper()
		err := c.Follow(t.Context(), func(context.Context) (time.Time, error) {
			m.pass(delay / 2)
			server = server.Add(delay / 2)
			told := server
			m.pass(delay / 2)
			server = server.Add(delay / 2)
			return told, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	follow()
	first := c.Steady()
	m.pass(10 * time.Second)
	server = server.Add(10 * time.Second)
	m.set(2 * time.Hour) // ours does not matter
	if got := c.Now(); !got.Equal(server) {
		t.Errorf("now is %v, want the server's %v", got, server)
	}
	if !c.Disturbed() {
		t.Error("a set wall clock is no reason to ask the server again")
	}
	follow()
	if got := c.Steady(); !got.Equal(first) {
		t.Errorf("steady since %v, want %v: the server's clock was not set", got, first)
	}
	server = server.Add(-time.Hour)
	follow()
	if got := c.Steady(); !got.Equal(server.Add(-delay/2)) || !c.Disturbed() {
		t.Errorf("steady since %v, want %v", got, server)
	}
	if got := c.Now(); !got.Equal(server) {
		t.Errorf("now is %v, want the server's %v", got, server)
	}
	delay = 10 * time.Second // too long to say anything
	server = server.Add(time.Hour)
	now := c.Now()
	follow()
	if got := c.Now(); !got.Equal(now.Add(delay)) {
		t.Errorf("now is %v, want %v", got, now.Add(delay))
	}
	failed := errors.New("down")
	if err := c.Follow(t.Context(), func(context.Context) (time.Time, error) {
		return time.Time{}, failed
	}); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
}
