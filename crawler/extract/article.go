package extract

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Article reads the page of one story. The page is parsed once; its metadata
// comes from JSON-LD, then OpenGraph and the like, then the visible page; all
// the titles it goes by are kept. The text has one paragraph a line.
func Article(body []byte, o Options) (story news.Story, err error) {
	defer finish("article", &err)
	if err := fits(len(body), maxPage); err != nil {
		return news.Story{}, err
	}
	text := toUTF8(body, o.Charset)
	root, err := parsePage(text)
	if err != nil {
		return news.Story{}, err
	}
	base := baseOf(o)
	h := readHead(root)
	ld := readJSONLD(h.scripts, o.URL)
	story = describe(h, ld, o)
	story.Canonical = canonical(h, base)
	if story.Published.IsZero() {
		story.Published = shownDate(root, h, o)
	}
	story.Text = lines(readBody(root, h, base, ld.body, append([]string{story.Title}, story.Titles...)))
	story.Language = language(o, story.Title+" "+story.Text, h.lang, first(h.meta["content-language"]), ld.language, first(h.meta["og:locale"]))
	if story.Language == "" {
		story.Language = wordLanguage(story.Title + " " + story.Text)
	}
	if story.Title == "" && story.Text == "" {
		return news.Story{}, errors.New("neither a title nor a text")
	}
	return story, nil
}

// describe fills in a story's metadata, the most trusted place first.
func describe(h head, ld linkedData, o Options) news.Story {
	s := news.Story{
		URL:       o.URL,
		Published: pickDate(o, append([]string{ld.published}, h.published()...)),
		Modified:  pickDate(o, append([]string{ld.modified}, h.modified()...)),
		Outlet:    title(first([]string{first(h.meta["og:site_name"]), ld.publisher, first(h.meta["application-name"])})),
		Section:   title(first([]string{ld.section, first(h.meta["article:section"]), first(h.meta["section"])})),
		Summary:   title(first([]string{first(h.meta["og:description"]), first(h.meta["description"]), ld.description})),
		Paywalled: ld.paywalled || strings.EqualFold(first(h.meta["article:content_tier"]), "locked"),
	}
	s.Authors = pickAuthors([][]string{ld.authors, h.authors(), h.bylines}, []string{s.Outlet, ld.publisher}, siteName(o))
	if s.Modified.Equal(s.Published) {
		s.Modified = time.Time{}
	}
	s.Title, s.Titles = titles(h, ld, s.Outlet)
	return s
}

// siteName gives the host of a page as people call it, without "www.".
func siteName(o Options) string {
	if base := baseOf(o); base != nil {
		return strings.TrimPrefix(base.Hostname(), "www.")
	}
	return ""
}

// titles gives the title that is shown and the others that rules look in.
func titles(h head, ld linkedData, outlet string) (string, []string) {
	all := []string{}
	for _, t := range []string{ld.headline, first(h.meta["og:title"]), first(h.headings), first(h.meta["twitter:title"]), h.title, first(h.meta["title"]), ld.alternative} {
		t = withoutSite(title(t), outlet)
		if t != "" && !slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, t) }) {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	return shortened(all)
}

// addition is what a title adds to another one: a section, the outlet.
var addition = regexp.MustCompile(`^\s*[|\-–—·»：]+\s*[^|]{1,40}$`)

// shortened replaces the first title by another that it only adds something to.
func shortened(all []string) (string, []string) {
	for i, t := range all[1:] {
		if rest, ok := strings.CutPrefix(all[0], t); ok && addition.MatchString(rest) {
			all[0], all[i+1] = all[i+1], all[0]
			break
		}
	}
	return all[0], all[1:]
}

// withoutSite drops the outlet's name from the end of a page's title.
func withoutSite(t, outlet string) string {
	for _, mark := range []string{" | ", " - ", " – ", " — ", " · ", " » ", " :: ", ": "} {
		i := strings.LastIndex(t, mark)
		if i <= 0 {
			continue
		}
		tail := strings.TrimSpace(t[i+len(mark):])
		if strings.EqualFold(tail, outlet) || mark == " | " && len(strings.Fields(tail)) <= 4 {
			return strings.TrimSpace(t[:i])
		}
	}
	return t
}

func pickDate(o Options, candidates []string) time.Time {
	c := feedContext{o: o}
	return c.date(candidates...)
}

// canonical gives the URL that the page names as its own. It is believed only
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
