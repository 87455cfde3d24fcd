package cluster

import (
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/copytaster/copytaster/internal/text"
)

// placeLanguages are the languages in which countries are known by their names.
var placeLanguages = strings.Fields(`ar bg bn cs da de el en es et fa fi fr he hi hr hu id is it ja ko lt lv ms nb nl
	pl pt ro ru sk sl sr sv ta th tr uk ur vi zh zh-Hant`)

// moreNames are names of countries that the CLDR does not list, by ISO 3166 code.
var moreNames = map[string]string{
	"US": "U.S.|USA|America|США|米国|アメリカ|米|美国|미국|EEUU|Estados Unidos|VS|États-Unis|Usa",
	"GB": "U.K.|UK|Britain|England|Großbritannien|Grande-Bretagne|Великобритания|Британия|英国|イギリス|영국|Gran Bretaña|Gran Bretagna|Groot-Brittannië|Bretland",
	"KP": "North Korea|Nordkorea|КНДР|北朝鮮|朝鲜|북한|Norður-Kórea|Corée du Nord|Corea del Norte|Corea del Nord|Северная Корея",
	"KR": "South Korea|Südkorea|韓国|韩国|한국|Suður-Kórea|Corée du Sud|Corea del Sur|Corea del Sud|Южная Корея",
	"CN": "China|中国|Kína|Китай|中國",
	"RU": "Russia|Россия|РФ|ロシア|俄罗斯|러시아|Rússland",
	"CZ": "Czech Republic|Tschechien|Чехия|チェコ",
	"NL": "Holland|Holanda|Olanda|オランダ",
	"TR": "Turkey|Türkei|Turquie|Turquía|Turchia|Турция|トルコ",
}

// places finds countries by their names.
type places struct {
	codes map[string]string // by folded name, words joined by a space

}

var allPlaces = sync.OnceValue(func() *places {
	p := &places{codes: map[string]string{}}
	for code, names := range moreNames {
		for name := range strings.SplitSeq(names, "|") {
			p.add(name, code)
		}
	}
	for _, tag := range placeLanguages {
		names := display.Regions(language.MustParse(tag))
		if names == nil {
			continue
		}
		for code := range 26 * 26 {
			region, err := language.ParseRegion(string([]byte{'A' + byte(code/26), 'A' + byte(code%26)}))
			if err == nil && region.IsCountry() {
				p.add(names.Name(region), region.Canonicalize().String())
			}
		}
	}
	return p
})

// add enters a name, and its stem for languages that inflect it.
func (p *places) add(name, code string) {
	name, _, _ = strings.Cut(name, "(")
	tokens := text.Split(name)
	folded := joined(tokens)
	if len(tokens) == 0 || len(tokens) > mostPlaceWords && !unspaced(tokens) {
		return
	}
	p.enter(folded, code)
	if r, _ := utf8.DecodeRuneInString(folded); r >= 0x400 && r < 0x530 || r < 0x250 { // Cyrillic, Latin
		least := 6
		if r >= 0x400 {
			least = 5
		}
		for range 2 {
			if letters(folded) < least {
				break
			}
			_, size := utf8.DecodeLastRuneInString(folded)
			folded = folded[:len(folded)-size]
			p.enter(folded, code)
		}
	}
}

const mostPlaceWords = 2

func (p *places) enter(folded, code string) {
	if _, known := p.codes[folded]; !known && folded != "" {
		p.codes[folded] = code
	}
}

// joined writes tokens as names are kept: characters of scripts without spaces
// and syllables side by side, words with a space between.
func joined(tokens []text.Token) string {
	var b strings.Builder
	for i := range tokens {
		if i > 0 && (!tokens[i].Joined || tokens[i].Script < text.Hangul) {
			b.WriteByte(' ')
		}
		b.WriteString(tokens[i].Folded)
	}
	return b.String()
}

func unspaced(tokens []text.Token) bool { return tokens[0].Script >= text.Hangul }

// of returns the country of a name, "" when it is none. Up to three letters at
// the end may be of an inflection.
func (p *places) of(name string) string {
	for range 4 {
		if code := p.codes[name]; code != "" {
			return code
		}
		r, size := utf8.DecodeLastRuneInString(name)
		if r >= 0x600 || letters(name) < 5 {
			return ""
		}
		name = name[:len(name)-size]
	}
	return ""
}

// find yields the countries that a text names.
func (p *places) find(tokens []text.Token, yield func(code string)) {
	for i := 0; i < len(tokens); i++ {
		t := &tokens[i]
		if t.Script >= text.Hangul {
			if code, n := p.unspacedAt(tokens[i:]); n > 0 {
				yield(code)
				i += n - 1
			}
			continue
		}
		if t.Script == text.Number || cased(t.Script) && !capital(t.Exact) {
			continue
		}
		if i+1 < len(tokens) {
			if code := p.of(t.Folded + " " + tokens[i+1].Folded); code != "" {
				yield(code)
				i++
				continue
			}
		}
		if code := p.of(t.Folded); code != "" {
			yield(code)
		}
	}
}

// unspacedAt returns the country that a text without spaces begins with, and how
// many characters its name takes; 0 when it begins with none.
func (p *places) unspacedAt(tokens []text.Token) (code string, n int) {
	for n := min(5, len(tokens)); n > 1; n-- {
		if code := p.codes[joined(tokens[:n])]; code != "" {
			return code, n
		}
	}
	return "", 0
}

func cased(s text.Script) bool { return s == text.Latin || s == text.Greek || s == text.Cyrillic }
