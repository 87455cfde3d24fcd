package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// labelled is a story of a set, with the label that it tells.
type labelled struct {
	*news.Story
	label, topic string
}

// half returns 0 or 1: the half of a set that a label belongs to.
func half(label string) int {
	h := fnv.New32a()
	_, _ = io.WriteString(h, label)
	return int(h.Sum32() >> 8 & 1)
}

// record is a line of a set.
type record struct {
	ID, Topic, Lang, Source, Date, Title, Text, URL, Published, Language string
	Label                                                                string `json:"event"`

	Same         int
	A, B         *record
	Overall      float64
	Lang1, Lang2 string
	Text1, Text2 string
}

func (r *record) story() *news.Story {
	published, _ := time.Parse(time.RFC3339, cmp.Or(r.Published, r.Date))
	if published.IsZero() {
		published, _ = time.Parse(time.DateOnly, r.Date)
	}
	return &news.Story{
		URL: r.URL, Title: r.Title, Text: r.Text, Language: cmp.Or(r.Language, r.Lang), Outlet: r.Source,
		Published: published, FirstSeen: published,
	}
}

// corpus is the folder that the sets lie in.
func corpus() string { return cmp.Or(os.Getenv("COPYTASTER_CORPUS"), "../shared/corpus") }

func readSet(name string) ([]record, error) {
	file, err := os.Open(filepath.Join(corpus(), "same-news", name+".jsonl"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return readLines(file)
}

func readLines(from io.Reader) ([]record, error) {
	var all []record
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil { //nolint:musttag // keys are the names in lower case
			return nil, fmt.Errorf("read line %d: %w", len(all)+1, err)
		}
		all = append(all, r)
	}
	return all, lines.Err()
}

// storiesOf reads a set of stories.
func storiesOf(name string) ([]labelled, error) {
	records, err := readSet(name)
	if err != nil {
		return nil, err
	}
	stories := make([]labelled, 0, len(records))
	for i := range records {
		s := records[i].story()
		s.ID = int64(i + 1)
		if s.Text == "" && len(s.Title) > 150 { // the set has the text there
			page := webPage(s.Title, s.Language, s.Outlet)
			s.Title, s.Text = page.Title, page.Text
		}
		stories = append(stories, labelled{s, records[i].Label, records[i].Topic})
	}
	return stories, nil
}

// readWire reads the wire's archive, the earliest story first.
func readWire() ([]*news.Story, error) {
	files, err := filepath.Glob(filepath.Join(corpus(), "wire", "*.jsonl.gz"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("no wire stories in " + corpus())
	}
	var stories []*news.Story
	for _, name := range files {
		records, err := readGzip(name)
		if err != nil {
			return nil, err
		}
		for i := range records {
			s := records[i].story()
			if s.Outlet = "wire"; s.FirstSeen.IsZero() {
				continue
			}
			s.ID = int64(len(stories) + 1)
			stories = append(stories, s)
		}
	}
	slices.SortStableFunc(stories, func(a, b *news.Story) int { return a.FirstSeen.Compare(b.FirstSeen) })
	return stories, nil
}

func readGzip(name string) ([]record, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return readLines(plain)
}

// webPage makes a story of a page's text, whose title is its first line or what
// stands before two spaces.
func webPage(body, language, outlet string) *news.Story {
	body = strings.TrimSpace(body)
	title, rest, ok := strings.Cut(body, "\n")
	if before, after, spaced := strings.Cut(body, "  "); spaced && len(before) < len(title) {
		title, rest, ok = before, after, true
	}
	if !ok || len(title) > 250 {
		title = text.FirstSentence(body)
		rest = strings.TrimPrefix(body, title)
	}
	return &news.Story{Title: title, Text: rest, Language: language, Outlet: outlet}
}
