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
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
)

// feedContext is what the stories of one feed share.
type feedContext struct {
	o        Options
	base     *url.URL
	language string // as the feed declares it
	outlet   string
}

func rssList(feed *rss.Feed, o Options) List {
	c := feedContext{o: o, base: baseOf(o), language: feed.Language, outlet: title(feed.Title)}
	if feed.DublinCoreExt != nil {
		c.language = cmp.Or(c.language, first(feed.DublinCoreExt.Language))
		c.outlet = cmp.Or(c.outlet, title(first(feed.DublinCoreExt.Title)))
	}
	list := List{Title: c.outlet}
	list.Hubs, list.Topic = c.rssHubs(feed.Extensions)
	for _, item := range feed.Items {
		list.Stories = append(list.Stories, c.rssStory(item))
	}
	return list
}

func (c *feedContext) rssStory(item *rss.Item) news.Story {
	dc := item.DublinCoreExt
	if dc == nil {
		dc = &ext.DublinCoreExtension{}
	}
	e := item.Extensions
	s := news.Story{
		URL:     absolute(c.base, item.Link),
		Title:   title(cmp.Or(item.Title, first(dc.Title), extension(e, "media", "title"))),
		Summary: teaser(cmp.Or(item.Description, first(dc.Description), extension(e, "atom", "summary"), extension(e, "itunes", "summary"), extension(e, "media", "description"))),
		Text: paragraphs(cmp.Or(item.Content, item.Custom["encoded"], extension(e, "atom", "content"), extension(e, "xhtml", "body"),
			item.Custom["body"], item.Custom["fullitem"], item.Custom["fulltext"])),
		Authors: cleanAuthors(append(append([]string{item.Author}, dc.Author...), dc.Creator...)),
		Section: rssSection(item, dc),
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
	return c.complete(s)
}

func rssSection(item *rss.Item, dc *ext.DublinCoreExtension) string {
	for _, category := range item.Categories {
		if category.Value != "" {
			return title(category.Value)
		}
	}
	return title(first(dc.Subject))
}

func atomList(feed *atom.Feed, o Options) List {
	c := feedContext{o: o, base: baseOf(o), language: feed.Language, outlet: title(feed.Title)}
	list := List{Title: c.outlet}
	list.Hubs, list.Topic = c.atomHubs(feed.Links)
	shared := atomAuthors(feed.Authors)
	for _, entry := range feed.Entries {
		list.Stories = append(list.Stories, c.atomStory(entry, shared))
	}
	return list
}

func (c *feedContext) atomStory(entry *atom.Entry, shared []string) news.Story {
	e := entry.Extensions
	s := news.Story{
		URL:       absolute(c.base, atomLink(entry.Links)),
		GUID:      strings.TrimSpace(entry.ID),
		Title:     title(cmp.Or(entry.Title, extension(e, "dc", "title"), extension(e, "media", "title"))),
		Summary:   teaser(cmp.Or(entry.Summary, extension(e, "media", "description"))),
		Authors:   atomAuthors(entry.Authors),
		Published: c.date(entry.Published, extension(e, "dc", "date"), extension(e, "dcterms", "issued"), extension(e, "dcterms", "created"), extension(e, "", "issued"), extension(e, "", "created"), entry.Updated, extension(e, "", "modified")),
		Modified:  c.date(entry.Updated, extension(e, "dcterms", "modified"), extension(e, "", "modified")),
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
	switch source := entry.Source; {
	case len(s.Authors) > 0:
	case source != nil && len(source.Authors) > 0:
		s.Authors = atomAuthors(source.Authors)
	default:
		s.Authors = slices.Clone(shared)
	}
	if len(entry.Categories) > 0 {
		s.Section = title(cmp.Or(entry.Categories[0].Label, entry.Categories[0].Term))
	}
	return c.complete(s)
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

func jsonList(feed *jsonfeed.Feed, o Options) List {
	c := feedContext{o: o, base: baseOf(o), language: feed.Language, outlet: title(feed.Title)}
	list := List{Title: c.outlet, Topic: absolute(c.base, feed.FeedURL)}
	authors := jsonAuthors(append(feed.Authors, feed.Author))
	for _, item := range feed.Items {
		if item == nil {
			continue
		}
		s := news.Story{
			URL:       absolute(c.base, cmp.Or(item.URL, item.ExternalURL)),
			GUID:      strings.TrimSpace(item.ID),
			Title:     title(item.Title),
			Summary:   teaser(item.Summary),
			Text:      paragraphs(cmp.Or(item.ContentHTML, item.ContentText)),
			Authors:   jsonAuthors(append(item.Authors, item.Author)),
			Language:  item.Language,
			Published: c.date(item.DatePublished, item.DateModified),
			Modified:  c.date(item.DateModified),
			Section:   first(item.Tags),
		}
		if s.URL == "" {
			s.URL = absolute(nil, s.GUID)
		}
		if len(s.Authors) == 0 {
			s.Authors = slices.Clone(authors)
		}
		list.Stories = append(list.Stories, c.complete(s))
	}
	return list
}

func jsonAuthors(authors []*jsonfeed.Author) []string {
	names := []string{}
	for _, a := range authors {
		if a != nil {
			names = append(names, a.Name)
		}
	}
	return cleanAuthors(names)
}

// complete fills in what every kind of feed leaves to the feed itself.
func (c *feedContext) complete(s news.Story) news.Story {
	if s.Modified.Equal(s.Published) {
		s.Modified = time.Time{}
	}
	s.Outlet = c.outlet
	s.Language = language(c.o, s.Title+" "+cmp.Or(s.Text, s.Summary), s.Language, c.language)
	return s
}

// date gives the first of several dates that can be read.
func (c *feedContext) date(candidates ...string) time.Time {
	for _, s := range candidates {
		if s == "" {
			continue
		}
		if t, ok := parseDate(s, c.o.DatesIn); ok {
			return clamp(t, c.o.Now)
		}
	}
	return time.Time{}
}

// clamp takes a date from the future for a date of now: outlets err, and a
// story that is always the newest would never age.
func clamp(t, now time.Time) time.Time {
	if !now.IsZero() && t.After(now) {
		return now
	}
	return t
}

// newest keeps the news.MaxListed newest stories, in the order of the list. A
// list without dates is taken to have its newest first.
func newest(stories []news.Story) []news.Story {
	if len(stories) <= news.MaxListed {
		return stories
	}
	order := make([]int, len(stories))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return changed(stories[b]).Compare(changed(stories[a])) })
	order = order[:news.MaxListed]
	slices.Sort(order)
	kept := make([]news.Story, len(order))
	for i, at := range order {
		kept[i] = stories[at]
	}
	return kept
}

func changed(s news.Story) time.Time {
	if s.Published.IsZero() {
		return s.Modified
	}
	return s.Published
}

// extension gives the first text of an element of another vocabulary. The
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

// first gives the first text that is not empty.
func first(texts []string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
