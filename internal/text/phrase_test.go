package text

import (
	"slices"
	"strings"
	"testing"
)

func TestCarries(t *testing.T) {
	for _, c := range []struct {
		word, rest string
		want       bool
	}{
		{"은", "", true}, {"은", "이", true}, {"은", "은", true}, {"은", "에게서는", true}, {"은", "과의", true}, {"은", "으로부터", true},
		{"기", "들을", true}, {"기", "들에게는", true}, {"기", "가", true}, {"기", "이", false}, {"틴", "가", false}, {"틴", "을", true},
		{"울", "로", true}, {"울", "으로", true}, {"국", "로", false}, {"도", "로", true}, {"은", "숙", false}, {"은", "이이", false},
		{"은", "씨는", true}, {"은", "가을", false}, {"은", "에서부터", true}, {"학", "과의", true}, {"전", "문가", false},
	} {
		if got := carries(c.word, c.rest); got != c.want {
			t.Errorf("carries(%s, %s) = %v", c.word, c.rest, got)
		}
	}
}

func TestBases(t *testing.T) {
	for _, c := range []struct {
		bases func(string, func(string) bool) bool
		word  string
		want  []string
	}{
		{arabicBases, "والرييس", []string{"الرييس", "رييس"}},
		{arabicBases, "للرييس", []string{"لرييس", "رييس", "الرييس"}},
		{arabicBases, "فبالقدس", []string{"بالقدس", "القدس", "قدس"}},
		{arabicBases, "و", nil},
		{hebrewBases, "ושבאיראן", []string{"שבאיראן", "באיראן", "איראן"}},
		{hebrewBases, "ה", nil},
	} {
		var got []string
		c.bases(c.word, func(b string) bool {
			got = append(got, b)
			return true
		})
		for _, want := range c.want {
			if !slices.Contains(got, want) {
				t.Errorf("bases of %s are %q, without %s", c.word, got, want)
			}
		}
		if c.want == nil && got != nil {
			t.Errorf("bases of %s are %q", c.word, got)
		}
	}
}

func TestStems(t *testing.T) {
	var stems Stems
	for range 2 { // the second time they are remembered
		if got := stems.English("weapons"); got != "weapon" {
			t.Errorf("English(weapons) = %s", got)
		}
		if got := stems.Russian("ракетами"); got != "ракет" {
			t.Errorf("Russian(ракетами) = %s", got)
		}
	}
	long := strings.Repeat("s", 10<<20)
	if got := stems.English(long); got != long {
		t.Error("a word of 10 MB was stemmed")
	}
}

func TestPhraseLeads(t *testing.T) {
	p := NewPhrase("Kim Jong Un", Look{})
	lead := p.Leads(2)
	var stems Stems
	if start, end, ok := lead.At(Split("to Kim Jong Il"), 2, &stems); !ok || start != 3 || end != 11 {
		t.Errorf("Kim Jong is at %d:%d, %v", start, end, ok)
	}
	if p.Len() != 3 || lead.Len() != 2 {
		t.Errorf("lengths %d and %d", p.Len(), lead.Len())
	}
	empty := NewPhrase("…", Look{})
	if _, _, ok := empty.At(Split("a"), 0, &stems); ok || empty.Keys() != nil {
		t.Error("a phrase without words is found")
	}
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		words, in string
		want      bool
	}{{"Reuters", "Reuters UK", true}, {"reuters uk", "Reuters", false}, {"world", "World / Asia", true}, {"", "a", false}} {
		if got := Holds(c.words, c.in); got != c.want {
			t.Errorf("Holds(%q, %q) = %v", c.words, c.in, got)
		}
	}
}

// FuzzKeys holds that the index misses nothing: where a phrase stands, one of
// its keys is a key of the token that its anchor is at.
func FuzzKeys(f *testing.F) {
	for _, pair := range [][2]string{{"weapons", "a weapon"}, {"Путин", "Путиным"}, {"الرئيس", "للرئيس"}, {"Київ", "у Києві"}, {"Iran", "l’Iran"},
		{"איראן", "ובאיראן"}, {"Лаврова", "Лавров"}, {"миссия", "миссиями"}, {"F-35", "F-35s"}, {"35s", "35"}, {"NGO", "NGOs"}, {"C++", "C♯, C++"}} {
		f.Add(pair[0], pair[1], false, false)
		f.Add(pair[0], pair[1], true, false)
		f.Add(pair[0], pair[1], false, true)
	}
	f.Fuzz(func(t *testing.T, words, in string, stem, prefix bool) {
		p := NewPhrase(words, Look{Stem: stem, Prefix: prefix})
		var ring Keyring
		for _, k := range p.Keys() {
			ring.Add(k)
		}
		var stems Stems
		tokens := Split(in)
		for i := range tokens {
			_, _, stands := p.At(tokens, i, &stems)
			met := false
			ring.Each(&tokens[i], &stems, func(k Key) { met = met || slices.Contains(p.Keys(), k) })
			if stands && !met {
				t.Errorf("%q has its anchor at token %d of %q and shares no key", words, i, in)
			}
		}
	})
}
