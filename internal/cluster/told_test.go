package cluster

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

func TestTell(t *testing.T) {
	for _, c := range []struct {
		language, title, lead string
		counts                map[string]float64
		inTitle, inLead       []string
	}{
		{"en", "Quake kills 14 in Alto Verde", "A magnitude 6.1 earthquake killed 14 people and injured 1,200.",
			map[string]float64{"dead": 14, "magnitude": 6.1, "injured": 1200}, []string{"died"}, []string{"died"}},
		{"en", "At least 12 dead in Alto Verde", "At least 12 people were killed and 80 injured, officials said.",
			map[string]float64{"dead": 12, "injured": 80}, []string{"died"}, []string{"died"}},
		{"en", "Minister resigns", "The minister denies all charges.", map[string]float64{}, []string{"resigned"}, []string{"denied"}},
		{"en", "Toll of bridge disaster rises to 41", "More were found.", map[string]float64{"toll": 41}, []string{"revised"}, nil},
		{"en", "Talks begin", "Both sides began to talk and agreed on a day.", map[string]float64{}, nil, nil},
		{"de", "Zwölf Tote bei Zugunglück", "Bei dem Unglück starben zwölf Menschen, 30 wurden verletzt.",
			map[string]float64{"dead": 12, "injured": 30}, []string{"died"}, []string{"died"}},
		{"de", "Kessel sagt Gipfel ab", "x", map[string]float64{}, nil, nil},
		{"de", "Kessel: Gipfel abgesagt", "x", map[string]float64{}, []string{"off"}, nil},
		{"fr", "Séisme : 14 morts", "Le bilan est de 14 morts et 27 blessés.",
			map[string]float64{"dead": 14, "injured": 27, "toll": 14}, []string{"died"}, []string{"died"}},
		{"es", "El ministro dimite", "Dejó 12 muertos.", map[string]float64{"dead": 12}, []string{"resigned"}, []string{"died"}},
		{"pl", "Minister podał się do dymisji", "x", map[string]float64{}, []string{"resigned"}, nil},
		{"ru", "Погибли 14 человек", "Стороны договорились о перемирии.",
			map[string]float64{"dead": 14}, []string{"died"}, []string{"ceasefire"}},
		{"ar", "إلغاء القمة", "x", map[string]float64{}, []string{"off"}, nil},
		{"ja", "首相が辞任", "14人が死亡した。", map[string]float64{"dead": 14}, []string{"resigned"}, []string{"died"}},
		{"ko", "총리 사임", "휴전에 합의했다.", map[string]float64{}, []string{"resigned"}, []string{"ceasefire"}},
		{"xx", "Quake kills 14", "x", map[string]float64{}, nil, nil},
	} {
		told := TellOf(&news.Story{Language: c.language, Title: c.title, Text: c.lead})
		for noun, n := range c.counts {
			if told.Counts[noun] != n {
				t.Errorf("%s: %s %v, want %v", c.title, noun, told.Counts[noun], n)
			}
		}
		if !slices.Equal(told.Title, c.inTitle) || !slices.Equal(told.Lead, c.inLead) {
			t.Errorf("%s: title %q, lead %q, want %q, %q", c.title, told.Title, told.Lead, c.inTitle, c.inLead)
		}
		all := union(told.Title, told.Lead)
		if !slices.Equal(both(all, told.Outcomes), all) || !slices.Equal(both(all, told.Whole), all) {
			t.Errorf("%s: outcomes %q, whole %q", c.title, told.Outcomes, told.Whole)
		}
		if told.Known != (c.language != "xx") {
			t.Errorf("%s: known %v", c.title, told.Known)
		}
	}
}

