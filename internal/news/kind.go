package news

import "slices"

// SourceKind says how a source lists its stories. It is also the key under which
// a config names the list. What holds of a kind stands in one row of Kinds; how
// its list is fetched and read stands in one row of the crawler's table.
type SourceKind string

// The kinds of source.
const (
	KindFeed    SourceKind = "feed"    // RSS, Atom, RDF or JSON Feed
	KindSitemap SourceKind = "sitemap" // news sitemap, plain sitemap or sitemap index
	KindPage    SourceKind = "page"    // an index page with links to stories

	KindGoogleNews SourceKind = "google_news" // the feed of a search on Google News
)

// Kind is what holds of one kind of source, wherever it is asked for.
type Kind struct {
	Name       SourceKind
	About      string // what a config writes under its key, for people
	Barren     string // what is wrong with a list that could be read and holds no story
	Search     bool   // a config writes a search, not a URL
	Selector   bool   // Source.Links may say which links lead to stories
	LinksOnly  bool   // the list is a list of links: entries with the same link are one story
	NeverEmpty bool   // a list that once held stories and holds none is broken
	Newest     bool   // the list holds the newest stories: it overlaps with the one before, or some were missed
}

// listBarren is what is wrong with a barren list whose entries are marked as such.
const listBarren = "the list holds no story"

// kinds is the table of Kinds.
var kinds = []Kind{
	{Name: KindFeed, Barren: listBarren, Newest: true, About: "URL of an RSS, Atom or JSON feed."},
	{Name: KindSitemap, Barren: listBarren, LinksOnly: true,
		About: "URL of a news sitemap, a plain sitemap or a sitemap index."},
	{Name: KindPage, Barren: "no link on the page looks like a story's",
		Selector: true, LinksOnly: true, NeverEmpty: true,
		About: "URL of a page with links to stories."},
	{Name: KindGoogleNews, Barren: listBarren, Search: true,
		About: "A search of Google News, as one types it there, in the edition of `language` and `country` " +
			"(without them that of the United States). Links to stories are resolved where they say where they lead; " +
			"since 2024 most do not, and then the story has its title and outlet, and no page is read for it, " +
			"whatever `full_text` says."},
}

// Kinds returns the kinds of source in the order in which people are told of
// them.
func Kinds() []Kind { return slices.Clone(kinds) }

// Traits returns the row of a kind. An unknown kind has only its name.
func (k SourceKind) Traits() Kind {
	for _, row := range kinds {
		if row.Name == k {
			return row
		}
	}
	return Kind{Name: k}
}

// Barren returns what is wrong with a list of the kind that could be read and
// holds no story.
func (k SourceKind) Barren() string { return k.Traits().Barren }
