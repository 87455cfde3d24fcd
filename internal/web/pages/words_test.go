package pages

import (
	"fmt"
	"testing"
)

// TestCoded: what stands between backticks is a command or a key; one alone is a sign.
func TestCoded(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "[{ false}]",
		"plain":                  "[{plain false}]",
		"let `a b` find, or `c`": "[{let  false} {a b true} { find, or  false} {c true} { false}]",
		"5` alone":               "[{5` alone false}]",
	} {
		if got := fmt.Sprint(codedOf(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
