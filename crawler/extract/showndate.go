package extract

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Where a page shows its date: within so many short lines around the headline.
const (
	linesBefore  = 6
	linesAfter   = 14
	longestDated = 120 // bytes; a longer line is text
	textLine     = 240 // bytes; the story has begun
)

var datePath = regexp.MustCompile(`/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:[/-]|\D|$)|/((?:20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:\D|$)`)

// shownDate is for pages without any date in their metadata: the date that
// stands by the headline, else the day in the URL. Dates elsewhere on the page
// belong to other stories.
func shownDate(root *html.Node, h head, o Options) time.Time {
	heading := first(h.headings)
	if heading == "" {
		return urlDate(o)
	}
	blocks := nodeBlocks(root)
	for i, b := range blocks {
		if b.text != heading {
			continue
		}
		for _, near := range blocks[i+1 : min(len(blocks), i+1+linesAfter)] {
			if t, ok := dateInLine(near.text, o); ok {
				return t
			}
			if len(near.text) > textLine && near.link*2 < near.size {
				break
			}
		}
		for j := i - 1; j >= max(0, i-linesBefore); j-- {
			if t, ok := dateInLine(blocks[j].text, o); ok {
				return t
			}
		}
	}
	return urlDate(o)
}

func dateInLine(line string, o Options) (time.Time, bool) {
	if len(line) > longestDated || !strings.ContainsAny(line, "0123456789") {
		return time.Time{}, false
	}
	t, ok := parseDate(line, o.DatesIn)
	return clamp(t, o.Now), ok
}

func urlDate(o Options) time.Time {
	m := datePath.FindStringSubmatch(o.URL)
	if m == nil {
		return time.Time{}
	}
	day := m[4]
	if day == "" {
		day = m[1] + "-" + m[2] + "-" + m[3]
	}
	return pickDate(o, []string{day})
}
