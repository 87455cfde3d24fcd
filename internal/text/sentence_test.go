package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentence(t *testing.T) {
	var cases []struct{ Text, Find, Sentence string }
	load(t, "sentences.yaml", &cases)
	for _, c := range cases {
		start := strings.Index(c.Text, c.Find)
		if got := Sentence(c.Text, start, start+len(c.Find), 300); got != c.Sentence {
			t.Errorf("sentence of %q in %q is %q, want %q", c.Find, c.Text, got, c.Sentence)
		}
	}
}

// TestSentenceAt: the bounds are those of Sentence, whose text stands between
// them, and a first sentence is the one at the beginning.
func TestSentenceAt(t *testing.T) {
	var cases []struct{ Text, Find, Sentence string }
	load(t, "sentences.yaml", &cases)
	for _, c := range cases {
		start := strings.Index(c.Text, c.Find)
		from, to := SentenceAt(c.Text, start, start+len(c.Find))
		if got := c.Text[from:to]; got != c.Sentence {
			t.Errorf("sentence of %q in %q is %q, want %q", c.Find, c.Text, got, c.Sentence)
		}
		if from == 0 && FirstSentence(c.Text) != c.Sentence {
			t.Errorf("the first sentence of %q is %q, want %q", c.Text, FirstSentence(c.Text), c.Sentence)
		}
		if strings.ContainsAny(c.Sentence[len(c.Sentence)-1:], ".!?") && !EndsSentence(c.Sentence) {
			t.Errorf("%q ends no sentence", c.Sentence)
		}
	}
}

func TestEndsSentence(t *testing.T) {
	for s, want := range map[string]bool{
		"": false, "He left": false, "He left.": true, "“He left.”": true, "Amb.": false, "He met Mr.": false, "He left!": true, "He met the U.S.": true,
		"(He left.)": true, "他走了。": true, "Wait…": true, "He met (Dr.)": false, "J.": false,
		"and so on:": false, "انہوں نے کہا۔": true, "वह आया।": true, "Նա գնաց։": true, "ሄደ።": true, "\u200f": false,
		"U.S.A": false, "He met Acme Inc.": true, "in Jan.": true,
	} {
		if got := EndsSentence(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// A token lies in the sentence, and in the paragraph, that it begins in.
func TestSentencesOfTokens(t *testing.T) {
	for _, c := range []struct {
		text                  string
		sentences, paragraphs []int32
	}{
		{"", []int32{}, []int32{}},
		{"...", []int32{}, []int32{}},
		{"One", []int32{0}, []int32{0}},
		{"One two. Three", []int32{0, 0, 1}, []int32{0, 0, 0}},
		{"Mr. Kim came. He left!\nEnd", []int32{0, 0, 0, 1, 1, 2}, []int32{0, 0, 0, 0, 0, 1}},
		{"\n\nOne\n\n\nTwo", []int32{1, 2}, []int32{2, 5}},
		{"金正。普京", []int32{0, 0, 1, 1}, []int32{0, 0, 0, 0}},
		{"U.S. President Biden left. Then", []int32{0, 0, 0, 0, 1}, []int32{0, 0, 0, 0, 0}},
		{"\xff. A \xff b", []int32{1, 1}, []int32{0, 0}},
	} {
		tokens := Split(c.text)
		if got := Sentences(c.text, tokens); !slices.Equal(got, c.sentences) {
			t.Errorf("sentences of %q are %v, want %v", c.text, got, c.sentences)
		}
		if got := Paragraphs(c.text, tokens); !slices.Equal(got, c.paragraphs) {
			t.Errorf("paragraphs of %q are %v, want %v", c.text, got, c.paragraphs)
		}
	}
}

// What stands in one sentence by its tokens is what is shown as one.
func FuzzSentencesOfTokens(f *testing.F) {
	f.Add("One. Two? Mr. Kim said: “No!” Then\n\nhe 金。left")
	f.Fuzz(func(t *testing.T, s string) {
		tokens := Split(s)
		sentences, paragraphs := Sentences(s, tokens), Paragraphs(s, tokens)
		for i := 1; i < len(tokens); i++ {
			if sentences[i] < sentences[i-1] || paragraphs[i] < paragraphs[i-1] ||
				paragraphs[i] > paragraphs[i-1] && sentences[i] == sentences[i-1] {
				t.Errorf("%q: sentences %v, paragraphs %v", s, sentences, paragraphs)
			}
		}
	})
}

func TestSentenceCut(t *testing.T) {
	long := strings.Repeat("before ", 100) + "FIND" + strings.Repeat(" after", 100) + "."
	start := strings.Index(long, "FIND")
	got := Sentence(long, start, start+4, 80)
	if n := utf8.RuneCountInString(got); n > 80 || n < 60 {
		t.Errorf("%d runes: %q", n, got)
	}
	if !strings.HasPrefix(got, "…before") || !strings.HasSuffix(got, "after…") || !strings.Contains(got, " FIND ") {
		t.Errorf("cut badly: %q", got)
	}
	if got := Sentence(long, 0, 6, 30); !strings.HasPrefix(got, "before before") || !strings.HasSuffix(got, "…") {
		t.Errorf("at the beginning: %q", got)
	}
	if got := Sentence(long, 0, len(long), 30); utf8.RuneCountInString(got) > 30 {
		t.Errorf("a find longer than the limit: %q", got)
	}
	han := strings.Repeat("金", 5000)
	if got := Sentence(han, 6000, 6009, 300); utf8.RuneCountInString(got) > 300 {
		t.Errorf("%d runes without any space", utf8.RuneCountInString(got))
	}
}

func FuzzSentence(f *testing.F) {
	f.Add("One. Two? Three.", 5, 8, 300)
	f.Add("\xff。\n\n「金」", 1, 4, 3)
	f.Fuzz(func(t *testing.T, s string, start, end, limit int) {
		if start < 0 || end > len(s) || start > end || limit < 3 || limit > 1000 {
			return
		}
		got := Sentence(s, start, end, limit)
		if n := utf8.RuneCountInString(got); n > limit || !utf8.ValidString(got) {
			t.Errorf("Sentence(%q, %d, %d, %d) = %q, %d runes", s, start, end, limit, got, n)
		}
	})
}
