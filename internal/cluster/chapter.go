package cluster

import "time"

// StartsChapter reports whether what is told of a news now begins a new chapter, because
// the news was last shown in the channel long ago, or on an earlier day. Both times are in
// the channel's time zone.
func StartsChapter(surfaced, now time.Time) bool { return newChapter(surfaced, now) }
