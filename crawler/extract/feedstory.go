package extract

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// feedContext is what the stories of one feed share.
type feedContext struct {
	o        Options
	base     *url.URL
	google   bool     // it is one of Google News
	list     List     // what the feed says of itself
	language string   // as the feed declares it
	authors  []string // of stories that name none
}

func (c *feedContext) rssFrame(feed *rss.Feed) {
	c.language, c.list.Title = feed.Language, title(feed.Title)
	if feed.DublinCoreExt != nil {
		c.language = cmp.Or(c.language, first(feed.DublinCoreExt.Language))
		c.list.Title = cmp.Or(c.list.Title, title(first(feed.DublinCoreExt.Title)))
	}
	c.list.Hubs, c.list.Topic = c.rssHubs(feed.Extensions)
}

func (c *feedContext) rssStories(feed *rss.Feed) []news.Story {
	stories := make([]news.Story, 0, len(feed.Items))
	for _, item := range feed.Items {
		s := c.rssStory(item)
		if c.google {
			googleStory(&s, item.Source)
		}
		stories = append(stories, s)
	}
	return stories
}

func (c *feedContext) rssStory(item *rss.Item) news.Story {
	dc := item.DublinCoreExt
	if dc == nil {
		dc = &ext.DublinCoreExtension{}
	}
	e := item.Extensions
	s := news.Story{
		URL:   absolute(c.base, item.Link),
		Title: cmp.Or(title(item.Title), title(first(dc.Title)), title(extension(e, "media", "title"))),
		Summary: teaser(cmp.Or(item.Description, first(dc.Description), extension(e, "atom", "summary"), extension(e, "itunes", "summary"),
			extension(e, "media", "description"))),
		Text: paragraphs(cmp.Or(item.Content, item.Custom["encoded"], extension(e, "atom", "content"), extension(e, "xhtml", "body"),
			item.Custom["body"], item.Custom["fullitem"], item.Custom["fulltext"])),
		Authors: cleanAuthors(append(append([]string{item.Author}, dc.Author...), dc.Creator...)),
		Section: rssSection(item, dc),
	}
	if item.Source != nil {
		s.Title = withoutOutlet(s.Title, nil, title(item.Source.Title))
	}
	if item.GUID != nil {
		s.GUID = strings.TrimSpace(item.GUID.Value)
		if s.URL == "" && !strings.EqualFold(item.GUID.IsPermalink, "false") {
			s.URL = absolute(nil, s.GUID)
		}
	}
	if s.URL == "" {
		s.URL = absolute(c.base, cmp.Or(extensionAttr(e, "atom", "link", "href"), first(dc.Identifier)))
	}
	s.GUID = cmp.Or(s.GUID, first(dc.Identifier), extension(e, "atom", "id"))
	s.Published = c.date(item.PubDate, first(dc.Date), extension(e, "dcterms", "issued"), extension(e, "dcterms", "created"), extension(e, "dcterms", "date"),
		item.Custom["pubdate"], extension(e, "atom", "published"), extension(e, "prism", "publicationDate"), item.Custom["date"])
	s.Modified = c.date(extension(e, "dcterms", "modified"), extension(e, "atom", "updated"), item.Custom["lastmod"])
	return s
}

func rssSection(item *rss.Item, dc *ext.DublinCoreExtension) string {
	for _, category := range item.Categories {
		if category.Value != "" {
			return title(category.Value)
		}
	}
	return title(first(dc.Subject))
}

func (c *feedContext) atomFrame(feed *atom.Feed) {
	c.language, c.list.Title = feed.Language, title(feed.Title)
	c.list.Hubs, c.list.Topic = c.atomHubs(feed.Links)
	c.authors = atomAuthors(feed.Authors)
}

func (c *feedContext) atomStories(feed *atom.Feed) []news.Story {
	stories := make([]news.Story, 0, len(feed.Entries))
	for _, entry := range feed.Entries {
		stories = append(stories, c.atomStory(entry))
	}
	return stories
}

