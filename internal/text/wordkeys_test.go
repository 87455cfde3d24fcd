package text

import (
	"slices"
	"testing"
)

// shares reports whether a text has one of the keys that each word of a phrase needs.
func shares(words string, look Look, s string) (shared bool, said int) {
	var k WordKeys
	have := k.Append(nil, s)
	needed := NeededKeys(words, look)
	for _, keys := range needed {
		if !slices.ContainsFunc(keys, func(key WordKey) bool { return slices.Contains(have, key) }) {
			return false, len(needed)
		}
	}
	return true, len(needed)
}

func TestNeededKeys(t *testing.T) {
	for _, c := range []struct {
		words string
		look  Look
		text  string
		want  bool
		said  int // of how many words something is said
	}{
		{"sanction", Look{}, "New sanction", true, 1},
		{"sanction", Look{}, "A treaty", false, 1},
		{"sanction", Look{Stem: true}, "They sanctioned it", true, 1},
		{"die", Look{Stem: true}, "He is dying", true, 1},
		{"NGO", Look{Stem: true}, "NGOs say so", true, 1},
		{"sanc", Look{Prefix: true}, "Sanctuary", true, 1},
		{"sa", Look{Prefix: true}, "Sanctuary", true, 0},
		{"Kim Jong-un", Look{}, "Kim Jong Un travels", true, 3},
		{"Iran", Look{}, "l'Iran et l'Irak", true, 1},
		{"Putin", Look{}, "Putin'in ziyareti", true, 1},
		{"Путин", Look{}, "с Путиным", true, 1},
		{"Путина", Look{}, "Путин приехал", true, 1},
		{"поставка", Look{}, "без поставок", true, 1},
		{"Лавров", Look{}, "слова Лаврова", true, 1},
		{"Харків", Look{}, "біля Харкова", true, 1},
		{"Москва", Look{}, "в Киеве", false, 1},
		{"ВС", Look{}, "ВС России", true, 1},
		{"санкци", Look{Prefix: true}, "санкциями", true, 1},
		{"موسكو", Look{}, "وبموسكو", true, 1},
		{"מוסקבה", Look{}, "במוסקבה", true, 1},
		{"北京", Look{}, "在北京的会议", true, 2},
		{"北京", Look{}, "京北", false, 2},
		{"푸틴", Look{}, "푸틴은 말했다", true, 2},
		{"กรุงเทพ", Look{Prefix: true}, "ในกรุงเทพฯ", true, 5},
		{"35s", Look{Stem: true}, "an F-35", true, 1},
		{"हिन्दी", Look{}, "हिंदी", true, 1},
		{"Αθήνα", Look{}, "ΑΘΗΝΑ", true, 1},
	} {
		if got, said := shares(c.words, c.look, c.text); got != c.want || said != c.said {
			t.Errorf("%s %+v in %s: %v, of %d words; want %v, of %d", c.words, c.look, c.text, got, said, c.want, c.said)
		}
	}
}

// FuzzNeededKeys: what stands in a text has the keys that it needs.
func FuzzNeededKeys(f *testing.F) {
	for _, words := range []string{"sanctions", "Путиным", "北京", "l'Iran", "푸틴은", "بموسكو", "במוסקבה", "U.N.", "µ35s", "Києві", "ＮＡＴＯ", "ﾃﾚﾋﾞ"} {
		f.Add(words, "x "+words+" y", byte(0))
		f.Add(words, words, byte(7))
	}
	f.Fuzz(func(t *testing.T, words, s string, how byte) {
		look := Look{Exact: how&1 != 0, Stem: how&2 != 0, Prefix: how&4 != 0}
		for _, in := range []string{s, s + " " + words, words + "s " + s} {
			if shared, _ := shares(words, look, in); !shared && stands(words, look, in) {
				t.Errorf("%q %+v stands in %q and shares no keys", words, look, in)
			}
		}
	})
}
