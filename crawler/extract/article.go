package extract

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/extract/cites"
	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/net/html"
)

// Article reads the page of one story. The page is parsed once; its metadata
// comes from JSON-LD, then OpenGraph and the like, then the visible page; all
// the titles it goes by are kept. The text has one paragraph a line. The error is
// ErrNoStory when the page is shown instead of one.
func Article(body []byte, o Options) (news.Story, error) { return readArticle(body, o, nil) }

// readArticle is Article. It says how it found the text when a reading is
// asked for.
func readArticle(body []byte, o Options, r *Reading) (story news.Story, err error) {
	defer finish("article", &err)
	if err := fits(len(body), maxPage); err != nil {
		return news.Story{}, err
	}
	text := toUTF8(body, o.Charset)
	root, flat, err := parseTree(text)
	if err != nil {
		return news.Story{}, err
	}
	base := baseOf(o)
	placeStreamed(root, text)
	h := readHead(root)
	if showSpare(root, h.marks.size) {
		h = readHead(root)
	}
	ld := readJSONLD(h.scripts, o.URL)
	h.settle(ld, o)
	story = describe(&h, ld, root, o)
	story.Canonical = canonical(h, base)
	state := newHydration(strip(root), append([]string{story.Title}, story.Titles...))
	read := readBody(page{
		root: root, large: h.elements > maxElements || h.nesting > maxReading, base: base, flat: flat,
		linked: ld.body, live: liveEntries(ld.updates, o), state: state, head: &h, about: story.Summary,
	}, measured, r)
	story.Text = lines(read.blocks)
	story.Paywalled = story.Paywalled || read.cut
	state.complete(&story, o)
	story.Language = language(o, story.Title+" "+story.Text,
		h.lang, first(h.meta["content-language"]), ld.language, first(h.meta["og:locale"]))
	if story.Language == "" {
		story.Language = wordLanguage(story.Title + " " + story.Text)
	}
	if story.Title == "" && story.Text == "" {
		return news.Story{}, errors.New("neither a title nor a text")
	}
	if what := insteadOf(&h, ld, &story, o); what != "" {
		return news.Story{}, fmt.Errorf("%w: %s", ErrNoStory, what)
	}
	story.Cites = cites.Of(&story)
	if r != nil {
		r.Origins = origins(h, ld, &story, o)
	}
	return story, nil
}

// describe fills in a story's metadata, the most trusted place first.
func describe(h *head, ld linkedData, root *html.Node, o Options) news.Story {
	order := h.order(o)
	s := news.Story{
		URL:       o.URL,
		Published: pickDate(o, order, h.publishedDates(ld)),
		Modified:  pickDate(o, order, h.modifiedDates(ld)),
		Outlet:    title(first([]string{first(h.meta["og:site_name"]), ld.publisher, first(h.meta["application-name"])})),
		Section:   title(first([]string{ld.section, first(h.meta["article:section"]), first(h.meta["section"])})),
		Summary:   title(first([]string{first(h.meta["og:description"]), first(h.meta["description"]), ld.description})),
		Keywords:  keywords(*h, ld),
		Credit:    strings.Join(h.credits, " · "),
		Paywalled: ld.paywalled || strings.EqualFold(first(h.meta["article:content_tier"]), "locked"),
	}
	if s.Published.IsZero() {
		s.Published = h.headerDate(root, o)
	}
	if s.Modified.Equal(s.Published) {
		s.Modified = time.Time{}
	}
	outlets := outletsOf(h, ld)
	s.Authors = h.pickAuthors(ld, root, outlets, siteName(o))
	s.Title, s.Titles = titles(*h, ld, outlets, siteName(o))
	return s
}

// outletsOf returns the names by which a page calls its outlet.
func outletsOf(h *head, ld linkedData) []string {
	outlets := []string{
		first(h.meta["og:site_name"]), ld.publisher, first(h.meta["application-name"]), first(h.meta["apple-mobile-web-app-title"]),
		withoutBrackets(first(h.meta["publisher"])),
	}
	outlets = append(outlets, h.own.logos...)
	return slices.DeleteFunc(outlets, func(o string) bool { return o == "" })
}

// authorLists are the places with authors, the most trusted first.
func authorLists(h *head, ld linkedData) [][]string {
	return append([][]string{ld.authors, h.authors(), h.markedAuthors()}, h.shownAuthors()...)
}

// siteName returns the host of a page as people call it, without "www.".
func siteName(o Options) string {
	return news.ShownHost(o.URL)
}

// canonical returns the URL that the page names as its own. It is believed only
// on the same site, and never when it is the front page: some sites name that
// on every page.
func canonical(h head, base *url.URL) string {
	if base == nil {
		return ""
	}
	for _, ref := range []string{h.canonical, first(h.meta["og:url"])} {
		u, err := url.Parse(absolute(base, ref))
		if err != nil || u.Host == "" || !sameSite(u, base) {
			continue
		}
		if strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
			continue
		}
		u.Fragment = ""
		return u.String()
	}
	return ""
}
