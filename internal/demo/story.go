package demo

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

//go:embed site
var files embed.FS

// listKind is the way in which an outlet lists its stories.
type listKind string

const (
	listRSS     listKind = "rss"      // summaries only: the pages have to be read
	listRSSFull listKind = "rss full" // RSS with content:encoded
	listAtom    listKind = "atom"     // Atom with the full text
	listSitemap listKind = "sitemap"  // a news sitemap
	listPage    listKind = "page"     // nothing but the front page
)

// outlet is one invented outlet. Its words are in its own language.
type outlet struct {
	Slug, Name, Language, Tagline, Colour string
	List                                  listKind

	// What the furniture of its pages says.
	Advertisement, Share, Related, Notice string
}

// story is one version of a story. Exported fields are for the templates.
type story struct {
	Outlet                                *outlet
	Slug, Title, Summary, Author, Section string
	Video, Credit, Correction             string // furniture of its page; "" for none
	Published, Modified                   time.Time
	Paragraphs                            []string
	after                                 time.Duration // arrival, from the start of the site
	tells                                 []Telling     // what must be told of it
	revises                               string        // slug of the story that this is a later version of
}

// Path is where the story's page lies; all its versions share it.
func (s *story) Path() string {
	return "/" + s.Outlet.Slug + s.Published.Format("/2006/01/02/") + s.Slug
}

// load reads the outlets, by name, and all versions of their stories, in order
// of arrival.
func load() ([]*outlet, []*story, error) {
	var outlets []*outlet
	var versions []*story
	folders, err := fs.Glob(files, "site/*/outlet.txt")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range folders {
		o, err := loadOutlet(name)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		stories, err := loadStories(o, path.Dir(name))
		if err != nil {
			return nil, nil, err
		}
		outlets, versions = append(outlets, o), append(versions, stories...)
	}
	slices.SortStableFunc(versions, func(a, b *story) int { return cmp.Compare(a.after, b.after) })
	err = inherit(versions)
	for _, v := range versions {
		for i := range v.tells {
			v.tells[i].Page = v.Path()
		}
	}
	return outlets, versions, err
}

func loadOutlet(name string) (*outlet, error) {
	text, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	o := &outlet{Slug: path.Base(path.Dir(name))}
	rest, err := readHead(text, map[string]func(string) error{
		"name": into(&o.Name), "language": into(&o.Language), "tagline": into(&o.Tagline), "colour": into(&o.Colour),
		"list": into((*string)(&o.List)), "advertisement": into(&o.Advertisement), "share": into(&o.Share),
		"related": into(&o.Related), "notice": into(&o.Notice),
	})
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("text after the head: %q", rest[0])
	}
	return o, err
}

func loadStories(o *outlet, folder string) ([]*story, error) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var stories []*story
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if e.Name() == "outlet.txt" {
			continue
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, err := parseStory(o, strings.TrimSuffix(e.Name(), ".txt"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		stories = append(stories, s)
	}
	return stories, nil
}

func parseStory(o *outlet, slug string, text []byte) (*story, error) {
	s := &story{Outlet: o, Slug: slug}
	var err error
	s.Paragraphs, err = readHead(text, map[string]func(string) error{
		"title": into(&s.Title), "summary": into(&s.Summary), "author": into(&s.Author), "section": into(&s.Section),
		"video": into(&s.Video), "credit": into(&s.Credit), "correction": into(&s.Correction), "revises": into(&s.revises),
		"published": intoTime(&s.Published),
		"modified":  intoTime(&s.Modified),
		"after": func(v string) (err error) {
			s.after, err = time.ParseDuration(v)
			return err
		},
		"tells": func(v string) error { return s.intoTells(strings.Fields(v)) },
	})
	if s.Modified.IsZero() {
		s.Modified = s.Published
	}
	return s, err
}

// intoTells reads what must be told of a story, each as CHANNEL/WHAT.
func (s *story) intoTells(all []string) error {
	for _, one := range all {
		channel, what, ok := strings.Cut(one, "/")
		if !ok {
			return fmt.Errorf("%q is not CHANNEL/WHAT", one)
		}
		s.tells = append(s.tells, Telling{Channel: channel, What: what})
	}
	return nil
}

func into(field *string) func(string) error {
	return func(v string) error {
		*field = v
		return nil
	}
}

func intoTime(field *time.Time) func(string) error {
	return func(v string) (err error) {
		*field, err = time.Parse(time.RFC3339, v)
		return err
	}
}

// readHead hands the "key: value" lines above the first empty line to the
// fields, and returns the paragraphs below it.
func readHead(text []byte, fields map[string]func(string) error) (paragraphs []string, err error) {
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	for line := range strings.Lines(string(head)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			return nil, fmt.Errorf("%q is no \"key: value\" line", key)
		}
		set, ok := fields[key]
		if !ok {
			return nil, fmt.Errorf("unknown key %q", key)
		}
		if err := set(value); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	for paragraph := range strings.SplitSeq(string(body), "\n\n") {
		if p := strings.Join(strings.Fields(paragraph), " "); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return paragraphs, nil
}

// inherit fills what a later version of a story leaves out from the version
// before it. Its headline, its correction and what is told of it are its own.
func inherit(versions []*story) error {
	latest := map[string]*story{}
	for _, v := range versions {
		if v.revises == "" {
			latest[v.Outlet.Slug+"/"+v.Slug] = v
			continue
		}
		first := latest[v.Outlet.Slug+"/"+v.revises]
		if first == nil {
			return fmt.Errorf("%s/%s revises no story that arrives before it", v.Outlet.Slug, v.Slug)
		}
		v.Slug, v.Published = first.Slug, first.Published
		v.Summary = cmp.Or(v.Summary, first.Summary)
		v.Author, v.Section = cmp.Or(v.Author, first.Author), cmp.Or(v.Section, first.Section)
		v.Video, v.Credit = cmp.Or(v.Video, first.Video), cmp.Or(v.Credit, first.Credit)
		if len(v.Paragraphs) == 0 {
			v.Paragraphs = first.Paragraphs
		}
	}
	return nil
}

// shown returns the stories that the site shows after some time, each in its
// latest version, newest first.
func shown(versions []*story, elapsed time.Duration) []*story {
	byPath := map[string]*story{}
	for _, v := range versions {
		if v.after <= elapsed {
			byPath[v.Path()] = v
		}
	}
	var stories []*story
	for _, v := range byPath {
		stories = append(stories, v)
	}
	slices.SortFunc(stories, func(a, b *story) int {
		return cmp.Or(b.Published.Compare(a.Published), strings.Compare(a.Path(), b.Path()))
	})
	return stories
}
