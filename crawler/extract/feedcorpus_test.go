package extract

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

var (
	expectLine  = regexp.MustCompile(`(?s)Expect:\s*(.*?)\s*(?:-->|\n)`)
	headerLine  = regexp.MustCompile(`(?i)Header:\s*Content-type:[^\n]*charset\s*=\s*["']?\s*([\w-]+)`)
	docLocation = regexp.MustCompile(`(?i)Header:\s*Content-Location:\s*(\S+)`)
	simpleTest  = regexp.MustCompile(`^(?:not bozo and )?(feed|entries\[0\])(?:\[u?'(\w+)'\]|\.(\w+))\s*==\s*u?'((?:[^'\\]|\\.)*)'$`)
	dateTest    = regexp.MustCompile(`^(?:not bozo and )?entries\[0\]\[u?'(\w+)_parsed'\]\s*==\s*\((\d+), (\d+), (\d+), (\d+), (\d+), (\d+),`)
)

// feedTest is one file of the feed collection with its expectation.
type feedTest struct {
	path, expect string
	body         []byte
	options      Options
}

func feedTests(t testing.TB, folder string) []feedTest {
	dir := filepath.Join(corpus(t, "feeds"), folder)
	var tests []feedTest
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		test := feedTest{path: path, body: read(t, path),
			options: Options{URL: "http://127.0.0.1:8097/" + filepath.ToSlash(path[len(dir)-len(folder):])}}
		text := string(toUTF8(test.body, ""))
		if m := expectLine.FindStringSubmatch(text); m != nil {
			test.expect = m[1]
		}
		if m := headerLine.FindStringSubmatch(text); m != nil {
			test.options.Charset = m[1]
		}
		if m := docLocation.FindStringSubmatch(text); m != nil {
			test.options.URL = m[1]
		}
		tests = append(tests, test)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}

// TestFeedCorpusParses counts the feeds of the collection that are read at
// all. CDF, which nobody publishes any more, is not.
func TestFeedCorpusParses(t *testing.T) {
	for folder, floor := range map[string]int{"encoding": 41, "illformed": 4, "entities": 125, "json": 1, "wellformed": 887} {
		t.Run(folder, func(t *testing.T) {
			parsed := 0
			tests := feedTests(t, folder)
			for _, test := range tests {
				if _, err := Feed(test.body, test.options); err != nil {
					t.Logf("%s: %v", filepath.Base(test.path), err)
					continue
				}
				parsed++
			}
			if t.Logf("%d of %d", parsed, len(tests)); parsed < floor {
				t.Errorf("%d feeds parse, want at least %d", parsed, floor)
			}
		})
	}
}

// TestFeedCorpusExpectations evaluates the expectations that are a comparison
// of one field with one text or date. Texts are compared as text: the
// collection expects sanitised HTML, stories have none.
func TestFeedCorpusExpectations(t *testing.T) {
	const floor = 0.89
	met, all := 0, 0
	for _, folder := range []string{"wellformed", "encoding", "entities", "illformed"} {
		for _, test := range feedTests(t, folder) {
			list, _ := Feed(test.body, test.options)
			ok, simple, got := evaluate(test.expect, list)
			if !simple {
				continue
			}
			all++
			if ok {
				met++
			} else {
				_, name, _ := strings.Cut(test.path, "feeds")
				t.Logf("feeds%s: %s\n\tgot %s", name, test.expect, got)
			}
		}
	}
	if t.Logf("%d of %d", met, all); float64(met) < floor*float64(all) {
		t.Errorf("%d of %d expectations are met, want at least %.0f %%", met, all, floor*100)
	}
}

func evaluate(expect string, list List) (ok, simple bool, got string) {
	story := news.Story{}
	if len(list.Stories) > 0 {
		story = list.Stories[0]
	}
	if m := dateTest.FindStringSubmatch(expect); m != nil {
		return evaluateDate(m, story)
	}
	m := simpleTest.FindStringSubmatch(expect)
	if m == nil {
		return false, false, ""
	}
	want, err := strconv.Unquote(`"` + strings.NewReplacer(`\'`, `'`, `"`, `\"`, `\x`, `\u00`).Replace(m[4]) + `"`)
	if err != nil {
		return false, false, ""
	}
	field, known := fields(m[1], m[2]+m[3], list, story)
	if !known {
		return false, false, ""
	}
	for _, f := range field {
		if plain(f) == plain(want) || squeeze(f) == squeeze(want) || f == title(want) {
			return true, true, ""
		}
	}
	return false, true, fmt.Sprintf("%q", field)
}

func evaluateDate(m []string, story news.Story) (ok, simple bool, got string) {
	at := story.Published
	switch m[1] {
	case "updated", "modified":
		if !story.Modified.IsZero() {
			at = story.Modified
		}
	case "published", "created", "issued", "date":
	default:
		return false, false, ""
	}
	at = at.UTC()
	got = fmt.Sprint([]int{at.Year(), int(at.Month()), at.Day(), at.Hour(), at.Minute(), at.Second()})
	return got == "["+strings.Join(m[2:], " ")+"]", true, got
}

// fields returns the texts that a name of the collection may stand for.
func fields(place, name string, list List, s news.Story) (texts []string, known bool) {
	if place == "feed" {
		return []string{list.Title}, name == "title"
	}
	switch name {
	case "title":
		return []string{s.Title}, true
	case "link":
		return []string{s.URL}, true
	case "id", "guid":
		return []string{s.GUID}, true
	case "summary", "description", "subtitle":
		return []string{s.Summary, s.Text}, true
	case "author", "author_name", "publisher":
		return []string{strings.Join(s.Authors, ", ")}, name == "author"
	}
	return nil, false
}
