// Package input reads what people hand to a command: a page, a feed, a sitemap, a
// story in JSON, a plain text. Unpack returns the bytes of a file. Read reads them
// as what they turn out to be, Parse as one story.
//
// Page and Listing are the JSON that `copytaster extract` prints; what it prints of a
// page, Parse reads again.
package input

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// MaxBytes is the limit of an input in bytes, both packed and unpacked. The readers
// refuse more.
const MaxBytes = 64 << 20

// errEmpty is returned for an input without anything but white space.
var errEmpty = errors.New("there is nothing in it")

// Unpack reads an input, and unpacks gzip. Of a truncated file it returns what can
// be unpacked.
func Unpack(r io.Reader) ([]byte, error) {
	body, err := bounded(r)
	if err != nil || !bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		return body, err
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	unpacked, err := bounded(z)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		err = nil
	}
	return unpacked, err
}

func bounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(body) > MaxBytes {
		err = fmt.Errorf("more than %d MB", MaxBytes>>20)
	}
	return body, err
}

// Read reads an input as what it turns out to be: a list, or else a page with how it
// was read. One of the two is nil.
func Read(body []byte, o extract.Options) (*Page, *Listing, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil, errEmpty
	}
	list, isList, err := extract.ReadList(body, o)
	if isList {
		if err != nil {
			return nil, nil, err
		}
		return nil, listOf(list), nil
	}
	story, reading, err := extract.Explain(body, o)
	if err != nil {
		return nil, nil, err
	}
	return &Page{Kind: string(extract.KindArticle), Story: StoryOf(&story), Explain: explanationOf(reading)}, nil, nil
}

// Parse reads one story: a page, a story in JSON, or a text whose first line is the
// title.
func Parse(body []byte, o extract.Options) (*news.Story, error) {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	switch {
	case len(text) == 0:
		return nil, errEmpty
	case text[0] == '{':
		return parseJSON(text)
	case text[0] == '<':
		if kind := extract.Sniff(body); !kind.IsPage() {
			return nil, fmt.Errorf("it is a %s, not a story: `copytaster extract` reads it", kind)
		}
		story, err := extract.Article(body, o)
		return &story, err
	}
	title, rest, _ := strings.Cut(string(text), "\n")
	return &news.Story{
		Title: strings.TrimSpace(title), Text: strings.TrimSpace(rest), URL: o.URL, Language: o.Language,
	}, nil
}

func parseJSON(text []byte) (*news.Story, error) {
	var p Page
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if strings.TrimSpace(p.Title+p.Text+p.Summary) == "" {
		return nil, errors.New("the JSON has neither title nor text")
	}
	return p.news(), nil
}
