package pages

import (
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Of the pages that were read for Try.
const (
	mostReadPages = 8
	readPageKept  = 30 * time.Minute
)

// readPages keeps the pages that were read last: who edits a rule has its page read once.
type readPages struct {
	mu  sync.Mutex
	all []*news.Story // the oldest first
}

// of returns the story of a page that was read; nil: it was not, or too long ago.
func (p *readPages) of(link string, now time.Time) *news.Story {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, story := range p.all {
		if story.URL == link && now.Sub(story.FirstSeen) < readPageKept {
			return story
		}
	}
	return nil
}

// keep keeps the story of a page that was just read.
func (p *readPages) keep(read *news.Story) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = slices.DeleteFunc(p.all, func(old *news.Story) bool {
		return old.URL == read.URL || read.FirstSeen.Sub(old.FirstSeen) >= readPageKept
	})
	p.all = append(p.all[max(0, len(p.all)-mostReadPages+1):], read)
}
