package crawler

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/rogpeppe/go-internal/txtar"
)

const (
	manyMutants = 1000
	fewMutants  = 150             // under the race detector, which makes each ten times as long
	mutantMax   = 2 * time.Minute // for one; on a quiet machine none takes two seconds
	mutantMem   = 512             // MB of heap, all of them together
)

// original is a real document that is broken on purpose.
type original struct {
	name string
	kind news.SourceKind // "" is the page of a story
	body []byte
}

// pairInput is the document of a pair.
func pairInput(t *testing.T, path string) []byte {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "in" })
	if i < 0 {
		t.Fatalf("%s has no document", path)
	}
	return archive.Files[i].Data
}

// originals are the pairs of crawler/extract and, where there is one, the
// corpus: n of them, as many lists as pages.
func originals(t *testing.T, n int) []original {
	var lists, pages []original
	add := func(o original) {
		if o.kind == "" {
			pages = append(pages, o)
		} else {
			lists = append(lists, o)
		}
	}
	for folder, kind := range map[string]news.SourceKind{
		"feed": news.KindFeed, "googlenews": news.KindGoogleNews, "sitemap": news.KindSitemap, "index": news.KindPage, "article": "",
	} {
		paths, err := filepath.Glob(filepath.Join("extract", "testdata", folder, "*.txtar"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no pairs of %s: %v", folder, err)
		}
		for _, path := range paths {
			add(original{path, kind, pairInput(t, path)})
		}
	}
	for folder, kind := range map[string]news.SourceKind{"feeds": news.KindFeed, "publishers": "", "articles": ""} {
		for _, o := range corpusFiles(t, folder, kind) {
			add(o)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	slices.SortFunc(lists, byName)
	slices.SortFunc(pages, byName)
	all := make([]original, 0, n)
	for i := range n {
		from := lists
		if i%2 == 1 {
			from = pages
		}
		all = append(all, from[r.IntN(len(from))])
	}
	return all
}

func byName(a, b original) int { return strings.Compare(a.name, b.name) }

// corpusFiles reads the documents of a folder of the corpus. Without it there
// are none, except in CI, where that is an error.
func corpusFiles(t *testing.T, folder string, kind news.SourceKind) (all []original) {
	root := os.Getenv("COPYTASTER_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "corpus")
	}
	dir := filepath.Join(root, folder)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("find the corpus: %v", err)
		}
		t.Logf("no corpus: %v", err)
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimSuffix(path, ".gz")
		if err != nil || d.IsDir() || strings.Contains(name, ".json") || strings.HasSuffix(name, ".md") {
			return err
		}
		body, err := os.ReadFile(path)
		if err == nil && name != path {
			body, err = unzip(body)
		}
		all = append(all, original{path, kind, body})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func unzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// mutation breaks a document in one way.
type mutation struct {
	name string
	do   func(r *rand.Rand, body []byte) []byte
}

// mutations are what happens to documents on the way, and what servers and
// attackers do to them.
var mutations = []mutation{
	{"cut", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] }},
	{"beginning lost", func(r *rand.Rand, b []byte) []byte { return b[r.IntN(len(b)):] }},
	{"bytes flipped", func(r *rand.Rand, b []byte) []byte {
		for range 1 + len(b)/200 {
			b[r.IntN(len(b))] ^= byte(1 << r.IntN(8))
		}
		return b
	}},
	{"block doubled", func(r *rand.Rand, b []byte) []byte {
		from, to := span(r, b)
		return slices.Insert(b, from, bytes.Repeat(b[from:to], 1+r.IntN(8))...)
	}},
	{"block lost", func(r *rand.Rand, b []byte) []byte {
		from, to := span(r, b)
		return slices.Delete(b, from, to)
	}},
	{"tags swapped", swapTags},
	{"NULs", func(r *rand.Rand, b []byte) []byte { return sprinkle(r, b, "\x00", "\x00\x00\x00\x00") }},
	{"invalid UTF-8", func(r *rand.Rand, b []byte) []byte {
		return sprinkle(r, b, "\xff", "\xed\xa0\x80", "\xc3", "\xf8\x88\x80\x80\x80")
	}},
	{"wrong charset", wrongCharset},
	{"nested", func(r *rand.Rand, b []byte) []byte {
		from, to := span(r, b)
		tag := []string{"<div>", "<x>", "<item>", "<![CDATA[", "<table><tr><td>", "<b><i>", "<a href='", "<!--", "&lt;p&gt;"}[r.IntN(9)]
		return slices.Concat(b[:from], bytes.Repeat([]byte(tag), 1+r.IntN(20_000)), b[from:to], b[from:])
	}},
	{"entities", func(r *rand.Rand, b []byte) []byte {
		return sprinkle(r, b, "&", "&#0;", "&#x110000;", "&nosuch;", "&amp;amp;lt;")
	}},
}

// span picks a part of at most 10 KB.
func span(r *rand.Rand, b []byte) (from, to int) {
	from = r.IntN(len(b))
	return from, from + r.IntN(min(len(b)-from, 10<<10)+1)
}

func sprinkle(r *rand.Rand, b []byte, what ...string) []byte {
	for range 1 + r.IntN(20) {
		b = slices.Insert(b, r.IntN(len(b)), []byte(what[r.IntN(len(what))])...)
	}
	return b
}

// swapTags lets every tenth tag change places with the one before it.
func swapTags(r *rand.Rand, b []byte) []byte {
	parts := bytes.SplitAfter(b, []byte(">"))
	for i := 1; i < len(parts); i++ {
		if r.IntN(10) == 0 {
			parts[i-1], parts[i] = parts[i], parts[i-1]
		}
	}
	return bytes.Join(parts, nil)
}

func wrongCharset(r *rand.Rand, b []byte) []byte {
	name := []string{"utf-16", "euc-kr", "shift_jis", "utf-7", "x-martian", "iso-2022-jp", "gb18030"}[r.IntN(7)]
	if i := bytes.Index(b, []byte("?>")); i > 0 && bytes.HasPrefix(b, []byte("<?xml")) {
		b = b[i+2:]
	}
	return append(fmt.Appendf(nil, "<?xml version=\"1.0\" encoding=%q?>\n<meta charset=%q>", name, name), b...)
}

// TestMutants crawls a thousand broken documents. Each must come to an end, be
// it a story or an error, in bounded time and memory and without a panic.
func TestMutants(t *testing.T) {
	mutants := manyMutants
	if raceDetector {
		mutants = fewMutants
	}
	var body atomic.Pointer[[]byte]
	server := listen(t, "127.0.0.1", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(*body.Load())
	}))
	c := newCrawler(t, nil)
	c.options.Timeout = 2 * mutantMax
	r := rand.New(rand.NewPCG(3, 4))
	var slowest time.Duration
	slow, read := "", 0
	peak := watchHeap()
	start := time.Now()
	for i, o := range originals(t, mutants) {
		m := mutations[r.IntN(len(mutations))]
		name := fmt.Sprintf("mutant %d: %s of %s", i, m.name, o.name)
		broken := slices.Clone(o.body)
		if len(broken) > 0 {
			broken = m.do(r, broken)
		}
		body.Store(&broken)
		begin := time.Now()
		stories, err := crawlMutant(t, c, o, fmt.Sprintf("%s/%d", server.URL, i))
		if took := time.Since(begin); took > slowest {
			slowest, slow = took, name
		}
		if complaint := complain(stories, err); complaint != "" {
			t.Errorf("%s: %s", name, complaint)
		}
		if len(stories) > 0 {
			read++
		}
	}
	used := peak() >> 20
	t.Logf("%d mutants in %v, %d still gave stories; %d MB; the slowest took %v: %s", mutants, time.Since(start).Round(time.Millisecond), read, used, slowest.Round(time.Millisecond), slow)
	if slowest > mutantMax {
		t.Errorf("%s took %v", slow, slowest)
	}
	if used > mutantMem {
		t.Errorf("they used %d MB", used)
	}
	if read < mutants/4 {
		t.Errorf("only %d gave stories: the mutations leave nothing to read", read)
	}
}

