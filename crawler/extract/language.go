package extract

import (
	"strings"
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"
	"github.com/copytaster/copytaster/internal/news"
)

// language settles the language of a text, as a BCP 47 primary subtag: what
// the source says, what its script admits no doubt about, what the document
// declares. "" is unknown; wordLanguage may know more.
func language(o Options, text string, declared ...string) string {
	if l := primary(o.Language); l != "" {
		return l
	}
	script := scriptLanguage(text)
	for _, d := range declared {
		if l := primary(d); l != "" && (script == "" || l == script || !latin[l]) {
			return l
		}
	}
	return script
}

// wordLanguage guesses a language by its words, "" when they leave a doubt.
// Trigrams cost a millisecond, which is why they are the last resort.
func wordLanguage(text string) string {
	const (
		enough = 40   // bytes; shorter texts are guessed badly
		sample = 2000 // runes; more make it slower, not surer
	)
	if len(text) < enough {
		return ""
	}
	if l := functionLanguage(text); l != "" {
		return l
	}
	if info := whatlanggo.Detect(clip(text, sample)); info.IsReliable() {
		return info.Lang.Iso6391()
	}
	return ""
}

// fillLanguage guesses the language of a list whose stories declare none, from
// all of them together.
func fillLanguage(stories []news.Story) {
	var sample strings.Builder
	for _, s := range stories {
		if s.Language == "" && sample.Len() < 4000 {
			sample.WriteString(s.Title + ". " + clip(s.Summary, 200) + " ")
		}
	}
	guess := wordLanguage(sample.String())
	for i := range stories {
		if stories[i].Language == "" {
			stories[i].Language = guess
		}
	}
}

// latin are languages that content systems declare by default, and that are
// never written in another script.
var latin = map[string]bool{"en": true, "de": true, "fr": true, "es": true, "it": true, "pt": true, "nl": true}

// primary returns the primary subtag of a language tag, "" for none.
func primary(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_, ;"); i >= 0 {
		tag = tag[:i]
	}
	if known, ok := languageNames[tag]; ok {
		return known
	}
	if len(tag) < 2 || len(tag) > 3 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz") != "" || tag == "und" {
		return ""
	}
	return tag
}

// languageNames are ways in which pages write a language that BCP 47 does not
// know, or knows by another tag.
var languageNames = map[string]string{
	"english": "en", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es", "korean": "ko", "japanese": "ja",
	"russian": "ru", "chinese": "zh", "kr": "ko", "jp": "ja", "cn": "zh", "ua": "uk", "eng": "en", "deu": "de", "fra": "fr", "kor": "ko", "rus": "ru",
}

// scripts are the scripts that leave no doubt about a language, or about a few.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"ko", unicode.Hangul}, {"kana", unicode.Hiragana}, {"kana", unicode.Katakana}, {"zh", unicode.Han},
	{"cyrillic", unicode.Cyrillic}, {"el", unicode.Greek}, {"th", unicode.Thai}, {"he", unicode.Hebrew},
}

// scriptLanguage returns the language of a text by its script, "" for a script
// that many languages share.
func scriptLanguage(text string) string {
	const (
		window = 4000 // bytes
		least  = 4    // letters; fewer may be a name
	)
	letters, counts := countScripts(text[:min(len(text), window)])
	most := func(n int) bool { return n*2 > letters && n >= least }
	if kana, han := counts["kana"], counts["zh"]; most(kana+han) && kana*20 > han {
		return "ja" // Japanese has kana in every sentence, if not in every title
	}
	for name, n := range counts {
		switch {
		case !most(n) || name == "kana":
		case name == "cyrillic":
			return cyrillicLanguage(text)
		default:
			return name
		}
	}
	return ""
}

func countScripts(text string) (letters int, counts map[string]int) {
	const latinEnd = 0x250
	counts = map[string]int{}
	for _, r := range text {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if r < latinEnd {
			continue
		}
		for _, s := range scripts {
			if unicode.Is(s.table, r) {
				counts[s.name]++
				break
			}
		}
	}
	return letters, counts
}

// cyrillicLanguage tells Russian and Ukrainian by letters that the other
// languages in Cyrillic do not have together; "" is one of the others.
func cyrillicLanguage(text string) string {
	switch {
	case strings.ContainsAny(text, "ыэ") && !strings.ContainsAny(text, "іїўәғқңөүұһ"):
		return "ru"
	case strings.ContainsAny(text, "їєґ"):
		return "uk"
	}
	return ""
}
