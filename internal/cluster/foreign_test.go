package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// TestConcepts wants one concept of the words for it in every language that has words.
func TestConcepts(t *testing.T) {
	words := map[string]string{
		"ar": "دكتور", "de": "Krankenhaus", "en": "hospitals", "es": "hospital", "fr": "hôpital", "is": "sjúkrahúsi", "it": "clinica",
		"ja": "病院で", "ko": "병원에", "nl": "ziekenhuis", "pl": "szpitalu", "pt": "hospital", "ru": "больнице", "tr": "hastane",
		"uk": "лікарня", "zh": "在医院",
	}
	var k Sketcher
	var want []uint32
	for _, language := range []string{"en", "ar", "de", "es", "fr", "is", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "zh"} {
		s := k.Sketch(&news.Story{Text: words[language], Language: language})
		var found []uint32
		for _, f := range s.features {
			if f.Kind == conceptFeature {
				found = append(found, f.Hash)
			}
		}
		if language == "en" {
			want = found
		}
		if !slices.ContainsFunc(found, func(n uint32) bool { return slices.Contains(want, n) }) {
			t.Errorf("%s: %s stands for none of the concepts of hospital", language, words[language])
		}
	}
	if len(conceptLines()) != len(words) {
		t.Errorf("%d languages have words, %d are tested", len(conceptLines()), len(words))
	}
}

// TestConceptText reads each line: a word, and the numbers of one to eight concepts.
func TestConceptText(t *testing.T) {
	for line := range strings.Lines(conceptText) {
		line = strings.TrimSuffix(line, "\n")
		word, numbers, ok := strings.Cut(line, ": ")
		switch n := len(strings.Fields(numbers)); {
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
		case !ok || word == "" || strings.Trim(numbers, "0123456789 ") != "" || n < 1 || n > 8:
			t.Fatalf("damaged line %q", line)
		}
	}
}

// TestReadings finds names in kanji, and their sounds in Latin letters.
func TestReadings(t *testing.T) {
	s := "岡山の高橋周平内野手（26）が25日"
	found := map[string]bool{}
	findReadings(s, text.Split(s), func(reading string) { found[reading] = true })
	if !found["okayama"] || !found["takahashi"] {
		t.Errorf("read %v", found)
	}
	for name, reading := range readings() {
		if n := len([]rune(name)); n < leastKanji || n > mostKanji || reading == "" || strings.Trim(reading, "abcdefghijklmnopqrstuvwxyz ") != "" {
			t.Fatalf("damaged line %q %q", name, reading)
		}
	}
}

// TestForeignNumbers reads one number in the notations of two languages.
func TestForeignNumbers(t *testing.T) {
	var k Sketcher
	for _, c := range []struct{ language, text, want string }{
		{"en", "It grew by 49.2 per cent.", "49.2"},
		{"ru", "Рост составил 49,2%.", "49.2"},
		{"de", "Es sind 1.234,56 Euro.", "1234.56"},
		{"fr", "Il y en a 26 000.", "26000"},
		{"en", "Of 1, 2 and 3 the 4,100 are new.", "4100"},
		{"de", "Von 49, 2 und 3 bleibt nichts.", "49"},
	} {
		s := k.Sketch(&news.Story{Text: c.text, Language: c.language})
		if !contains(s.numbers, c.want) {
			t.Errorf("%s: %q holds %q, want %s", c.language, c.text, s.numbers, c.want)
		}
	}
}

// TestForeignNames wants a name to be one feature, whatever its script and case.
func TestForeignNames(t *testing.T) {
	var k Sketcher
	sketch := func(language, text string) *Sketch { return k.Sketch(&news.Story{Text: text, Language: language}) }
	for _, c := range []struct{ language, text string }{
		{"ru", "Авария произошла в Сочи и под Волгоградом вечером."},
		{"ja", "事故は岡山とボルゴグラードで起きた。"},
		{"uk", "Аварія сталася в Сочі та біля Волгоград увечері."},
	} {
		a := sketch("en", "The accident happened in Sochi, in Okayama and near Volgograd last night.")
		if n := rareShared(a, sketch(c.language, c.text)); n < 2 {
			t.Errorf("%s: %d rare names are shared", c.language, n)
		}
	}
}
