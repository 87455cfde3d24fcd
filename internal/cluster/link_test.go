package cluster

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestSound(t *testing.T) {
	for _, same := range [][]string{
		{"clinton", "клинтон", "クリントン"}, {"trump", "трамп", "トランプ"}, {"klitschko", "кличко"}, {"macron", "макрон", "マクロン"},
		{"lavrov", "лавров", "ラブロフ"}, {"netanyahu", "нетаньяху", "ネタニヤフ"}, {"merkel", "меркель"},
	} {
		for _, name := range same[1:] {
			if a, b := soundOf(same[0]), soundOf(name); a != b && !strings.HasPrefix(a, b[:2]) {
				t.Errorf("%s sounds as %q, %s as %q", same[0], a, name, b)
			}
		}
	}
	for _, same := range [][]string{
		{"rodgers", "ロジャース"}, {"angela", "アンジェラ", "анджела"}, {"cambridge", "ケンブリッジ", "кембридж"},
	} {
		for _, name := range same[1:] {
			if a, b := soundOf(same[0]), soundOf(name); a != b || a == "" {
				t.Errorf("%s sounds as %q, %s as %q", same[0], a, name, b)
			}
		}
	}
	for _, name := range []string{"", "li", "kim", "金正恩", "ไทย", "aeiou"} {
		if got := soundOf(name); got != "" {
			t.Errorf("%s sounds as %q", name, got)
		}
	}
	if a, b := soundOf("clinton"), soundOf("klinsmann"); a == b {
		t.Errorf("clinton and klinsmann sound as %q", a)
	}
}

func TestPlaces(t *testing.T) {
	for s, want := range map[string]string{
		"Lage in Deutschland und Frankreich, USA": "DE FR US", "в России и Китае": "RU CN", "北朝鮮の金正恩、アメリカと中国": "KP US CN",
		"í Suður-Kóreu og Þýskalandi": "KR DE", "Turkey and turkey": "TR", "الولايات المتحدة": "US", "북한과 미국": "KP US", "nothing": "", "": "",
	} {
		var codes []string
		allPlaces().find(splitText(s), func(code string) { codes = append(codes, code) })
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestSimilarity(t *testing.T) {
	a := sketchOf("Quake kills 14 in Alto Verde", quake)
	if got := Similarity(a, a); got < 0.999 || got > 1.001 {
		t.Errorf("a story is %.3f like itself", got)
	}
	b := sketchOf("Bank cuts 3,400 jobs", "Sollberg Bank will cut 3,400 jobs, chief executive Arno Wittlin said in Zurich on Thursday.")
	if ab, ba := Similarity(a, b), Similarity(b, a); ab > 0.1 || ab != ba {
		t.Errorf("two stories are %.3f and %.3f alike", ab, ba)
	}
}

// TestNamesInHangul: Korean has no capitals, so what other languages take for a name is
// any word there.
func TestNamesInHangul(t *testing.T) {
	sketch := func(language, title, body string) *Sketch {
		return new(Sketcher).Sketch(&news.Story{Language: language, Title: title, Text: body})
	}
	english := sketch("en", "Putin visits Komsomolsk plant", "President Putin came from Vladivostok to Komsomolsk with Roscosmos engineers.")
	korean := sketch("ko", "푸틴, 콤소몰스크 공장 방문", "푸틴은 블라디보스토크에서 로스코스모스 기술진과 콤소몰스크로 왔다.")
	other := sketch("ko", "김밥 축제에 인파", "주말 축제에 시민 수천 명이 몰렸다. 로스코스모스는 오지 않았다.")
	if near, far := Similarity(english, korean), Similarity(english, other); near < LinkForeign || far > near/2 {
		t.Errorf("%.2f alike, %.2f like another story", near, far)
	}
	if n := rareShared(english, korean); n < strictRare {
		t.Errorf("%d rare names shared, want at least %d", n, strictRare)
	}
}

func TestLinkIndex(t *testing.T) {
	var k Sketcher
	x := NewLinkIndex()
	for i, title := range []string{"Quake kills 14 in Alto Verde", "Alto Verde quake: 14 dead", "Bank cuts 3,400 jobs"} {
		seen := noon.Add(time.Duration(i) * time.Hour)
		x.Add(k.Sketch(&news.Story{ID: int64(i + 1), Title: title, Language: "en", FirstSeen: seen}))
	}
	s := k.Sketch(&news.Story{ID: 9, Title: "Alto Verde mourns 14 dead after quake", Language: "en", FirstSeen: noon})
	found := x.Query(s, 5, nil)
	if len(found) != 2 || found[0].Score < found[1].Score {
		t.Fatalf("found %d", len(found))
	}
	second := func(other *Sketch) bool { return other.Story == 2 }
	if found := x.Query(s, 5, second); len(found) != 1 || found[0].Story != 2 {
		t.Errorf("found %d of those asked for", len(found))
	}
	if n := x.Expire(noon.Add(90 * time.Minute)); n != 2 || x.Len() != 1 {
		t.Errorf("%d expired, %d left", n, x.Len())
	}
	x.Remove(3)
	if len(x.holders) != 0 || x.Len() != 0 {
		t.Errorf("%d features are left", len(x.holders))
	}
}

func TestLinksByTime(t *testing.T) {
	var k Sketcher
	a := k.Sketch(&news.Story{ID: 1, Cluster: 1, Title: "Quake kills 14 in Alto Verde", Text: quake, Language: "en", FirstSeen: noon})
	for _, c := range []struct {
		after time.Duration
		want  Relation
	}{{time.Hour, Linked}, {48 * time.Hour, Linked}, {100 * time.Hour, Apart}} {
		b := k.Sketch(&news.Story{
			ID: 2, Cluster: 2, Title: "San Telmo school collapsed in quake: governor Roca under fire", Language: "en", FirstSeen: noon.Add(c.after),
			Text: "Ines Roca, governor of Alto Verde, has to explain why the school in San Telmo was not rebuilt. The quake killed 14 people.",
		})
		x := NewLinkIndex()
		x.Add(a)
		d, _ := FindNews(x, b, func(int64) *News { return &News{ID: 1, First: a} })
		if d.Relation != c.want {
			t.Errorf("after %s: %s, %s", c.after, d.Relation, d.Why)
		}
	}
}

func TestVocabulary(t *testing.T) {
	var v Vocabulary
	before := v.weight("en", "village")
	for range 2000 {
		v.count(sketchOf("Village", "village news"))
	}
	if after := v.weight("en", "village"); after >= before || after < 0 {
		t.Errorf("weight was %.2f and is %.2f", before, after)
	}
	if v.halve(); v.stories != 1000 || v.weight("en", "village") > before {
		t.Errorf("half of 2,000 stories are %d", v.stories)
	}
	if got := (*Vocabulary)(nil).weight("en", "the"); got > 1 {
		t.Errorf("weight %.2f of the", got)
	}
}
