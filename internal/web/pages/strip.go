package pages

import (
	"fmt"
	"math"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// strip is a picture of what was done in each of some hours.
type strip struct {
	Cells   []cell
	Hours   []label
	Rows    []store.Hour // the same as a table
	Summary string       // in words, for those who do not see it
}

// cell is one hour of one row.
type cell struct {
	X, Y  int
	Level int // from 0, nothing, to levels
	Says  string
}

// label is the name of an hour.
type label struct {
	X    int
	Text string
}

// The picture, in units of its own.
const (
	levels   = 4
	cellStep = 24
	rowStep  = 26
	inset    = 84 // where the names of the rows stand
)

// stripOf draws hours, the oldest first.
func (s *site) stripOf(done []store.Hour) strip {
	st := strip{Rows: done}
	var sum, most store.Hour
	busiest := ""
	for _, h := range done {
		sum.Stories, sum.Alerts = sum.Stories+h.Stories, sum.Alerts+h.Alerts
		if h.Stories > most.Stories {
			busiest = fmt.Sprintf(" Most stories, %d, came from %s.", h.Stories, h.Began.In(s.zone()).Format("15:04"))
		}
		most.Stories, most.Alerts = max(most.Stories, h.Stories), max(most.Alerts, h.Alerts)
	}
	for i, h := range done {
		began, x := h.Began.In(s.zone()).Format("15:04"), inset+i*cellStep
		st.Cells = append(st.Cells,
			cell{x, 0, level(h.Stories, most.Stories), fmt.Sprintf("from %s: %s", began, text.Many(int(h.Stories), "story"))},
			cell{x, rowStep, level(h.Alerts, most.Alerts), fmt.Sprintf("from %s: %s", began, text.Many(int(h.Alerts), "alert"))})
		if i%3 == 0 {
			st.Hours = append(st.Hours, label{x, began[:2]})
		}
	}
	st.Summary = fmt.Sprintf("In the last %d hours: %s, %s.%s", len(done), text.Many(int(sum.Stories), "story"),
		text.Many(int(sum.Alerts), "alert"), busiest)
	return st
}

// level is how dark a cell is. The root keeps a single storm from making all else look empty.
func level(n, most int64) int {
	if n == 0 || most == 0 {
		return 0
	}
	return max(1, int(math.Ceil(levels*math.Sqrt(float64(n)/float64(most)))))
}
