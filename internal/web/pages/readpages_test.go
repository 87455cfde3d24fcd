package pages

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// TestReadPages: the pages that were read last are kept for half an hour, and no more than eight.
func TestReadPages(t *testing.T) {
	var p readPages
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for i := range 12 {
		for range 2 {
			p.keep(&news.Story{URL: fmt.Sprint(i), FirstSeen: now.Add(time.Duration(i) * time.Minute)})
		}
	}
	if len(p.all) != mostReadPages {
		t.Errorf("%d pages are kept", len(p.all))
	}
	for i := range 12 {
		kept := p.of(fmt.Sprint(i), now.Add(34*time.Minute+30*time.Second)) != nil
		if want := i >= 5; kept != want {
			t.Errorf("page %d is kept: %v, want %v", i, kept, want)
		}
	}
	p.keep(&news.Story{URL: "last", FirstSeen: now.Add(time.Hour)})
	if len(p.all) != 1 {
		t.Errorf("%d pages, though all but one are old", len(p.all))
	}
}
