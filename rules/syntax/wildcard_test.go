package syntax_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// shape writes the words of a term with _ for each open letter.
func shape(w *syntax.Wildcard) string {
	var words []string
	for _, word := range w.Words {
		words = append(words, strings.ReplaceAll(string(word.Letters), "\x00", "_"))
	}
	return strings.Join(words, " ")
}

// TestWildcard holds which letters of a term are open, and what is compared of it.
func TestWildcard(t *testing.T) {
	for _, tt := range []struct {
		written, shape string
		open           []int // of the term as written, the sigil apart
	}{
		{"organi?ation", "organi_ation", []int{6}},
		{"organi??ation", "organi__ation", []int{6, 7}},
		{"?rganisation", "_rganisation", []int{0}},
		{"Who? Me", "who_ me", []int{3}},
		{"colo?r code", "colo_r code", []int{4}},
		{"=U?A", "U_A", []int{1}},
		{"F-?x", "f _x", []int{2}},
		{"naï?e", "nai_e", []int{3}},
		{"ß?", "ss_", []int{1}}, // one letter that is compared as two
		{"Ки?в", "ки_в", []int{2}},
		{"بو?ين", "بو_ين", []int{2}},
		{"김?은", "김 _ 은", []int{1}},
		{"金?恩", "金 _ 恩", []int{1}},
	} {
		w := syntax.ParseTerm(tt.written).Wildcard
		if w == nil {
			t.Errorf("%s has no open letter", tt.written)
			continue
		}
		if got := shape(w); got != tt.shape || !slices.Equal(w.Open, tt.open) {
			t.Errorf("%s is compared as %q, open at %v; want %q, %v", tt.written, got, w.Open, tt.shape, tt.open)
		}
		for _, word := range w.Words {
			if word.Open != slices.Contains(word.Letters, 0) {
				t.Errorf("%s: the word %q is open: %v", tt.written, string(word.Letters), word.Open)
			}
		}
	}
}

// TestQuestionMarks holds that a ? which touches no letter is a mark like others.
func TestQuestionMarks(t *testing.T) {
	for written, key := range map[string]string{
		"x ? y": "x y", "5?6": "5 6", "a5?6": "a5 6", "U.?.": "u", "Kim (?)": "kim",
	} {
		got := syntax.ParseTerm(written)
		if got.Wildcard != nil || got.Mistake != nil || got.Key != key {
			t.Errorf("%s: wildcard %+v, mistake %+v, key %q, want %q", written, got.Wildcard, got.Mistake, got.Key, key)
		}
	}
}

// TestWildcardOfLigatures holds that a letter is refused as open when no letter like
// its neighbour can be told apart from others.
func TestWildcardOfLigatures(t *testing.T) {
	for _, written := range []string{"ﷺ?", "ﬁ?"} {
		m := syntax.ParseTerm(written).Mistake
		if m == nil || m.Message != `? cannot stand for a letter in "`+written+`"` || m.Hint != "list the spellings" {
			t.Errorf("%s: %+v", written, m)
		}
	}
}

func TestWildcardForm(t *testing.T) {
	token := text.Split("Élysée")[0]
	for written, want := range map[string]string{"=El?see": "Elysee", "el?see": "elysee"} {
		if got := syntax.ParseTerm(written).Wildcard.Form(&token); got != want {
			t.Errorf("%s compares %q, want %q", written, got, want)
		}
	}
	for written, want := range map[string]bool{"بو?ين": true, "פו?ין": true, "Ки?в": false, "organi?ation": false} {
		if got := syntax.ParseTerm(written).Wildcard.Words[0].Prefixed; got != want {
			t.Errorf("words like %s carry prefixes: %v", written, got)
		}
	}
}
