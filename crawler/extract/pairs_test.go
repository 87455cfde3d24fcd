package extract

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/net/html/charset"
)

var update = flag.Bool("update", false, "write what the readers give into the pairs of testdata")

// TestPairs reads every pair of testdata: an input, what is known about it, and
// the list, story or error it must give.
//
// The file "in" is the document. Its options are lines "name: value" of the
// file "options": url, charset, dates_in, language, now, selector; encode and
// cut change the bytes before they are read, for what no text file can hold.
func TestPairs(t *testing.T) {
	readers := []string{"googlenews", "article"}
	for kind := range lists {
		readers = append(readers, string(kind))
	}
	for _, reader := range readers {
		paths, err := filepath.Glob(filepath.Join("testdata", reader, "*.txtar"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no pairs for %s: %v", reader, err)
		}
		for _, path := range paths {
			t.Run(reader+"/"+strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { runPair(t, reader, path) })
		}
	}
}

func runPair(t *testing.T, reader, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	settings := parseSettings(t, string(files["options"]))
	got := readPair(t, reader, alter(t, files["in"], settings), settings)
	if *update {
		rest := archive.Files[:0]
		for _, f := range archive.Files {
			if f.Name != "want" {
				rest = append(rest, f)
			}
		}
		rest = append(rest, txtar.File{Name: "want", Data: []byte(got)})
		archive.Files = rest
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(files["want"]), got); d != "" {
		t.Errorf("want (-), got (+):\n%s", d)
	}
}

func parseSettings(t *testing.T, text string) map[string]string {
	settings := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			t.Fatalf("bad option %q", line)
		}
		settings[name] = value
	}
	return settings
}

// alter encodes a document and cuts it off behind a text.
func alter(t *testing.T, in []byte, settings map[string]string) []byte {
	if behind := settings["cut"]; behind != "" {
		i := bytes.Index(in, []byte(behind))
		if i < 0 {
			t.Fatalf("cut: no %q", behind)
		}
		in = in[:i+len(behind)]
	}
	if name := settings["encode"]; name != "" {
		enc, _ := charset.Lookup(name)
		if enc == nil {
			t.Fatalf("encode: no %q", name)
		}
		out, err := enc.NewEncoder().Bytes(in)
		if err != nil {
			t.Fatal(err)
		}
		in = out
	}
	return in
}

func readPair(t *testing.T, reader string, in []byte, settings map[string]string) string {
	o := Options{URL: settings["url"], Charset: settings["charset"], Language: settings["language"]}
	if zone := settings["dates_in"]; zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		o.DatesIn = loc
	}
	if now := settings["now"]; now != "" {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		o.Now = at
	}
	var list List
	var err error
	switch reader {
	case "googlenews":
		list, err = GoogleNews(in, o)
	case "index":
		list, err = Index(in, settings["selector"], o)
	case "article":
		story, err := Article(in, o)
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		return storyText(story)
	default:
		list, err = lists[Kind(reader)](in, o)
	}
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	return listText(list)
}

func listText(list List) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", list.Kind, list.Title)
	for _, s := range list.Stories {
		b.WriteString("\n" + storyText(s))
	}
	for _, s := range list.Sitemaps {
		b.WriteString("\nsitemap: " + s)
	}
	if len(list.Sitemaps) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// storyText writes the fields of a story that have a value, one a line.
func storyText(s news.Story) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	line("url", s.URL)
	line("canonical", s.Canonical)
	line("guid", s.GUID)
	line("title", s.Title)
	for _, t := range s.Titles {
		line("title also", t)
	}
	line("summary", s.Summary)
	for _, a := range s.Authors {
		line("author", a)
	}
	if !s.Published.IsZero() {
		line("published", s.Published.Format(time.RFC3339))
	}
	if !s.Modified.IsZero() {
		line("modified", s.Modified.Format(time.RFC3339))
	}
	line("language", s.Language)
	line("outlet", s.Outlet)
	line("section", s.Section)
	line("keywords", strings.Join(s.Keywords, ", "))
	line("credit", s.Credit)
	line("cites", strings.Join(s.Cites, ", "))
	if s.Paywalled {
		line("paywalled", "yes")
	}
	if s.Text != "" {
		b.WriteString("text:\n\t" + strings.ReplaceAll(s.Text, "\n", "\n\t") + "\n")
	}
	return b.String()
}
