package extract

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// CheckSelector says what is wrong with a CSS selector.
func CheckSelector(css string) error {
	if _, err := cascadia.Compile(css); err != nil {
		return fmt.Errorf("parse selector: %w", err)
	}
	return nil
}

// Index reads a page that links to stories. The selector picks the links, or
// elements around or inside them; "" finds the story links by itself. Titles
// are headings, the texts of links where there is none, and two links to one story
// are one story.
func Index(body []byte, selector string, o Options) (list List, err error) {
	defer finish("index", &err)
	if err := fits(len(body), maxPage); err != nil {
		return List{}, err
	}
	root, err := parsePage(toUTF8(body, o.Charset))
	if err != nil {
		return List{}, err
	}
	doc := goquery.NewDocumentFromNode(root)
	x := index{
		base: pageBase(doc, o), o: o, lang: doc.Find("html").AttrOr("lang", ""),
		seen: map[string]int{}, targets: map[*html.Node]string{}, dates: map[*html.Node]time.Time{},
	}
	name := squeeze(doc.Find("title").First().Text())
	x.names = []string{name, doc.Find(`meta[property="og:site_name"], meta[name="application-name"]`).First().AttrOr("content", "")}
	if selector == "" {
		x.find(doc)
	} else if err := x.pick(doc, selector); err != nil {
		return List{}, err
	}
	fillLanguage(x.stories)
	return List{Kind: KindIndex, Title: name, Stories: x.stories}, nil
}

// parsePage parses HTML. A page that is nested deeper than the parser allows
// is flattened first.
func parsePage(text []byte) (*html.Node, error) {
	root, _, err := parseTree(text)
	return root, err
}

// pageBase is what the relative links of a page are resolved against.
func pageBase(doc *goquery.Document, o Options) *url.URL {
	base := baseOf(o)
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if u, err := url.Parse(absolute(base, href)); err == nil && u.Host != "" {
			return u
		}
	}
	return base
}

// index collects the stories of an index page.
type index struct {
	o       Options
	base    *url.URL
	lang    string
	names   []string // of the outlet
	stories []news.Story
	seen    map[string]int // place in stories by canonical URL
	ranks   []rank         // of the stories' titles

	targets map[*html.Node]string // canonical URLs of links
	dates   map[*html.Node]time.Time
	looked  int // elements that were looked at for cards
}

func (x *index) pick(doc *goquery.Document, selector string) error {
	matcher, err := cascadia.Compile(selector)
	if err != nil {
		return fmt.Errorf("parse selector: %w", err)
	}
	doc.FindMatcher(matcher).Each(func(_ int, found *goquery.Selection) {
		switch link := found.Find("a[href]").First(); {
		case found.Is("a[href]"):
			x.addLink(found)
		case link.Length() > 0:
			x.addAll(found)
		default:
			x.addLink(found.Closest("a[href]"))
		}
	})
	return nil
}

// addAll adds the link of an element that contains several: the first with
// text is the story's, further ones lead to comments and sections.
func (x *index) addAll(around *goquery.Selection) {
	best := around.Find("h1 a[href], h2 a[href], h3 a[href], h4 a[href]").First()
	if best.Length() == 0 {
		around.Find("a[href]").EachWithBreak(func(_ int, link *goquery.Selection) bool {
			if best.Length() == 0 || utf8.RuneCountInString(linkTitle(link)) >= minTitle {
				best = link
			}
			return utf8.RuneCountInString(linkTitle(best)) < minTitle
		})
	}
	x.addLink(best)
}

// find adds the links that look like stories: words enough for a headline, a
// path like an article's, in the main part of the page, on the same site.
func (x *index) find(doc *goquery.Document) {
	doc.Find("a[href]").Each(func(_ int, link *goquery.Selection) {
		u, err := url.Parse(absolute(x.base, link.AttrOr("href", "")))
		if err != nil || u.Host == "" || x.base != nil && !sameSite(u, x.base) {
			return
		}
		home := (u.Path == "" || u.Path == "/") && !articleArgs.MatchString(u.RawQuery)
		if home || listPath.MatchString(u.Path) || inChrome(link.Nodes[0]) {
			return
		}
		if headline, of := x.headlineOf(link); isHeadline(headline, of, u) {
			x.add(link, headline, of)
		}
	})
}

func (x *index) addLink(link *goquery.Selection) {
	if link.Length() > 0 {
		headline, of := x.headlineOf(link)
		x.add(link, headline, of)
	}
}

func (x *index) add(link *goquery.Selection, headline string, of rank) {
	target := absolute(x.base, link.AttrOr("href", ""))
	key := news.CanonicalURL(target)
	if key == "" || key == news.CanonicalURL(x.o.URL) {
		return
	}
	headline = withoutOutlet(headline, x.base, x.names...)
	if at, ok := x.seen[key]; ok {
		x.improve(at, headline, of, link)
		return
	}
	if len(x.stories) >= news.MaxListed {
		return
	}
	x.seen[key] = len(x.stories)
	x.ranks = append(x.ranks, of)
	x.stories = append(x.stories, news.Story{
		URL: withoutFragment(target), Title: headline, Published: x.dateNear(link),
		Language: language(x.o, headline, x.lang),
	})
}

