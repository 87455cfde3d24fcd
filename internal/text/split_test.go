package text

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// load reads a YAML file of testdata.
func load(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestSplit(t *testing.T) {
	var cases []struct {
		Text         string
		Words        []string
		Alternatives []string
	}
	load(t, "split.yaml", &cases)
	for _, c := range cases {
		words, alternatives := []string{}, []string(nil)
		tokens := Split(c.Text)
		for _, tok := range tokens {
			words = append(words, tok.Folded)
			if tok.Alt != nil {
				alternatives = append(alternatives, tok.Alt.Folded)
			}
		}
		if diff := cmp.Diff(c.Words, words); diff != "" {
			t.Errorf("Split(%q) -want +got:\n%s", c.Text, diff)
		}
		if diff := cmp.Diff(c.Alternatives, alternatives); diff != "" {
			t.Errorf("Split(%q), alternatives -want +got:\n%s", c.Text, diff)
		}
		checkTokens(t, c.Text, tokens)
	}
}

// checkTokens holds what is true of the tokens of any text.
func checkTokens(t *testing.T, s string, tokens []Token) {
	t.Helper()
	for i, tok := range tokens {
		if tok.Start < 0 || tok.Start >= tok.End || tok.End > len(s) {
			t.Fatalf("token %d of %q lies at %d:%d", i, s, tok.Start, tok.End)
		}
		if i > 0 && (tok.Start < tokens[i-1].Start || tok.End < tokens[i-1].End) { // one rune may give two words: ㍿
			t.Fatalf("tokens %d and %d of %q are out of order", i-1, i, s)
		}
		if tok.Folded == "" || tok.Exact == "" || !utf8.ValidString(tok.Folded) || !utf8.ValidString(tok.Exact) {
			t.Fatalf("token %d of %q reads %q and %q", i, s, tok.Exact, tok.Folded)
		}
		if a := tok.Alt; a != nil && (a.Start < tok.Start || a.End > tok.End || a.Start >= a.End || a.Folded == "" ||
			a.Exact == "") {
			t.Fatalf("token %d of %q has the alternative %+v", i, s, *a)
		}
	}
}

func TestSplitOffsets(t *testing.T) {
	const s = "In l’Iran, Putin's “U.N.” envoy — ＫＩＭ said 1,279"
	var raw []string
	for _, tok := range Split(s) {
		raw = append(raw, s[tok.Start:tok.End])
	}
	want := []string{"In", "l’Iran", "Putin", "U.N.", "envoy", "ＫＩＭ", "said", "1,279"}
	if diff := cmp.Diff(want, raw); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSplitExact(t *testing.T) {
	var exact []string
	for _, tok := range Split("The U.S. and ÉLYSÉE, iPhone, Ёлка, Straße") {
		exact = append(exact, tok.Exact)
	}
	want := []string{"The", "US", "and", "ELYSEE", "iPhone", "Елка", "Strasse"}
	if diff := cmp.Diff(want, exact); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSplitMarks(t *testing.T) {
	type flags struct {
		Word          string
		Joined, Break bool
	}
	var got []flags
	for _, tok := range Split("김정은 씨KBS。次\n \nend\nline") {
		got = append(got, flags{tok.Folded, tok.Joined, tok.Break})
	}
	want := []flags{{"김", false, false}, {"정", true, false}, {"은", true, false}, {"씨", false, false}, {"kbs", true, false},
		{"次", false, true}, {"end", false, true}, {"line", false, false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]int{
		"":                      0,
		"Kim Jong-un met Putin": 5,
		"김정은이 말했다":              2,
		"金正恩表示":                 3, // five characters
		"ประธานาธิบดี":          3,
		"NATO가 北朝鮮":             4,
		"Президент Путин сказал.": 3,
	} {
		if got := Words(Split(s)); got != want {
			t.Errorf("Words(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestShouted(t *testing.T) {
	for s, want := range map[string]bool{
		"KIM MEETS PUTIN": true, "КИМ В МОСКВЕ 2026": true, "2026": false, "": false,
		"KIM meets": false, "미국 US": false, "米US": false, "U.S. IN": true,
	} {
		if got := Shouted(Split(s)); got != want {
			t.Errorf("Shouted(%q) = %v, want %v", s, got, want)
		}
	}
}

// TestSplitHuge holds that reading is linear, whatever is read: each of these
// texts would take hours otherwise. It takes less than a second, and a minute
// under the race detector on a busy machine.
func TestSplitHuge(t *testing.T) {
	const size = 2 << 20
	for name, piece := range map[string]string{
		"one word": "a", "capitals": "A", "digits": "1", "Cyrillic": "я", "Hangul": "은", "Han": "金", "marks": "\u0301", "letters with marks": "e\u0301\u0301",
		"dots": "A.", "decimals": "1.", "thousands": "1,", "groups": "123,", "apostrophes": "a'", "possessives": "'s", "NUL": "\x00",
		"invalid": "\xff", "cut runes": "\xe2\x80", "soft hyphens": "a\u00AD", "newlines": "\n", "one long rune": "ﷺ", "jamo": "\u1100",
		"Arabic": "وبال", "zero width": "\u200b",
	} {
		s := strings.Repeat(piece, size/len(piece))
		began := time.Now()
		tokens := Split(s)
		if took := time.Since(began); took > 5*time.Minute {
			t.Errorf("%s: %v", name, took)
		}
		if n := len(tokens); n > len(s)+1 {
			t.Errorf("%s: %d tokens", name, n)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"Kim Jong-un's", "U.S.-led", "1,279.54", "l’Iran", "ﷺ ㍿", "한국가\u1100", "e\u0301\u00AD", "\xff\x00", "צה״ל", "น้ำ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tokens := Split(s)
		checkTokens(t, s, tokens)
		Words(tokens)
		for _, tok := range tokens { // what is folded stays as it is
			for _, again := range Split(tok.Folded) {
				if len(Split(again.Folded)) != 1 {
					t.Errorf("%q of %q is no word when it is read again", again.Folded, s)
				}
			}
		}
		if len(tokens) > 0 && !tokens[0].Break && !Holds(s, s) {
			t.Errorf("%q does not find itself", s)
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	for name, piece := range map[string]string{
		"English": "North Korean leader Kim Jong-un told the U.N. envoy on Tuesday that 1,279 missiles were ready. ",
		"Russian": "Президент России Владимир Путин встретился с лидером КНДР Ким Чен Ыном в Пхеньяне. ",
		"Chinese": "朝鲜领导人金正恩与俄罗斯总统普京在平壤会晤，讨论武器问题。",
	} {
		s := strings.Repeat(piece, 4500/len(piece))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				Split(s)
			}
		})
	}
}
