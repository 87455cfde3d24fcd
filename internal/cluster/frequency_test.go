package cluster

import (
	"strings"
	"testing"
)

func TestFrequency(t *testing.T) {
	for _, c := range []struct {
		language, word string
		often          bool
	}{
		{"en", "the", true},
		{"", "the", true},
		{"en", "zelensky", false},
		{"de", "die", true},
		{"de", "burgenland", false},
		{"fr", "dans", true},
		{"ru", "что", true},
		{"es", "para", true},
		{"tr", "bir", true},
		{"xx", "xyzzy", false},
	} {
		if got := frequency(c.language, c.word) >= 20; got != c.often {
			t.Errorf("%s %s: %v of a thousand stories", c.language, c.word, frequency(c.language, c.word))
		}
	}
}

func TestFrequentWordsAreSorted(t *testing.T) {
	var language, last string
	for line := range strings.Lines(frequentText) {
		word, _, ok := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case !ok && word <= language, ok && word <= last:
			t.Errorf("%q is out of order", line)
		case !ok:
			language, last = word, ""
		default:
			last = word
		}
	}
}
