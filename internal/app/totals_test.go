package app

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestTotals: all stories are counted beside the pages, once in a while. A page that cannot wait is
// told the last count and when that was, and whether there is none.
func TestTotals(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	add := func(n int) {
		t.Helper()
		story := &news.Story{Title: "A fire", URL: fmt.Sprint("https://example.org/", n), FirstSeen: time.Now()}
		if _, err := s.Archive.Add(t.Context(), []*news.Story{story}); err != nil {
			t.Fatal(err)
		}
	}
	var all totals
	stories := func() (int64, time.Time) {
		t.Helper()
		n, at, err := all.read(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return n.Stories, at
	}
	add(1)
	slow := make(chan struct{})
	all.done = slow // a count that takes its time
	if n, at := stories(); n != 0 || !at.IsZero() {
		t.Errorf("before the first count %d stories at %v", n, at)
	}
	all.done = nil
	<-all.begin(t.Context(), s)
	counted, at := stories()
	if counted != 1 || at.IsZero() {
		t.Errorf("%d stories at %v, want 1", counted, at)
	}
	add(2)
	if n, again := stories(); n != 1 || !again.Equal(at) {
		t.Errorf("soon after that %d stories at %v, want the last count", n, again)
	}
	all.at = at.Add(-time.Hour)
	all.done = slow
	if n, again := stories(); n != 1 || !again.Equal(all.at) {
		t.Errorf("while the next count takes its time %d stories at %v", n, again)
	}
	all.done = nil
	<-all.begin(t.Context(), s)
	if n, again := stories(); n != 2 || again.Before(at) {
		t.Errorf("after it %d stories at %v, want 2", n, again)
	}
	closed, err := store.OpenReadOnly(t.Context(), slog.New(slog.DiscardHandler), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	all.at = time.Time{}
	<-all.begin(t.Context(), closed)
	all.at = time.Now()
	if _, _, err := all.read(t.Context(), s); err == nil {
		t.Error("nobody hears that the stories cannot be counted")
	}
}
