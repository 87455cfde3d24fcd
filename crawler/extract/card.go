package extract

import (
	_ "embed"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/copytaster/copytaster/internal/news"
)

// rank is how much a headline of an index page is one.
type rank int

// The ranks: nothing but a label; the text of a link that reads like a teaser,
// or what the link says for those who cannot see it; the text of a link; the
// heading of the card around it; a heading that is the link, or in it.
const (
	rankNone rank = iota
	rankTold
	rankText
	rankCard
	rankHeading
)

// longestHeadline is the most characters of a link's text that is a headline;
// more is a teaser.
const longestHeadline = 160

// headlineOf returns the headline of a link: a heading that is in or around it,
// that of its card when the link says no more than "Read more" or "10:32", its
// text, or what it says for those who cannot see it.
func (x *index) headlineOf(link *goquery.Selection) (string, rank) {
	a := link.Nodes[0]
	if inside := headingIn(a, nil); inside != "" {
		return inside, rankHeading
	}
	own := linkText(a)
	if link.Closest("h1, h2, h3, h4, h5, h6").Length() > 0 && !isLabel(own) {
		return own, rankHeading
	}
	teaser := strings.HasSuffix(own, ".") || strings.HasSuffix(own, "…") || utf8.RuneCountInString(own) > longestHeadline
	if about := moreAbout.ReplaceAllString(own, ""); about != own {
		own, teaser = about, true
	}
	if !isLabel(own) && !teaser {
		return own, rankText
	}
	card, inner := x.cardOf(a)
	if headlineWords(card) >= 2 {
		return card, rankCard
	}
	if !isLabel(own) {
		return own, rankTold
	}
	if told := toldBy(link); told != "" {
		return told, rankTold
	}
	if card = x.around(inner, a); headlineWords(card) >= 2 {
		return card, rankCard
	}
	return "", rankNone
}

// linkText returns the text of a link: of one with several blocks, as a card
// that is a link has them, the first that can be a headline.
func linkText(a *html.Node) string {
	blocks := nodeBlocks(a)
	if len(blocks) > 1 {
		for _, b := range blocks {
			if headlineWords(b.text) >= 4 && !isLabel(b.text) && utf8.RuneCountInString(b.text) <= longestHeadline {
				return b.text
			}
		}
	}
	return strings.ReplaceAll(lines(blocks), "\n", " ")
}

// toldBy returns what a link says for those who cannot see it: its label, its
// tooltip, its picture's description.
func toldBy(link *goquery.Selection) string {
	for _, s := range []string{link.AttrOr("aria-label", ""), link.AttrOr("title", ""), link.Find("img[alt]").AttrOr("alt", "")} {
		if s = moreAbout.ReplaceAllString(squeeze(s), ""); !isLabel(s) {
			return s
		}
	}
	return ""
}

// Bounds of a card: how many elements it is around its link, how many are in it,
// how many beside the link are looked at where there is no card, and how many are
// looked at on one page.
const (
	cardHeight = 6
	cardSize   = 400
	cardBeside = 8
	cardWork   = 500_000
)

// cardOf returns the heading of the card around a link, and the card: the largest
// element around it that leads to no other story, the link itself where there
// is none.
func (x *index) cardOf(link *html.Node) (heading string, card *html.Node) {
	own, card := x.target(link), link
	for range cardHeight {
		around := card.Parent
		if around == nil || around.Type != html.ElementNode || around.DataAtom == atom.Body || !x.isCard(around, own) {
			break
		}
		card = around
		if heading = headingIn(card, link); heading != "" {
			break
		}
	}
	return heading, card
}

// around returns the headline of a link whose card has no heading: what the card
// says beside it, as a list of times does, or the heading before it where stories
// stand one below the other without cards.
func (x *index) around(card, link *html.Node) string {
	own := x.target(link)
	for n := link; ; n = n.Parent {
		if n == link || n.DataAtom == atom.P || n.DataAtom == atom.Dt {
			if heading := x.beside(n, own); heading != "" {
				return heading
			}
		}
		if n != link {
			if rest := restOf(n, link); rest != "" {
				return rest
			}
		}
		if n == card {
			return ""
		}
	}
}

// isCard reports whether no story but one is linked in an element.
func (x *index) isCard(around *html.Node, own string) bool {
	seen := 0
	for n := range around.Descendants() {
		if seen++; seen > cardSize || x.looked+seen > cardWork || x.leadsElsewhere(n, own) {
			x.looked += seen
			return false
		}
	}
	x.looked += seen
	return true
}

// leadsElsewhere reports whether an element is a link to another story. One of a
// few words is to a section or an author.
func (x *index) leadsElsewhere(n *html.Node, own string) bool {
	if n.Type != html.ElementNode || n.DataAtom != atom.A {
		return false
	}
	target := x.target(n)
	if target == "" || target == own {
		return false
	}
	u, err := url.Parse(target)
	if err != nil || listPath.MatchString(u.Path) || !isStoryPath(u) {
		return false
	}
	text := squeeze(shortText(n, longestHeading))
	return headlineWords(text) >= 4 || isLabel(text)
}

// target returns what tells the page that an element links to from others, ""
// for none.
func (x *index) target(a *html.Node) string {
	target, known := x.targets[a]
	if !known {
		target = news.CanonicalURL(absolute(x.base, attribute(a, "href")))
		x.targets[a] = target
	}
	return target
}

