package crawler

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

const (
	// wallRepeats is from how many URLs of a host on the same text, or the same
	// canonical URL, is not believed.
	wallRepeats = 3
	// wallText is the length in bytes below which a text on a page that shows
	// signs of a wall is taken for the wall's own.
	wallText = 600
	// maxTitles is how many titles of a story are kept beside the first.
	maxTitles = 8
)

// Page returns what the page that a story links to says, and nothing of what the
// list said of it (Merge). A page without a text, such as a wall, a soft 404 or a
// PDF, says nothing and is no error. The same holds for a story without a link, or
// with a link that leads no further than Google News.
func (c *Crawler) Page(ctx context.Context, src news.Source, story news.Story) (page news.Story, err error) {
	if story.URL == "" || news.IsGoogleNews(story.URL) {
		return news.Story{}, nil
	}
	defer c.recoverFrom(story.URL, &err)
	doc, err := c.visit(ctx, c.newTrip(&src, maxPage), story.URL, http.Header{"Accept": {acceptPage}})
	if err != nil {
		return news.Story{}, err
	}
	page, err = c.readPage(ctx, &src, doc)
	var fault *news.CrawlError
	if errors.As(err, &fault) && (fault.Fault == news.FaultPanic || fault.Fault == news.FaultTimeout) {
		return news.Story{}, err
	}
	if err != nil || !c.believe(&story, &page, doc) {
		c.log.Debug("a page gave no text", "url", news.ShownURL(doc.URL), "error", err)
		return news.Story{}, nil
	}
	page.Language = cmp.Or(src.Language, page.Language)
	return page, nil
}

// readPage reads a page as an article.
func (c *Crawler) readPage(ctx context.Context, src *news.Source, doc Document) (news.Story, error) {
	release, err := c.parsing.take(ctx, len(doc.Body))
	if err != nil {
		return news.Story{}, contentFault(doc, err)
	}
	defer release()
	if !isPage(doc) {
		return news.Story{}, contentFault(doc, errors.New("not a page"))
	}
	page, err := c.article(doc.Body, c.extractOptions(src, doc))
	if err != nil {
		return news.Story{}, contentFault(doc, err)
	}
	return page, nil
}

// isPage reports whether a document is HTML by its Content-Type, or else by what
// it holds. The latter costs as much as to parse it.
func isPage(doc Document) bool {
	switch mediaType := strings.ToLower(doc.Header.Get("Content-Type")); {
	case isMedia(doc.Body):
		return false
	case mediaType == "text/html" || mediaType == "application/xhtml+xml":
		return true
	case mediaType == "" || strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "/xml"):
		return extract.Sniff(doc.Body).IsPage()
	}
	return false
}

// isMedia reports whether a body is a picture, a film, a PDF or the like by its
// first bytes, whatever it is said to be.
func isMedia(body []byte) bool {
	mediaType := http.DetectContentType(body)
	return !strings.HasPrefix(mediaType, "text/") && mediaType != "application/octet-stream"
}

// believe reports whether the page is the story's. It removes a canonical URL that
// cannot be right.
func (c *Crawler) believe(story, page *news.Story, doc Document) bool {
	if strings.TrimSpace(page.Text) == "" {
		return false
	}
	if isFront(doc.URL) && !isFront(story.URL) {
		return false // a dead link's redirect
	}
	titles := append([]string{page.Title}, page.Titles...)
	if len(page.Text) < wallText && (wallIn(doc.Body) != "" || saysGone(story.Title, titles...)) {
		return false
	}
	host, name := siteOf(doc.URL), news.CanonicalURL(story.URL)
	if c.texts.count(host, page.Text, name) >= wallRepeats {
		return false
	}
	switch {
	case page.Canonical == "" && news.CanonicalURL(doc.URL) != name:
		page.Canonical = doc.URL // the link was a detour
	case page.Canonical == "":
	case !isWeb(page.Canonical), siteOf(page.Canonical) != host, isFront(page.Canonical),
		c.claims.count(host, news.CanonicalURL(page.Canonical), name) >= wallRepeats:
		page.Canonical = ""
	}
	return true
}

func isFront(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// Merge adds what a page says to what the list said of a story:
//
//   - The page's headline becomes the title when it clearly is the same story's.
//     The other one goes to Titles.
//   - Summary, authors, dates and the like are filled in where the list has none.
//   - The page's language and the longer text win.
func (c *Crawler) Merge(story, page news.Story) news.Story { return merge(story, page) }

func merge(story, page news.Story) news.Story {
	titles := slices.Concat([]string{page.Title}, story.Titles, page.Titles)
	if story.Title == "" || page.Title != "" && sameStory(story.Title, page.Title) {
		titles[0], story.Title = story.Title, cmp.Or(page.Title, story.Title)
	}
	story.Titles = otherTitles(story.Title, titles)
	story.Canonical = cmp.Or(page.Canonical, story.Canonical)
	story.Summary = cmp.Or(story.Summary, page.Summary)
	if len(page.Text) > len(story.Text) {
		story.Text = page.Text
	}
	if len(story.Authors) == 0 {
		story.Authors = page.Authors
	}
	if story.Published.IsZero() {
		story.Published = page.Published
	}
	if page.Modified.After(story.Modified) {
		story.Modified = page.Modified
	}
	story.Language = cmp.Or(page.Language, story.Language)
	story.Outlet = cmp.Or(story.Outlet, page.Outlet)
	story.Section = cmp.Or(story.Section, page.Section)
	for _, outlet := range page.Cites {
		if !slices.Contains(story.Cites, outlet) {
			story.Cites = append(slices.Clip(story.Cites), outlet)
		}
	}
	story.Paywalled = story.Paywalled || page.Paywalled
	return story
}

// otherTitles keeps each title once, without the first one.
func otherTitles(first string, titles []string) []string {
	var others []string
	for _, title := range titles {
		if title != "" && title != first && !slices.Contains(others, title) && len(others) < maxTitles {
			others = append(others, title)
		}
	}
	return others
}

// sameStory reports whether two headlines are of one story: of the pairs of
// letters in the shorter one, three in five are in the other. Pairs need no
// words, so that headlines in any script can be told apart.
func sameStory(a, b string) bool {
	pairsA, pairsB := letterPairs(a), letterPairs(b)
	if len(pairsB) < len(pairsA) {
		pairsA, pairsB = pairsB, pairsA
	}
	common := 0
	for pair := range pairsA {
		if pairsB[pair] {
			common++
		}
	}
	return common*5 >= len(pairsA)*3 && (common > 0 || strings.EqualFold(a, b))
}

func letterPairs(s string) map[[2]rune]bool {
	pairs := map[[2]rune]bool{}
	last := ' '
	for _, r := range strings.ToLower(s) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = ' '
		}
		if r != ' ' && last != ' ' {
			pairs[[2]rune{last, r}] = true
		}
		last = r
	}
	return pairs
}
