package replay

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
)

// lineCase is a line and what is read of it.
type lineCase struct {
	Name, Line, Error string
	Story             struct {
		URL, Canonical, GUID, Title, Summary, Text, Language, Outlet, Section string
		Source, Tier, Country                                                 string
		Titles, Authors, Cites, Tags                                          []string
		Published, Modified                                                   time.Time
	}
}

func (c *lineCase) story() *news.Story {
	s := &c.Story
	return &news.Story{
		URL: s.URL, Canonical: s.Canonical, GUID: s.GUID, Title: s.Title, Titles: s.Titles, Summary: s.Summary, Text: s.Text,
		Authors: s.Authors, Published: s.Published, Modified: s.Modified, Language: s.Language, Outlet: s.Outlet,
		Section: s.Section,
		Cites:   s.Cites, Origin: news.Origin{Source: s.Source, Tags: s.Tags, Tier: s.Tier, Country: s.Country},
	}
}

func lineCases(t testing.TB) (cases []lineCase) {
	t.Helper()
	text, err := os.ReadFile("testdata/line.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestReadStory(t *testing.T) {
	for _, c := range lineCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			got, err := readStory(bytes.TrimSpace([]byte(c.Line)))
			switch {
			case c.Error != "":
				if err == nil || err.Error() != c.Error {
					t.Errorf("got %+v, %v; want %q", got, err, c.Error)
				}
			case err != nil:
				t.Error(err)
			default:
				if diff := cmp.Diff(c.story(), got, cmpopts.EquateEmpty()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// What is nested without end is refused, and does not cost the stack.
func TestDeepLines(t *testing.T) {
	for line, want := range map[string]string{
		strings.Repeat("[", 20000):           "it is a list",
		`{"x":` + strings.Repeat("[", 20000): "exceeded max depth",
	} {
		if story, err := readStory([]byte(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: story %+v, error %v, want %q", line, story, err, want)
		}
	}
}

// FuzzReadStory holds the quick reading against encoding/json.
func FuzzReadStory(f *testing.F) {
	for _, c := range lineCases(f) {
		f.Add([]byte(c.Line))
	}
	for _, line := range []string{
		`{"url":"u","title":"T","text":"a\nb\u0003\ud83d\ude00","authors":["x","y"],"tags":[],"n":1.5,"ok":true,"published":null}`,
		`{ "title" : "T" , "authors" : "x" }`, `{"Title":"T"}`, `{"title":"\ud83d"}`, `{"a":{"b":[]}}`, `{"title":"T",}`, `{"":""}`, `{"title":01}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = bytes.TrimSpace(text)
		var quick, whole line
		if len(text) == 0 || !quick.quick(text) {
			return
		}
		if err := json.Unmarshal(text, &whole); err != nil {
			t.Fatalf("%q was read, but %v", text, err)
		}
		if diff := cmp.Diff(whole, quick); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

func BenchmarkReadStory(b *testing.B) {
	text := plainLine(7)
	for name, read := range map[string]func(*line) bool{
		"quick":         func(l *line) bool { return l.quick(text) },
		"encoding/json": func(l *line) bool { return json.Unmarshal(text, l) == nil },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if !read(&line{}) {
					b.Fatal("not read")
				}
			}
		})
	}
}
