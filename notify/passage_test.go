package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
)

// show writes spans with their matches in brackets.
func show(spans []QuotePart) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Match {
			s.Text = "[" + s.Text + "]"
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// place makes evidence of the first place of a word in a story's text.
func place(text, word string) news.Evidence {
	first, rest, _ := strings.Cut(text, "\n")
	e := news.Evidence{Term: word, Field: news.FieldLead, Text: word, Start: strings.Index(first, word)}
	if e.Start < 0 {
		e.Field, e.Start = news.FieldBody, strings.Index(rest, word)
	}
	e.End = e.Start + len(word)
	return e
}

func TestQuote(t *testing.T) {
	for _, tt := range []struct {
		name, text, words, want string
	}{
		{"the shortest that holds all", "Kim spoke at length of Putin. Kim met Putin.", "Kim|Putin", "[Kim] spoke at length of [Putin]."},
		{"one sentence rather than two", "Kim and Putin left together later. It rained. They came.", "Kim|Putin|left", "[Kim] and [Putin] [left] together later."},
		{"two that follow each other", "It rained. Kim came. Putin came.", "Kim|Putin", "[Kim] came. [Putin] came."},
		{"two lines that follow each other", "It rained.\nKim came.\nPutin came.", "Kim|Putin", "[Kim] came. [Putin] came."},
		{"two with something between", "Kim came. It rained. Putin came.", "Kim|Putin", "[Kim] came. … [Putin] came."},
		{"two of different fields", "Kim came.\nPutin came.", "Kim|Putin", "[Kim] came. … [Putin] came."},
		{"never three", "Kim came. Putin came. Xi came too.", "Kim|Putin|Xi", "[Kim] came. [Putin] came."},
		{"the first of equals", "Kim came. Kim left.", "Kim|came|left", "[Kim] [came]. Kim [left]."},
		{"abbreviations", "Gen. Kim of the U.N. mission met Mr. Putin. It rained.", "Putin", "Gen. Kim of the U.N. mission met Mr. [Putin]."},
		{"space is squeezed, marks stay", "Kim\t\x00 met  \u202ePutin .", "Kim|Putin", "[Kim] met [Putin] ."},
		{"inside a word", "Rasputin came.", "putin", "Ras[putin] came."},
		{"overlap", "Kim Jong Un came.", "Kim Jong|Jong Un", "[Kim Jong Un] came."},
		{"one within another", "Kim Jong Un came.", "Kim Jong Un|Jong", "[Kim Jong Un] came."},
		{"touch", "KimJong came.", "Kim|Jong", "[KimJong] came."},
		{"ellipses of the story's own", "Kim waited…\nIt rained.\n…Putin came.", "Kim|Putin", "[Kim] waited … …[Putin] came."},
		{"found in an ellipsis", "Kim. It rained. Putin……", "Kim|Putin……", "[Kim]. … [Putin……]"},
		{"nothing but the opening", "It rained. It poured.", "", "It rained."},
		{"a text that shows nothing", "\u202e\u200b", "", ""},
	} {
		s := &news.Story{Text: tt.text}
		var m news.Match
		for _, w := range strings.FieldsFunc(tt.words, func(r rune) bool { return r == '|' }) {
			e := place(tt.text, w)
			if e.Start < 0 {
				t.Fatalf("%s: no %q", tt.name, w)
			}
			m.Evidence = append(m.Evidence, e)
		}
		if got := show(quote(s, []news.Match{m})); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestQuoteBelievesTheRule takes the sentence that the rule saw, when it is
// really there.
func TestQuoteBelievesTheRule(t *testing.T) {
	s := &news.Story{Text: "In No. 5 Kim lives. Yes."}
	for sentence, want := range map[string]string{
		"In No. 5 Kim lives.":      "In No. 5 [Kim] lives.",
		"In No. 5 Kim lives. Yes.": "In No. 5 [Kim] lives. Yes.",
		"":                         "In No. 5 [Kim] lives.",
		"…5 Kim lives.":            "In No. 5 [Kim] lives.", // cut by the rule
		"Yes.":                     "In No. 5 [Kim] lives.", // not around the place
	} {
		e := place(s.Text, "Kim")
		e.Sentence = sentence
		if got := show(quote(s, []news.Match{{Evidence: []news.Evidence{e}}})); got != want {
			t.Errorf("%q: %q, want %q", sentence, got, want)
		}
	}
}

func TestQuoteOfTwoLongSentences(t *testing.T) {
	filler := strings.Repeat("word after word ", 20)
	s := &news.Story{Text: "So " + filler + "Kim came " + filler + "too. So " + filler + "Putin left " + filler + "too."}
	m := news.Match{Evidence: []news.Evidence{place(s.Text, "Kim"), place(s.Text, "Putin")}}
	got := quote(s, []news.Match{m})
	if n := utf8.RuneCountInString(plain(got)); n > maxQuote || n < maxQuote/2 {
		t.Errorf("%d runes", n)
	}
	if shown := show(got); !strings.Contains(shown, "[Kim] came") || !strings.Contains(shown, "[Putin] left") || strings.Contains(shown, "… …") {
		t.Errorf("%q", shown)
	}
}

// TestQuoteOfMuchEvidence is about time: a text made to be slow must not hold
// up a channel.
func TestQuoteOfMuchEvidence(t *testing.T) {
	text := strings.Repeat("Kim a\u0301\u0301\u0301 👩\u200d👩\u200d👧 ", 5000)
	s := &news.Story{Title: text + "!", Text: "First.\n" + text}
	var m news.Match
	body := strings.TrimPrefix(s.Text, "First.\n")
	for i := range 5000 {
		at := i * len(text) / 5000
		m.Evidence = append(m.Evidence, news.Evidence{Concept: fmt.Sprint(i % 50), Field: news.FieldBody, Text: "Kim", Start: at,
			End: at + 3})
		if body[at:at+3] != "Kim" {
			t.Fatal(at)
		}
	}
	start := time.Now()
	msg := Story(news.Delivery{Kind: news.DeliverStory}, news.Alert{Rules: []string{""}}, s, []news.Match{m}, start)
	if took := time.Since(start); took > 40*time.Second { // four under the race detector on a busy machine
		t.Errorf("took %s", took)
	}
	checkMessage(t, msg)
	if len(msg.Quote) < 3 {
		t.Errorf("quote %v", msg.Quote)
	}
}

func FuzzStory(f *testing.F) {
	f.Add("Kim met Putin", "It rained. Kim met Putin in Pyongyang.", "Kim", "Putin", "https://example.org/a", "")
	f.Add("<!channel>\x00", "\u202eKim\xff <@U012AB3CD>\n\n👩\u200d👩\u200d👧", "Kim", "\xff", "javascript:x", "Kim")
	f.Add("", strings.Repeat("x", 3000)+"Kim. "+strings.Repeat("é", 3000), "Kim", "é", "http://[::1]/", "")
	f.Add("a", "b", "", "", "", "\n")
	f.Fuzz(func(t *testing.T, title, text, one, two, url, sentence string) {
		s := &news.Story{Title: title, Text: text, URL: url, Outlet: one, Language: two, Cites: []string{title, sentence}}
		m := news.Match{Rule: one}
		for _, field := range s.Fields() {
			for i, word := range []string{one, two} {
				at := strings.LastIndex(field.Text, word)
				m.Evidence = append(m.Evidence,
					news.Evidence{Term: word, Field: field.Name, Variant: field.Variant, Text: word, Start: at, End: at + len(word),
						Sentence: sentence},
					news.Evidence{Concept: fmt.Sprint(i), Field: field.Name, Variant: 9, Text: word, Start: len(sentence)})
			}
		}
		a := news.Alert{Rules: []string{one}, Mentions: []string{two}}
		msg := Story(news.Delivery{Kind: news.DeliverStory}, a, s, []news.Match{m}, time.Unix(0, 0))
		checkMessage(t, msg)
		for _, span := range msg.Quote {
			if span.Match && !strings.Contains(clean(text), strings.TrimSpace(span.Text)) && len(span.Text) < len(text)/2 {
				t.Errorf("%q is marked, but not in %q", span.Text, text)
			}
		}
		checkMessage(t, Ops(news.Delivery{Kind: news.DeliverOps, Text: title + "\n" + text}))
	})
}

func BenchmarkStory(b *testing.B) {
	text := strings.Repeat("It rained in the capital on Monday. ", 40) + "Kim met Putin.\n" + strings.Repeat("Nobody said a word about artillery. ", 60)
	s := &news.Story{Title: "Kim met Putin", Text: text, URL: "https://example.org/1"}
	m := []news.Match{{Evidence: []news.Evidence{place(text, "Kim"), place(text, "Putin"), place(text, "artillery")}}}
	for b.Loop() {
		Story(news.Delivery{}, news.Alert{Rules: []string{""}}, s, m, time.Time{})
	}
}