func (c *feedContext) atomStory(entry *atom.Entry) news.Story {
	e := entry.Extensions
	s := news.Story{
		URL:     absolute(c.base, atomLink(entry.Links)),
		GUID:    strings.TrimSpace(entry.ID),
		Title:   cmp.Or(title(entry.Title), title(extension(e, "dc", "title")), title(extension(e, "media", "title"))),
		Summary: teaser(cmp.Or(entry.Summary, extension(e, "media", "description"))),
		Authors: atomAuthors(entry.Authors),
		Published: c.date(entry.Published,
			extension(e, "dc", "date"), extension(e, "dcterms", "issued"), extension(e, "dcterms", "created"),
			extension(e, "", "issued"), extension(e, "", "created"),
			entry.Updated, extension(e, "", "modified")),
		Modified: c.date(entry.Updated, extension(e, "dcterms", "modified"), extension(e, "", "modified")),
	}
	if entry.Content != nil {
		s.Text = paragraphs(entry.Content.Value)
		if s.URL == "" {
			s.URL = absolute(c.base, entry.Content.Src)
		}
	}
	if s.URL == "" && strings.HasPrefix(s.GUID, "http") {
		s.URL = absolute(nil, s.GUID)
	}
	if source := entry.Source; source != nil {
		s.Title = withoutOutlet(s.Title, nil, title(source.Title))
		if len(s.Authors) == 0 {
			s.Authors = atomAuthors(source.Authors)
		}
	}
	if len(entry.Categories) > 0 {
		s.Section = title(cmp.Or(entry.Categories[0].Label, entry.Categories[0].Term))
	}
	return s
}

// atomLink picks the page of an entry among its links: an HTML alternate, any
// alternate, then a link without a meaning that forbids it.
func atomLink(links []*atom.Link) string {
	best := ""
	for _, link := range links {
		switch {
		case link.Rel == "alternate" && (link.Type == "" || strings.Contains(link.Type, "html")):
			return link.Href
		case best == "" && (link.Rel == "alternate" || link.Rel == "related"):
			best = link.Href
		}
	}
	return best
}

func atomAuthors(persons []*atom.Person) []string {
	names := []string{}
	for _, p := range persons {
		names = append(names, p.Name)
	}
	return cleanAuthors(names)
}

// complete fills in what a story leaves to its feed.
func (c *feedContext) complete(s *news.Story) {
	if s.Modified.Equal(s.Published) {
		s.Modified = time.Time{}
	}
	if len(s.Authors) == 0 {
		s.Authors = slices.Clone(c.authors)
	}
	s.Outlet = cmp.Or(s.Outlet, c.list.Title)
	s.Title = withoutOutlet(s.Title, c.base, s.Outlet, c.list.Title)
	s.Language = language(c.o, s.Title+" "+cmp.Or(s.Text, s.Summary), s.Language, c.language)
}

// date returns the first of several dates that can be read.
func (c *feedContext) date(candidates ...string) time.Time {
	for _, s := range candidates {
		if at, ok := listDate(s, c.o); ok {
			return at
		}
	}
	return time.Time{}
}

// furthestAhead is how far in the future a date of a list is taken for a slip. One
// beyond is of another calendar: Nepal's is 56 years ahead.
const furthestAhead = 20 * 366 * 24 * time.Hour

// listDate reads a date of a list, absolute or relative to now. The first of the
// languages that says so decides what "3/4/2024" is.
func listDate(s string, o Options, languages ...string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	r, ok := readDate(s, o.DatesIn, orderOf(append([]string{o.Language}, languages...)...))
	at := r.at
	if !ok {
		at, ok = calendar{o: o, lang: primary(first(append([]string{o.Language}, languages...)))}.relativeDate(s)
	}
	if !ok || !o.Now.IsZero() && at.Sub(o.Now) > furthestAhead {
		return time.Time{}, false
	}
	return clamp(at, o.Now), true
}

// clamp takes a date from the future for a date of now: outlets err, and a
// story that is always the newest would never age.
func clamp(t, now time.Time) time.Time {
	if !now.IsZero() && t.After(now) {
		return now
	}
	return t
}

// extension returns the first text of an element of another vocabulary. The
// vocabulary "" is any that the parser knows no prefix for.
func extension(e ext.Extensions, prefix, name string) string {
	prefixes := []string{prefix}
	if prefix == "atom" {
		prefixes = []string{"atom", "atom03", "atom10"}
	}
	for _, p := range prefixes {
		if found := e[p][name]; len(found) > 0 && found[0].Value != "" {
			return found[0].Value
		}
	}
	return ""
}

func extensionAttr(e ext.Extensions, prefix, name, attr string) string {
	for _, x := range e[prefix][name] {
		if rel := x.Attrs["rel"]; (rel == "" || rel == "alternate") && x.Attrs[attr] != "" {
			return x.Attrs[attr]
		}
	}
	return ""
}

// first returns the first text that is not empty.
func first(texts []string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
