package cluster

import (
	_ "embed" // for told.txt
	"strconv"
	"strings"
	"sync"

	"github.com/copytaster/copytaster/internal/text"
)

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
	isGuess            // an outcome right behind it has not come
	isContext          // decides what other words tell
	isIdle             // a row in which words tell nothing
	isNumber           // is a number
	isTimes            // multiplies the number before it
	isApart            // the number beside it counts nothing that matters: a date, a length
	isUnit             // of figures that are compared: percent, money
)

// toldKinds are the kinds of lines whose name is one.
var toldKinds = map[string]toldKind{
	"?ahead": isAhead, "?before": isBefore, "?comment": isComment, "?idle": isIdle, "?apart": isApart,
	"?guess": isGuess,
}

// toldWord is what a word, or a row of words, says.
type toldWord struct {
	rest    []string // of a row, the words behind the first; one that may go on ends in "*"
	name    string
	kind    toldKind
	value   float64 // of a number, and of what multiplies one
	with    string  // a context without which it tells nothing
	without string  // a context in which it tells nothing
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
		head, list, ok := strings.Cut(line, ":")
		switch {
		case line == "" || line[0] == '#':
			continue
		case !ok:
			words = &toldWords{whole: map[string][]toldWord{}, open: map[string][]toldWord{}}
			table.languages[strings.Trim(line, "[]")] = words
			continue
		}
		says := table.head(head)
		for word := range strings.SplitSeq(list, ",") {
			words.add(word, says)
		}
	}
	return table
})

// head reads what stands before the colon of a line.
func (t *toldTable) head(head string) toldWord {
	name, contexts, _ := strings.Cut(head, " @")
	says := toldWord{name: strings.TrimLeft(name, "!~?@=*%")}
	for context := range strings.SplitSeq(contexts, " @") {
		if without, is := strings.CutPrefix(context, "-"); is {
			says.without = without
		} else {
			says.with = context
		}
	}
	switch sign := name[:len(name)-len(says.name)]; sign {
	case "?":
		says.kind = toldKinds[name]
	case "@":
		says.kind = isContext
	case "=", "*":
		says.kind = isNumber
		if sign == "*" {
			says.kind = isTimes
		}
		says.value, _ = strconv.ParseFloat(says.name, 64) // a test reads each line
	case "%":
		says.kind = isUnit
	case "~", "~!":
		says.kind = inTitle
	case "!", "!!":
		says.kind = outcome
	}
	t.turns[says.name] = t.turns[says.name] || strings.HasPrefix(name, "!!") || strings.HasPrefix(name, "~!")
	return says
}

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
