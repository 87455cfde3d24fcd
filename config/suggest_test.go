package config

import (
	"strings"
	"testing"
)

func TestCaret(t *testing.T) {
	for _, c := range []struct {
		line   string
		column int
		want   string
	}{
		{"abc", 1, "^"},
		{"abc", 3, "  ^"},
		{"\tabc", 2, "\t^"},
		{"김x", 3, "\u3000 ^"},
		{"é́x", 3, " ^"}, // a combining accent has no width
		{"abc", 99, "   ^"},
		{"abc", 0, "^"},
	} {
		if got := caret(c.line, c.column); got != c.want {
			t.Errorf("%q, column %d: %q, want %q", c.line, c.column, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"schedule", "sitemap", "feed", "page", "tags", "to", "also to", "in"}
	for word, want := range map[string]string{
		"shedule": "schedule", "scheduel": "schedule", "schedules": "schedule", "fed": "feed", "tgas": "tags",
		"alsoto": "also to", "also_to": "also to", "frobnicate": "", "x": "", "": "", "too": "to", "Feed": "feed",
	} {
		if got := nearest(word, words); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := didYouMean(strings.Repeat("schedule", 20), words); got != "" {
		t.Errorf("a long word: %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"김정", "정김", 1}} {
		if got := distance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if there, back := distance([]rune(c.a), []rune(c.b)), distance([]rune(c.b), []rune(c.a)); there != back {
			t.Errorf("%q and %q: %d there, %d back", c.a, c.b, there, back)
		}
	}
}
