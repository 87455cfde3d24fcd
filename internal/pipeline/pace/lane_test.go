package pace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// testFetch begins a fetch in a lane, which notes what it marks.
func testFetch(t *testing.T, l *Lane, marks *[]string) *Fetch {
	t.Helper()
	if err := l.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := &Fetch{lane: l, placed: true, mark: func(host string, hung bool) {
		*marks = append(*marks, fmt.Sprint(host, " ", hung))
	}}
	f.ask("entry", false)
	return f
}

func (l *Lane) places() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free
}

// What a fetch does, the places that are free meanwhile, and what is noted of
// its hosts.
func TestFetchHoldsAPlaceWhileItsHostAnswers(t *testing.T) {
	timeout := &news.CrawlError{Fault: news.FaultTimeout}
	cases := []struct {
		name  string
		do    func(f *Fetch)
		free  int // of one place, before it ends
		err   error
		marks []string
	}{
		{"a quick answer", func(*Fetch) { time.Sleep(time.Second) }, 0, nil, nil},
		{"a slow answer", func(*Fetch) { time.Sleep(3 * time.Second) }, 1, nil, []string{"entry true", "entry false"}},
		{"none", func(*Fetch) { time.Sleep(30 * time.Second) }, 1, timeout, []string{"entry true"}},
		{"a connection that fails late", func(*Fetch) { time.Sleep(20 * time.Second) }, 1,
			&news.CrawlError{Fault: news.FaultConnect}, []string{"entry true"}},
		{"a slow error of the server", func(*Fetch) { time.Sleep(3 * time.Second) }, 1,
			&news.CrawlError{Fault: news.FaultStatus, Status: 503}, []string{"entry true", "entry false"}},
		{"a wait for the host's slot", func(f *Fetch) {
			f.answered()
			f.wait()
			time.Sleep(4 * time.Second)
		}, 1, &news.LaterError{}, nil},
		{"a wait, then a quick answer", func(f *Fetch) {
			f.answered()
			f.wait()
			time.Sleep(4 * time.Second)
			f.ask("host", false)
			time.Sleep(time.Second)
		}, 0, nil, nil},
		{"a redirect to a host that hangs", func(f *Fetch) {
			f.ask("host", false)
			time.Sleep(time.Second)
			f.answered()
			f.ask("next", false)
			time.Sleep(30 * time.Second)
		}, 1, timeout, []string{"next true"}},
		{"a slow host that redirects", func(f *Fetch) {
			time.Sleep(3 * time.Second)
			f.answered()
			f.ask("next", false)
			time.Sleep(time.Second)
		}, 0, nil, []string{"entry true", "entry false"}},
		{"a host that hung last time, and does again", func(f *Fetch) {
			f.answered()
			f.ask("host", true)
			time.Sleep(30 * time.Second)
		}, 1, timeout, nil},
		{"a host that hung last time, and answers", func(f *Fetch) {
			f.answered()
			f.ask("host", true)
		}, 1, nil, []string{"host false"}},
		{"a host that hung last time, and refuses at once", func(f *Fetch) {
			f.answered()
			f.ask("host", true)
		}, 1, &news.CrawlError{Fault: news.FaultConnect}, []string{"host false"}},
		{"a store in trouble", func(*Fetch) {}, 0, errors.New("the database is away"), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var marks []string
				l := NewLane(1)
				f := testFetch(t, l, &marks)
				c.do(f)
				synctest.Wait()
				if free := l.places(); free != c.free {
					t.Errorf("%d places are free, want %d", free, c.free)
				}
				f.end(c.err)
				f.Leave()
				time.Sleep(time.Minute)
				if free := l.places(); free != 1 {
					t.Errorf("%d places are free at the end", free)
				}
				if !slices.Equal(marks, c.marks) {
					t.Errorf("noted %q, want %q", marks, c.marks)
				}
			})
		})
	}
}

// Forty fetches hang before ten good ones: these wait for two seconds a row of
// hanging ones, and not at all when it is known that those hang.
func TestHangingFetchesMakeWay(t *testing.T) {
	for known, bound := range map[bool]time.Duration{false: 6 * time.Second, true: 0} {
		t.Run(fmt.Sprint("known ", known), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, began := NewLane(16), time.Now()
				for range 40 {
					go func() {
						if l.enter(t.Context()) != nil {
							return
						}
						f := &Fetch{lane: l, placed: true, mark: func(string, bool) {}}
						f.ask("hangs", known)
						time.Sleep(30 * time.Second)
						f.Leave()
					}()
				}
				synctest.Wait()
				for range 10 {
					if err := l.enter(t.Context()); err != nil {
						t.Fatal(err)
					}
					l.leave()
				}
				if took := time.Since(began); took > bound {
					t.Errorf("ten good ones waited for %v", took)
				}
				time.Sleep(time.Minute)
				if free := l.places(); free != 16 || !l.Idle() {
					t.Errorf("%d places are free at the end", free)
				}
			})
		})
	}
}

// Whoever stops waiting for a place leaves none lost, not even the one that it
// was just given.
func TestPlacesAreNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLane(1)
		if err := l.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error, 2)
		for range 2 {
			go func() { errs <- l.enter(ctx) }()
		}
		synctest.Wait()
		cancel()
		l.leave()
		granted := 0
		for range 2 {
			if <-errs == nil {
				granted++
				l.leave()
			}
		}
		synctest.Wait()
		if free := l.places(); free != 1 || len(l.queue) != 0 {
			t.Errorf("%d places are free, %d wait, %d were granted", free, len(l.queue), granted)
		}
	})
}
