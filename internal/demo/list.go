package demo

import (
	"encoding/xml"
	"html"
	"strings"
	"time"
)

// The shapes of the lists, only as far as the site fills them:
// https://www.rssboard.org/rss-specification, RFC 4287,
// https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
type (
	rssFeed struct {
		XMLName xml.Name   `xml:"rss"`
		Version string     `xml:"version,attr"`
		Content string     `xml:"xmlns:content,attr"`
		Creator string     `xml:"xmlns:dc,attr"`
		Channel rssChannel `xml:"channel"`
	}
	rssChannel struct {
		Title       string     `xml:"title"`
		Link        string     `xml:"link"`
		Description string     `xml:"description"`
		Language    string     `xml:"language"`
		Stories     []rssStory `xml:"item"`
	}
	rssStory struct {
		Title       string `xml:"title"`
		Link        string `xml:"link"`
		GUID        string `xml:"guid"`
		Published   string `xml:"pubDate"`
		Creator     string `xml:"dc:creator"`
		Category    string `xml:"category"`
		Description string `xml:"description"`
		Content     string `xml:"content:encoded,omitempty"`
	}
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		Title   string      `xml:"title"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Link    atomLink    `xml:"link"`
		Stories []atomStory `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	atomStory struct {
		Title     string   `xml:"title"`
		ID        string   `xml:"id"`
		Link      atomLink `xml:"link"`
		Published string   `xml:"published"`
		Updated   string   `xml:"updated"`
		Author    string   `xml:"author>name"`
		Summary   string   `xml:"summary"`
		Content   atomText `xml:"content"`
	}
	atomText struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
	sitemap struct {
		XMLName xml.Name       `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		News    string         `xml:"xmlns:news,attr"`
		Stories []sitemapStory `xml:"url"`
	}
	sitemapStory struct {
		Location  string `xml:"loc"`
		Modified  string `xml:"lastmod"`
		Outlet    string `xml:"news:news>news:publication>news:name"`
		Language  string `xml:"news:news>news:publication>news:language"`
		Published string `xml:"news:news>news:publication_date"`
		Title     string `xml:"news:news>news:title"`
	}
)

// list writes an outlet's list of stories, and says what it is.
func (s *Site) list(o *outlet, stories []*story) (body []byte, contentType string, err error) {
	var doc any
	switch o.List {
	case listAtom:
		doc, contentType = s.atom(o, stories), "application/atom+xml; charset=utf-8"
	case listSitemap:
		doc, contentType = s.sitemap(o, stories), "application/xml; charset=utf-8"
	default:
		doc, contentType = s.rss(o, stories), "application/rss+xml; charset=utf-8"
	}
	body, err = xml.MarshalIndent(doc, "", "  ")
	return append([]byte(xml.Header), body...), contentType, err
}

func (s *Site) rss(o *outlet, stories []*story) rssFeed {
	feed := rssFeed{
		Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", Creator: "http://purl.org/dc/elements/1.1/",
		Channel: rssChannel{Title: o.Name, Link: s.URL + "/" + o.Slug + "/", Description: o.Tagline, Language: o.Language},
	}
	for _, st := range stories {
		listed := rssStory{
			Title: st.Title, Link: s.URL + st.Path(), GUID: s.URL + st.Path(), Published: st.Published.Format(time.RFC1123Z),
			Creator: st.Author, Category: st.Section, Description: st.Summary,
		}
		if o.List == listRSSFull {
			listed.Content = paragraphsHTML(st)
		}
		feed.Channel.Stories = append(feed.Channel.Stories, listed)
	}
	return feed
}

func (s *Site) atom(o *outlet, stories []*story) atomFeed {
	home := s.URL + "/" + o.Slug + "/"
	feed := atomFeed{Lang: o.Language, Title: o.Name, ID: home, Link: atomLink{Rel: "alternate", Href: home}}
	for _, st := range stories {
		feed.Updated = max(feed.Updated, st.Modified.UTC().Format(time.RFC3339))
		feed.Stories = append(feed.Stories, atomStory{
			Title: st.Title, ID: s.URL + st.Path(), Link: atomLink{Rel: "alternate", Href: s.URL + st.Path()},
			Published: st.Published.Format(time.RFC3339), Updated: st.Modified.Format(time.RFC3339),
			Author: st.Author, Summary: st.Summary, Content: atomText{Type: "html", Text: paragraphsHTML(st)},
		})
	}
	return feed
}

func (s *Site) sitemap(o *outlet, stories []*story) sitemap {
	doc := sitemap{News: "http://www.google.com/schemas/sitemap-news/0.9"}
	for _, st := range stories {
		doc.Stories = append(doc.Stories, sitemapStory{
			Location: s.URL + st.Path(), Modified: st.Modified.Format(time.RFC3339),
			Outlet: o.Name, Language: o.Language, Published: st.Published.Format(time.RFC3339), Title: st.Title,
		})
	}
	return doc
}

// paragraphsHTML is the text of a story as feeds carry it.
func paragraphsHTML(st *story) string {
	var text strings.Builder
	for _, p := range st.Paragraphs {
		text.WriteString("<p>" + html.EscapeString(p) + "</p>\n")
	}
	return text.String()
}