// TestTellInContext wants words that tell an outcome in one sense only to tell
// nothing in another.
func TestTellInContext(t *testing.T) {
	for _, c := range []struct{ language, title, want string }{
		{"en", "Earthquake strikes Alto Verde", ""},
		{"en", "Earthquake of magnitude 5.9 strikes off Alto Verde", ""},
		{"en", "Lightning strikes church tower", ""},
		{"en", "Kessel and Renn agree on shells for satellite help", "agreed"},
		{"en", "Storms sweep the coast", ""},
		{"en", "Talks between Kessel and Renn collapse", "failed"},
		{"en", "Leader of Kessel collapses at dinner, taken to hospital", "hospitalised"},
		{"en", "Factory roof in Dunmore collapses", "crashed failed"},
		{"en", "Border post shelled at dawn", "attacked"},
		{"en", "Union strikes deal with Nordlinie", "agreed"},
		{"en", "Pilots strike at Kessel Air", "protested"},
		{"en", "Army strikes rebel base", "attacked"},
		{"en", "Three fires burn near Dunmore", ""},
		{"en", "Nordlinie fires finance chief", "resigned"},
		{"en", "Telford charges users for storage", ""},
		{"en", "Police charge man over theft", "charged"},
		{"en", "Team wins praise for design", ""},
		{"en", "Temperature falls to a low", ""},
		{"en", "Renn raises concerns over tender", ""},
		{"en", "Bank raises rates", "changed"},
		{"en", "Netflix drops trailer", ""},
		{"en", "Osk shoots film in Brno", ""},
		{"en", "A sentence a day: learning Latin", ""},
		{"en", "Judge hands Osk a sentence of nine years", "convicted"},
		{"en", "Charity appeals for blankets", ""},
		{"en", "Train leaves on time", ""},
		{"en", "Storm breaks a record", ""},
		{"en", "Song hits the charts", ""},
		{"en", "Film with bars and chocolate", ""},
		{"en", "Telford backs into a wall", ""},
		{"en", "New rules for drones", ""},
		{"en", "Judge rules against Halvex", "ruled"},
		{"en", "Stock sinks 5 percent", ""},
		{"en", "Ferry sinks off Valdoria", "crashed"},
		{"en", "Halvex may cut pay", ""},
		{"de", "Unwetter trifft Marlau", ""},
		{"fr", "Un séisme frappe Marlac", ""},
		{"es", "Un terremoto golpea Marlo", ""},
		{"ru", "Шторм нанес удар по берегу", ""},
		{"it", "Un terremoto colpisce Marlo", ""},
	} {
		told := TellOf(&news.Story{Language: c.language, Title: c.title, Text: "x"})
		if got := strings.Join(told.Title, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.title, got, c.want)
		}
	}
}

// TestTellNumbers wants what a number counts, and not what stands beside it.
func TestTellNumbers(t *testing.T) {
	for _, c := range []struct {
		language, title string
		noun            string
		want            float64
	}{
		{"en", "Dozens dead in Kessel", "dead", 24},
		{"en", "At least nine killed in bus plunge", "dead", 9},
		{"en", "Drone strike of Aug. 29 killed aid worker", "dead", 0},
		{"en", "COVID-19 infections rise", "infected", 0},
		{"en", "Shooting of 2005: dead man named", "dead", 0},
		{"de", "Hunderte Verletzte bei Unwetter", "injured", 200},
		{"fr", "Fusillade : deux morts", "dead", 2},
		{"fr", "Séisme : 2 000 morts", "dead", 2000},
		{"es", "Mueren tres mineros", "dead", 3},
		{"it", "Frana, quattro morti", "dead", 4},
		{"pt", "Acidente deixa cinco mortos", "dead", 5},
		{"ru", "Трое погибших в шахте", "dead", 3},
		{"ru", "После толчков магнитудой 5,1 нет пострадавших", "injured", 0},
		{"ru", "Погибли 1,2 тыс. человек", "dead", 1200},
		{"uk", "Двоє загиблих у шахті", "dead", 2},
		{"tr", "Madende altı ölü", "dead", 6},
		{"ar", "ثلاثة قتلى في حريق", "dead", 3},
		{"ja", "落盤で6人が死亡", "dead", 6},
		{"zh", "塌方致1.2万人死亡", "dead", 12000},
		{"ko", "수십 명 사망", "dead", 24},
		{"ja", "組立棟と高さ46メートルの塔", "homes", 0},
		{"ja", "住宅46棟が全焼", "homes", 46},
		{"zh", "建筑高46米", "homes", 0},
		{"en", "Homes below the 46-metre dam", "homes", 0},
		{"ru", "Дома под плотиной в 46 метров", "homes", 0},
		{"en", strings.Repeat("9", 300) + " billion dead", "dead", 0},
	} {
		told := TellOf(&news.Story{Language: c.language, Title: c.title, Text: "x"})
		if got := told.Counts[c.noun]; got != c.want {
			t.Errorf("%s: %s %v, want %v", c.title, c.noun, got, c.want)
		}
	}
}

