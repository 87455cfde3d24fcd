package cluster

import (
	"slices"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// TestHangulNames wants names of places in Hangul, with their endings and particles, to be those
// of other languages.
func TestHangulNames(t *testing.T) {
	var k Sketcher
	sketch := func(language, text string) *Sketch { return k.Sketch(&news.Story{Text: text, Language: language}) }
	for _, c := range []struct {
		hangul, latin string
		want          int
	}{
		{"남포항의 조선소에서 폭발이 일어났다.", "A blast shook the yard of Nampo on Saturday.", 1},
		{"미야기현과 후쿠시마현에 경보가 발령됐다.", "The warning is for Miyagi and Fukushima prefectures.", 2},
		{"오사카로 가는 열차가 멈췄다.", "The train to Osaka stood still.", 1},
		{"지진이 발생해 주민들이 대피했다고 당국이 밝혔다.", "The quake drove people from Jinan and Nara, officials in Daegu said.", 0},
		{"바다에서 배가 침몰했다.", "A ship sank off Bada.", 0},
	} {
		if n := rareShared(sketch("ko", c.hangul), sketch("en", c.latin)); n != c.want {
			t.Errorf("%s: %d rare names are shared, want %d", c.hangul, n, c.want)
		}
	}
}

// TestHangulWords: a word for something is no name, however it is spelled in Latin letters, and an
// ending is cut from nothing short.
func TestHangulWords(t *testing.T) {
	for word, want := range map[string][]string{
		"미야기현": {"미야기현", "미야기"}, "남포항": {"남포항", "남포"}, "남포": {"남포"}, "부산": {"부산"}, "서울시": {"서울시", "서울"},
	} {
		if got := hangulNames(word); !slices.Equal(got, want) {
			t.Errorf("%s may be %q, want %q", word, got, want)
		}
	}
	var k Sketcher
	for word := range conceptWords("ko").words {
		for _, f := range k.hangul(nil, wordOf{word: word, times: 1}) {
			spelled := spellingOf(word)
			if f.Hash == newFeature(spelledFeature, spelled, 0).Hash || f.Hash == newFeature(soundFeature, spelled, 0).Hash {
				t.Fatalf("%s is taken for a name", word)
			}
		}
	}
}

// TestHangulLinks: a Korean report of an event is linked strictly to one in another language that
// names the same places and number, and one of another event is not linked.
func TestHangulLinks(t *testing.T) {
	x := NewLinkIndex()
	k := Sketcher{Vocabulary: x.Vocabulary()}
	first := k.Sketch(&news.Story{
		ID: 1, Cluster: 1, Language: "en", Title: "Magnitude 7.4 earthquake strikes off Miyagi, tsunami warning issued",
		Text: "An earthquake of magnitude 7.4 struck off Miyagi prefecture in Japan on Friday, and the Japan Meteorological Agency " +
			"issued a tsunami warning for Miyagi and Fukushima. The quake was 40 kilometres deep.",
	})
	x.Add(first)
	of := func(int64) *News { return &News{ID: 1, First: first} }
	for _, c := range []struct {
		title, text string
		want        Relation
	}{
		{
			"일본 미야기현 앞바다 규모 7.4 지진…쓰나미 경보", "15일 일본 미야기현 앞바다에서 규모 7.4의 지진이 발생해 일본 기상청이 미야기현과 후쿠시마현에 " +
				"쓰나미 경보를 발령했다. 진원의 깊이는 40킬로미터다.", Linked,
		},
		{
			"부산항 컨테이너 터미널 화재", "15일 오전 부산항 컨테이너 터미널에서 화재가 발생해 소방당국이 소방차 30대를 투입했다. 일본으로 가는 여객선의 " +
				"운항이 중단됐다.", Apart,
		},
	} {
		d, _ := FindNews(x, k.Sketch(&news.Story{ID: 2, Cluster: 2, Language: "ko", Title: c.title, Text: c.text}), of)
		if d.Relation != c.want || d.Loose {
			t.Errorf("%s: %s, loose %v (%s)", c.title, d.Relation, d.Loose, d.Why)
		}
	}
}
