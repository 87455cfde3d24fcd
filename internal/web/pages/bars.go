package pages

import (
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/text"
)

// bars is a picture of how much there was on each of some days.
type bars struct {
	Bars  []bar
	Width int
	Total int64
	Says  string // in words, for those who do not see it
}

type bar struct {
	X, Y, Height int
	Says         string
}

// The picture, in units of its own.
const (
	barStep   = 12
	barHeight = 40
)

// barsOf draws counts of days, the first one given.
func barsOf(counts []int64, first time.Time) bars {
	b := bars{Width: barStep * len(counts)}
	most := max(1, slices.Max(append([]int64{0}, counts...)))
	for i, n := range counts {
		b.Total += n
		height := int(n * (barHeight - 1) / most)
		if n > 0 {
			height = max(2, height)
		}
		says := first.AddDate(0, 0, i).Format("2 Jan") + ": " + text.Many(int(n), "story")
		b.Bars = append(b.Bars, bar{i * barStep, barHeight - 1 - height, height + 1, says})
	}
	b.Says = fmt.Sprintf("%s in %s", text.Many(int(b.Total), "story"), text.Plural(len(counts), "day"))
	return b
}
