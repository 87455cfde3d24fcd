package cluster

import (
	_ "embed" // for told.txt
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Told is what a story, or all stories of a news, tell that can be compared:
// numbers by what they count, and acts and outcomes.
type Told struct {
	Counts   map[string]float64 // of title and lead, by noun in English: dead, magnitude; the largest
	Outcomes []string           // of title and lead, in English, sorted
	Title    []string           // of the title alone
	Lead     []string           // of the lead, those that are news wherever they stand
	Whole    []string           // of the whole text, with the nouns that it counts
	Ahead    bool               // the title speaks of what is to come
	Comment  bool               // the title comments, or asks
	Known    bool               // there is a text, and data for its language
}

// toldText lists the words for what is counted, and for acts and outcomes, by
// language.
//
//go:embed told.txt
var toldText string

// toldKind says what a word tells.
type toldKind uint8

const (
	counted   toldKind = iota
	outcome            // in title or lead
	inTitle            // an outcome when it stands in a title
	isAhead            // of things to come
	isBefore           // the same right before an outcome: to sign
	isComment          // what no report has in its title
)

// toldWord is what a word, or a row of words, says.
type toldWord struct {
	rest []string // of a row, the words behind the first; one that may go on ends in "*"
	name string
	kind toldKind
}

// toldWords are the words of one language, by the first of a row.
type toldWords struct {
	whole map[string][]toldWord
	open  map[string][]toldWord // beginnings of words
	ends  uint64                // a bit for each length of a beginning, in bytes
}

type toldTable struct {
	languages map[string]*toldWords
	turns     map[string]bool // outcomes that turn a news around
}

var toldData = sync.OnceValue(func() *toldTable {
	table := &toldTable{map[string]*toldWords{}, map[string]bool{}}
	var words *toldWords
	for line := range strings.Lines(toldText) {
		line = strings.TrimSpace(line)
		name, list, ok := strings.Cut(line, ":")
		switch {
		case line == "" || line[0] == '#':
			continue
		case !ok:
			words = &toldWords{whole: map[string][]toldWord{}, open: map[string][]toldWord{}}
			table.languages[strings.Trim(line, "[]")] = words
			continue
		}
		says := toldWord{name: strings.TrimLeft(name, "!~?")}
		switch sign := name[:len(name)-len(says.name)]; {
		case name == "?ahead":
			says.kind = isAhead
		case name == "?before":
			says.kind = isBefore
		case name == "?comment":
			says.kind = isComment
		case sign != "":
			says.kind = outcome
			if sign[0] == '~' {
				says.kind = inTitle
			}
			table.turns[says.name] = table.turns[says.name] || len(sign) == 2
		}
		for word := range strings.SplitSeq(list, ",") {
			words.add(word, says)
		}
	}
	return table
})

// add adds a word, or a row of words.
func (w *toldWords) add(row string, says toldWord) {
	var forms []string
	for word := range strings.FieldsSeq(row) {
		bare, open := strings.CutSuffix(word, "*")
		tokens := text.Split(bare)
		for i := range tokens {
			forms = append(forms, tokens[i].Folded)
		}
		if open && len(tokens) > 0 {
			forms[len(forms)-1] += "*"
		}
	}
	if len(forms) == 0 {
		return
	}
	says.rest = forms[1:]
	if first, open := strings.CutSuffix(forms[0], "*"); open {
		w.open[first] = append(w.open[first], says)
		w.ends |= 1 << (len(first) & 63)
	} else {
		w.whole[first] = append(w.whole[first], says)
	}
}

// each yields what is said by the rows that begin with a token.
func (w *toldWords) each(tokens []text.Token, yield func(*toldWord)) {
	for _, form := range formsOf(&tokens[0]) {
		if form == "" {
			continue
		}
		for end := 1; end <= len(form) && w.ends>>end > 0; end++ {
			if w.ends>>end&1 == 0 {
				continue
			}
			for i := range w.open[form[:end]] {
				w.open[form[:end]][i].goesOn(tokens[1:], yield)
			}
		}
		for i := range w.whole[form] {
			w.whole[form][i].goesOn(tokens[1:], yield)
		}
	}
}

// goesOn yields what a row says when the tokens behind its first go on with it.
func (t *toldWord) goesOn(tokens []text.Token, yield func(*toldWord)) {
	for i, want := range t.rest {
		if i >= len(tokens) {
			return
		}
		begins, open := strings.CutSuffix(want, "*")
		if is := tokens[i].Folded; is != begins && (!open || !strings.HasPrefix(is, begins)) {
			return
		}
	}
	yield(t)
}

// formsOf returns the forms of a word that are looked up: as it is written, and
// without an article or a prefix.
func formsOf(t *text.Token) [2]string {
	switch rest := bare(t); {
	case t.Alt != nil:
		return [2]string{t.Folded, t.Alt.Folded}
	case rest != t.Folded:
		return [2]string{t.Folded, rest}
	}
	return [2]string{t.Folded}
}

// What a lead is.
const (
	leastLead = 250  // bytes: lines that are shorter together are no lead yet
	mostLead  = 450  // bytes of the text
	mostTold  = 4000 // bytes of a title or summary
)

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
	told.title(words, s.Language, text.Split(cut(s.Title, mostTold)))
	for _, part := range []string{cut(s.Summary, mostTold), leadOf(body)} {
		told.lead(words, s.Language, text.Split(part))
	}
	tokens := text.Split(body)
	for i := range tokens {
		words.each(tokens[i:], func(t *toldWord) { told.Whole = append(told.Whole, t.name) })
	}
	told.Whole = append(told.Whole, told.Outcomes...)
	for _, list := range []*[]string{&told.Outcomes, &told.Title, &told.Lead, &told.Whole} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return told
}

