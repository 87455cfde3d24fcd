// Command bench scores the article reader and its peers, all in one run, on
// the annotated pages of two public collections, and prints Markdown:
//
//	go run ./crawler/extract/bench
//
// The collections are looked for in $COPYTASTER_CORPUS, else in shared/corpus
// beside the project.
package main

import (
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

func main() {
	rounds := flag.Int("rounds", 3, "how often each reader reads every page; the fastest round counts")
	only := flag.String("reader", "", "score only the reader of this name")
	wrong := flag.Bool("wrong", false, "name what the readers got wrong, page by page, on stderr")
	flag.Parse()
	misses := io.Discard
	if *wrong {
		misses = os.Stderr
	}
	if err := run(os.Stdout, misses, *rounds, *only); err != nil {
		fmt.Fprintf(os.Stderr, "bench: error: %v\n", err)
		os.Exit(1)
	}
}

// collection is a set of pages under the name it is printed with.
type collection struct {
	name  string
	pages []score.Page
}

// run scores the readers, or only one of them. What they got wrong is written
// to misses.
func run(out, misses io.Writer, rounds int, only string) error {
	sets, err := load()
	if err != nil {
		return err
	}
	readers := allReaders()
	var results []result
	for _, r := range readers {
		if only != "" && r.name != only {
			continue
		}
		for _, set := range sets {
			results = append(results, scored(r, set, misses))
		}
	}
	if len(results) == 0 {
		return fmt.Errorf("no reader %q", only)
	}
	for range rounds { // interleaved, so that a busy minute of the machine hurts all alike
		for i := range results {
			if err := results[i].clock(); err != nil {
				return err
			}
		}
	}
	var tables strings.Builder
	for _, set := range sets {
		printTable(&tables, set, results)
	}
	for i := range results {
		if results[i].reader.name == readers[0].name {
			printHalves(&tables, &results[i])
		}
	}
	_, err = io.WriteString(out, tables.String())
	return err
}

func load() ([]collection, error) {
	var sets []collection
	for _, c := range []struct {
		name string
		load func(string) ([]score.Page, error)
	}{{"articles", score.LoadBenchmark}, {"publishers", score.LoadPublishers}} {
		dir, err := score.Folder(c.name)
		if err != nil {
			return nil, fmt.Errorf("find the corpus: %w", err)
		}
		pages, err := c.load(dir)
		if err != nil {
			return nil, err
		}
		sets = append(sets, collection{c.name, pages})
	}
	return sets, nil
}

// result is what one reader gave on one collection.
type result struct {
	reader reader
	set    collection
	card   score.Card
	halves [2]score.Card
	cost   cost // of all pages in the fastest round
}

func scored(r reader, set collection, misses io.Writer) result {
	res := result{reader: r, set: set}
	for i := range set.pages {
		p := &set.pages[i]
		story, err := r.read(p)
		for _, line := range res.card.Add(p, story, err) {
			_, _ = fmt.Fprintf(misses, "%s: %s: %s\n", r.name, p.ID, line)
		}
		res.halves[halfOf(p.ID)].Add(p, story, err)
	}
	return res
}

// halfOf splits a collection in two by the pages' names, always alike.
func halfOf(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() >> 16 & 1)
}

// clock reads every page once more and keeps the cost when it is the least.
func (r *result) clock() error {
	start, err := spent()
	if err != nil {
		return err
	}
	for i := range r.set.pages {
		_, _ = r.reader.read(&r.set.pages[i]) // scored before
	}
	end, err := spent()
	if c := end.since(start); r.cost.cpu == 0 || c.cpu < r.cost.cpu {
		r.cost = c
	}
	return err
}
