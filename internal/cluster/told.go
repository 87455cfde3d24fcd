package cluster

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Told is what a story, or all stories of a news, tell that can be compared:
// numbers by what they count, and acts and outcomes.
type Told struct {
	Counts   map[string]float64 `json:"counts,omitempty"`   // of title and lead, by noun in English: dead, magnitude; the largest
	Outcomes []string           `json:"outcomes,omitempty"` // of title and lead, in English, sorted
	Title    []string           `json:"title,omitempty"`    // of the title alone
	Lead     []string           `json:"lead,omitempty"`     // of the lead, those that are news wherever they stand
	Figures  []figure           `json:"figures,omitempty"`  // of the title: percent, money
	Numbers  []float64          `json:"numbers,omitempty"`  // of title and lead, whatever they count
	Whole    []string           `json:"whole,omitempty"`    // of the whole text, with the nouns that it counts
	Ahead    bool               `json:"ahead,omitempty"`    // the title speaks of what is to come
	Comment  bool               `json:"comment,omitempty"`  // the title comments, or asks
	Known    bool               `json:"known,omitempty"`    // there is a text, and data for its language
}

// What a lead is.
const (
	leastLead = 250  // bytes: lines that are shorter together are no lead yet
	mostLead  = 450  // bytes of the text
	mostTold  = 4000 // bytes of a title or summary
	mostHead  = 200  // characters of a title
)

// headOf returns where a title ends: some feeds go on with the text.
func headOf(title string) int {
	for n, at := 0, 0; ; n++ {
		_, size := utf8.DecodeRuneInString(title[at:])
		if size == 0 {
			return len(title)
		}
		if n >= mostHead {
			if space := strings.LastIndexByte(title[:at], ' '); space > at/2 {
				return space
			}
			return at
		}
		at += size
	}
}

// leadOf returns the first lines of a text, to the end of the sentence in which
// the lead is full.
func leadOf(body string) string {
	end := 0
	for line := range strings.Lines(body) {
		if end += len(line); end >= leastLead {
			break
		}
	}
	if end <= mostLead {
		return body[:end]
	}
	for _, to := range text.EachSentence(body[:end]) {
		if to >= leastLead {
			return cut(body, min(to, 2*mostLead))
		}
	}
	return cut(body, mostLead)
}

// TellOf reads a story: what its title and its lead tell, and what its text holds
// anywhere. The lead is the summary and the beginning of the text.
func TellOf(s *news.Story) Told {
	told := Told{Counts: map[string]float64{}}
	words := toldData().languages[s.Language]
	body := strings.TrimSpace(withoutNotices(cut(s.Text, mostText)))
	told.Known = words != nil && strings.TrimSpace(s.Summary+body) != ""
	if words == nil {
		return told
	}
	told.Comment = strings.ContainsAny(s.Title, "?？؟") || KindOf(s) != OwnReport
	title := cut(s.Title, mostTold)
	rest := title[headOf(title):]
	told.title(words.read(s.Language, title[:len(title)-len(rest)]))
	for _, part := range []string{rest, cut(s.Summary, mostTold), leadOf(body)} {
		told.lead(words.read(s.Language, part))
	}
	for _, said := range words.read(s.Language, body).said {
		told.Whole = append(told.Whole, said.name)
	}
	told.Whole = append(told.Whole, told.Outcomes...)
	for _, list := range []*[]string{&told.Outcomes, &told.Title, &told.Lead, &told.Whole} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return told
}

// figure is a number with its unit.
type figure struct {
	Unit string  `json:"unit"`
	N    float64 `json:"n"`
}

// title reads a title.
func (t *Told) title(r *wording) {
	t.Figures = r.figures()
	t.Numbers = append(t.Numbers, r.allNumbers()...)
	before := -2            // where a word stood that may speak of what is to come
	guess := -nearGuess - 1 // where one stood that guesses
	for _, said := range r.said {
		switch said.kind {
		case counted:
			t.count(r, said)
		case outcome, inTitle:
			t.Outcomes = append(t.Outcomes, said.name)
			t.Ahead = t.Ahead || before == said.at-1
			if said.at == guess || said.at > guess+nearGuess {
				t.Title = append(t.Title, said.name)
			}
		case isAhead:
			t.Ahead = true
		case isBefore:
			before = said.at
		case isGuess:
			t.Ahead, guess = true, said.at
		case isComment:
			t.Comment = true
		}
	}
}

// nearGuess is how many tokens behind a word that guesses an outcome is guessed.
const nearGuess = 2

// lead reads a lead.
func (t *Told) lead(r *wording) {
	t.Numbers = append(t.Numbers, r.allNumbers()...)
	for _, said := range r.said {
		switch said.kind {
		case counted:
			t.count(r, said)
		case outcome:
			t.Outcomes = append(t.Outcomes, said.name)
			if r.first(said.at) {
				t.Lead = append(t.Lead, said.name)
			}
		case inTitle:
			if r.first(said.at) {
				t.Outcomes = append(t.Outcomes, said.name)
			}
		}
	}
}

// count notes the number that a noun counts.
func (t *Told) count(r *wording, noun said) {
	if n, ok := r.nearNumber(noun); ok && n > t.Counts[noun.name] {
		t.Counts[noun.name] = n
	}
}
