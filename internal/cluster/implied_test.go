package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// worthOf says what a story is worth to those who know another one.
func worthOf(known, next *news.Story) Worth {
	return WorthOf(&Known{Told: TellOf(known)}, &Further{Relation: Linked, Told: TellOf(next)})
}

// TestImplied wants an act to be new only when none that implies it was told, and the
// next step to stay new.
func TestImplied(t *testing.T) {
	for _, c := range []struct {
		language, known, next string
		want                  Level
	}{
		{"en", "Kessel mayor convicted of fraud", "Kessel mayor goes on trial for fraud", NothingNew},
		{"en", "Kessel mayor goes on trial for fraud", "Kessel mayor convicted of fraud", Development},
		{"en", "Man arrested over Dunmore fire", "Suspect named in Dunmore fire", Development},
		{"en", "Judge dismisses Halvex case", "Halvex lawsuit dismissed", NothingNew},
		{"en", "Kessel signs water treaty with Renn", "Kessel and Renn agree on water", NothingNew},
		{"en", "Kessel and Renn agree on water", "Kessel signs water treaty with Renn", Development},
		{"en", "Four killed at Dunmore market", "Dunmore market bombing: what was heard", NothingNew},
		{"en", "Dunmore market bombed", "Four killed at Dunmore market", Development},
		{"de", "Bürgermeister von Kessel verurteilt", "Bürgermeister von Kessel verhaftet", NothingNew},
		{"fr", "Le maire de Kessel condamné", "Le maire de Kessel arrêté", NothingNew},
		{"de", "Bürgermeister von Kessel verhaftet", "Bürgermeister von Kessel verurteilt", Development},
	} {
		known := news.Story{Language: c.language, Title: c.known, Text: "x"}
		next := news.Story{Language: c.language, Title: c.next, Text: "x"}
		if w := worthOf(&known, &next); w.Level != c.want {
			t.Errorf("%q after %q: %s %v %v, want %s", c.next, c.known, w.Level, w.Reasons, w.News, c.want)
		}
	}
}

// TestStepsAreActs wants each step to be listed, and none to turn a news around: what
// does is always told.
func TestStepsAreActs(t *testing.T) {
	listed := map[string]bool{}
	for line := range strings.Lines(toldText) {
		head, _, _ := strings.Cut(line, ":")
		head, _, _ = strings.Cut(head, " @")
		listed[strings.TrimLeft(head, "!~")] = true
	}
	for act, before := range steps {
		for _, step := range append(slices.Clone(before), act) {
			if !listed[step] {
				t.Errorf("%s: no act %q", act, step)
			}
		}
		for _, step := range implied([]string{act}) {
			if step != act && toldData().turns[step] {
				t.Errorf("%s implies %s, which turns a news around", act, step)
			}
		}
	}
}

// TestRestatedNumber wants a number that was told to be nothing new when another word
// says what it counts, and a count to be new though another one is as large.
func TestRestatedNumber(t *testing.T) {
	for _, c := range []struct {
		known, next string
		want        Level
	}{
		{"Storm takes 60 roofs in Kessel", "Kessel after the storm. Some 60 homes have no roof.", NothingNew},
		{"Storm crosses Kessel", "Kessel after the storm. Some 60 homes have no roof.", Development},
		{"Storm of 2060 crosses Kessel", "Kessel after the storm. Some 60 homes have no roof.", Development},
		{"Blast in Dunmore leaves 11 injured", "Dunmore mourns 11 dead", Development},
	} {
		known := news.Story{Language: "en", Title: c.known, Text: "x"}
		title, lead, _ := strings.Cut(c.next, ". ")
		next := news.Story{Language: "en", Title: title, Text: lead}
		if w := worthOf(&known, &next); w.Level != c.want {
			t.Errorf("%q after %q: %s %v %v, want %s", c.next, c.known, w.Level, w.Reasons, w.News, c.want)
		}
	}
}

// TestWhatHasNotCome wants acts that are denied, demanded or only possible to be no acts,
// and those who demand them to be told.
func TestWhatHasNotCome(t *testing.T) {
	for _, c := range []struct{ language, title, want string }{
		{"en", "Kessel mayor pleads not guilty", "charged"},
		{"en", "Kessel mayor found guilty", "convicted found"},
		{"en", "Kessel mayor found not guilty", "acquitted found"},
		{"en", "Grand jury weighs potential charges", ""},
		{"en", "Union calls for ceasefire", "urged"},
		{"en", "Minister resists pressure to resign", ""},
		{"de", "Opposition fordert Rücktritt", "urged"},
		{"es", "La oposición exige la dimisión", "urged"},
		{"ru", "Оппозиция требует отставки", ""},
		{"pt", "Ministra pede demissão", "resigned urged"},
		{"de", "Angeklagter bekennt sich nicht schuldig", ""},
		{"en", "Dutch parliament offers mediation", "offered"},
		{"de", "Kessel bietet Vermittlung an", "offered"},
		{"ru", "Кессель предложил посредничество", "offered"},
		{"en", "Kessel unveils and introduces new tram", "launched"},
	} {
		told := TellOf(&news.Story{Language: c.language, Title: c.title, Text: "x"})
		if got := strings.Join(told.Title, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.title, got, c.want)
		}
	}
}
