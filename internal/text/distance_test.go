package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"a", "a", 0}, {"a", "b", 1}, {"ab", "ba", 1}, {"abc", "ca", 3},
		{"kitten", "sitting", 3}, {"flaw", "lawn", 2}, {"schedule", "scheduel", 1}, {"schedule", "shcedlue", 2},
		{"김정", "정김", 1}, {"Путин", "Пуитн", 1}, {"東京", "京都", 2}, {"é", "e", 1}, {"a\xff", "a\ufffd", 0},
	} {
		there, back := Distance(c.a, c.b), Distance(c.b, c.a)
		if there != c.want || back != c.want {
			t.Errorf("%q and %q: %d there, %d back, want %d", c.a, c.b, there, back, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"schedule", "sitemap", "feed", "page", "tags", "to", "also to", "in", "金正恩", strings.Repeat("x", 65)}
	for word, want := range map[string]string{
		"shedule": "schedule", "scheduel": "schedule", "schedules": "schedule", "fed": "feed", "tgas": "tags",
		"alsoto": "also to", "also_to": "also to", "frobnicate": "", "x": "", "": "", "too": "to", "Feed": "feed",
		"ot": "to", "an": "in", "tas": "tags", "io": "in", "金正日": "金正恩", "金日成": "", strings.Repeat("x", 64): "", strings.Repeat("x", 66): "",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

// A distance is no smaller than what the lengths differ by, no larger than the
// longer word, the same from both sides, and 0 for equal words alone.
func FuzzDistance(f *testing.F) {
	f.Add("schedule", "shedule")
	f.Add("김정은", "김은정")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 200 || len(b) > 200 || !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		m, n, d := utf8.RuneCountInString(a), utf8.RuneCountInString(b), Distance(a, b)
		if d < max(m-n, n-m) || d > max(m, n) || (d == 0) != (a == b) || d != Distance(b, a) {
			t.Errorf("%q and %q: %d there, %d back", a, b, d, Distance(b, a))
		}
	})
}
