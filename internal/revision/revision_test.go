package revision_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
)

type side struct {
	Title     string
	Titles    []string
	Summary   string
	Text      string
	URL       string
	Canonical string
	Paywalled bool
	Prepend   string
	Append    string
	Replace   map[string]string
}

func (s side) story(base string) news.Story {
	text := strings.ReplaceAll(s.Text, "…", base)
	for old, with := range s.Replace {
		text = strings.ReplaceAll(text, old, with)
	}
	text = strings.Trim(s.Prepend+"\n"+strings.TrimSpace(text)+"\n"+s.Append, "\n")
	return news.Story{
		ID: 7, Title: s.Title, Titles: s.Titles, Summary: s.Summary, Text: text, URL: s.URL, Canonical: s.Canonical,
		Paywalled: s.Paywalled,
	}
}

func load(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func TestCompare(t *testing.T) {
	var data struct {
		Base  string
		Cases []struct {
			Name      string
			Was, Is   side
			Headlines []string
			Kinds     []news.RevisionKind
			Changes   []string
			Keeps     bool // the text as it was
		}
	}
	load(t, "testdata/compare.yaml", &data)
	for _, c := range data.Cases {
		t.Run(c.Name, func(t *testing.T) {
			was, is := c.Was.story(data.Base), c.Is.story(data.Base)
			r, now := revision.Compare(was, is, c.Headlines)
			if diff := cmp.Diff(c.Kinds, r.Kinds, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("kinds: %s\nchanges: %q", diff, shown(r.Changes))
			}
			if diff := cmp.Diff(c.Changes, shown(r.Changes)); diff != "" && c.Changes != nil {
				t.Errorf("changes: %s", diff)
			}
			if r.Story != 7 || r.Title != was.Title {
				t.Errorf("the revision is of %d %q", r.Story, r.Title)
			}
			if len(r.Kinds) == 0 || c.Keeps {
				if now.Text != was.Text || now.Summary != was.Summary {
					t.Errorf("the text changed to %q", now.Text)
				}
			} else if now.Title != is.Title || now.Text != is.Text || now.Summary != is.Summary {
				t.Errorf("what is to be recorded is %+v", now)
			}
			if again, _ := revision.Compare(now, is, append(c.Headlines, was.Title)); len(again.Kinds) > 0 {
				t.Errorf("it changed again without a change: %v", again.Kinds)
			}
		})
	}
}

func shown(changes []news.Change) (out []string) {
	for _, c := range changes {
		line := fmt.Sprintf("%s: %s [%s] → [%s] %s", c.Field, c.Before, c.Went, c.Came, c.After)
		out = append(out, strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(line, ":  ", ": "), ",", "")))
	}
	return out
}

func TestCorrected(t *testing.T) {
	var data struct{ Notes, Others []string }
	load(t, "testdata/notes.yaml", &data)
	const text = "The leaders met on Wednesday at the spaceport."
	for _, note := range data.Notes {
		r, now := revision.Corrected(news.Story{Text: text}, news.Story{Text: text + "\n" + note})
		if len(r.Kinds) != 1 || r.Kinds[0] != news.RevisedCorrected || len(r.Changes) != 1 || r.Text != text {
			t.Errorf("%q is a note: got %+v", note, r)
		}
		if again, _ := revision.Corrected(now, news.Story{Text: note + "\n" + text}); len(again.Kinds) > 0 {
			t.Errorf("%q is no news", note)
		}
	}
	for _, other := range data.Others {
		if r, now := revision.Corrected(news.Story{Text: text}, news.Story{Text: text + "\n" + other}); len(r.Kinds) > 0 ||
			now.Text != text {
			t.Errorf("%q is no note: got %+v", other, r)
		}
	}
}

func TestAlike(t *testing.T) {
	long := "The leaders met on Wednesday at the spaceport.\nThey talked for four hours behind closed doors.\nNobody said what about."
	cases := []struct {
		name string
		a, b news.Story
		want bool
	}{
		{"one headline", news.Story{Title: "Leaders meet!"}, news.Story{Title: "LEADERS MEET"}, true},
		{"one text", news.Story{Title: "a", Text: long}, news.Story{Title: "b", Text: long}, true},
		{"a shorter one", news.Story{Title: "a", Text: long},
			news.Story{Title: "b", Text: strings.Join(strings.Split(long, "\n")[:2], "\n")}, true},
		{"one summary", news.Story{Title: "a", Summary: long}, news.Story{Title: "b", Summary: long}, true},
		{"a text and its summary", news.Story{Title: "a", Text: long}, news.Story{Title: "b", Summary: "Nobody said what about."}, true},
		{"two stories", news.Story{Title: "a", Text: long}, news.Story{Title: "b", Text: "Bread became dearer for the fifth month in a row."}, false},
		{"nothing known", news.Story{}, news.Story{}, false},
	}
	for _, c := range cases {
		if got := revision.Alike(&c.a, &c.b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestChangesAreBounded(t *testing.T) {
	var was, is strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&was, "Sentence number %d is about the weather in the north of the country.\n", i)
		fmt.Fprintf(&is, "Sentence number %d is about the climate in the north of the country.\n", i)
	}
	r, _ := revision.Compare(news.Story{Text: was.String()}, news.Story{Text: is.String()}, nil)
	if len(r.Changes) == 0 || len(r.Changes) > news.MaxChanges {
		t.Errorf("%d changes, want 1 to %d", len(r.Changes), news.MaxChanges)
	}
}

// Whatever two texts are, a story that was compared with itself has not
// changed, and one that took the new text over has not changed again.
func FuzzCompare(f *testing.F) {
	f.Add("Leaders meet", "They met on Wednesday.", "Leaders sign", "They signed on Wednesday. Correction: on Thursday.")
	f.Add("\xff", "\x00.\n\n", "[정정]", "댓글 12개.")
	f.Fuzz(func(t *testing.T, title, text, newTitle, newText string) {
		was, is := news.Story{Title: title, Text: text}, news.Story{Title: newTitle, Text: newText}
		if r, now := revision.Compare(was, was, nil); len(r.Kinds) > 0 || now.Text != was.Text {
			t.Fatalf("it differs from itself: %+v", r)
		}
		r, now := revision.Compare(was, is, nil)
		if again, _ := revision.Compare(now, is, []string{title}); len(r.Kinds) > 0 && len(again.Kinds) > 0 {
			t.Fatalf("it changed twice: %+v, then %+v", r, again)
		}
		for _, c := range r.Changes {
			there := strings.Contains(title+"\n"+text, c.Went)
			if !there && strings.ToValidUTF8(text, "") == text && !strings.Contains(c.Went, " ") {
				t.Fatalf("a word went that was not there: %q", c.Went)
			}
		}
	})
}

func BenchmarkCompare(b *testing.B) {
	var text strings.Builder
	for i := range 120 {
		fmt.Fprintf(&text, "Paragraph %d says at some length what somebody said on Wednesday about the talks.\n", i)
	}
	was := news.Story{Title: "Leaders meet", Text: text.String()}
	is := was
	is.Text = strings.Replace(is.Text, "Paragraph 60 says", "Paragraph 60 denies", 1)
	b.SetBytes(int64(len(was.Text)))
	for b.Loop() {
		if r, _ := revision.Compare(was, is, nil); len(r.Kinds) != 1 {
			b.Fatal(r.Kinds)
		}
	}
}