// title reads a title.
func (t *Told) title(words *toldWords, language string, tokens []text.Token) {
	before := -2 // where a word stood that may speak of what is to come
	for i := range tokens {
		words.each(tokens[i:], func(word *toldWord) {
			switch word.kind {
			case counted:
				t.count(language, tokens, i, word.name)
			case outcome, inTitle:
				t.Title = append(t.Title, word.name)
				t.Ahead = t.Ahead || before == i-1
			case isAhead:
				t.Ahead = true
			case isBefore:
				before = i
			case isComment:
				t.Comment = true
			}
		})
	}
	t.Outcomes = append(t.Outcomes, t.Title...)
}

// lead reads a lead.
func (t *Told) lead(words *toldWords, language string, tokens []text.Token) {
	for i := range tokens {
		words.each(tokens[i:], func(word *toldWord) {
			switch word.kind {
			case counted:
				t.count(language, tokens, i, word.name)
			case outcome:
				t.Lead = append(t.Lead, word.name)
				t.Outcomes = append(t.Outcomes, word.name)
			case inTitle:
				t.Outcomes = append(t.Outcomes, word.name)
			}
		})
	}
}

// count notes the number that a noun counts.
func (t *Told) count(language string, tokens []text.Token, i int, noun string) {
	if n, ok := nearNumber(language, tokens, i, noun); ok && n > t.Counts[noun] {
		t.Counts[noun] = n
	}
}

// nearNumber returns the number that a noun counts: the nearest within three
// words, before the noun rather than behind it. A toll is told behind it.
func nearNumber(language string, tokens []text.Token, i int, noun string) (float64, bool) {
	reach := 3
	if noun == "toll" {
		reach = 8
	}
	for away := 1; away <= reach; away++ {
		for _, j := range [...]int{i - away, i + away} {
			if j < 0 || j >= len(tokens) || noun == "toll" && j < i {
				continue
			}
			if n, ok := numberOf(language, tokens, j); ok {
				return n, true
			}
		}
	}
	return 0, false
}

// numberOf reads a token as a number: 41, 26 000, four, 1.2 million.
func numberOf(language string, tokens []text.Token, i int) (float64, bool) {
	f := factsOf(language)
	if digits := spelledNumbers[tokens[i].Folded]; digits != "" {
		f.numbers[digits] = 1
	} else if c := tokens[i].Folded[0]; c >= '0' && c <= '9' {
		f.number(tokens[i].Folded)
	}
	for number := range f.numbers {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return 0, false
		}
		if i+1 < len(tokens) {
			n = scaled(n, &tokens[i+1], i > 0)
		}
		return n, true
	}
	return 0, false
}

// scaled is a number with the word behind it: 1.2 million. Three digits go on with
// it, unless it begins the text.
func scaled(n float64, next *text.Token, inside bool) float64 {
	word := next.Folded
	switch {
	case len(word) == 3 && next.Script == text.Number && n < 1000 && inside:
		if rest, err := strconv.ParseFloat(word, 64); err == nil {
			return n*1000 + rest
		}
	case strings.HasPrefix(word, "mill") || strings.HasPrefix(word, "милл") || word == "mln":
		return n * 1e6
	case word == "thousand" || word == "tausend" || word == "mille" || word == "mil" || strings.HasPrefix(word, "тыс"):
		return n * 1e3
	}
	return n
}
