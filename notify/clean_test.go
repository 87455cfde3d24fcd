package notify

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		" a\t\r\n b\u00a0\u2028\u3000c ":   "a b c",
		"a\x00b\x1b[31mc\u0085d\u009be":    "ab[31mc de",
		"a\u202eb\u2066c\u200fd\u061ce":    "abcde",
		"\u200bzero\u200b width\ufeff":     "zero width",
		"so\u00adft":                       "soft",
		"bad \xff\xed\xa0\x80 bytes":       "bad \ufffd\ufffd\ufffd\ufffd bytes",
		"می\u200cخواهم":                    "می\u200cخواهم", // Persian needs its non-joiner
		"👩\u200d🚀 ❤\ufe0f 葛\U000E0100飾":    "👩\u200d🚀 ❤\ufe0f 葛\U000E0100飾",
		"tag\U000E0041\U000E007Fged":       "tagged",
		"non\ufdd0char\U0010ffffacter":     "noncharacter",
		"z" + strings.Repeat("\u0301", 50): "z" + strings.Repeat("\u0301", 8),
		"Việt":                             "Việt",
		"<!channel> & *bold* `code`":       "<!channel> & *bold* `code`", // literal: whoever shows it escapes it
		strings.Repeat("\u202e", 100):      "",
		"naïve " + strings.Repeat("é", 3):  "naïve ééé",
		"\u200d\u200d a \u0301":            "\u200d\u200d a \u0301",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestScrubOffsets follows every byte of a text to where it went.
func TestScrubOffsets(t *testing.T) {
	in := "  Ким\x00 \n\t Чен\xff\u202e Ын, said  "
	at := make([]int, len(in)+1)
	out := scrub(in, at)
	for _, word := range []string{"Ким", "Чен", "Ын", "said", ","} {
		from := strings.Index(in, word)
		if got := out[at[from]:at[from+len(word)]]; got != word {
			t.Errorf("%q went to %q", word, got)
		}
	}
	for i := 1; i < len(at); i++ {
		if at[i] < at[i-1] || at[i] > len(out) {
			t.Errorf("offset %d went from %d to %d of %d", i, at[i-1], at[i], len(out))
		}
	}
}

func TestBlank(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, " ": true, "\u200d": true, "\u0301": true, "a": false, "김": false, "👩": false, ".": false,
	} {
		if got := blank(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestCut(t *testing.T) {
	family := "👩\u200d👩\u200d👧\u200d👦" // one grapheme of seven runes
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{"shorter", 5, "shor…"},
		{"Kim and Putin met in the East", 24, "Kim and Putin met in…"},
		{"Kim and Putin, who met", 15, "Kim and Putin…"},
		{"Pneumonoultramicroscopic", 10, "Pneumonou…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"},
		{"a" + family + "b", 8, "a…"},
		{"a" + family + "b", 9, "a" + family + "b"},
		{family + family, 4, "👩\u200d👩…"}, // not even one fits
		{"김정은이 러시아를 방문", 6, "김정은이…"},
		{"北朝鮮の金正恩総書記", 6, "北朝鮮の金…"},
		{"a b", 1, "…"},
		{"", 0, ""},
	} {
		if got := cut(tt.in, tt.limit); got != tt.want {
			t.Errorf("cut %q to %d: %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

// TestLineOfALongText looks at no more of a text than it may need.
func TestLineOfALongText(t *testing.T) {
	if got := line(strings.Repeat("\u202e", 15*9)+"Kim came", 9); got != "Kim came" {
		t.Errorf("%q", got)
	}
	if got := line(strings.Repeat("\u202e", 16*9)+"Kim came", 9); got != "" {
		t.Errorf("%q", got)
	}
	if got := testing.AllocsPerRun(10, func() { line(strings.Repeat("ab ", 100), 9) }); got > 20 {
		t.Errorf("%v allocations", got)
	}
}

func FuzzCut(f *testing.F) {
	f.Add("Kim and Putin met", 9)
	f.Add("👩\u200d👩\u200d👧\u200d👦🇰🇵🇷🇺", 5)
	f.Add("é\u0301각\u1100\u1161", 3)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		if limit < 1 || limit > 1000 {
			return
		}
		s := clean(in)
		if again := clean(s); again != s {
			t.Errorf("cleaned twice, %q became %q", s, again)
		}
		got := cut(s, limit)
		if n := utf8.RuneCountInString(got); n > limit {
			t.Errorf("cut %q to %d: %q has %d runes", s, limit, got, n)
		}
		kept := strings.TrimSuffix(got, "…")
		if !utf8.ValidString(got) || !strings.HasPrefix(s, kept) {
			t.Errorf("cut %q to %d: %q", s, limit, got)
		}
		if kept != "" && kept != s && graphemes(s, limit-1) > 0 && !endsGrapheme(s, len(kept)) {
			t.Errorf("cut %q to %d: %q ends inside a grapheme", s, limit, got)
		}
	})
}

// endsGrapheme reports whether a grapheme of s ends at an offset.
func endsGrapheme(s string, offset int) bool {
	g := uniseg.NewGraphemes(s)
	for g.Next() {
		if _, to := g.Positions(); to >= offset {
			return to == offset
		}
	}
	return false
}

func TestLink(t *testing.T) {
	for in, want := range map[string]string{
		"https://tass.com/politics/1?a=b#c":  "https://tass.com/politics/1?a=b#c",
		" http://example.org ":               "http://example.org",
		"javascript:alert(1)":                "",
		"ftp://example.org/":                 "",
		"//example.org/a":                    "",
		"https://":                           "",
		"https://:80/":                       "",
		"":                                   "",
		"https://trusted.com@evil.example/a": "https://evil.example/a",
		"https://example.org/a|b>c<d":        "https://example.org/a%7Cb%3Ec%3Cd",
		"https://example.org/новости?q=мир *x*":            "https://example.org/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=%D0%BC%D0%B8%D1%80%20%2Ax%2A",
		"https://example.org/a%2Fb":                        "https://example.org/a%2Fb",
		"https://example.org/\x1b]8;;":                     "",
		"https://example.org/?\u202e":                      "https://example.org/?%E2%80%AE",
		"https://example.org/" + strings.Repeat("a", 2000): "",
		"https://мир.example/":                             "https://%D0%BC%D0%B8%D1%80.example/",
	} {
		if got := link(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	got := names([]string{" KCNA\n", "KCNA", "", "\u200b", "Yonhap", strings.Repeat("x", 100)})
	if len(got) != 3 || got[0] != "KCNA" || got[1] != "Yonhap" || got[2] != strings.Repeat("x", 79)+"…" {
		t.Errorf("%q", got)
	}
}

func TestList(t *testing.T) {
	all := []string{"a", "b", "c"}
	for limit, want := range map[int]string{1: "a, +2 more", 2: "a, b, +1 more", 3: "a, b, c", 9: "a, b, c"} {
		if got := list(all, limit); got != want {
			t.Errorf("%d: %q, want %q", limit, got, want)
		}
	}
	if got := list(nil, 3); got != "" {
		t.Errorf("%q", got)
	}
}
