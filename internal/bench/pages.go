package main

import (
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/copytaster/copytaster/internal/text"
)

// printPages reads article pages: fetched only, parsed, and extracted.
func (b *bench) printPages() error {
	pages, what, err := b.somePages()
	if err != nil {
		return err
	}
	w, err := newWorld(0, 0, 1)
	if err != nil {
		return err
	}
	size := 0
	for _, p := range pages {
		size += len(p)
	}
	work := bareWork{URLs: w.addPages(pages)}
	costs := map[string]time.Duration{}
	for _, task := range []string{taskHTTP, taskColly, taskCollyParse, taskPages} {
		if err := b.runBare(task, &work); err != nil {
			return errors.Join(err, w.close())
		}
		costs[task] = work.CPU
	}
	b.printf("%d %s pages of %d KB, each fetched once\n\n", len(pages), what, size/len(pages)/1000)
	t := newTable("reader", "CPU µs/page", "× net/http")
	for _, row := range []struct{ name, task string }{
		{"net/http", taskHTTP},
		{"colly", taskColly},
		{"colly, OnHTML", taskCollyParse},
		{"copytaster: robots.txt, fetch, extraction of text and metadata", taskPages},
	} {
		cost := costs[row.task]
		t.add(row.name, text.Thousands(int(cost.Microseconds())/len(pages)), ratio(cost, costs[taskHTTP]))
	}
	t.write(b.out)
	b.printf("\n")
	return w.close()
}

// somePages returns the pages of the corpus, or invented ones where there is none.
func (b *bench) somePages() (pages [][]byte, what string, err error) {
	root := cmp.Or(os.Getenv("COPYTASTER_CORPUS"), filepath.Join("..", "shared", "corpus"))
	files, err := filepath.Glob(filepath.Join(root, "articles", "html", "*.html.gz"))
	if err != nil || len(files) == 0 {
		text := newWriter(3)
		for range b.pages {
			pages = append(pages, text.page())
		}
		return pages, "invented", err
	}
	for _, file := range files[:min(len(files), b.pages)] {
		page, err := readGzip(file)
		if err != nil {
			return nil, "", err
		}
		pages = append(pages, page)
	}
	return pages, "real", nil
}

func readGzip(path string) (body []byte, err error) {
	f, err := os.Open(path) //nolint:gosec // the corpus's
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return io.ReadAll(z)
}
