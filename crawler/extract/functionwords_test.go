package extract

import (
	"strings"
	"testing"

	"github.com/RadhiFadlillah/whatlanggo"
)

func TestFunctionLanguage(t *testing.T) {
	texts := map[string]string{
		"en": "The harbour of the city has been closed to all ships since early on Friday, the authorities announced at noon. It is not known for how long it is to be closed, and by whom.",
		"de": "Der Hafen der Stadt ist seit dem frühen Freitagmorgen für alle Schiffe gesperrt, wie die Behörden am Mittag mitteilten. Wie lange das so bleibt, ist nicht bekannt, und auch nicht, von wem.",
		"fr": "Le port de la ville est fermé depuis vendredi matin à tous les navires, ont annoncé les autorités à midi. On ne sait pas pour combien de temps, et par qui, et les navires sont dans une rade sur la côte.",
		"es": "El puerto de la ciudad está cerrado desde el viernes por la mañana para todos los barcos, y las autoridades no dicen por qué. El alcalde de la ciudad, que fue elegido este año, y los suyos callan.",
	}
	for want, text := range texts {
		if got := functionLanguage(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
		if got := functionLanguage(strings.ToUpper(text[:40]) + text[40:]); got != want {
			t.Errorf("with a shouted headline %q is %q", want, got)
		}
	}
	for name, text := range map[string]string{
		"nothing":        "",
		"too short":      "The harbour of the city",
		"Dutch":          "De haven van de stad is sinds vrijdagochtend voor alle schepen gesloten, zo maakten de autoriteiten rond het middaguur bekend. Het is niet bekend hoe lang dat zo blijft.",
		"Italian":        "Il porto della città è chiuso da venerdì mattina a tutte le navi, hanno annunciato le autorità a mezzogiorno. Non si sa per quanto tempo e da chi, e le navi sono ferme nella rada.",
		"Polish":         "Port w mieście jest od piątku rano zamknięty dla wszystkich statków, poinformowały władze w południe. Nie wiadomo, jak długo to potrwa i kto o tym zdecydował.",
		"Korean":         strings.Repeat("북한이 동해상으로 미사일을 발사했다. ", 10),
		"two languages":  texts["en"] + " " + texts["de"],
		"names":          strings.Repeat("Kim Jong Un, Vladimir Putin, Xi Jinping, Ursula von der Leyen. ", 10),
		"words in lists": strings.Repeat("harbour ships city closed friday noon authorities ", 12) + strings.Repeat("the of ", 6),
	} {
		if got := functionLanguage(text); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What function words settle, trigrams must not see otherwise: they are the
// shorter way, not another opinion.
func TestFunctionWordsAgreeWithTrigrams(t *testing.T) {
	settled := 0
	for _, p := range articlePages(t) {
		story, err := Article(p.HTML, Options{URL: p.URL})
		if err != nil {
			continue
		}
		text := story.Title + " " + story.Text
		got := functionLanguage(text)
		if got == "" {
			continue
		}
		settled++
		if want := whatlanggo.Detect(clip(text, 2000)).Lang.Iso6391(); got != want {
			t.Errorf("%s is %q, trigrams say %q", p.ID, got, want)
		}
	}
	if settled < 50 {
		t.Errorf("%d pages were settled, want most", settled)
	}
}

func BenchmarkWordLanguage(b *testing.B) {
	text := strings.Repeat("The harbour of the city has been closed to all ships since early on Friday, the authorities announced at noon. ", 20)
	for b.Loop() {
		if wordLanguage(text) != "en" {
			b.Fatal("not English")
		}
	}
}
