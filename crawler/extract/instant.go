package extract

import (
	"strings"
	"time"
)

// pickDate returns the instant of the first candidate that is a date. Pages often
// give the same moment several times and not always whole: what the first one
// lacks is taken from another one of the same day or time.
func pickDate(o Options, order dayOrder, candidates []string) time.Time {
	var dates []reading
	for _, c := range candidates {
		if r, ok := readDate(c, o.DatesIn, order); ok {
			dates = append(dates, r)
		}
	}
	if len(dates) == 0 {
		return time.Time{}
	}
	best := dates[0]
	for _, r := range dates[1:] {
		if !best.timed && r.timed && wall(best, time.DateOnly) == wall(r, time.DateOnly) {
			best = r
		}
		if best.timed && !best.zoned && r.zoned && wall(best, minutes) == wall(r, minutes) {
			best = r
		}
	}
	return clamp(best.at, o.Now)
}

// minutes is the layout by which two times of day are the same.
const minutes = "2006-01-02 15:04"

// wall returns a date as it was written, whatever its zone.
func wall(r reading, layout string) string { return r.at.Format(layout) }

// orderOf tells by the language of a page, the source's own first, how it
// writes dates in figures. English has both ways, and a bare "en" tells neither.
func orderOf(languages ...string) dayOrder {
	for _, l := range languages {
		tag := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(l), "_", "-"))
		switch code := primary(tag); {
		case code == "":
		case tag == "en-us" || code == "tl":
			return monthFirst
		case tag == "en" || tag == "en-ca" || code == "zh" || code == "ja" || code == "ko":
		default:
			return dayFirst
		}
	}
	return orderUnknown
}
