// Package opml reads and writes lists of feeds as feed readers exchange them:
// OPML 2.0 (http://opml.org/spec2.opml). Read returns the feeds of a file with
// their folders as tags; Write makes such a file.
//
// It is pure, and bounded whatever the input: at most 16 MB, 20,000 feeds and
// 100 folders within each other are read, and no tag of more than 256 KB.
package opml

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// Bounds of what is read.
const (
	maxBytes = 16 << 20
	maxFeeds = 20_000
	maxDepth = 100
	maxOpen  = 1000      // nested elements
	maxRun   = 256 << 10 // bytes from one "<" to the next: a tag, or a text
)

// Feed is one subscription.
type Feed struct {
	Name     string   // what the list calls it; may be ""
	URL      string   // the feed's, as written; it may be no URL at all
	Site     string   // the URL of the site that it belongs to, "" when the list does not say
	Language string   // as written, "" when the list does not say
	Tags     []string // its categories, then the folders it lies in, outermost first; each once
	Line     int      // where it is written, from 1
}

// Read reads the feeds of an OPML file in their order. The file may be in any
// encoding that it declares. It is an error when the file is not OPML, which then
// says what it is instead, or is cut off.
func Read(r io.Reader) ([]Feed, error) {
	text, isUTF8, err := textOf(&limitReader{r: r, left: maxBytes})
	if err != nil {
		return nil, fmt.Errorf("read OPML: %w", err)
	}
	dec := xml.NewDecoder(text)
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = charset.NewReaderLabel
	if isUTF8 {
		dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	}
	var o outliner
	if err := o.read(dec); err != nil {
		line, _ := dec.InputPos()
		if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok { // which says the line itself
			return nil, fmt.Errorf("read OPML: line %d: %s", syntax.Line, syntax.Msg)
		}
		return nil, fmt.Errorf("read OPML: line %d: %w", line, err)
	}
	return o.feeds, nil
}

// textOf decodes UTF-16, which XML cannot declare. Other encodings are left to the
// XML decoder.
func textOf(r io.Reader) (text io.Reader, isUTF8 bool, err error) {
	buffered := bufio.NewReader(r)
	head, _ := buffered.Peek(3)
	for mark, label := range map[string]string{"\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			_, _ = buffered.Discard(len(mark))
			text, err = charset.NewReaderLabel(label, buffered)
			return text, true, err
		}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	return buffered, false, nil
}

// limitReader fails, rather than ends, when more bytes come than are allowed.
type limitReader struct {
	r    io.Reader
	left int
	run  int // bytes since the last "<"
}

func (l *limitReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, fmt.Errorf("more than %d MB", maxBytes>>20)
	}
	for _, c := range p[:n] {
		if l.run++; c == '<' {
			l.run = 0
		}
		if l.run > maxRun {
			return 0, fmt.Errorf("a tag or a text is longer than %d KB", maxRun>>10)
		}
	}
	return n, err
}

// outliner goes through the outlines of a file.
type outliner struct {
	feeds   []Feed
	root    bool
	folders []string // of the open outlines, "" for those without a name
}

func (o *outliner) read(dec *xml.Decoder) error {
	for open := 0; ; {
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF) && !o.root:
			return errors.New("the file is empty")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !o.root:
			return fmt.Errorf("this is no OPML: %w", err)
		case err != nil:
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			line, _ := dec.InputPos()
			if err := o.start(t, line); err != nil {
				return err
			}
			if open++; open > maxOpen {
				return fmt.Errorf("more than %d elements lie within each other", maxOpen)
			}
		case xml.EndElement:
			open--
			if strings.EqualFold(t.Name.Local, "outline") && len(o.folders) > 0 {
				o.folders = o.folders[:len(o.folders)-1]
			}
		case xml.CharData:
			if !o.root && len(bytes.TrimSpace(t)) > 0 {
				return errors.New("this is plain text, no OPML")
			}
		}
	}
}

func (o *outliner) start(t xml.StartElement, line int) error {
	name := strings.ToLower(t.Name.Local)
	if !o.root {
		switch o.root = true; name {
		case "opml":
		case "html":
			return errors.New("this is an HTML page, no OPML")
		case "rss", "feed", "rdf":
			return errors.New("this is a feed, no list of feeds: it can be a source itself")
		default:
			return fmt.Errorf("this is no OPML: it begins with <%.40s>", name)
		}
	}
	if name != "outline" {
		return nil
	}
	if len(o.folders) >= maxDepth {
		return fmt.Errorf("more than %d folders lie within each other", maxDepth)
	}
	f := Feed{Line: line}
	var text, title, categories string
	for _, a := range t.Attr {
		value := strings.Join(strings.Fields(a.Value), " ")
		switch strings.ToLower(a.Name.Local) {
		case "text":
			text = value
		case "title":
			title = value
		case "xmlurl":
			f.URL = webURL(value)
		case "htmlurl":
			f.Site = value
		case "language":
			f.Language = value
		case "category":
			categories = value
		}
	}
	if f.Name = text; text == "" {
		f.Name = title
	}
	if f.URL == "" {
		o.folders = append(o.folders, f.Name)
		return nil
	}
	o.folders = append(o.folders, "") // a feed can hold no others, though some do
	if len(o.feeds) >= maxFeeds {
		return fmt.Errorf("more than %d feeds", maxFeeds)
	}
	f.Tags = o.tags(categories)
	o.feeds = append(o.feeds, f)
	return nil
}

// tags returns the categories of a feed and the folders around it. Categories are
// separated by commas, and begin with a slash when they stand for a folder.
func (o *outliner) tags(categories string) []string {
	var tags []string
	for _, tag := range append(strings.Split(categories, ","), o.folders...) {
		if tag = strings.Trim(tag, "/ "); tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// webURL replaces the feed: scheme of old readers, as in feed://host/ and
// feed:https://host/.
func webURL(link string) string {
	if rest, ok := strings.CutPrefix(link, "feed://"); ok {
		return "http://" + rest
	}
	return strings.TrimPrefix(link, "feed:")
}