func crawlMutant(t *testing.T, c *Crawler, o original, target string) ([]news.Story, error) {
	src := news.Source{Name: "mutant", Kind: o.kind, URL: target, IgnoreRobots: true}
	if o.kind != "" {
		listing, err := c.List(t.Context(), src, news.Validators{})
		return listing.Stories, err
	}
	src.Kind = news.KindFeed
	story, err := c.Page(t.Context(), src, news.Story{URL: target})
	if story.Text == "" {
		return nil, err
	}
	return []news.Story{story}, err
}

// complain says what is wrong with what a document gave, "" when nothing is.
func complain(stories []news.Story, err error) string {
	if err != nil && strings.Contains(err.Error(), "panic") {
		return err.Error()
	}
	if len(stories) > news.MaxListed {
		return fmt.Sprintf("%d stories", len(stories))
	}
	for _, s := range stories {
		texts := []string{s.Title, s.Summary, s.Text, s.GUID, s.URL, s.Outlet, s.Section, s.Language}
		for _, text := range append(texts, s.Titles...) {
			if !utf8.ValidString(text) {
				return fmt.Sprintf("broken UTF-8 in %.100q", text)
			}
		}
		if s.Published.After(testTime) {
			return fmt.Sprintf("published %s, in the future", s.Published)
		}
	}
	return ""
}
