package discover

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

const (
	// recentFor is how far back a news sitemap goes:
	// https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
	recentFor = 48 * time.Hour
	// freshFor is how old the newest story of a list may be that is worth crawling.
	freshFor = 30 * 24 * time.Hour
)

// add keeps a list that was read, unless nothing is in it.
func (s *search) add(p location, doc Document, kind news.SourceKind, list extract.List) {
	if isComments(p.url, list.Title) {
		return
	}
	if len(list.Stories) == 0 {
		s.note("%s is a %s without stories", p.url, kind)
		return
	}
	if s.site == "" && kind == news.KindFeed {
		s.site = list.Title
	}
	s.found = append(s.found, s.source(p, doc, kind, list))
}

// source says what a list is worth.
func (s *search) source(p location, doc Document, kind news.SourceKind, list extract.List) Found {
	src := Found{
		Kind: kind, URL: lastingURL(p.url, doc.URL), Title: list.Title, Via: p.via, Stories: len(list.Stories),
		keys: map[string]bool{},
	}
	src.Delay = s.delays[news.Host(doc.URL)]
	src.Name = s.nameOf(src)
	src.own = p.via == viaNamed && strings.Trim(s.start.Path, "/") != ""
	if kind == news.KindFeed {
		src.Hub = hubOf(doc, list)
	}
	texts, titles, languages := 0, 0, map[string]int{}
	for i := range list.Stories {
		story := &list.Stories[i]
		src.keys[cmp.Or(news.CanonicalURL(story.URL), story.GUID, story.Title)] = true
		at := dateOf(story)
		if at.After(src.Newest) {
			src.Newest = at
		}
		if !at.IsZero() && s.o.Now.Sub(at) <= recentFor {
			src.recent++
		}
		if story.Text != "" {
			texts++
		}
		if story.Title != "" {
			titles++
		}
		languages[story.Language]++
	}
	src.FullText, src.Titled = 2*texts > len(list.Stories), 2*titles > len(list.Stories)
	src.Language = cmp.Or(commonest(languages), s.language)
	return src
}

func dateOf(s *news.Story) time.Time {
	if s.Published.IsZero() {
		return s.Modified
	}
	return s.Published
}

// lastingURL returns the URL to crawl: the one that redirects led to, unless they
// left the site, since such redirects may lead elsewhere tomorrow.
func lastingURL(asked, answered string) string {
	a, errA := url.Parse(asked)
	b, errB := url.Parse(answered)
	if errA != nil || errB != nil || news.SiteOf(a) != news.SiteOf(b) {
		return asked
	}
	return answered
}

// commonest is what most stories have, "" when that is no clear majority.
func commonest(counts map[string]int) string {
	all, best, most := 0, "", 0
	for value, n := range counts {
		all += n
		if n > most {
			best, most = value, n
		}
	}
	if 2*most <= all {
		return ""
	}
	return best
}

func (s *search) isStale(f Found) bool {
	return !f.Newest.IsZero() && s.o.Now.Sub(f.Newest) > freshFor
}

// best ranks what was found and drops what adds nothing: lists that are stale
// beside fresh ones, plain sitemaps beside lists with titles, and lists whose
// stories a better one has too.
func (s *search) best() []Found {
	all := slices.Clone(s.found)
	slices.SortStableFunc(all, func(a, b Found) int {
		return cmp.Or(
			first(!s.isStale(a), !s.isStale(b)),
			first(a.Titled, b.Titled),
			first(a.own, b.own),
			cmp.Compare(b.worth(), a.worth()),
			b.Newest.Compare(a.Newest),
		)
	})
	var kept []Found
	for _, f := range all {
		switch by := containedIn(f, kept); {
		case len(kept) > 0 && s.isStale(f) && !s.isStale(kept[0]):
			s.note("%s has no story since %s", f.URL, f.Newest.UTC().Format("2 Jan 2006"))
		case len(kept) > 0 && !f.Titled:
			s.note("%s is a sitemap without titles: %s is better", f.URL, kept[0].URL)
		case by != "":
			s.note("%s adds nothing to %s", f.URL, by)
		default:
			if slices.ContainsFunc(kept, func(k Found) bool { return k.Name == f.Name }) {
				f.Name += "-" + string(f.Kind)
			}
			kept = append(kept, f)
		}
	}
	return kept
}

// worth is how much of the news a list holds; a text saves a request for each
// story.
func (f Found) worth() int {
	n := f.recent
	if f.FullText {
		n *= 2
	}
	return 10_000*min(n, 10_000) + min(f.Stories, 9_999)
}

// first puts what holds before what does not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// containedIn names the list among better ones that has nine of ten stories of
// another, "" when none does, or the other alone has the texts.
func containedIn(f Found, better []Found) string {
	for _, b := range better {
		if f.FullText && !b.FullText {
			continue
		}
		shared := 0
		for key := range f.keys {
			if b.keys[key] {
				shared++
			}
		}
		if 10*shared >= 9*len(f.keys) {
			return b.URL
		}
	}
	return ""
}

// commonWords of paths say that something is a list, not which.
var commonWords = regexp.MustCompile(`(?i)^(?:feeds?|rss\d?|atom|xml|rdf|json|index|default|posts?|sitemaps?|arc|outboundfeeds|news|all|content|outputtype|www|latest|v\d|https?|php|aspx?|html?|\d+)$`)

// nameOf makes a name of the host and of what is special in the path.
func (s *search) nameOf(src Found) string {
	u, err := url.Parse(src.URL)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(news.SiteOf(s.start), ".")
	if strings.Trim(name, "0123456789:[]") == "" { // an address
		name = s.site
	}
	if name == "" {
		name = "site"
	}
	words := strings.FieldsFunc(u.Path, func(r rune) bool { return strings.ContainsRune("/._-~+%", r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return commonWords.MatchString(w) || strings.EqualFold(w, name)
	})
	if len(words) > 2 {
		words = words[:2]
	}
	return strings.Join(append([]string{name}, words...), "-")
}
