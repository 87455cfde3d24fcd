package main

import (
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// storyJSON is the JSON form of a story: what extract and explain print, and
// what explain takes. The import format is part of it.
type storyJSON struct {
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

// pageJSON is a story's page as extract prints it.
type pageJSON struct {
	Kind string `json:"kind"`
	storyJSON
	Explain *readingJSON `json:"explain,omitempty"`
}

// listJSON is a feed, a sitemap or an index page as extract prints it.
type listJSON struct {
	Kind     string        `json:"kind"`
	Title    string        `json:"title"`
	Stories  []storyInList `json:"stories"`
	Skipped  int           `json:"skipped,omitempty"`  // entries that could not be read
	Sitemaps []string      `json:"sitemaps,omitempty"` // children of a sitemap index
}

// storyInList is one story of a list.
type storyInList struct {
	URL       string     `json:"url"`
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Summary   string     `json:"summary"`
	Published *time.Time `json:"published"`
	Authors   []string   `json:"authors"`
}

// errorJSON is an input that could not be read.
type errorJSON struct {
	Kind  string `json:"kind"`
	Error string `json:"error"`
}

func storyOf(s *news.Story) storyJSON {
	return storyJSON{
		URL: s.URL, Canonical: s.Canonical, Title: s.Title, Titles: list(s.Titles), Summary: s.Summary,
		Authors: list(s.Authors), Published: known(s.Published), Modified: known(s.Modified), Language: s.Language,
		Text: s.Text, Paywalled: s.Paywalled,
		Outlet: s.Outlet, Section: s.Section, Keywords: s.Keywords, Credit: s.Credit, Cites: s.Cites, Origin: s.Origin,
	}
}

// story returns the story that the JSON describes.
func (j storyJSON) story() *news.Story {
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

func listOf(l extract.List) listJSON {
	j := listJSON{Kind: string(l.Kind), Title: l.Title, Stories: []storyInList{}, Skipped: l.Skipped, Sitemaps: l.Sitemaps}
	for _, s := range l.Stories {
		j.Stories = append(j.Stories, storyInList{
			URL: s.URL, ID: s.GUID, Title: s.Title, Summary: s.Summary, Published: known(s.Published), Authors: list(s.Authors),
		})
	}
	return j
}

// list returns an empty list for nil, which JSON would write as null.
func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// printStory says in two lines which story it is.
func printStory(out *output, s storyJSON) {
	out.say("%s", out.palette.strong(orNone(s.Title)))
	var parts []string
	if s.Published != nil {
		parts = append(parts, s.Published.UTC().Format("2 Jan 2006 15:04 MST"))
	}
	for _, part := range []string{s.Source, s.Outlet, s.Language, strings.Join(s.Authors, ", "), s.URL} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) > 0 {
		out.say("%s", out.palette.faint(strings.Join(parts, " · ")))
	}
}
