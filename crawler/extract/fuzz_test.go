package extract

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/rogpeppe/go-internal/txtar"
)

// seeds adds the inputs of the pairs of one reader.
func seeds(f *testing.F, reader string) {
	paths, _ := filepath.Glob(filepath.Join("testdata", reader, "*.txtar"))
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "in" {
				f.Add(file.Data)
			}
		}
	}
}

var fuzzOptions = Options{URL: "https://a.test/dir/doc", Now: time.Date(2024, 5, 3, 12, 0, 0, 0, time.UTC)}

// checkStory holds for every story whatever it was read from.
func checkStory(t *testing.T, s news.Story) {
	t.Helper()
	for _, text := range append([]string{s.Title, s.Summary, s.Text, s.GUID, s.Outlet, s.Section, s.Language},
		s.Titles...) {
		if !utf8.ValidString(text) {
			t.Errorf("broken UTF-8 in %q", text)
		}
	}
	if strings.Contains(s.Title+s.Summary, "\n") {
		t.Errorf("line break in %q, %q", s.Title, s.Summary)
	}
	if s.URL != "" && !strings.HasPrefix(s.URL, "http") {
		t.Errorf("URL %q", s.URL)
	}
	if s.Published.After(fuzzOptions.Now) || s.Modified.After(fuzzOptions.Now) {
		t.Errorf("published %s, modified %s: in the future", s.Published, s.Modified)
	}
	for line := range strings.SplitSeq(s.Text, "\n") {
		if s.Text != "" && strings.TrimSpace(line) != line || s.Text != "" && line == "" {
			t.Errorf("ragged line %q", line)
		}
	}
	if slices.Contains(s.Titles, s.Title) && s.Title != "" {
		t.Errorf("title %q twice", s.Title)
	}
}

func checkList(t *testing.T, list List, err error, kind Kind) {
	t.Helper()
	if err != nil {
		if len(list.Stories) > 0 || strings.Contains(err.Error(), "panic") {
			t.Errorf("%d stories, %v", len(list.Stories), err)
		}
		return
	}
	if list.Kind != kind || len(list.Stories) > news.MaxListed {
		t.Errorf("kind %s, %d stories", list.Kind, len(list.Stories))
	}
	for _, s := range list.Stories {
		checkStory(t, s)
	}
}

func FuzzFeed(f *testing.F) {
	seeds(f, "feed")
	f.Fuzz(func(t *testing.T, body []byte) {
		Sniff(body)
		list, err := Feed(body, fuzzOptions)
		checkList(t, list, err, KindFeed)
	})
}

func FuzzSitemap(f *testing.F) {
	seeds(f, "sitemap")
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := Sitemap(bytes.NewReader(body), fuzzOptions)
		checkList(t, list, err, KindSitemap)
	})
}

func FuzzIndex(f *testing.F) {
	seeds(f, "index")
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, selector := range []string{"", "a", "div"} {
			list, err := Index(body, selector, fuzzOptions)
			checkList(t, list, err, KindIndex)
		}
	})
}

func FuzzArticle(f *testing.F) {
	seeds(f, "article")
	f.Fuzz(func(t *testing.T, body []byte) {
		Sniff(body)
		s, r, err := Explain(body, fuzzOptions)
		if isPanic(err) {
			t.Error(err)
		}
		checkStory(t, s)
		if plain, _ := Article(body, fuzzOptions); plain.Text != s.Text {
			t.Errorf("explained the text is %q, else %q", s.Text, plain.Text)
		}
		if r.Agreement < 0 || r.Agreement > 1 {
			t.Errorf("agreement %f", r.Agreement)
		}
	})
}

// isPanic reports whether an error was a panic of a library.
func isPanic(err error) bool { return errors.Is(err, ErrPanic) }

// FuzzHydration reads scripts as the data of a page.
func FuzzHydration(f *testing.F) {
	paths, _ := filepath.Glob(filepath.Join("testdata", "hydration", "*.txtar"))
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, script, _ := strings.Cut(string(archive.Files[0].Data), "<script")
		_, script, _ = strings.Cut(script, ">")
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		h := newHydration([]string{strings.ToValidUTF8(script, "")}, []string{"Harbour of Westmole stays closed until the end of the month"})
		var s news.Story
		h.complete(&s, fuzzOptions)
		s.Text = lines(tidy(h.get().body, nil))
		checkStory(t, s)
	})
}

func FuzzDate(f *testing.F) {
	for _, c := range dates {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := parseDate(s, nil)
		if ok && (at.Year() < oldest-1 || at.Year() > 2201) || !ok && !at.IsZero() {
			t.Errorf("%q is %s, %t", s, at, ok)
		}
	})
}

// FuzzLabel wants the readers of short texts to end well, whatever they say.
func FuzzLabel(f *testing.F) {
	for _, s := range []string{"Read more", "10:32", "yesterday, 1:2:3", "3 hours ago", "٣ ساعات", "https://пример.рф/%zz", "<b>a</b>&amp;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		isLabel(s)
		calendar{o: fuzzOptions}.relativeDate(s)
		calendar{o: fuzzOptions}.relative(s, true)
		if link := absolute(nil, s); link != "" && absolute(nil, link) != link {
			t.Errorf("%q becomes %q, and that %q", s, link, absolute(nil, link))
		}
		if got := title(s); got != squeeze(got) {
			t.Errorf("%q: %q", s, got)
		}
	})
}

func FuzzSelector(f *testing.F) {
	f.Add(".hentry a[href]")
	f.Fuzz(func(t *testing.T, css string) {
		_, err := Index([]byte("<a href=/x>x</a>"), "p "+css, fuzzOptions)
		if bad := CheckSelector("p " + css); (bad == nil) != (err == nil) {
			t.Errorf("%q: check says %v, Index %v", css, bad, err)
		}
	})
}
