package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	fenced  = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors that GitHub gives the headings of a document.
func anchors(markdown string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(markdown, ""), -1) {
		slug := strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		for n, free := 1, slug; ; n++ {
			if !all[free] {
				all[free] = true
				break
			}
			free = fmt.Sprintf("%s-%d", slug, n)
		}
	}
	return all
}

func TestAnchors(t *testing.T) {
	got := anchors("# What `only` asks for\n## AP, Reuters & co.\n## Rules\n## Rules\n```\n# none\n```\n")
	for _, want := range []string{"what-only-asks-for", "ap-reuters--co", "rules", "rules-1"} {
		if !got[want] {
			t.Errorf("no anchor %s in %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("%v has more than 4 anchors", got)
	}
}

// TestLinks: a link from one document to a file, or to a heading, leads there.
func TestLinks(t *testing.T) {
	for _, name := range append(documents(t), "CHANGELOG.md", "rules/bench/README.md") {
		text := textOf(t, name)
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if !strings.Contains(m[1], "://") {
				follow(t, name, m[1])
			}
		}
	}
}

// follow looks for what a document links to.
func follow(t *testing.T, name, to string) {
	t.Helper()
	file, anchor, _ := strings.Cut(to, "#")
	target := name
	if file != "" {
		target = filepath.Join(filepath.Dir(name), file)
	}
	if _, err := os.Stat(filepath.Join(root, target)); err != nil {
		t.Errorf("%s links to %s, which does not exist", name, to)
	} else if anchor != "" && !anchors(textOf(t, target))[anchor] {
		t.Errorf("%s links to %s, where no heading is called so", name, to)
	}
}
