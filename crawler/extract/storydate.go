package extract

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	datePath = regexp.MustCompile(`/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:[/-]|\D|$)|/((?:20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:\D|$)`)

	// titleDate is the date that some outlets put behind the name of their site.
	titleDate = regexp.MustCompile(`[|–—-]\s*(\d{1,2}[./-]\d{1,2}[./-]\d{4})\s*$`)
)

// publishedDates are the places of a page's metadata that have the date of its
// story, the most trusted first: JSON-LD, meta elements, what parsely is told,
// elements marked in microdata, RDFa, rNews or hAtom.
func (h *head) publishedDates(ld linkedData) []string {
	dates := append([]string{ld.published}, h.named(publishedNames)...)
	dates = append(dates, h.parsely("pub_date"))
	return append(dates, h.own.published...)
}

func (h *head) modifiedDates(ld linkedData) []string {
	return append(append([]string{ld.modified}, h.named(modifiedNames)...), h.own.modified...)
}

// parsely returns a value of the JSON that a page keeps for parse.ly.
func (h *head) parsely(key string) string {
	for _, s := range h.meta["parsely-page"] {
		var page map[string]any
		if json.Unmarshal([]byte(s), &page) == nil {
			return text(page[key])
		}
	}
	return ""
}

// dateOf returns the value of an element that is marked as a date: the one for
// machines, else its text.
func dateOf(n *html.Node) []string {
	const longest = 100 // bytes
	var values []string
	for _, key := range []string{"datetime", "content", "title", "data-datetime", "data-date", "data-timestamp"} {
		if v := attribute(n, key); v != "" && len(v) <= longest {
			values = append(values, v)
		}
	}
	for d := range n.Descendants() {
		if d.Type != html.ElementNode {
			continue
		}
		if d.DataAtom == atom.Time && attribute(d, "datetime") != "" {
			values = append(values, attribute(d, "datetime"))
		} else if hasWord(attribute(d, "class"), "value-title") {
			values = append(values, attribute(d, "title"))
		}
	}
	return append(values, squeeze(shortText(n, longest)))
}

// headerDate is for pages whose metadata has no date: the first of the header's
// <time>, the header's lines, the end of the title and the URL that has one.
// What only says when the story was changed goes last, before the URL. Dates
// elsewhere on the page belong to something else.
func (h *head) headerDate(root *html.Node, o Options) time.Time {
	c := h.calendar(o)
	var changed time.Time
	for _, d := range append(h.headerTimes(c), h.lineDates(root, c)...) {
		if d.label&labelUpdated != 0 && d.label&labelPublished == 0 {
			if changed.IsZero() {
				changed = d.at
			}
			continue
		}
		return clamp(d.at, o.Now)
	}
	if at := clamp(changed, o.Now); !at.IsZero() {
		return at
	}
	for _, t := range []string{h.title, first(h.meta["og:title"])} {
		if m := titleDate.FindStringSubmatch(t); m != nil {
			if r, ok := c.read(m[1], ""); ok {
				return clamp(r.at, o.Now)
			}
		}
	}
	return urlDate(o)
}

// calendar returns how the page writes its dates.
func (h *head) calendar(o Options) calendar {
	return calendar{o, h.order(o), primary(first([]string{o.Language, h.lang}))}
}

// order tells how the page writes days in figures, by what it says of its
// language and by the country of its host.
func (h *head) order(o Options) dayOrder {
	if order := orderOf(o.Language, h.lang, first(h.meta["og:locale"]), first(h.meta["content-language"])); order != orderUnknown {
		return order
	}
	site := siteName(o)
	switch site[strings.LastIndexByte(site, '.')+1:] {
	case "us", "gov", "mil", "ph":
		return monthFirst
	case "uk", "ie", "au", "nz", "in", "za", "sg", "my", "ng", "ke", "gh", "pk", "bd", "lk", "mt":
		return dayFirst
	}
	return orderUnknown
}

// A headerDate is a date in the header of a story.
type ownDate struct {
	at    time.Time
	label labelling
}

// headerTimes returns the dates of the <time> elements in the header, except
// those that stand in a sentence.
func (h *head) headerTimes(c calendar) []ownDate {
	const longest = 200 // bytes
	var dates []ownDate
	for _, n := range h.own.times {
		before, after := lineAround(n)
		if len(before)+len(after) > longest {
			continue
		}
		says, own := shownDate{before: before, after: after}.label(true)
		if !own {
			continue
		}
		for _, v := range dateOf(n) {
			r, ok := readDate(v, c.o.DatesIn, c.order)
			if !ok {
				r, ok = c.inText(v)
			}
			if ok && !c.future(r.at) {
				dates = append(dates, ownDate{r.at, says})
				break
			}
		}
	}
	return dates
}

