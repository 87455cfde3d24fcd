package main

import (
	"bytes"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/crawler/extract/score"
	"github.com/copytaster/copytaster/internal/news"
)

// reader makes a story of a page.
type reader struct {
	name string
	read func(*score.Page) (news.Story, error)
}

// allReaders are the reader of this project, then its peers with their
// defaults, and given the parsed page.
func allReaders() []reader {
	return []reader{
		{"copytaster", readOurs},
		{"go-trafilatura, no dates", readTrafilatura(trafilatura.Options{HtmlDateMode: trafilatura.Disabled})},
		{"go-trafilatura", readTrafilatura(trafilatura.Options{})},
		{"go-trafilatura with fallback", readTrafilatura(trafilatura.Options{EnableFallback: true})},
		{"go-readability v2", readReadability},
		{"JSON-LD alone", readJSONLD},
	}
}

func readOurs(p *score.Page) (news.Story, error) {
	return extract.Article(p.HTML, extract.Options{URL: p.URL})
}

func readTrafilatura(o trafilatura.Options) func(*score.Page) (news.Story, error) {
	return func(p *score.Page) (news.Story, error) {
		o := o
		o.ExcludeComments = true
		o.OriginalURL, _ = url.Parse(p.URL) // nil is allowed
		root, err := parse(p)
		if err != nil {
			return news.Story{}, err
		}
		found, err := trafilatura.ExtractDocument(root, o)
		if err != nil {
			return news.Story{}, err
		}
		m := found.Metadata
		return news.Story{Title: m.Title, Authors: split(m.Author, ";"), Published: m.Date, Language: m.Language,
			Text: found.ContentText}, nil
	}
}

func readReadability(p *score.Page) (news.Story, error) {
	root, err := parse(p)
	if err != nil {
		return news.Story{}, err
	}
	base, _ := url.Parse(p.URL) // nil is allowed
	parser := readability.NewParser()
	found, err := parser.ParseAndMutate(root, base)
	if err != nil {
		return news.Story{}, err
	}
	language, _, _ := strings.Cut(strings.ToLower(found.Language()), "-")
	story := news.Story{Title: found.Title(), Authors: split(found.Byline(), ","), Language: language}
	story.Published, _ = found.PublishedTime() // zero when there is none
	if found.Node != nil {
		var text strings.Builder
		err = found.RenderText(&text)
		story.Text = text.String()
	}
	return story, err
}

// parse spares the peers their own search for a page's charset, which costs
// one of them more than its text.
func parse(p *score.Page) (*html.Node, error) {
	var page io.Reader = bytes.NewReader(p.HTML)
	if !utf8.Valid(p.HTML) {
		var err error
		if page, err = charset.NewReader(page, ""); err != nil {
			return nil, err
		}
	}
	return html.Parse(page)
}

func split(names, separator string) []string {
	var all []string
	for name := range strings.SplitSeq(names, separator) {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// readJSONLD shows our reader nothing of a page but its JSON-LD.
func readJSONLD(p *score.Page) (news.Story, error) {
	root, err := parse(p)
	if err != nil {
		return news.Story{}, err
	}
	var only bytes.Buffer
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" && isLinkedData(n) {
			if err := html.Render(&only, n); err != nil {
				return news.Story{}, err
			}
		}
	}
	return extract.Article(only.Bytes(), extract.Options{})
}

func isLinkedData(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "type" && strings.Contains(strings.ToLower(a.Val), "ld+json") {
			return true
		}
	}
	return false
}
