package score

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Page is one captured page with what is expected of it. Of what is empty
// nothing is expected, except Body.
type Page struct {
	ID, URL   string
	HTML      []byte
	Body      string
	Title     string
	Authors   []string
	Published time.Time
	Language  string
	Wide      bool // each character of Han, kana and Hangul is a word of the body
}

// Folder finds a folder of the real data that readers are measured against: in
// $COPYTASTER_CORPUS, else in shared/corpus beside the project.
func Folder(name string) (string, error) {
	root := os.Getenv("COPYTASTER_CORPUS")
	if root == "" {
		project, err := projectRoot()
		if err != nil {
			return "", err
		}
		root = filepath.Join(project, "..", "shared", "corpus")
	}
	dir := filepath.Join(root, name)
	_, err := os.Stat(dir) //nolint:gosec // whoever measures names it
	return dir, err
}

// projectRoot is the folder of go.mod: the current one or above it.
func projectRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod here or above")
		}
		dir = up
	}
}

// Read reads a file, unpacked when its name ends in ".gz".
func Read(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil || !strings.HasSuffix(path, ".gz") {
		return b, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return io.ReadAll(z)
}

// LoadBenchmark loads the pages of scrapinghub/article-extraction-benchmark from its
// folder, by their names. Only bodies are expected of them.
func LoadBenchmark(dir string) ([]Page, error) {
	var truth map[string]struct {
		ArticleBody string `json:"articleBody"`
		URL         string `json:"url"`
	}
	file := filepath.Join(dir, "ground-truth.json")
	b, err := Read(file)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &truth); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	var pages []Page
	for id, p := range truth {
		html, err := Read(filepath.Join(dir, "html", id+".html.gz"))
		if err != nil {
			return nil, err
		}
		pages = append(pages, Page{ID: id, URL: p.URL, HTML: html, Body: p.ArticleBody})
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.ID, b.ID) })
	return pages, nil
}

// LoadPublishers loads the captured news pages of flairNLP/fundus from their
// folder, in the order of their list. A date that is marked as faulty there is
// not expected.
func LoadPublishers(dir string) ([]Page, error) {
	file := filepath.Join(dir, "expected.jsonl")
	b, err := Read(file)
	if err != nil {
		return nil, err
	}
	var pages []Page
	for line := range bytes.Lines(b) {
		p, err := publisherPage(dir, line)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func publisherPage(dir string, line []byte) (Page, error) {
	var in struct {
		File      string   `json:"file"`
		URL       string   `json:"url"`
		Title     string   `json:"title"`
		Published string   `json:"published"`
		Authors   []string `json:"authors"`
		Body      []string `json:"body"`
		Faulty    bool     `json:"date_is_faulty"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return Page{}, err
	}
	p := Page{ID: in.File, URL: in.URL, Title: in.Title, Authors: in.Authors, Body: strings.Join(in.Body, "\n"), Wide: true}
	country, _, _ := strings.Cut(in.File, "/")
	p.Language = languageOf(country)
	var err error
	if p.HTML, err = Read(filepath.Join(dir, in.File)); err == nil && !in.Faulty {
		p.Published, err = parseTime(in.Published)
	}
	return p, err
}

// languageOf returns the language of a country of the collection where all its
// publishers write in one, else "".
func languageOf(country string) string {
	switch country {
	case "us", "uk", "au":
		return "en"
	case "at", "de":
		return "de"
	case "fr", "pl", "tr", "ru", "id":
		return country
	case "kr":
		return "ko"
	case "be":
		return "nl"
	case "dk":
		return "da"
	case "se":
		return "sv"
	case "mx":
		return "es"
	case "cn":
		return "zh"
	}
	return ""
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999Z07:00", "2006-01-02 15:04:05.999999"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("bad expectation of a date: %q", s)
}
