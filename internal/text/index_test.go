package text

import (
	"fmt"
	"strings"
	"testing"
)

// sought are terms of all kinds, with the texts that they are looked for in.
var sought = []struct {
	words string
	look  Look
}{
	{"Putin", Look{}}, {"Kim Jong-un", Look{}}, {"Kim", Look{}}, {"kim jong un train", Look{}},
	{"U.N. Security Council", Look{}}, {"US", Look{Exact: true}},
	{"weapon", Look{Stem: true}}, {"nuclear weapon", Look{Stem: true}},
	{"dying", Look{Stem: true}}, {"missile", Look{Prefix: true}}, {"ballistic missile", Look{Prefix: true}},
	{"m", Look{Prefix: true}}, {"Iran", Look{}}, {"l'Iran", Look{}},
	{"O'Brien", Look{}}, {"1,279.54", Look{}}, {"9.5", Look{}}, {"20", Look{Prefix: true}},
	{"Путин", Look{}}, {"Ким Чен Ын", Look{}}, {"ВС", Look{}}, {"Пу", Look{Prefix: true}}, {"Київ", Look{}},
	{"김정은", Look{}}, {"북한 핵", Look{}}, {"金正恩", Look{}},
	{"京都", Look{}}, {"ミサイル", Look{}}, {"بوتين", Look{}}, {"إيران", Look{}},
	{"פוטין", Look{}}, {"São Paulo", Look{}}, {"São Paulo", Look{Exact: true}}, {"İstanbul", Look{}},
	{"communicationsinfrastructure", Look{}}, {"communicationsinfrastructure bill", Look{}}, {"ปูติน", Look{}}, {"пу тин\n\nким", Look{}}, {"", Look{}}, {"--", Look{}},
	{"C++", Look{}}, {"C# team", Look{}}, {"5%", Look{}},
	{"Путин+", Look{}}, {"F-35", Look{Stem: true}}, {"35s", Look{Stem: true}}, {"5", Look{Stem: true}},
	{"NGO", Look{Stem: true}},
	{"ngo", Look{Stem: true}}, {"GP", Look{Stem: true}},
}

var told = []string{
	"Putin's envoy met Kim Jong Un’s train. KIM JONG-UN TRAIN", "the U.N. Security Council and the UN\n\nsecurity council of the US told us", "A weapon, WEAPONS, nuclear\nweapons; weaponry",
	"he lies dying, they die", "ballistic missiles, missile-defence, mIssileman", "in l’Iran, d'Iran, Iran", "Robert O’Brien paid 1,279.54 or 9.5 in 2026", "встреча с Путиным и Ким Чен Ыном в Киеве, у Києві",
	"ВС, все. Путина", "김정은이 김정은숙 지하핵실험을 북한 핵무기", "北朝鮮の金正恩総書記は京都、東京都でミサイルを", "وبوتين والرئيس الإيراني بإيران", "ולפוטין ובאיראן", "in Sao Paulo, SÃO PAULO, são paulo", "ISTANBUL ve istanbul’da",
	"communicationsinfrastructure bill; CommunicationsInfrastructure's bill", "ประธานาธิบดีปูตินกล่าว", "Kim\n\nJong Un", "Kim jong", "", "m", "M1",
	"C++ and C, C#, C♯ team, Ｃ＋＋", "C and a C team", "up 5%, 5％, 5", "«Путин+» Путин", "F-35s and an F-35, 5s", "NGOs, NGOS, an NGO", "by GPS, GPs",
}

func TestFinderFindsWhatPhrasesFind(t *testing.T) {
	b := NewIndexer()
	numbers, sure := make([]int, len(sought)), make([]bool, len(sought))
	for i, s := range sought {
		numbers[i], sure[i], _ = b.Add(s.words, s.look)
	}
	f := NewFinder(b.Index(nil), 0)
	for range 2 { // the second time from what the first remembers
		for _, s := range told {
			checkFinder(t, f, s, numbers, sure)
		}
	}
}

