package news

import (
	"slices"
	"strings"
	"time"
)

// Marks are what a message about a story is known by when the store that
// recorded it is lost. Two stories that have one in common are one, or tell the
// same under one link, so that no channel is told of both. The marks are
//
//  1. the source, the story's key within it and its date, and
//  2. the link, and the URL that the page calls its own, each with every title.
//
// The link counts where it is the story's own. A link alone is no mark: two
// sources may tell different stories under it.
func Marks(s *Story) []string {
	marks := []string{hashKey("entry", s.Origin.Source, s.Key, s.Published.UTC().Format(time.RFC3339))}
	links := []string{LinkKey(s.Canonical)}
	if s.Key == LinkKey(s.URL) {
		links = append(links, s.Key)
	}
	for _, link := range links {
		for _, title := range append([]string{s.Title}, s.Titles...) {
			if link == "" || blank(title) {
				continue
			}
			if mark := hashKey("title", link, strings.ToLower(squeeze(title))); !slices.Contains(marks, mark) {
				marks = append(marks, mark)
			}
		}
	}
	return marks
}