// beside returns the heading that stands before an element, or the definition
// that stands behind a term.
func (x *index) beside(n *html.Node, own string) string {
	if n.DataAtom == atom.Dt {
		for next := n.NextSibling; next != nil; next = next.NextSibling {
			if next.DataAtom == atom.Dd {
				return asHeadline(next)
			}
		}
		return ""
	}
	left := cardBeside
	for before := n.PrevSibling; before != nil && left > 0; before = before.PrevSibling {
		if before.Type != html.ElementNode {
			continue
		}
		left--
		if !x.isCard(before, own) || x.leadsElsewhere(before, own) {
			return ""
		}
		if isHeading(before.DataAtom) {
			return asHeadline(before)
		}
		if heading := headingIn(before, nil); heading != "" {
			return heading
		}
	}
	return ""
}

// headlineClass is a class of elements that are headings without being <h2>.
var headlineClass = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:headline|title|heading|titre|titel|titulo|hed)(?:$|[\s_-])`)

// headingIn returns the first heading in an element, else the first text that
// is one by its class; none that is a label. It does not look into one element.
func headingIn(around, except *html.Node) string {
	byClass, seen := "", 0
	for n := range around.Descendants() {
		if seen++; seen > cardSize {
			break
		}
		if n.Type != html.ElementNode || except != nil && isInside(n, except) {
			continue
		}
		switch {
		case isHeading(n.DataAtom):
			if text := asHeadline(n); text != "" {
				return text
			}
		case byClass == "" && n.DataAtom != atom.A && headlineClass.MatchString(attribute(n, "class")):
			byClass = asHeadline(n)
		}
	}
	return byClass
}

func isInside(n, around *html.Node) bool {
	for range cardHeight {
		if n == nil || n == around {
			return n != nil
		}
		n = n.Parent
	}
	return false
}

// asHeadline returns the text of an element when it can be a headline.
func asHeadline(n *html.Node) string {
	if shortText(n, longestHeading) == "" {
		return ""
	}
	text := strings.ReplaceAll(lines(nodeBlocks(n)), "\n", " ")
	if isLabel(text) {
		return ""
	}
	return text
}

// restOf returns what an entry of a list says beside its link: "10:32 Bridge
// closed", with the link on the time.
func restOf(entry, link *html.Node) string {
	switch entry.DataAtom {
	case atom.Li, atom.P, atom.Td, atom.Tr, atom.Dd, atom.Div, atom.Article:
	default:
		return ""
	}
	var w blockWriter
	for n := entry.FirstChild; n != nil; n = n.NextSibling {
		if n != link && !isInside(link, n) {
			w.node(n)
			w.flush()
		}
	}
	for _, b := range w.blocks {
		if headlineWords(b.text) >= 3 && !isLabel(b.text) && utf8.RuneCountInString(b.text) <= longestHeadline {
			return strings.TrimLeftFunc(b.text, func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Ps, r) &&
					!unicode.Is(unicode.Pi, r) && r != '"'
			})
		}
	}
	return ""
}

var (
	// moreAbout begins what a link to the whole story says of it.
	moreAbout = regexp.MustCompile(`(?i)^(?:(?:read|learn|see|find out) more(?: about|:| on)|continue reading|read(?: the)? (?:full )?(?:story|article)[:,]?|` +
		`weiterlesen[:,]|lire la suite(?: de| :|:)|leer más(?: sobre|:)|leggi tutto(?: su|:)|lees meer(?: over|:)|czytaj więcej[:,]|читать далее[:,]|link to)\s+[“"«']?`)
	// counted is how much there is of something: "12 comments".
	counted = regexp.MustCompile(`(?i)^\d+\s*(?:comments?|kommentare?|commentaires?|comentarios?|комментари\p{L}+|views?|min(?:ute)?s?(?: read)?|photos?)$`)
)

//go:embed labels.txt
var labelText string

// linkLabels are the texts of links that say nothing of the story, in lower case.
var linkLabels = labelTable()

func labelTable() map[string]bool {
	table := map[string]bool{}
	for line := range strings.Lines(labelText) {
		for label := range strings.SplitSeq(line, "|") {
			table[strings.TrimSpace(label)] = true
		}
	}
	return table
}

// isLabel reports whether the text of a link says nothing of the story that it
// leads to: nothing at all, "Read more", a time, a number.
func isLabel(text string) bool {
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }
	text = strings.ToLower(strings.TrimFunc(text, func(r rune) bool { return !isWord(r) }))
	switch {
	case strings.IndexFunc(text, unicode.IsLetter) < 0, linkLabels[text]:
		return true
	case len(text) > longestRelative || strings.IndexFunc(text, unicode.IsNumber) < 0 && !strings.Contains(text, "ago"):
		return false
	}
	if isAmountAgo(text) || counted.MatchString(text) {
		return true
	}
	return isOnlyDate(text)
}

// isOnlyDate reports whether a text is a date or a time and says nothing else,
// except perhaps the day of the week.
func isOnlyDate(text string) bool {
	const others = 1 // words that are no part of a date
	text = spellClock(plainDigits(text))
	rest := text
	clock, timed, ok := findTime(text)
	if timed && ok {
		rest = text[:clock.start] + " " + text[clock.end:]
	}
	if _, ok := parseDate(text, nil); !ok && !timed {
		return false
	}
	unknown := 0
	for _, w := range strings.FieldsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if monthOf(w) == 0 {
			unknown++
		}
	}
	return unknown <= others
}
