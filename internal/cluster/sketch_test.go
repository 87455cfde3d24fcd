package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

const quake = `A magnitude 6.1 earthquake shook the province of Alto Verde on Tuesday and killed 14 people, the governor Ines Roca said. ` +
	`Rescuers pulled 27 survivors from a school in San Telmo that had collapsed shortly before noon.`

func sketchOf(title, body string) *Sketch {
	var k Sketcher
	return k.Sketch(&news.Story{Title: title, Text: body, Language: "en", Outlet: "Post", FirstSeen: noon})
}

func TestFacts(t *testing.T) {
	s := sketchOf("Quake kills 14 in Alto Verde", quake)
	for _, name := range []string{"alto", "verde", "ines", "roca", "san", "telmo"} {
		if !slices.Contains(s.names, name) {
			t.Errorf("no name %s in %q", name, s.names)
		}
	}
	for _, word := range []string{"rescuers", "magnitude", "the"} {
		if slices.Contains(s.names, word) {
			t.Errorf("%s is taken for a name", word)
		}
	}
	if want := []string{"14", "27", "6.1"}; !slices.Equal(s.numbers, want) {
		t.Errorf("numbers %q, want %q", s.numbers, want)
	}
	if want := []string{"alto", "verde"}; !slices.Equal(s.titleNames, want) {
		t.Errorf("names of the title %q, want %q", s.titleNames, want)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"en", "1,279.54 dollars and 300,000 people", "1279.54 300000"},
		{"de", "10.000 Menschen, 1.200.000 Euro, 3.25", "10000 1200000 3.25"},
		{"en", "10.000", "10"},
		{"en", "four of the twelve", "12 4"},
		{"ar", "٢٤ قتيلا", "24"},
		{"ja", "１５人", "15"},
		{"en", "007 and 0.50 and 5th", "0.5 5 7"},
		{"en", "0 and 00", "0"},
		{"hi", "१२३ लोग", "123"},
	} {
		f := factsOf(c.language)
		f.body(c.text, splitText(c.text))
		if got := strings.Join(mostOf(f.numbers, 10), " "); got != c.want {
			t.Errorf("%s: numbers %q, want %q", c.text, got, c.want)
		}
	}
}

func TestRuns(t *testing.T) {
	for s, want := range map[string]int{
		"Plain words of English": 4, "北朝鮮の金正恩総書記は": 8, "김정은이 평양에서 말했다": 8, "กรุงเทพมหานคร": 12, "": 4, "встреча в Кремле": 4,
		"iPhone 17の発売日が決定しました、価格は据え置き": 8,
	} {
		if got := runOf(s); got != want {
			t.Errorf("%q: runs of %d, want %d", s, got, want)
		}
	}
}

func TestLongTextIsBounded(t *testing.T) {
	var words strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&words, "Word%d is ", i)
	}
	var k Sketcher
	s := k.Sketch(&news.Story{Title: strings.Repeat("x", 10_000), Text: words.String(), FirstSeen: noon})
	if len(s.shingles) > mostShingles || len(s.words) > mostWords+mostTitle || len(s.names) > mostNames ||
		len(s.numbers) > mostNumbers || len(s.Title) > mostTitle {
		t.Errorf("sketch holds %d runs, %d words, %d names, %d numbers", len(s.shingles), len(s.words), len(s.names), len(s.numbers))
	}
	if size := len(s.Append(nil)); size > 40_000 {
		t.Errorf("sketch of %d bytes", size)
	}
}

func TestTextsThatSayNothing(t *testing.T) {
	var k Sketcher
	for _, body := range []string{
		"", " \n ", "Explosion", "One two three four five.", "\xff\xfe\xfd", strings.Repeat("\x00", 5000), strings.Repeat(".", 5000),
		strings.Repeat("same word ", 500),
		"Just a moment. Checking your browser before you can go on to the page that you wanted to see today.",
	} {
		a := k.Sketch(&news.Story{ID: 1, Title: "A title of some words", Text: body, FirstSeen: noon})
		b := k.Sketch(&news.Story{ID: 2, Title: "A title of some words", Text: body, FirstSeen: noon})
		if d := Join(a, nil, b); d.Relation.Joins() || d.Why.Rule != RuleNoText {
			t.Errorf("%.20q: %s by %s", body, d.Relation, d.Why.Rule)
		}
	}
}

