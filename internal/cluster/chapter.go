package cluster

import "time"

// chapterAfter is how long a news has not been shown before what is told next begins a
// new chapter.
const chapterAfter = 6 * time.Hour

// StartsChapter reports whether what is told of a news now begins a new chapter, because
// the news was last shown in the channel long ago, or on an earlier day. Both times are in
// the channel's time zone.
func StartsChapter(surfaced, now time.Time) bool {
	y, m, d := surfaced.Date()
	year, month, day := now.Date()
	return now.Sub(surfaced) >= chapterAfter || day != d || month != m || year != y
}
