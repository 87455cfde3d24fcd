package text

import (
	"slices"
	"testing"
	"unicode/utf8"
)

// English words that are one, by their stem, and words that look alike and are
// not.
func TestEnglishStems(t *testing.T) {
	var stems Stems
	for _, words := range [][]string{
		{"weapon", "weapons"}, {"missile", "missiles"}, {"launch", "launches", "launched", "launching"}, {"test", "tests", "tested", "testing"},
		{"policy", "policies"}, {"die", "died", "dies", "dying"}, {"lie", "lies", "lying", "lied"}, {"strike", "strikes", "striking"},
		{"sanction", "sanctions", "sanctioned"}, {"nuclear"}, {"run", "runs", "running"}, {"army", "armies"}, {"35", "35s"}, {"1990", "1990s"},
		{"attack", "attacks", "attacker"}, {"arrest", "arrested", "arrests"}, {"country", "countries"}, {"hope", "hoped", "hoping"},
	} {
		for _, w := range words[1:] {
			if got, want := stems.English(w), stems.English(words[0]); got != want && w != "attacker" {
				t.Errorf("the stem of %s is %s, that of %s is %s", w, got, words[0], want)
			}
		}
	}
	for _, pair := range [][2]string{
		{"policy", "police"}, {"weapon", "weaponry"}, {"strike", "struck"}, {"missile", "missal"}, {"news", "new"}, {"35", "355"}, {"s", ""},
	} {
		if stems.English(pair[0]) == stems.English(pair[1]) {
			t.Errorf("%s and %s have the stem %s", pair[0], pair[1], stems.English(pair[0]))
		}
	}
}

// The forms of Russian words, folded (ё = е).
func TestRussianForms(t *testing.T) {
	var stems Stems
	for _, words := range [][]string{
		{"ракета", "ракеты", "ракете", "ракету", "ракетой", "ракетами", "ракетах"},
		{"поставка", "поставки", "поставок", "поставкам", "поставками"},
		{"война", "войны", "войне", "войну", "войной", "войнами"},
		{"санкция", "санкции", "санкций", "санкциям", "санкциями"},
		{"москва", "москвы", "москве", "москву", "москвой"},
		{"министр", "министра", "министру", "министром", "министры", "министров"},
		{"отец", "отец"},
	} {
		for _, w := range words[1:] {
			if got, want := stems.Russian(w), stems.Russian(words[0]); got != want {
				t.Errorf("the stem of %s is %s, that of %s is %s", w, got, words[0], want)
			}
		}
	}
	for _, pair := range [][2]string{{"ракета", "ракетчик"}, {"война", "воин"}, {"мир", "мера"}} {
		if stems.Russian(pair[0]) == stems.Russian(pair[1]) {
			t.Errorf("%s and %s have the stem %s", pair[0], pair[1], stems.Russian(pair[0]))
		}
	}
}

func TestContracted(t *testing.T) {
	for stem, want := range map[string]string{
		"поставок": "поставк", "отец": "отец", "конец": "конц", "рынок": "рынк", "потолок": "потолк", "европеец": "европеец",
		"срок": "срок", "ок": "ок", "": "", "пекинец": "пекинц", "ракет": "ракет",
	} {
		if got := contracted(stem); got != want {
			t.Errorf("%s: %s, want %s", stem, got, want)
		}
	}
}

// A name in -ов is told from a genitive of many by its capital and its length.
func TestSurnames(t *testing.T) {
	for word, want := range map[string]bool{
		"Лавров": true, "Медведев": true, "Киселев": true, "лавров": false, "ЛАВРОВ": false, "Львов": true, "Ров": false, "Путин": false, "": false,
	} {
		if got := surname(word); got != want {
			t.Errorf("%s: %v", word, got)
		}
	}
}

func TestGrows(t *testing.T) {
	for _, c := range []struct {
		shorter, longer string
		want            bool
	}{
		{"путин", "путина", true}, {"путин", "путиным", true}, {"путин", "путин", false}, {"путин", "путинизм", false}, {"путин", "распутин", false},
		{"я", "яма", false}, {"ким", "кимом", true}, {"ким", "кимович", false}, {"львів", "львівові", true},
	} {
		if got := grows(c.shorter, c.longer); got != c.want {
			t.Errorf("%s grows to %s: %v", c.shorter, c.longer, got)
		}
	}
}

func TestUkrainianForms(t *testing.T) {
	for _, words := range [][]string{
		{"киів", "києва", "києві", "києвом"}, {"харків", "харкова", "харкові", "харковом"}, {"львів", "львова", "львові"},
		{"украіна", "украіни", "украіні", "украіну", "украіною"}, {"ракета", "ракети", "ракетами", "ракетою"}, {"зеленський", "зеленського", "зеленському"},
	} {
		for _, w := range words[1:] {
			if !slices.ContainsFunc(ukrainianStemsOf(w),
				func(s string) bool { return slices.Contains(ukrainianStemsOf(words[0]), s) }) {
				t.Errorf("%s (%q) is no form of %s (%q)", w, ukrainianStemsOf(w), words[0], ukrainianStemsOf(words[0]))
			}
		}
	}
	for _, stem := range ukrainianStemsOf("їжа") {
		if n := utf8.RuneCountInString(stem); n < 3 {
			t.Errorf("a stem of %d letters: %s", n, stem)
		}
	}
}

func ukrainianStemsOf(word string) (stems []string) {
	ukrainianStems(word, func(s string) bool { stems = append(stems, s); return true })
	return stems
}

// What is yielded can be left at any time.
func TestFormsCanBeLeft(t *testing.T) {
	for name, forms := range map[string]func(string, func(string) bool) bool{
		"Arabic": arabicBases, "Hebrew": hebrewBases, "Russian": ungrown, "Ukrainian": ukrainianStems,
	} {
		for _, word := range []string{"وبالرئيس", "ושבאיראן", "ракетами", "києвові"} {
			if all, most := badlyLeft(forms, word); most > 0 {
				t.Errorf("%s, %s: not left after %d of %q", name, word, most, all)
			}
		}
	}
}

// badlyLeft returns all forms of a word, and after how many of them it was asked
// to yield no more and did not obey; most is 0 when it always did.
func badlyLeft(forms func(string, func(string) bool) bool, word string) (all []string, most int) {
	forms(word, func(s string) bool { all = append(all, s); return true })
	for i := range all {
		var some []string
		finished := forms(word, func(s string) bool { some = append(some, s); return len(some) <= i })
		if finished || !slices.Equal(some, all[:i+1]) {
			return all, i + 1
		}
	}
	return all, 0
}
