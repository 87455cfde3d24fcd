package discover

import (
	"bufio"
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// How lists are found, for people, where it matters to the search.
const (
	viaNamed = "the page names it"
	viaUsual = "it is where such lists usually are"
)

// Where lists usually are: WordPress, Drupal, Arc XP, Blogger, Hugo, Jekyll and
// Ghost have them here, and sites that were written by hand.
var (
	usualSitemaps = []string{
		"/sitemap-news.xml", "/news-sitemap.xml", "/sitemap_news.xml", "/arc/outboundfeeds/news-sitemap/?outputType=xml",
		"/sitemaps/news.xml", "/news-sitemap-content.xml", "/sitemap_index.xml", "/sitemap.xml",
	}
	usualFeeds = []string{
		"/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json",
		"/arc/outboundfeeds/rss/?outputType=xml", "/feeds/posts/default",
	}
)

// ofSection are the places of a feed of the section that was given. A path that
// is deep or has numbers is a story's: what is below that are its comments.
func (s *search) ofSection() []location {
	section := strings.Trim(s.start.EscapedPath(), "/")
	if section == "" || strings.Count(section, "/") > 1 || numbered.MatchString(section) || s.start.RawQuery != "" {
		return nil
	}
	return s.usual([]string{"/" + section + "/feed", "/" + section + "/rss.xml"})
}

// usual makes places of paths on the host.
func (s *search) usual(paths []string) []location {
	var all []location
	for _, path := range paths {
		all = append(all, s.usualAt(path))
	}
	return all
}

func (s *search) usualAt(path string) location {
	ref, err := url.Parse(path)
	if err != nil {
		return location{url: s.start.String()} // which was looked at
	}
	return location{url: s.start.ResolveReference(ref).String(), via: viaUsual}
}

// named are the feeds that a page names as its own.
func named(links extract.Links) []location {
	var all []location
	for _, l := range links.Feeds {
		if !isComments(l.URL, l.Title) {
			all = append(all, location{url: l.URL, title: l.Title, via: viaNamed})
		}
	}
	return all
}

var (
	feedPath = regexp.MustCompile(`(?i)(?:^|[/._-])(?:rss\d?|atom|feeds?|rdf)(?:[/._-]|$)|[?&](?:feed|format|outputType)=(?:rss|rss2|atom|xml|feed)\b`)
	feedHost = regexp.MustCompile(`(?i)^(?:feeds?|rss)\d*\.`)
	feedWord = regexp.MustCompile(`(?i)^(?:rss|atom)\b|\brss(?: feeds?)?$`)
	noFeed   = regexp.MustCompile(`(?i)\.(?:jpe?g|png|gif|svg|css|js|pdf|mp[34]|zip)$|/(?:feedback|wp-json)(?:/|$)`)
)

// linked are the links of a page that look like feeds, or like a page that
// lists them.
func (s *search) linked(links extract.Links) []location {
	var all []location
	for _, l := range links.Others {
		u, err := url.Parse(l.URL)
		if err != nil || noFeed.MatchString(u.Path) || isComments(l.URL, l.Title) {
			continue
		}
		own := news.SiteOf(u) == news.SiteOf(s.start)
		byURL := feedPath.MatchString(u.Path+"?"+u.RawQuery) || feedHost.MatchString(u.Hostname())
		if own && (byURL || feedWord.MatchString(l.Title)) || byURL && feedHost.MatchString(u.Hostname()) {
			all = append(all, location{url: l.URL, title: l.Title, via: "the page links to it", list: true})
		}
	}
	return all
}

// isComments finds the feeds of readers' comments.
func isComments(link, title string) bool {
	title = strings.ToLower(title)
	return strings.Contains(strings.ToLower(link), "/comments/") || strings.HasSuffix(link, "/comments") ||
		strings.HasPrefix(title, "comments on") || strings.HasPrefix(title, "comments for") || strings.HasSuffix(title, "comments feed")
}

// sitemapsOf lists the sitemaps that a robots.txt names, likeliest first. They
// belong to no group of the file.
func sitemapsOf(text []byte, at *url.URL) []location {
	var all []location
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		key, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(key), "sitemap") {
			continue
		}
		value, _, _ = strings.Cut(value, " #")
		ref, err := url.Parse(strings.TrimSpace(value))
		if err != nil {
			continue
		}
		if u := at.ResolveReference(ref); u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			all = append(all, location{url: u.String(), via: "robots.txt names it"})
		}
	}
	slices.SortStableFunc(all, func(a, b location) int { return newsworth(b.url) - newsworth(a.url) })
	if i := slices.IndexFunc(all, func(p location) bool { return newsworth(p.url) < 0 }); i > 0 {
		all = all[:i]
	}
	return all
}

var (
	newsPath = regexp.MustCompile(`(?i)news|latest|recent|breaking`)
	postPath = regexp.MustCompile(`(?i)post|article|stor(?:y|ies)`)
	notNews  = regexp.MustCompile(`(?i)image|video|photo|galler|audio|podcast|author|categor|tag|page-sitemap|section|archive|topic|amp|newsletter|static|media`)
	numbered = regexp.MustCompile(`\d{2,}`)
)

// newsworth guesses from its URL how likely a sitemap holds the news.
func newsworth(link string) int {
	u, err := url.Parse(link)
	if err != nil {
		return -1
	}
	worth := 0
	text := u.Path + "?" + u.RawQuery
	if newsPath.MatchString(text) {
		worth += 4
	}
	if postPath.MatchString(text) {
		worth += 2
	}
	if notNews.MatchString(text) {
		worth -= 3
	}
	return worth
}

// childrenOf picks the sitemaps of an index, which come newest first, that may
// hold news: lasting ones by their name, which has no date or number, and
// passing ones.
func (s *search) childrenOf(urls []string) (lasting, passing []string) {
	for _, link := range urls {
		u, err := url.Parse(link)
		if err != nil || news.SiteOf(u) != news.SiteOf(s.start) || newsworth(link) < 0 {
			continue
		}
		if newsPath.MatchString(u.Path) && !numbered.MatchString(u.Path) {
			lasting = append(lasting, link)
		} else {
			passing = append(passing, link)
		}
	}
	slices.SortStableFunc(passing, func(a, b string) int { return newsworth(b) - newsworth(a) })
	return lasting, passing
}