func checkFinder(t *testing.T, f *Finder, s string, numbers []int, sure []bool) {
	t.Helper()
	f.Find(s)
	defer f.Forget()
	for i, n := range numbers {
		stands := stands(sought[i].words, sought[i].look, s)
		if n == 0 {
			if stands {
				t.Errorf("%q has no number, and stands in %q", sought[i].words, s)
			}
			continue
		}
		if marked := f.Marked(uint32(n)); marked != stands && (sure[i] || stands) {
			t.Errorf("%q %+v in %q: found is %v, stands is %v", sought[i].words, sought[i].look, s, marked, stands)
		}
	}
}

// stands holds a phrase against every token.
func stands(words string, look Look, s string) bool {
	p, tokens := NewPhrase(words, look), Split(s)
	var stems Stems
	for i := range tokens {
		if _, _, ok := p.At(tokens, i, &stems); ok {
			return true
		}
	}
	return false
}

func TestIndexerKnowsAPhraseAgain(t *testing.T) {
	b := NewIndexer()
	for _, c := range []struct {
		words string
		look  Look
		want  int
	}{
		{"Kim Jong-un", Look{}, 1}, {"kim jong un", Look{}, 1}, {"Kim", Look{}, 2},
		{"weapon", Look{}, 3}, {"weapon", Look{Stem: true}, 4}, {"weapons", Look{Stem: true}, 5},
		{"weapon", Look{Prefix: true}, 6}, {"weapon", Look{Exact: true}, 3},
		{"Путин", Look{}, 7}, {"путин", Look{}, 7}, {"!", Look{}, 0}, {"U.S.", Look{}, 8},
		{"us", Look{}, 8},
	} {
		if got, _, _ := b.Add(c.words, c.look); got != c.want {
			t.Errorf("%q %+v has the number %d, want %d", c.words, c.look, got, c.want)
		}
	}
	if got := b.Len(); got != 8 {
		t.Errorf("%d phrases", got)
	}
}

func TestFinderOfManyPhrases(t *testing.T) {
	b := NewIndexer()
	for i := range 20_000 {
		b.Add(fmt.Sprintf("word%d of%d the%d", i%999, i%77, i), Look{})
		b.Add(fmt.Sprintf("alone%d", i), Look{})
	}
	f := NewFinder(b.Index(nil), 0)
	f.Find("Word7 of7 the7, word998 OF72 the1997 alone19999; alone20000 word1 of2 the3")
	if got := len(f.Found()); got != 3 {
		t.Errorf("%d phrases found", got)
	}
	f.Forget()
	if got := len(f.Found()); got != 0 || f.Marked(1) {
		t.Errorf("%d phrases are left", got)
	}
	long := strings.Repeat("Word7 of7 the7 weapons alone3 ", 100)
	f.Find(long)
	if n := testing.AllocsPerRun(10, func() { f.Forget(); f.Find(long) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzFinder(f *testing.F) {
	for i, s := range told {
		f.Add(s, sought[i].words, i%2 == 0, i%3 == 0, i%5 == 0)
	}
	f.Fuzz(func(t *testing.T, s, words string, exact, stem, prefix bool) {
		if cut := len(words); cut%2 == 0 && cut < len(s) {
			words = s[cut/2 : cut] // so that it stands there, most often
		}
		look := Look{exact, stem && !prefix, prefix}
		b := NewIndexer()
		number, sure, _ := b.Add(words, look)
		b.Add("a", Look{Prefix: true})
		found := NewFinder(b.Index(nil), 0)
		found.Find(s)
		stands := stands(words, look, s)
		if marked := number > 0 && found.Marked(uint32(number)); marked != stands && (sure || stands) {
			t.Errorf("%q %+v in %q: found is %v, stands is %v", words, look, s, marked, stands)
		}
	})
}

func TestIndexerGuessesHowOftenAPhraseStands(t *testing.T) {
	b := NewIndexer()
	last := float32(2000)
	for _, c := range []struct {
		words string
		look  Look
	}{{"the", Look{}}, {"president", Look{}}, {"kremlin", Look{Prefix: true}}, {"kremlin", Look{}}, {"the kremlin", Look{}}, {"in the kremlin", Look{}}} {
		_, _, often := b.Add(c.words, c.look)
		if often <= 0 || often >= last {
			t.Errorf("%s %+v: %v after %v", c.words, c.look, often, last)
		}
		last = often
	}
}