func TestTellOfWhatIsToCome(t *testing.T) {
	for _, c := range []struct {
		title          string
		ahead, comment bool
	}{
		{"Governor to resign", true, false},
		{"Governor set to resign", true, false},
		{"Handguns sold to people under 21", false, false},
		{"Governor resigns", false, false},
		{"Will the governor resign?", true, true},
		{"Opinion: the governor must go", false, true},
	} {
		told := TellOf(&news.Story{Language: "en", Title: c.title, Text: "x"})
		if told.Ahead != c.ahead || told.Comment != c.comment {
			t.Errorf("%q: ahead %v, comment %v", c.title, told.Ahead, told.Comment)
		}
	}
}

func TestLead(t *testing.T) {
	line := strings.Repeat("word ", 20) + "\n" // 101 bytes
	sentence := "The " + strings.Repeat("word ", 30) + "ends. "
	for _, c := range []struct {
		body string
		want int
	}{
		{"", 0},
		{"One line.", 9},
		{strings.Repeat(line, 9), 303},
		{strings.Repeat(sentence, 9), 2 * len(sentence)},
		{strings.Repeat("word", 900), 900},
	} {
		if got := leadOf(c.body); len(got) != c.want {
			t.Errorf("a lead of %d bytes, want %d of %.20q", len(got), c.want, c.body)
		}
	}
}

func TestNewFigures(t *testing.T) {
	for _, c := range []struct {
		known, told figure
		want        []string
	}{
		{figure{"percent", 4.5}, figure{"percent", 4.25}, []string{"percent 4.25"}},
		{figure{"percent", 4.52}, figure{"percent", 4.5}, nil},
		{figure{"percent", 4.5}, figure{"money", 60e6}, nil},
		{figure{"money", 60e6}, figure{"money", 75e6}, []string{"money 75000000"}},
	} {
		report, known := Told{Figures: []figure{c.told}, Known: true}, Told{Figures: []figure{c.known}, Known: true}
		w := WorthOf(&Known{Told: known}, &Further{Relation: Linked, Told: report})
		if !slices.Equal(w.News, c.want) || (w.Level == Development) != (c.want != nil) {
			t.Errorf("%v after %v: %s %q", c.told, c.known, w.Level, w.News)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, c := range []struct {
		language, title string
		want            []figure
	}{
		{"en", "Key rate cut to 4.25%", []figure{{"percent", 4.25}}},
		{"en", "Nordlinie sells unit for $410 million", []figure{{"money", 410e6}}},
		{"de", "Leitzins sinkt auf 4,25 Prozent", []figure{{"percent", 4.25}}},
		{"de", "Nordlinie zahlt 2,1 Milliarden Euro", []figure{{"money", 2.1e9}}},
		{"fr", "Le taux passe à 4,25 %", []figure{{"percent", 4.25}}},
		{"ja", "3億円を寄付", []figure{{"money", 3e8}}},
		{"en", "Forty people and a dog", nil},
	} {
		told := TellOf(&news.Story{Language: c.language, Title: c.title, Text: "x"})
		if !slices.Equal(told.Figures, c.want) {
			t.Errorf("%s: %v, want %v", c.title, told.Figures, c.want)
		}
	}
}

// TestToldWords wants each line of told.txt once a language, and contexts that
// are listed.
func TestToldWords(t *testing.T) {
	seen := map[string]bool{}
	language := ""
	for line := range strings.Lines(toldText) {
		line = strings.TrimSpace(line)
		name, _, ok := strings.Cut(line, ":")
		if line == "" || line[0] == '#' {
			continue
		}
		if !ok {
			language = line
		}
		if key := language + name; seen[key] {
			t.Errorf("%s: %s stands twice", language, name)
		} else {
			seen[key] = true
		}
	}
	if n := len(toldData().languages); n < 15 {
		t.Errorf("%d languages", n)
	}
}

// TestToldContexts wants each context that a line asks for to be listed in its
// language, and each number to be one.
func TestToldContexts(t *testing.T) {
	listed := map[string]bool{}
	var asked []string
	language := ""
	for line := range strings.Lines(toldText) {
		head, _, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			language = head
			continue
		}
		if name, is := strings.CutPrefix(head, "@"); is {
			listed[language+name] = true
		}
		if strings.HasPrefix(head, "=") || strings.HasPrefix(head, "*") {
			if n, err := strconv.ParseFloat(head[1:], 64); err != nil || n <= 1 {
				t.Errorf("%s: %q is no number above one", language, head)
			}
		}
		for _, context := range strings.Split(head, " @")[1:] {
			asked = append(asked, language+strings.TrimPrefix(context, "-"))
		}
	}
	for _, context := range asked {
		if !listed[context] {
			t.Errorf("no context %s", context)
		}
	}
}
