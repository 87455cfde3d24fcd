package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/probe"
)

// What a list holds and cannot be read is told, whatever else the crawl gave.
func TestPrintSkippedStories(t *testing.T) {
	for name, tell := range map[string]func(*tool){
		"crawl":  func(t *tool) { printCrawl(t.output, crawledJSON{Source: "tass", Listed: 3, Skipped: 1}, true) },
		"barren": func(t *tool) { printCrawl(t.output, crawledJSON{Source: "tass", Skipped: 1, Barren: "nothing"}, true) },
		"dry run": func(t *tool) {
			printList(t.output, &probe.Listed{Source: "tass", Listed: 3, Skipped: 1}, news.KindFeed)
		},
	} {
		var out bytes.Buffer
		tell(&tool{output: newOutput(stdio{out: &out, err: &out, env: func(string) (string, bool) { return "", false }})})
		if !strings.Contains(out.String(), "1 story of the list skipped") {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}
