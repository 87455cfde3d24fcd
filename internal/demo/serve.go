package demo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

// pages are the templates of everything that is HTML.
type pages struct{ index, front, story *template.Template }

func parsePages() (*pages, error) {
	parsed := make([]*template.Template, 0, 3)
	for _, name := range []string{"index.html", "front.html", "story.html"} {
		t, err := template.New(name).ParseFS(files, "site/"+name)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, t)
	}
	return &pages{index: parsed[0], front: parsed[1], story: parsed[2]}, nil
}

// handler answers for the whole site: its front page, robots.txt, and below
// /OUTLET/ the outlet's front page, its list and its stories.
func (s *Site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.serveIndex)
	mux.HandleFunc("GET /robots.txt", s.serveRobots)
	mux.HandleFunc("GET /style.css", s.serveStyle)
	for _, o := range s.outlets {
		base := "/" + o.Slug + "/"
		mux.HandleFunc("GET "+base+"{$}", func(w http.ResponseWriter, r *http.Request) { s.serveFront(w, r, o) })
		mux.HandleFunc("GET "+base+"{year}/{month}/{day}/{slug}", s.serveStory)
		if o.List != listPage {
			mux.HandleFunc("GET "+base+o.List.file(), func(w http.ResponseWriter, r *http.Request) { s.serveList(w, r, o) })
		}
	}
	return mux
}

// file is the name of a list within its outlet.
func (k listKind) file() string {
	switch k {
	case listSitemap:
		return "news-sitemap.xml"
	case listAtom:
		return "atom.xml"
	case listPage:
		return ""
	default:
		return "rss.xml"
	}
}

func (s *Site) serveIndex(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, s.pages.index, 0, map[string]any{"URL": s.URL, "Outlets": s.outlets})
}

func (s *Site) serveRobots(w http.ResponseWriter, r *http.Request) {
	var text strings.Builder
	text.WriteString("User-agent: *\nDisallow: /admin/\nAllow: /\n")
	for _, o := range s.outlets {
		if o.List == listSitemap {
			fmt.Fprintf(&text, "\nSitemap: %s/%s/%s\n", s.URL, o.Slug, o.List.file())
		}
	}
	s.serve(w, r, "text/plain; charset=utf-8", []byte(text.String()), 0)
}

func (s *Site) serveStyle(w http.ResponseWriter, r *http.Request) {
	text, err := files.ReadFile("site/style.css")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.serve(w, r, "text/css; charset=utf-8", text, 0)
}

func (s *Site) serveFront(w http.ResponseWriter, r *http.Request, o *outlet) {
	stories, changed := s.storiesOf(o)
	s.render(w, r, s.pages.front, changed, map[string]any{"URL": s.URL, "Outlet": o, "Stories": stories, "List": o.List.file()})
}

func (s *Site) serveList(w http.ResponseWriter, r *http.Request, o *outlet) {
	stories, changed := s.storiesOf(o)
	body, contentType, err := s.list(o, stories)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.serve(w, r, contentType, body, changed)
}

func (s *Site) serveStory(w http.ResponseWriter, r *http.Request) {
	stories := shown(s.versions, s.elapsed())
	i := slices.IndexFunc(stories, func(st *story) bool { return st.Path() == r.URL.Path })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	st := stories[i]
	related := slices.DeleteFunc(stories, func(other *story) bool { return other == st || other.Outlet != st.Outlet })
	s.render(w, r, s.pages.story, st.after, map[string]any{
		"URL": s.URL, "Outlet": st.Outlet, "Story": st, "Related": related, "LD": s.structured(st), "Path": st.Path(),
	})
}

// storiesOf returns what an outlet shows now, and when that last changed, on
// the site's clock.
func (s *Site) storiesOf(o *outlet) (stories []*story, changed time.Duration) {
	stories = slices.DeleteFunc(shown(s.versions, s.elapsed()), func(st *story) bool { return st.Outlet != o })
	for _, st := range stories {
		changed = max(changed, st.after)
	}
	return stories, changed
}

// structured is the schema.org description of a story, as most outlets embed it.
func (s *Site) structured(st *story) map[string]any {
	return map[string]any{
		"@context":         "https://schema.org",
		"@type":            "NewsArticle",
		"headline":         st.Title,
		"description":      st.Summary,
		"datePublished":    st.Published.Format(time.RFC3339),
		"dateModified":     st.Modified.Format(time.RFC3339),
		"inLanguage":       st.Outlet.Language,
		"articleSection":   st.Section,
		"author":           []any{map[string]any{"@type": "Person", "name": st.Author}},
		"publisher":        map[string]any{"@type": "NewsMediaOrganization", "name": st.Outlet.Name},
		"mainEntityOfPage": s.URL + st.Path(),
	}
}

// render serves a page of HTML that last changed at the given time on the
// site's clock.
func (s *Site) render(w http.ResponseWriter, r *http.Request, page *template.Template, changed time.Duration,
	data any) {
	var body bytes.Buffer
	if err := page.Execute(&body, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.serve(w, r, "text/html; charset=utf-8", body.Bytes(), changed)
}

// serve answers with validators, and with 304 to those who have the body.
func (s *Site) serve(w http.ResponseWriter, r *http.Request, contentType string, body []byte, changed time.Duration) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(body))[:18]+`"`)
	http.ServeContent(w, r, "", s.started.Add(changed), bytes.NewReader(body))
}