func TestSummaryStandsForText(t *testing.T) {
	var k Sketcher
	a := k.Sketch(&news.Story{ID: 1, Title: "Quake kills 14 in Alto Verde", Summary: quake, FirstSeen: noon})
	b := k.Sketch(&news.Story{ID: 2, Title: "Quake kills 14 in Alto Verde", Text: quake, FirstSeen: noon.Add(time.Hour)})
	if d := Join(a, nil, b); d.Relation != Copy {
		t.Errorf("%s: %s", d.Relation, d.Why)
	}
}

func TestNotices(t *testing.T) {
	story := strings.Repeat("The mayor of Kessel said that the ferry would sail again on Monday. ", 4)
	for _, c := range []struct{ text, want string }{
		{story, story},
		{story + "This site uses cookies. Accept all cookies!", story},
		{"All rights reserved.\n" + story, story},
		{"Wir verwenden Cookies. Siehe Datenschutzerklärung. Kurz.", ""},
		{"İSTANBUL " + story, "İSTANBUL " + story}, // grows in lower case
	} {
		if got := withoutNotices(c.text); strings.TrimSpace(got) != strings.TrimSpace(c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestMarkers(t *testing.T) {
	for _, c := range []struct {
		title string
		want  Marker
		bare  string
	}{
		{"UPDATE 3-Bank to cut jobs", Marker{MarkUpdate, 3}, "Bank to cut jobs"},
		{"CORRECTED-UPDATE 1-Bank to cut jobs", Marker{MarkCorrect, 1}, "Bank to cut jobs"},
		{"(CORRECTED) - MOBIL TO UPGRADE REFINERY", Marker{MarkCorrect, 0}, "MOBIL TO UPGRADE REFINERY"},
		{"RPT-UPDATE 2-Bank to cut jobs", Marker{MarkUpdate, 2}, "Bank to cut jobs"},
		{"REFILE: Bank to cut jobs", Marker{MarkRepeat, 0}, "Bank to cut jobs"},
		{"KILL: Senator dies", Marker{MarkKill, 0}, "Senator dies"},
		{"Korrektur: Bank baut Stellen ab", Marker{MarkCorrect, 0}, "Bank baut Stellen ab"},
		{"부산항 화재(종합2보)", Marker{MarkUpdate, 0}, "부산항 화재"},
		{"[정정] 부산항 화재", Marker{MarkCorrect, 0}, "부산항 화재"},
		{"Update on the war in Kessel", Marker{}, "Update on the war in Kessel"},
		{"Killed in action: the story of a soldier", Marker{}, "Killed in action: the story of a soldier"},
		{"Corrections officer arrested", Marker{}, "Corrections officer arrested"},
		{"", Marker{}, ""},
		{"UPDATE 1-", Marker{}, "UPDATE 1-"},
	} {
		if got, bare := readMarker(c.title); got != c.want || bare != c.bare {
			t.Errorf("%q: %v %q, want %v %q", c.title, got, bare, c.want, c.bare)
		}
	}
}

func BenchmarkSketch(b *testing.B) {
	s := &news.Story{Title: "Quake kills 14 in Alto Verde", Language: "en", FirstSeen: noon}
	for i := range 24 { // some 4.5 kB
		s.Text += strings.ReplaceAll(strings.ReplaceAll(quake, "Verde", fmt.Sprint("Verde", i)), "people", fmt.Sprint("people", i*i)) + "\n"
	}
	s.Text = s.Text[:4474]
	k := Sketcher{Vocabulary: &Vocabulary{}}
	b.SetBytes(int64(len(s.Text)))
	done := onCPU(b)
	defer done()
	for b.Loop() {
		k.Sketch(s)
	}
}

// A text is most like itself, also beside one that holds all of it.
func TestLikeness(t *testing.T) {
	var k Sketcher
	short := "The leaders of North Korea and Russia signed a pact in Vladivostok on Wednesday that covers artillery shells and food."
	long := short + " The mayor of our town said that the market would open on Sunday as planned, and that the ferry leaves at noon."
	sketch := func(text string) *Sketch { return k.Sketch(&news.Story{Title: "Pact", Text: text, Language: "en"}) }
	if same := Likeness(sketch(long), sketch(long)); same != 1 {
		t.Errorf("a text is like itself by %v", same)
	}
	if part := Likeness(sketch(short), sketch(long)); part < 0.3 || part > 0.7 {
		t.Errorf("half of a text is like it by %v", part)
	}
	if none := Likeness(sketch("One two three four five six seven."), sketch("Eins zwei drei vier fünf sechs.")); none != 0 {
		t.Errorf("two texts that share nothing are alike by %v", none)
	}
	if empty := Likeness(sketch(""), sketch("")); empty != 0 {
		t.Errorf("two empty texts are alike by %v", empty)
	}
}
