package extract

import (
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

func TestLanguage(t *testing.T) {
	const (
		korean    = "북한이 동해상으로 미사일을 발사했다"
		japanese  = "北朝鮮が日本海に向けてミサイルを発射した"
		chinese   = "朝鲜向东海发射导弹"
		russian   = "Президент встретился с министром обороны, чтобы обсудить эти вопросы"
		ukrainian = "Президент зустрівся з міністром оборони її країни"
		kazakh    = "Қазақстан Президенті министрмен кездесті, ыстық"
		greek     = "Ο πρόεδρος συναντήθηκε με τον υπουργό"
		english   = "The president met the minister of defence"
	)
	for _, c := range []struct{ source, text, declared, want string }{
		{"", english, "en-GB", "en"},
		{"", english, "en_US", "en"},
		{"", english, "EN", "en"},
		{"", english, "English", "en"},
		{"", english, "", ""},
		{"de", english, "en", "de"},
		{"", korean, "en", "ko"},
		{"", korean, "kr", "ko"},
		{"", korean, "", "ko"},
		{"", japanese, "", "ja"},
		{"", japanese, "en", "ja"},
		{"", japanese, "zh", "zh"}, // a declaration that knows the script is believed
		{"", chinese, "zh-Hans", "zh"},
		{"", chinese, "", "zh"},
		{"", russian, "", "ru"},
		{"", russian, "en", "ru"},
		{"", ukrainian, "", "uk"},
		{"", kazakh, "", ""},
		{"", kazakh, "kk", "kk"},
		{"", greek, "el-GR", "el"},
		{"", "KCNA 북한", "en", "en"},
		{"", english, "x-unknown", ""},
		{"", english, "und", ""},
		{"", "", "", ""},
	} {
		if got := language(Options{Language: c.source}, c.text, c.declared); got != c.want {
			t.Errorf("%q declared %q: got %q, want %q", c.text, c.declared, got, c.want)
		}
	}
}

func TestWordLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"Too short": "",
		"Der Hafen der Stadt ist seit dem frühen Freitagmorgen für alle Schiffe gesperrt, wie die Behörden am Mittag mitteilten.": "de",
		"Le port de la ville est fermé depuis vendredi matin à tous les navires, ont annoncé les autorités à midi.":               "fr",
		"The harbour of the city has been closed to all ships since early on Friday, the authorities announced at noon.":          "en",
	} {
		if got := wordLanguage(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestFillLanguage(t *testing.T) {
	stories := []news.Story{
		{Title: "Der Hafen der Stadt ist seit dem frühen Freitagmorgen gesperrt"},
		{Title: "Le port", Language: "fr"},
		{Title: "Die Behörden teilten am Mittag mit, dass die Sperrung andauert"},
	}
	fillLanguage(stories)
	for i, want := range []string{"de", "fr", "de"} {
		if stories[i].Language != want {
			t.Errorf("story %d is %q, want %q", i, stories[i].Language, want)
		}
	}
}
