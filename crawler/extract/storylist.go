package extract

import (
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// maxStories is how many stories a feed may list. Real ones have less than
// 10,000; each costs time to read even when it is not kept.
const maxStories = 100_000

// storyList collects the stories of a list, of which it keeps the newest.
type storyList struct {
	kept    []news.Story
	read    int
	skipped int // those that say nothing, and those that cannot be read
	broken  int // those that cannot be read
}

// add takes a story.
func (l *storyList) add(s news.Story) error {
	if err := l.count(); err != nil {
		return err
	}
	if isBlankStory(&s) {
		l.skipped++
		return nil
	}
	l.keep(s)
	return nil
}

func (l *storyList) keep(s news.Story) {
	if l.kept = append(l.kept, s); len(l.kept) >= 2*news.MaxListed {
		l.kept = Newest(l.kept)
	}
}

// lose takes in that there is a story which cannot be read.
func (l *storyList) lose() error {
	l.skipped++
	l.broken++
	return l.count()
}

func (l *storyList) count() error {
	if l.read++; l.read > maxStories {
		return fmt.Errorf("%w: more than %d stories", ErrCostly, maxStories)
	}
	return nil
}

func isBlankStory(s *news.Story) bool {
	return s.URL == "" && s.GUID == "" && s.Title == "" && s.Summary == "" && s.Text == "" &&
		len(s.Authors) == 0 && s.Section == "" && s.Published.IsZero() && s.Modified.IsZero()
}

// Newest keeps the news.MaxListed newest stories, in the order of the list; undated ones count as old. A
// list without dates has them at one of its ends: half of each end is kept.
func Newest(stories []news.Story) []news.Story {
	const half = news.MaxListed / 2
	if len(stories) <= news.MaxListed {
		return stories
	}
	if !slices.ContainsFunc(stories, func(s news.Story) bool { return !changed(s).IsZero() }) {
		return slices.Concat(stories[:half], stories[len(stories)-half:])
	}
	order := make([]int, len(stories))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return changed(stories[b]).Compare(changed(stories[a])) })
	order = order[:news.MaxListed]
	slices.Sort(order)
	kept := make([]news.Story, len(order))
	for i, at := range order {
		kept[i] = stories[at]
	}
	return kept
}

func changed(s news.Story) time.Time {
	if s.Published.IsZero() {
		return s.Modified
	}
	return s.Published
}
