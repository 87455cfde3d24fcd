package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// TestTerms holds that a term has one ID in a dictionary, whatever its size.
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

// TestMistakesOfTerms holds what is said of a term that cannot be parsed.
func TestMistakesOfTerms(t *testing.T) {
	for _, tt := range []struct{ name, written, message, hint string }{
		{"regular expression", "/mi(s|z{2}ile/",
			`regular expression "/mi(s|z{2}ile/": missing closing )`,
			"the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"},
		{"regular expression, where", "/mis**ile/",
			`regular expression "/mis**ile/": invalid nested repetition operator: "**" at character 4`,
			"the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"},
		{"regular expression without bound", "/(x{900}){900}/",
			`regular expression "/(x{900}){900}/": invalid repeat count: "{900}"`,
			"the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"},
		{"regular expression for nothing", "/(missile)*/",
			`regular expression "/(missile)*/" matches where nothing stands`,
			"let it ask for at least one character: + instead of *"},
		{"long regular expression", "/" + strings.Repeat("x", 1001) + "/",
			"a regular expression of 1001 bytes",
			"at most 1000: make it several terms"},
		{"question mark and star", "organi?ation*",
			`? and * on one term: "organi?ation*"`,
			"? is one letter of a word that is written out: organi?ation, organi?ations"},
		{"question mark and tilde", "~organi?ation",
			`? and ~ on one term: "~organi?ation"`,
			"? is one letter of a word that is written out: organi?ation, organi?ations"},
		{"star in front", "*missile",
			`* stands elsewhere than at the end of "*missile"`,
			"write the beginning of a word, then *: missile*; one letter is ?: organi?ation"},
		{"star inside", "mis*ile",
			`* stands elsewhere than at the end of "mis*ile"`,
			"write the beginning of a word, then *: missile*; one letter is ?: organi?ation"},
		{"star alone", "*",
			`only a sign, and no word: "*"`,
			"signs go with a word: =US, ~weapon, missile*"},
		{"star after a space", "nuclear *",
			`* stands alone in "nuclear *"`,
			"write it right behind a word"},
		{"dollar alone", "$",
			`only a sign, and no word: "$"`,
			"signs go with a word: =US, ~weapon, missile*"},
		{"tilde alone", "~",
			`only a sign, and no word: "~"`,
			"signs go with a word: =US, ~weapon, missile*"},
		{"two signs", "=~weapon",
			`two signs before one term: "=~weapon"`,
			"choose one of = and ~"},
		{"tilde and star", "~weapon*",
			`~ and * on one term: "~weapon*"`,
			"~weapon finds its inflections, weapon* everything that begins so"},
		{"no word", "!?…",
			`no word in "!?…"`,
			"a term needs a letter or a digit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := syntax.ParseTerm(tt.written)
			want := &syntax.Mistake{Message: tt.message, Hint: tt.hint}
			if diff := cmp.Diff(want, got.Mistake); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestKeysOfTerms holds that terms have one key when the same words find them, and
// only then.
func TestKeysOfTerms(t *testing.T) {
	for _, tt := range []struct {
		one, other string
		same       bool
	}{
		{"Kim Jong-un", "KIM  JONG UN", true},
		{"U.N.", "UN", true},
		{"=U.N.", "=UN", true},
		{"=US", "=us", false},
		{"=US", "US", false},
		{"São Paulo", "sao paulo", true},
		{"straße", "STRASSE", true},
		{"L’Iran", "l'Iran", true},
		{"Ελλάδα", "ΕΛΛΑΔΑ", true},
		{"金正恩", "金 正恩", true},
		{"C", "C++", false},
		{"C ++", "C", true}, // the signs stand behind no word
		{"50%", "50", false},
		{"9.5", "9 5", false},
		{"~weapon", "~Weapon", true},
		{"~weapon", "weapon", false},
		{"weapon*", "weapon", false},
		{"=weapon*", "weapon*", false},
		{"/weapon/", "weapon", false},
		{"weap?n", "weapon", false},
	} {
		one, other := syntax.ParseTerm(tt.one), syntax.ParseTerm(tt.other)
		if same := one.Key == other.Key; same != tt.same || one.Key == "" {
			t.Errorf("%s and %s have the keys %q and %q", tt.one, tt.other, one.Key, other.Key)
		}
	}
}

// TestPatterns holds that a regular expression is one between slashes, and that case
// does not count in it unless it says so.
func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		written string
		finds   []string
		passes  []string
	}{
		{"/mi+ssile/", []string{"MIISSILE", "a missile"}, []string{"mssile"}},
		{"/(?-i)WHO/", []string{"the WHO"}, []string{"who"}},
		{"/./", []string{"x"}, []string{""}},
	} {
		p := syntax.ParseTerm(tt.written).Pattern
		if p == nil {
			t.Errorf("%s is no pattern", tt.written)
			continue
		}
		for _, s := range tt.finds {
			if !p.MatchString(s) {
				t.Errorf("%s does not find %q", tt.written, s)
			}
		}
		for _, s := range tt.passes {
			if p.MatchString(s) {
				t.Errorf("%s finds %q", tt.written, s)
			}
		}
	}
	for _, written := range []string{"9/11", "/etc", "and/or", "km/"} {
		if got := syntax.ParseTerm(written); got.Pattern != nil || got.Mistake != nil || !got.Plain() {
			t.Errorf("%s: %+v", written, got)
		}
	}
}
