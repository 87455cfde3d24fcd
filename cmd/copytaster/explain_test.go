package main

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// find makes the evidence for the nth occurrence of a word in a text.
func find(t *testing.T, text, word string, n int) news.Evidence {
	t.Helper()
	at := -1
	for range n {
		i := strings.Index(text[at+1:], word)
		if i < 0 {
			t.Fatalf("%q is not that often in %q", word, text)
		}
		at += 1 + i
	}
	return news.Evidence{Text: word, Start: at, End: at + len(word)}
}

func TestMarked(t *testing.T) {
	mark := func(a ...any) string { return "[" + a[0].(string) + "]" }
	const text = "Armies march. The arms of the army are new arms. 김정은은 갔다."
	for _, tt := range []struct {
		sentence string
		found    []news.Evidence
		want     string
	}{
		{"The arms of the army are new arms.", []news.Evidence{find(t, text, "arms", 2)}, "The arms of the army are new [arms]."},
		{"The arms of the army are new arms.", []news.Evidence{find(t, text, "arms", 2), find(t, text, "arms", 1)}, "The [arms] of the army are new [arms]."},
		{"…the army are new arms.", []news.Evidence{find(t, text, "arms", 2)}, "…the army are new [arms]."},
		{"…of the army are…", []news.Evidence{find(t, text, "army", 1)}, "…of the [army] are…"},
		{"…of the army are…", []news.Evidence{find(t, text, "army", 1), find(t, text, "arms", 2)}, "…of the [army] are…"},
		{"김정은은 갔다.", []news.Evidence{find(t, text, "김정은", 1)}, "[김정은]은 갔다."},
		{"The arms of", []news.Evidence{find(t, text, "arms of", 1), find(t, text, "of", 1)}, "The [arms of]"},
		{"not a stretch of it, with arms", []news.Evidence{find(t, text, "arms", 1)}, "not a stretch of it, with [arms]"},
		{"nothing of it", []news.Evidence{find(t, text, "arms", 1)}, "nothing of it"},
	} {
		if got := marked(tt.sentence, text, tt.found, mark); got != tt.want {
			t.Errorf("%q with %v: %q, want %q", tt.sentence, tt.found, got, tt.want)
		}
	}
}

func FuzzMarked(f *testing.F) {
	f.Add("a b a", "…b a", 4, 5)
	f.Fuzz(func(t *testing.T, text, sentence string, start, end int) {
		if start < 0 || end < start || end > len(text) || start == end {
			return
		}
		e := news.Evidence{Text: text[start:end], Start: start, End: end}
		got := marked(sentence, text, []news.Evidence{e}, func(a ...any) string { return a[0].(string) })
		if want := strings.Join(strings.Fields(sentence), " "); got != want {
			t.Errorf("without marks %q became %q", want, got)
		}
	})
}

// A URL is explained as a story of the one source on its host.
func TestSourceOf(t *testing.T) {
	cfg := &config.Config{Sources: []news.Source{
		{Name: "one", URL: "https://one.example/feed"},
		{Name: "two-a", URL: "https://two.example/a"},
		{Name: "two-b", URL: "https://two.example/b"},
	}}
	for _, tt := range []struct{ name, input, want string }{
		{"", "https://one.example/story", "one"},
		{"", "https://two.example/story", ""},
		{"", "https://other.example/story", ""},
		{"", "story.txt", ""},
		{"", "-", ""},
		{"two-b", "https://one.example/story", "two-b"},
	} {
		src, err := sourceOf(cfg, tt.name, tt.input)
		if err != nil || src.Name != tt.want {
			t.Errorf("source %q of %s: %q, error %v; want %q", tt.name, tt.input, src.Name, err, tt.want)
		}
	}
	if _, err := sourceOf(cfg, "three", "story.txt"); err == nil {
		t.Error("a source that is not there was found")
	}
}
