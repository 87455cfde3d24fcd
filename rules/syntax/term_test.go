package syntax_test

import (
	"fmt"
	"testing"

	"github.com/copytaster/copytaster/rules/syntax"
)

func TestParseTerm(t *testing.T) {
	for _, tt := range []struct {
		written, key, compared string
		length                 int32
		latin                  bool
	}{
		{"Missile", "missile", "missile", 1, true},
		{"Kim Jong-un", "kim jong un", "kim jong un", 3, true},
		{"=US", "=US", "US", 1, true},
		{"~Weapons", "~weapons", "weapons", 1, true},
		{"missile*", "*missile", "missile", 1, true},
		{"=US*", "=*US", "US", 1, true},
		{"C++", "c++", "c++", 1, true},
		{"organi?ation", "organi?ation", "organi?ation", 1, true},
		{"/mi+ssile/", "/mi+ssile/", "/mi+ssile/", 0, false},
	} {
		got := syntax.ParseTerm(tt.written)
		if got.Mistake != nil || got.Key != tt.key || got.Compared() != tt.compared ||
			got.Length != tt.length || got.Latin != tt.latin {
			t.Errorf("%s: %+v, compared as %q", tt.written, got, got.Compared())
		}
		if want := got.Pattern == nil && got.Wildcard == nil; got.Indexed() != want {
			t.Errorf("%s is indexed: %v", tt.written, got.Indexed())
		}
		if want := tt.written == "Missile" || tt.written == "Kim Jong-un" || tt.written == "C++"; got.Plain() != want {
			t.Errorf("%s is plain: %v", tt.written, got.Plain())
		}
	}
}

// TestTerms holds that a dictionary gives each term one ID, whatever its size.
func TestTerms(t *testing.T) {
	terms := syntax.NewTerms()
	for range 2 {
		for i := range 5000 {
			written := fmt.Sprintf("word%d", i)
			if id := terms.ID(" " + written + "\n"); id != int32(i) || terms.At(id).Written != written {
				t.Fatalf("%s has ID %d: %+v", written, id, terms.At(id))
			}
		}
	}
	if terms.Len() != 5000 {
		t.Errorf("%d terms", terms.Len())
	}
	if id := terms.ID("="); terms.At(id).Mistake == nil {
		t.Error("a sign alone is a term")
	}
}
