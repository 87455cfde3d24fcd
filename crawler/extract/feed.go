package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"github.com/copytaster/copytaster/crawler/extract/cites"
)

// Feed reads RSS, RDF, Atom and JSON Feed. The bytes are decoded and mended
// first: a truncated feed gives its complete stories, a feed that is none an
// error that says what it is instead. Text holds a story's full text where the
// feed carries it, Summary its teaser.
func Feed(body []byte, o Options) (list List, err error) {
	defer finish("feed", &err)
	if err := fits(len(body), maxFeed); err != nil {
		return List{}, err
	}
	text := bytes.TrimSpace(toUTF8(body, o.Charset))
	if len(text) == 0 {
		return List{}, errors.New("not a feed: an empty document")
	}
	if text[0] == '{' || text[0] == '[' {
		list, err = readJSONFeed(text, o)
	} else {
		list, err = readXMLFeed(text, o)
	}
	if err != nil {
		return List{}, err
	}
	list.Kind = KindFeed
	list.Stories = newest(list.Stories)
	fillLanguage(list.Stories)
	for i := range list.Stories {
		if s := &list.Stories[i]; s.Text != "" { // its page may never be read
			s.Cites = cites.Of(s)
		}
	}
	return list, nil
}

func readXMLFeed(text []byte, o Options) (List, error) {
	if text[0] != '<' {
		if i := bytes.IndexByte(text, '<'); i < 0 || !looksLikeXML(text[i:]) {
			return List{}, errors.New("not a feed: plain text")
		}
	}
	doc, err := mendXML(text)
	if err != nil {
		if isHTML(text) {
			return List{}, notAFeed("html", text)
		}
		return List{}, fmt.Errorf("not a feed: %w", err)
	}
	switch doc.root {
	case "rss", "rdf":
		feed, err := (&rss.Parser{}).Parse(bytes.NewReader(doc.xml))
		if err != nil {
			return List{}, fmt.Errorf("parse RSS: %w", err)
		}
		return rssList(feed, o), nil
	case "feed":
		feed, err := (&atom.Parser{}).Parse(bytes.NewReader(doc.xml))
		if err != nil {
			return List{}, fmt.Errorf("parse Atom: %w", err)
		}
		return atomList(feed, o), nil
	}
	return List{}, notAFeed(doc.root, text)
}

// looksLikeXML reports whether text that follows some garbage begins a feed.
func looksLikeXML(text []byte) bool {
	for _, start := range []string{"<?xml", "<rss", "<feed", "<rdf", "<!--"} {
		if len(text) >= len(start) && strings.EqualFold(string(text[:len(start)]), start) {
			return true
		}
	}
	return false
}

func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 4<<10)])
	return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html"))
}

// notAFeed says what a document is that stands where a feed should be. The
// title of an HTML page tells the operator of a captcha or a cookie wall.
func notAFeed(root string, text []byte) error {
	switch root {
	case "urlset", "sitemapindex":
		return errors.New("not a feed: a sitemap")
	case "html", "head", "body", "script", "div", "meta", "p", "title", "center":
		if name := pageTitle(text); name != "" {
			return fmt.Errorf("not a feed: an HTML page (%q)", name)
		}
		return errors.New("not a feed: an HTML page")
	}
	return fmt.Errorf("not a feed: an XML document that begins with <%s>", clip(root, 40))
}

// pageTitle gives the title of an HTML page, shortened.
func pageTitle(text []byte) string {
	z := html.NewTokenizer(bytes.NewReader(text))
	for range 500 {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" && z.Next() == html.TextToken {
				return clip(squeeze(string(z.Text())), 80)
			}
		}
	}
	return ""
}

// clip shortens a text to at most n runes.
func clip(s string, n int) string {
	runes := 0
	for i := range s {
		if runes++; runes > n {
			return s[:i] + "…"
		}
	}
	return s
}

// readJSONFeed reads JSON Feed 1.0 and 1.1. A truncated one has no safe end
// inside its strings, so its complete items are decoded one by one.
func readJSONFeed(text []byte, o Options) (List, error) {
	var probe struct {
		Version string            `json:"version"`
		Items   []json.RawMessage `json:"items"`
		Hubs    json.RawMessage   `json:"hubs"`
	}
	switch err := json.Unmarshal(text, &probe); {
	case err != nil && !strings.Contains(string(text[:min(len(text), 4<<10)]), "jsonfeed.org"):
		return List{}, fmt.Errorf("not a feed: broken JSON: %w", err)
	case err != nil:
		if text = salvageJSON(text); text == nil {
			return List{}, fmt.Errorf("parse JSON Feed: %w", err)
		}
	case probe.Items == nil && !strings.Contains(probe.Version, "jsonfeed"):
		return List{}, errors.New("not a feed: JSON without items")
	}
	feed, err := (&jsonfeed.Parser{}).Parse(bytes.NewReader(text))
	if err != nil {
		return List{}, fmt.Errorf("parse JSON Feed: %w", err)
	}
	list := jsonList(feed, o)
	list.Hubs = jsonHubs(probe.Hubs, o)
	return list, nil
}

// salvageJSON closes a truncated JSON Feed behind its last complete item, and
// gives nil when there is none.
func salvageJSON(text []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(text))
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return nil
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		case "items":
			if depth != 1 {
				continue
			}
			if open, err := dec.Token(); err != nil || open != json.Delim('[') {
				return nil
			}
			end := int64(0)
			for item := (json.RawMessage)(nil); dec.More() && dec.Decode(&item) == nil; {
				end = dec.InputOffset()
			}
			if end == 0 {
				return nil
			}
			return append(bytes.Clone(text[:end]), "]}"...)
		}
	}
}

// baseOf parses the URL that relative links are resolved against; nil when
// there is none.
func baseOf(o Options) *url.URL {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// absolute resolves a link of a document. It gives "" for anything that is
// not, or does not become, a web address when a base is known.
func absolute(base *url.URL, ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		if u, err = url.Parse(strings.NewReplacer(" ", "%20", "\n", "", "\t", "").Replace(ref)); err != nil {
			return ""
		}
	}
	if u.IsAbs() {
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return ""
		}
		return u.String()
	}
	if base == nil {
		return ""
	}
	return base.ResolveReference(u).String()
}
