package extract

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Links is where a page leads, and what it says of the site that it is on.
type Links struct {
	Site     string // its name, "" when the page does not say
	Language string // BCP 47 primary language, "" when the page does not say
	Feeds    []Link // that the page names as feeds of its own: <link rel="alternate">
	Others   []Link // all other links to the web, each once, at most 5,000
}

// Link is one link of a page.
type Link struct {
	URL   string // absolute
	Title string // what it says, on one line; may be ""
}

// maxPageLinks is the most links that are kept of one page.
const maxPageLinks = 5000

// feedType is the type of a feed in a link to it. JSON Feed 1.0 said
// application/json, which much else is too: WordPress names its API so.
var feedType = regexp.MustCompile(`(?i)^\s*(?:application|text)/(?:rss|atom|rdf|feed\+json|x\.atom|x-rss)`)

// PageLinks reads the links of an HTML page.
func PageLinks(body []byte, o Options) (links Links, err error) {
	defer finish("links", &err)
	if err := fits(len(body), maxPage); err != nil {
		return Links{}, err
	}
	root, err := parsePage(toUTF8(body, o.Charset))
	if err != nil {
		return Links{}, err
	}
	doc := goquery.NewDocumentFromNode(root)
	base := pageBase(doc, o)
	links.Site = squeeze(doc.Find(`meta[property="og:site_name"], meta[name="application-name"]`).First().AttrOr("content", ""))
	links.Language, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(doc.Find("html").AttrOr("lang", ""))), "-")
	seen := map[string]bool{}
	doc.Find(`link[rel][href], a[href]`).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		link := Link{URL: withoutFragment(absolute(base, s.AttrOr("href", "")))}
		if u, err := url.Parse(link.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || seen[link.URL] {
			return true
		}
		switch {
		case goquery.NodeName(s) == "a":
			link.Title = linkTitle(s)
			links.Others = append(links.Others, link)
		case hasWord(s.AttrOr("rel", ""), "alternate") && feedType.MatchString(s.AttrOr("type", "")):
			link.Title = squeeze(s.AttrOr("title", ""))
			links.Feeds = append(links.Feeds, link)
		default:
			return true
		}
		seen[link.URL] = true
		return len(seen) < maxPageLinks
	})
	return links, nil
}

func hasWord(text, word string) bool {
	for w := range strings.FieldsSeq(text) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}
