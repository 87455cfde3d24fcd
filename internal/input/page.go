package input

import (
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// Story is the JSON form of a story. The import format is part of it.
type Story struct {
	URL       string     `json:"url"`
	Canonical string     `json:"canonical_url"`
	Title     string     `json:"title"`
	Titles    []string   `json:"titles"`
	Summary   string     `json:"summary,omitempty"`
	Authors   []string   `json:"authors"`
	Published *time.Time `json:"published"`
	Modified  *time.Time `json:"modified"`
	Language  string     `json:"language"`
	Text      string     `json:"text"`
	Paywalled bool       `json:"paywalled"`
	Outlet    string     `json:"outlet"`
	Section   string     `json:"section,omitempty"`
	Keywords  []string   `json:"keywords,omitempty"`
	Credit    string     `json:"credit,omitempty"`
	Cites     []string   `json:"cites,omitempty"`
	news.Origin
}

// Page is a story's page.
type Page struct {
	Kind string `json:"kind"`
	Story
	Explain *Explanation `json:"explain,omitempty"`
}

// Explanation says how a page was read.
type Explanation struct {
	Reader     string        `json:"reader"`
	Why        string        `json:"why"`
	Agreement  float64       `json:"agreement"` // share of one reader's words that the other has too; 0 when they did not vote
	Flat       bool          `json:"flat"`      // nested too deep for a tree
	Candidates []Candidate   `json:"candidates"`
	Fields     []FieldOrigin `json:"fields"`
	Dropped    []Dropped     `json:"dropped"` // blocks of text that are no part of the story
}

// Candidate is what one reader found.
type Candidate struct {
	Reader string `json:"reader"`
	Blocks int    `json:"blocks"`
	Bytes  int    `json:"bytes"`
}

// FieldOrigin says where the value of a field stands; the first place won.
type FieldOrigin struct {
	Field string   `json:"field"`
	From  []string `json:"from"`
}

// Dropped is a block of text that is no part of the story.
type Dropped struct {
	Text string `json:"text"`
	Why  string `json:"why"`
}

// Listing is a feed, a sitemap or an index page.
type Listing struct {
	Kind     string        `json:"kind"`
	Title    string        `json:"title"`
	Stories  []ListedStory `json:"stories"`
	Skipped  int           `json:"skipped,omitempty"`  // entries that could not be read
	Sitemaps []string      `json:"sitemaps,omitempty"` // children of a sitemap index
}

// ListedStory is one story of a list.
type ListedStory struct {
	URL       string     `json:"url"`
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Summary   string     `json:"summary"`
	Published *time.Time `json:"published"`
	Authors   []string   `json:"authors"`
}

// StoryOf returns the JSON form of a story.
func StoryOf(s *news.Story) Story {
	return Story{
		URL: s.URL, Canonical: s.Canonical, Title: s.Title, Titles: listed(s.Titles), Summary: s.Summary,
		Authors: listed(s.Authors), Published: news.KnownTime(s.Published),
		Modified: news.KnownTime(s.Modified), Language: s.Language,
		Text: s.Text, Paywalled: s.Paywalled,
		Outlet: s.Outlet, Section: s.Section, Keywords: s.Keywords, Credit: s.Credit, Cites: s.Cites, Origin: s.Origin,
	}
}

// news returns the story that the JSON describes.
func (j Story) news() *news.Story {
	s := &news.Story{
		URL: j.URL, Canonical: j.Canonical, Title: j.Title, Titles: j.Titles, Summary: j.Summary, Authors: j.Authors,
		Language: j.Language, Text: j.Text, Paywalled: j.Paywalled, Outlet: j.Outlet, Section: j.Section,
		Keywords: j.Keywords, Credit: j.Credit, Cites: j.Cites, Origin: j.Origin,
	}
	if j.Published != nil {
		s.Published = *j.Published
	}
	if j.Modified != nil {
		s.Modified = *j.Modified
	}
	return s
}

func listOf(l extract.List) *Listing {
	j := &Listing{Kind: string(l.Kind), Title: l.Title, Stories: []ListedStory{}, Skipped: l.Skipped, Sitemaps: l.Sitemaps}
	for _, s := range l.Stories {
		j.Stories = append(j.Stories, ListedStory{
			URL: s.URL, ID: s.GUID, Title: s.Title, Summary: s.Summary,
			Published: news.KnownTime(s.Published), Authors: listed(s.Authors),
		})
	}
	return j
}

func explanationOf(r extract.Reading) *Explanation {
	j := &Explanation{
		Reader: string(r.Reader), Why: r.Why, Agreement: r.Agreement, Flat: r.Flat,
		Candidates: []Candidate{}, Fields: []FieldOrigin{}, Dropped: []Dropped{},
	}
	for _, c := range r.Candidates {
		j.Candidates = append(j.Candidates, Candidate{string(c.Reader), c.Blocks, c.Bytes})
	}
	for _, o := range r.Origins {
		j.Fields = append(j.Fields, FieldOrigin{o.Field, o.From})
	}
	for _, b := range r.Blocks {
		if b.Dropped != "" {
			j.Dropped = append(j.Dropped, Dropped{b.Text, b.Dropped})
		}
	}
	return j
}

// listed returns an empty list for nil, which JSON would write as null.
func listed(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}
