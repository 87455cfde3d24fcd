package text

import (
	"slices"
	"strings"
	"testing"
)

// regularForms are words with forms that ~ finds beside the word, and behind a bar words that
// look like forms and are none.
const regularForms = `
sue sues sued suing | sun su
cue cues cued cueing cuing
hue hues hued
glue glues glued gluing
queue queues queued queuing queueing
true trued
free frees freed freeing | fred freud
tree trees treed
knee knees kneed
fee fees | feed feeds
see sees seeing | seed seeds
dye dyes dyed dyeing | dying died
vie vies vied vying
toe toes toed toeing
shoe shoes shoed shoeing
go goes going | goat gone
do does doing | dose doe
bus buses busses bused bussed busing bussing | busy business bust
gas gases gasses gassed gassing | gasp gash
plus pluses | pulses
bias biases biased biasing
lens lenses | lend
atlas atlases
canvas canvases
iris irises
quiz quizzes quizzed quizzing
focus focuses focused focusing focussed
flu flus | flue flute
pro pros | probe
spa spas | spat
menu menus
plateau plateaus
panic panics panicked panicking
traffic traffics trafficked trafficking | trafford
mimic mimicked mimicking
bloc blocs | blocked blocks
arc arced arcing
embed embeds embedded embedding
crisis crises | cries
analysis analyses
basis | bases base
hamstring hamstringing
trek treks trekked trekking
rev revs revved revving
fuel fuels fuelled fuelling fueled fueling
duel duelled duelling
boycott boycotts boycotted boycotting | boycut
staff staffs staffed staffing
handcuff handcuffs handcuffed handcuffing
add adds added adding | ads ad
err errs erred erring | error
egg eggs egged egging
purr purred purring
programme programmes programmed programming
experience experiences experienced experiencing
evidence evidenced evidencing
sacrifice sacrifices sacrificed sacrificing
interfere interferes interfered interfering
warehouse warehouses warehoused warehousing
overheat overheats overheated overheating
breastfeed breastfeeding
free-fire | freed
new | news
policy policies | police
matte | matting
teas | teasing
herring herrings | herr
us | uses used
the | thing
`

// TestRegularForms: a word with ~ is found in its regular forms, the index of words leads to
// them, and no others are found.
func TestRegularForms(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(regularForms)) {
		wanted, others, _ := strings.Cut(line, "|")
		fields := strings.Fields(wanted)
		word, forms := fields[0], fields[1:]
		for _, form := range forms {
			if !stands(word, Look{Stem: true}, form) {
				t.Errorf("~%s does not find %s", word, form)
			}
			if !reached(word, form) {
				t.Errorf("the index of words does not lead from ~%s to %s", word, form)
			}
		}
		for other := range strings.FieldsSeq(others) {
			if stands(word, Look{Stem: true}, other) {
				t.Errorf("~%s finds %s", word, other)
			}
		}
	}
}

// TestFormsOfForms: a form with ~ finds the word and its other forms.
func TestFormsOfForms(t *testing.T) {
	for _, line := range []string{
		"sued sue suing sues", "suing sue sued", "boycotted boycott boycotting", "trafficking traffic trafficked",
		"experienced experience experiencing", "staffing staff staffed", "freed free frees", "buses bus bused", "goes go going", "added add adding", "crises crisis",
	} {
		words := strings.Fields(line)
		for _, form := range words[1:] {
			if !stands(words[0], Look{Stem: true}, form) {
				t.Errorf("~%s does not find %s", words[0], form)
			}
		}
	}
	for _, pair := range [][2]string{{"feed", "fee"}, {"seed", "see"}, {"virus", "viru"}, {"outing", "outed"}, {"herring", "herr"}, {"thing", "the"}} {
		if stands(pair[0], Look{Stem: true}, pair[1]) {
			t.Errorf("~%s finds %s", pair[0], pair[1])
		}
	}
}

// TestNoSuchForms: nobody is told of forms that no such word has, nor the index asked for them.
func TestNoSuchForms(t *testing.T) {
	stems := &Stems{}
	for word := range strings.FieldsSeq("united agreed guaranteed indeed hundred offering neighbouring music public republic linseed this") {
		if forms := stems.Parted(word); len(forms) > 0 {
			t.Errorf("%s: %v", word, forms)
		}
	}
	for word, want := range map[string]string{
		"crisis": "crises", "iris": "irises", "breastfeed": "breastfeeding", "experienced": "experience experiences",
	} {
		if got := strings.Join(stems.Parted(word), " "); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

// TestFormsOfPhrases: the forms count in a phrase and in the index of phrases, those of an
// acronym do not.
func TestFormsOfPhrases(t *testing.T) {
	for _, c := range []struct {
		words, in string
		want      bool
	}{
		{"bus driver", "Buses drivers met", true}, {"bus", "BUSSED", true}, {"human traffic", "human trafficking rises", true},
		{"US", "it uses", false}, {"GAS", "gasses", false}, {"sue", "sué", true}, {"суд", "судом", true},
	} {
		if got := stands(c.words, Look{Stem: true}, c.in); got != c.want {
			t.Errorf("~%s in %q: %v", c.words, c.in, got)
		}
	}
}

// reached reports whether a text of one word has a key that an index is asked for.
func reached(word, form string) bool {
	var keys WordKeys
	has := keys.Append(nil, form)
	for _, needed := range NeededKeys(word, Look{Stem: true}) {
		if !slices.ContainsFunc(needed, func(k WordKey) bool { return slices.Contains(has, k) }) {
			return false
		}
	}
	return true
}
