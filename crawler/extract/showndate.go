package extract

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Where a page shows its date: within so many short lines around the headline.
const (
	linesBefore  = 6
	linesAfter   = 14
	longestDated = 120 // bytes; a longer line is text
	textLine     = 240 // bytes; the story has begun
)

var datePath = regexp.MustCompile(`/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:[/-]|\D|$)|/((?:20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:\D|$)`)

// titleDate is the date that some outlets put behind the name of their site.
var titleDate = regexp.MustCompile(`[|–—-]\s*(\d{1,2}[./-]\d{1,2}[./-]\d{4})\s*$`)

// shownDate is for pages without any date in their metadata: the date behind
// the title, else the one that stands by the headline, else the day in the URL.
// Dates elsewhere on the page belong to other stories.
func shownDate(root *html.Node, h head, o Options) time.Time {
	order := orderOf(o.Language, h.lang)
	for _, t := range []string{h.title, first(h.meta["og:title"])} {
		if m := titleDate.FindStringSubmatch(t); m != nil {
			if at := pickDate(o, order, m[1:]); !at.IsZero() {
				return at
			}
		}
	}
	heading := first(h.headings)
	if heading == "" {
		return urlDate(o)
	}
	blocks := nodeBlocks(bodyOf(root))
	for i, b := range blocks {
		if b.text != heading {
			continue
		}
		for _, near := range blocks[i+1 : min(len(blocks), i+1+linesAfter)] {
			if t, ok := dateInLine(near.text, o, order); ok {
				return t
			}
			if len(near.text) > textLine && near.link*2 < near.size {
				break
			}
		}
		for j := i - 1; j >= max(0, i-linesBefore); j-- {
			if t, ok := dateInLine(blocks[j].text, o, order); ok {
				return t
			}
		}
	}
	return urlDate(o)
}

// bodyOf gives the <body> of a page: the <title> before it is no line that the
// page shows.
func bodyOf(root *html.Node) *html.Node {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Body {
			return n
		}
	}
	return root
}

// written is a date whose month is a word, with its time of day: a part of a
// line in which other numbers stand.
var written = regexp.MustCompile(`(?:\d{1,2}(?:\.|st|nd|rd|th|º)?\s+(?:de\s+)?\p{L}{3,12}\.?,?\s+(?:de\s+)?\d{4}|\p{L}{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})(?:[^\d\n]{1,12}\d{1,2}[:.]\d{2}(?:\s?[AaPp]\.?\s?[Mm]\b)?)?`)

func dateInLine(line string, o Options, order dayOrder) (time.Time, bool) {
	if len(line) > longestDated || !strings.ContainsAny(line, "0123456789") {
		return time.Time{}, false
	}
	r, ok := readDate(line, o.DatesIn, order)
	if part := written.FindString(line); !ok && part != "" {
		r, ok = readDate(part, o.DatesIn, order)
	}
	return clamp(r.at, o.Now), ok
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
	return pickDate(o, orderUnknown, []string{day})
}
