package config

import (
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