// inText reads the date of a line that is all about it.
func (c calendar) inText(line string) (reading, bool) {
	for _, d := range c.dates(line) {
		if _, own := d.label(true); own {
			return d.reading, true
		}
	}
	if d, ok := c.relative(line, true); ok {
		_, own := d.label(true)
		return d.reading, own
	}
	return reading{}, false
}

// lineAround returns what stands in the line of an inline element, before and
// behind it.
func lineAround(n *html.Node) (before, after string) {
	const most = 20 // elements to each side
	for {
		for s, i := n.PrevSibling, 0; s != nil && !isBlockNode(s) && i < most; s, i = s.PrevSibling, i+1 {
			before = nodeLine(s) + before
		}
		for s, i := n.NextSibling, 0; s != nil && !isBlockNode(s) && i < most; s, i = s.NextSibling, i+1 {
			after += nodeLine(s)
		}
		if n.Parent == nil || isBlockNode(n.Parent) {
			return squeeze(before), squeeze(after)
		}
		n = n.Parent
	}
}

func isBlockNode(n *html.Node) bool {
	return n.Type == html.ElementNode && (isBreak(n.DataAtom) || n.DataAtom == atom.Br)
}

// nodeLine returns the text of a node that is part of a line, cut off where it
// is no line any more.
func nodeLine(n *html.Node) string {
	const longest = 300 // bytes
	if n.Type == html.TextNode {
		return clip(n.Data, longest)
	}
	if n.Type != html.ElementNode {
		return ""
	}
	return " " + shortText(n, longest) + " "
}

// lineDates returns the dates of the header's lines.
func (h *head) lineDates(root *html.Node, c calendar) []ownDate {
	var dates []ownDate
	for _, l := range h.headerLines(root) {
		evident := l.label || l.says&(saysDate|saysByline|saysPublished) != 0
		found := c.apart(l.text)
		if len(found) == 0 {
			if d, ok := c.relative(l.text, evident); ok {
				found = append(found, d)
			} else if d, ok := c.whole(l.text); ok {
				found = append(found, d)
			}
		}
		for _, d := range found {
			if says, own := d.label(evident); own && l.maySay(d, says, evident, c) {
				dates = append(dates, ownDate{d.at, says})
			}
		}
	}
	return dates
}

// apart returns the dates of a line, each with no more around it than what stands
// between it and the date before: "Updated 5 May 2024, first published 3 May 2024".
func (c calendar) apart(line string) []shownDate {
	found := c.dates(line)
	size := len(westernDigits(line))
	for i := len(found) - 1; i > 0; i-- {
		end := size - len(found[i-1].after)
		found[i].before = found[i].before[min(end, len(found[i].before)):]
		found[i-1].after = ""
	}
	return found
}

// whole reads a line that is a date as programs write it: "Fri May 3 10:12:00 UTC
// 2024".
func (c calendar) whole(line string) (shownDate, bool) {
	const longest = 40 // bytes
	if len(line) > longest || !strings.ContainsAny(line, "0123456789") {
		return shownDate{}, false
	}
	r, ok := readDate(line, c.o.DatesIn, c.order)
	return shownDate{reading: r}, ok && !c.future(r.at)
}

// maySay reports whether a date in a line of the header is the story's by the
// place of the line. What stands behind a paragraph, or before the headline in
// another part of the page, must say that it is a date and nothing else; in the
// other part it may be today's.
func (l ownLine) maySay(d shownDate, says labelling, evident bool, c calendar) bool {
	const near = 2 // lines
	bare := len(letterRuns(d.before))+len(letterRuns(d.after)) == 0
	labelled := says&(labelPublished|labelUpdated|labelBy) != 0
	switch {
	case !l.behind && !l.far, labelled:
		return true
	case l.behind:
		return evident || bare
	}
	return (evident || bare) && l.away <= near && !c.isToday(d.at)
}

// isToday reports whether a date is the day of the fetch.
func (c calendar) isToday(at time.Time) bool {
	return !c.o.Now.IsZero() && c.o.Now.Sub(at).Abs() < 26*time.Hour
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
