package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// document is one text, in the shapes that the engines want it in.
type document struct {
	text  string
	story *news.Story
}

func newDocument(text string) document {
	return document{text: text, story: &news.Story{Text: text}}
}

func documents(texts []string) []document {
	docs := make([]document, len(texts))
	for i, t := range texts {
		docs[i] = newDocument(t)
	}
	return docs
}

func meanBytes(docs []document) int {
	n := 0
	for _, d := range docs {
		n += len(d.text)
	}
	return n / max(1, len(docs))
}

// corpusFolder is where the real texts lie; it need not be there.
func corpusFolder() string {
	return cmp.Or(os.Getenv("COPYTASTER_CORPUS"), "../../../shared/corpus")
}

// readArticles returns the bodies of the corpus's English articles in the order
// of their IDs, which are hashes: any half of them is like the other.
func readArticles(folder string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "articles", "ground-truth.json"))
	if err != nil {
		return nil, err
	}
	var pages map[string]struct {
		Body string `json:"articleBody"`
	}
	if err := json.Unmarshal(raw, &pages); err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	var texts []string
	for _, id := range slices.Sorted(maps.Keys(pages)) {
		texts = append(texts, pages[id].Body)
	}
	return texts, nil
}

// readPublishers returns the bodies of the publishers' pages, of many languages.
func readPublishers(folder string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "publishers", "expected.jsonl"))
	if err != nil {
		return nil, err
	}
	var texts []string
	for line := range strings.Lines(string(raw)) {
		var page struct{ Body []string }
		if err := json.Unmarshal([]byte(line), &page); err != nil {
			return nil, fmt.Errorf("read publishers: %w", err)
		}
		texts = append(texts, strings.Join(page.Body, "\n"))
	}
	return texts, nil
}
