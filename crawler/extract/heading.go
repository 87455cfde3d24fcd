package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A heading may be the story's headline.
type heading struct {
	node  *html.Node
	text  string
	level int
	home  bool // all of it is a link to the front page or to a section
	prose int  // paragraphs before it
	at    int  // elements before it
}

// tells reports whether a heading has a word.
func (h *heading) tells(word string) bool {
	word = lettersOf(word)
	return word != "" && slices.ContainsFunc(strings.Fields(h.text), func(w string) bool { return lettersOf(w) == word })
}

// heading keeps a heading that is no longer than a headline.
func (h *head) heading(n *html.Node) {
	const (
		most       = 40  // headings
		longest    = 300 // bytes of <h2> and <h3>; more is text
		mostOnTop  = 5   // <h1>, of which the first counts when none is like the title
		mostLinked = 90  // bytes of a link to a section
	)
	level, limit := int(n.Data[1]-'0'), longest
	if level == 1 {
		limit = longestHeading
	}
	if len(h.marks.headings) >= most {
		return
	}
	text := title(shortText(n, limit))
	if text == "" {
		return
	}
	home := len(text) <= mostLinked && linksHome(n)
	h.marks.headings = append(h.marks.headings, heading{n, text, level, home, h.marks.prose, h.marks.seen})
	if level == 1 && len(h.headings) < mostOnTop {
		h.headings = append(h.headings, text)
	}
}

// linksHome reports whether the text of a heading is a link to the front page or
// to a section, which has one part in its path: a headline's link leads further.
func linksHome(n *html.Node) bool {
	const few = 12 // nodes of a logo
	seen := 0
	for d := range n.Descendants() {
		if seen++; seen > few {
			return false
		}
		if d.DataAtom != atom.A {
			continue
		}
		href := attribute(d, "href")
		if href == "" || href[0] == '#' || href[0] == '?' {
			return false // this page
		}
		path := strings.TrimPrefix(strings.TrimPrefix(href, "https://"), "http://")
		if path != href {
			_, path, _ = strings.Cut(path, "/")
		}
		path = strings.Trim(path, "/")
		return path == "" || !strings.ContainsAny(path, "/-_?#.0123456789")
	}
	return false
}

// pickHeading settles which heading is the story's headline: the first that is
// the page's title or begins it, else the first <h1> that is not the site's or
// a section's name. It becomes the first of the headings.
func (h *head) pickHeading(ld linkedData, o Options) {
	outlets := outletsOf(h, ld)
	var titles []string
	for _, t := range []string{first(h.meta["og:title"]), ld.headline, ld.name, first(h.meta["twitter:title"]), h.title} {
		if letters := lettersOf(title(t)); letters != "" && !isSite(title(t), outlets, siteName(o)) {
			titles = append(titles, letters)
		}
	}
	best := 0
	for i := range h.marks.headings {
		head := &h.marks.headings[i]
		score := h.scoreHeading(head, titles, outlets, siteName(o))
		if score > best {
			best, h.own.heading = score, head
		}
	}
	h.headings = nil
	if h.own.heading != nil {
		h.headings = []string{h.own.heading.text}
	}
	for i := range h.marks.headings {
		head := &h.marks.headings[i]
		if head.level > 1 || head == h.own.heading {
			continue
		}
		if head.home || isSite(head.text, outlets, siteName(o)) {
			h.own.logos = append(h.own.logos, head.text)
		} else {
			h.headings = append(h.headings, head.text)
		}
	}
}

// topHeadings returns the texts of the page's <h1>, the story's own first.
func (h *head) topHeadings() []string {
	if h.own.heading != nil && h.own.heading.level > 1 {
		return h.headings[1:]
	}
	return h.headings
}

// scoreHeading weighs whether a heading is the headline. It is none below 1.
func (h *head) scoreHeading(head *heading, titles, outlets []string, site string) int {
	const (
		equal, begins, within = 40, 30, 10 // of the titles
		onTop                 = 8
		inStory               = 4
		isNamed               = 2
		aside                 = -25 // in a menu, a logo, another story's card
	)
	score := 0
	letters := lettersOf(head.text)
	for _, t := range titles {
		switch {
		case t == letters:
			score = max(score, equal)
		case len(letters) >= 12 && strings.HasPrefix(t, letters):
			score = max(score, begins)
		case len(letters) >= 16 && strings.Contains(t, letters), len(t) >= 12 && strings.HasPrefix(letters, t):
			score = max(score, within)
		}
	}
	says := h.marks.names.says(head.node)
	framed, story := false, false
	for p := head.node.Parent; p != nil; p = p.Parent {
		switch p.DataAtom {
		case atom.Nav, atom.Footer, atom.Aside:
			framed = true
		case atom.Article, atom.Main:
			story = true
		}
	}
	switch {
	case framed, head.home, isSite(head.text, outlets, site), says&saysLogo != 0 && score < begins:
		score += aside
	case head.level == 1:
		score += onTop
	case score == 0 && says&saysHeadline == 0:
		return 0
	}
	if story {
		score += inStory
	}
	if says&saysHeadline != 0 {
		score += isNamed
	}
	return score - head.level + 1
}
