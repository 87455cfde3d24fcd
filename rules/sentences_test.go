package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// TestMarkedSentences holds that a sentence is shown once for each field, with all
// that was found in it, in the order of the evidence.
func TestMarkedSentences(t *testing.T) {
	s := news.Story{
		Title: "Kim met Putin", Titles: []string{"Kim’s envoy"}, Summary: "Kim left.",
		Text: "Kim left.\nPutin’s envoy spoke of new weapons. Nobody knows more.",
	}
	at := func(f news.FieldName, variant int, term, concept, found, sentence string) news.Evidence {
		for _, field := range s.Fields() {
			if field.Name == f && field.Variant == variant {
				start := strings.Index(field.Text, found)
				return news.Evidence{Term: term, Concept: concept, Field: f, Variant: variant, Text: found,
					Start: start, End: start + len(found), Sentence: sentence}
			}
		}
		t.Fatalf("there is no %s %d", f, variant)
		return news.Evidence{}
	}
	got := MarkedSentences([]news.Evidence{
		at(news.FieldTitle, 0, "Putin", "", "Putin", "Kim met Putin"),
		at(news.FieldTitle, 0, "Kim Jong-un", "kim", "Kim", "Kim met Putin"),
		at(news.FieldTitle, 1, "Kim", "kim", "Kim", "Kim’s envoy"),
		at(news.FieldBody, 0, "~weapon", "", "weapons", "Putin’s envoy spoke of new weapons."),
		at(news.FieldBody, 0, "envoy", "", "envoy", "Putin’s envoy spoke of new weapons."),
	}, s.Fields(), func(a ...any) string { return "[" + a[0].(string) + "]" })
	want := []string{
		"title: [Kim] met [Putin] ($kim, Putin)",
		"title: [Kim]’s envoy ($kim)",
		"body: Putin’s [envoy] spoke of new [weapons]. (envoy, ~weapon)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := MarkedSentences(nil, s.Fields(), nil); len(got) > 0 {
		t.Errorf("without evidence: %q", got)
	}
}