// improve takes the better title of two links to one story: the picture's link
// often comes first and says little.
func (x *index) improve(at int, headline string, of rank, link *goquery.Selection) {
	s := &x.stories[at]
	if of > x.ranks[at] || of == x.ranks[at] && utf8.RuneCountInString(s.Title) < minTitle &&
		len(headline) > len(s.Title) {
		s.Title, x.ranks[at] = headline, of
		s.Language = language(x.o, headline, x.lang)
	}
	if s.Published.IsZero() {
		s.Published = x.dateNear(link)
	}
}

// dateNear reads the date of a link or of the list entry around it, when it has
// exactly one.
func (x *index) dateNear(link *goquery.Selection) time.Time {
	if at := x.dateIn(link); !at.IsZero() {
		return at
	}
	entry := link.Closest("article, li, tr, .item, .post, .card")
	if entry.Length() == 0 {
		return time.Time{}
	}
	at, known := x.dates[entry.Nodes[0]]
	if !known {
		at = x.dateIn(entry)
		x.dates[entry.Nodes[0]] = at
	}
	return at
}

// dateIn reads the one date in an element. Dates for machines go before those
// that are only shown.
func (x *index) dateIn(around *goquery.Selection) time.Time {
	times := around.Find("time")
	if marked := times.Filter("[datetime]"); marked.Length() > 0 {
		times = marked
	}
	if times.Length() != 1 {
		return time.Time{}
	}
	for _, s := range []string{times.AttrOr("datetime", ""), squeeze(shortText(times.Nodes[0], longestRelative))} {
		if at, ok := listDate(s, x.o, x.lang); ok {
			return at
		}
	}
	return time.Time{}
}

func withoutFragment(link string) string {
	link, _, _ = strings.Cut(link, "#")
	return link
}

// minTitle is the least number of characters of a headline.
const minTitle = 8

// linkTitle returns the headline of a link: a heading inside it, else its text,
// else what it says for those who cannot see it.
func linkTitle(link *goquery.Selection) string {
	text := func(s *goquery.Selection) string {
		if s.Length() == 0 {
			return ""
		}
		return strings.ReplaceAll(lines(nodeBlocks(s.Nodes[0])), "\n", " ")
	}
	if heading := text(link.Find("h1, h2, h3, h4, h5, h6").First()); heading != "" {
		return heading
	}
	if own := text(link); own != "" {
		return own
	}
	for _, s := range []string{link.AttrOr("title", ""), link.AttrOr("aria-label", ""), link.Find("img[alt]").AttrOr("alt", "")} {
		if s = squeeze(s); s != "" {
			return s
		}
	}
	return ""
}

var (
	articlePath = regexp.MustCompile(`(?:/(?:19|20)\d\d[/-]?\d|\d{5,}|/[^/]*[\pL\d]+(?:[-_][\pL\d]+){3,}[^/]*/?$|\.s?html?$|\.(?:aspx?|php|jsp)$)|/(?:article|story|stories|news|view|read)s?/[^/]+`)
	articleArgs = regexp.MustCompile(`(?i)(?:^|&)(?:id|idx|no|aid|article|story|news|seq|p|oid|idxno|newsid|articleid)=[\w-]+`)
	listPath    = regexp.MustCompile(`(?i)/(?:tags?|topics?|categor(?:y|ies)|authors?|people|sections?|about|contact|login|signin|register|subscribe|privacy|terms|search|rss|feeds?|jobs|careers|advertis\w*|newsletters?|page/\d+|wp-admin|cookies?|help|faq)(?:/|\.|$)`)
	chrome      = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:nav|navbar|navigation|menu|footer|breadcrumbs?|cookie|consent|share|social|login|skip|sitemap|legal|copyright|masthead|site-header|global-header|topbar)(?:$|[\s_-])`)
)

// isHeadline decides whether a link leads to a story. Three things speak for
// it: how much it says, where it leads, and where it stands; no single one is
// enough.
func isHeadline(headline string, of rank, u *url.URL) bool {
	words := headlineWords(headline)
	switch {
	case words < 2:
		return false
	case words >= 4:
		return isStoryPath(u) || of == rankHeading
	}
	return isStoryPath(u) && of >= rankCard
}

func isStoryPath(u *url.URL) bool {
	return articlePath.MatchString(u.EscapedPath()) || articleArgs.MatchString(u.RawQuery)
}

// headlineWords counts the words of a headline; scripts written without spaces
// count two characters a word.
func headlineWords(s string) int {
	wide := 0
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) {
			wide++
		}
	}
	return len(strings.Fields(s)) + wide/2
}

// inChrome reports whether an element stands in the frame of a page: menus,
// footers, breadcrumbs.
func inChrome(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Type != html.ElementNode || n.DataAtom == atom.Body {
			continue
		}
		if n.DataAtom == atom.Nav || n.DataAtom == atom.Footer {
			return true
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "role" && (a.Val == "navigation" || a.Val == "contentinfo" || a.Val == "menu"):
				return true
			case (a.Key == "class" || a.Key == "id") && len(a.Val) < 200 && chrome.MatchString(a.Val):
				return true
			}
		}
	}
	return false
}

// sameSite reports whether two URLs belong to one registrable domain.
func sameSite(a, b *url.URL) bool { return news.SiteOf(a) == news.SiteOf(b) }
