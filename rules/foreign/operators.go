package foreign

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// kind is what an operator asks of the words around it.
type kind uint8

const (
	and kind = iota
	or
	not
	near
	notNear
)

// operator is a word or sign by which other tools combine words.
type operator struct {
	kind    kind
	window  string // of near: "9 words", sentence or paragraph
	ordered bool
	at      int // which of the parts of the term it is
	upTo    int // the first part behind it: AND NOT is one operator
}

// capitals are the operators that are written in capitals alone: in small
// letters they are words of names and titles.
var capitals = map[string]operator{
	"AND": {kind: and}, "&&": {kind: and}, "OR": {kind: or}, "||": {kind: or}, "XOR": {kind: or}, "NOT": {kind: not}, "ANDNOT": {kind: not},
	"BUTNOT": {kind: not}, "NEAR": {kind: near, window: "10 words"}, "ONEAR": {kind: near, window: "10 words", ordered: true},
	"ADJ": {kind: near, window: "0 words", ordered: true}, "SAME": {kind: near, window: "paragraph"},
	"SENTENCE": {kind: near, window: "sentence"}, "PARAGRAPH": {kind: near, window: "paragraph"},
}

var (
	// numbered is near5, adj5, w/5, NEAR/5f, pre/3, AROUND(5), /5.
	numbered = regexp.MustCompile(`(?i)^(?:(near|adj|onear)(\d{1,3})|(w|near|onear|pre|adj|n|p|around|within|)[/(](\d{1,3})(f?)\)?)$`)
	// scoped is w/s, w/p, /s, +s, pre/s, w/sent, w/para, w/seg.
	scoped = regexp.MustCompile(`(?i)^(?:(w|pre|near|)/|\+)(s|sent|sentence|p|para|paragraph|seg)$`)
	// apart puts what stands between parentheses and words apart.
	apart = regexp.MustCompile(`[()]`)
	// around is AROUND(5), whose parentheses are its own.
	around = regexp.MustCompile(`(?i)\b(around|near|within)\s?\(\s*(\d{1,3})\s*\)`)
	// wordy is WITHIN 5 WORDS OF.
	wordy = regexp.MustCompile(`\b(?:WITHIN|NEAR|AROUND) (\d{1,3})(?: WORDS?)?(?: OF)?\b`)
)

// names begin with what looks like an operator.
var names = []string{"OR Tambo", "NEAR Protocol", "NEAR Foundation", "NOT Vital"}

// combined finds the words and signs that combine terms.
func combined(term string) (Form, bool) {
	for _, name := range names {
		if strings.HasPrefix(strings.TrimLeft(term, "=~"), name) {
			return no()
		}
	}
	parts := divide(term)
	ops := operators(parts)
	if len(ops) == 0 {
		return no()
	}
	first := strings.Join(parts[ops[0].at:ops[0].upTo], " ")
	if !strings.Contains(term, first) {
		first = "the operator"
	}
	if len(parts) == ops[0].upTo-ops[0].at {
		return said(alone(ops[0]), "%s is looked for as a word", quote(first))
	}
	return said(translated(parts, ops), "%s is looked for as a phrase, with %s as one of its words", quote(term), first)
}

// divide cuts a term at spaces, parentheses and the signs && and ||.
func divide(term string) []string {
	term = around.ReplaceAllString(term, "$1/$2")
	term = wordy.ReplaceAllString(term, "NEAR/$1")
	term = strings.NewReplacer("&&", " && ", "||", " || ", " BUT NOT ", " NOT ").Replace(term)
	return strings.Fields(apart.ReplaceAllString(term, " $0 "))
}

// operators finds the operators among the parts of a term.
func operators(parts []string) []operator {
	var found []operator
	for i := 0; i < len(parts); {
		op, upTo, ok := operatorAt(parts, i)
		if !ok {
			i++
			continue
		}
		op.at, op.upTo = i, upTo
		found = append(found, op)
		i = upTo
	}
	return found
}

// operatorAt reads the operator at a part, with a NOT beside it.
func operatorAt(parts []string, i int) (op operator, upTo int, ok bool) {
	op, ok = readOperator(parts, i)
	if !ok {
		return op, i, false
	}
	upTo = i + 1
	for upTo < len(parts) {
		next, more := readOperator(parts, upTo)
		if !more {
			break
		}
		switch {
		case op.kind == not && next.kind == near, op.kind == near && next.kind == not:
			next.kind = notNear
			if op.window != "" {
				next.window = op.window
			}
			op = next
		case next.kind == not:
			op = next
		}
		upTo++
	}
	return op, upTo, true
}

func readOperator(parts []string, i int) (operator, bool) {
	word := parts[i]
	first, last := i == 0, i == len(parts)-1
	if op, ok := capitals[word]; ok {
		switch {
		case first && last, word == "&&", word == "||":
			return op, true
		case last: // Portland, OR
			return op, op.kind != or && op.kind != near
		case first: // the ADJ of a list
			return op, op.kind != near
		}
		return op, !strings.HasSuffix(parts[i-1], ",") || word != "OR"
	}
	if m := numbered.FindStringSubmatch(word); m != nil {
		return numberedOperator(m, first, last)
	}
	if m := scoped.FindStringSubmatch(word); m != nil && !first && !last {
		op := operator{kind: near, window: "sentence", ordered: strings.EqualFold(m[1], "pre") || word[0] == '+'}
		if !strings.HasPrefix(strings.ToLower(m[2]), "s") || strings.EqualFold(m[2], "seg") {
			op.window = "paragraph"
		}
		return op, true
	}
	return operator{}, false
}

// numberedOperator makes an operator of what numbered found. Where a tool counts
// the second word too, one less stands between.
func numberedOperator(m []string, first, last bool) (operator, bool) {
	name, digits := strings.ToLower(m[1]+m[3]), m[2]+m[4]
	n, err := strconv.Atoi(digits)
	bare := name == "" || name == "n" || name == "p"
	if err != nil || (first || last) && bare || first != last && (first || m[2] != "") {
		return operator{}, false
	}
	if m[2] != "" || name == "w" || name == "pre" || name == "p" || name == "adj" || name == "" {
		n = max(n-1, 0)
	}
	ordered := name == "adj" || name == "onear" || name == "pre" || name == "p" || m[5] != ""
	return operator{kind: near, window: fmt.Sprintf("%d words", n), ordered: ordered}, true
}

// alone is what is said of an operator that is an entry of its own.
func alone(op operator) string {
	switch op.kind {
	case and:
		return "all: asks for every one of its list; leave it out"
	case or:
		return "a list is any of it, and so is any:; leave it out"
	case near:
		return "write {all: [one, other], within: " + op.window + "}"
	}
	return "write what must not be there under none:"
}

// translated writes a term as rules do: exactly when one kind of operator joins
// its words, or else how each is said.
func translated(parts []string, ops []operator) string {
	var words []string
	from, mixed := 0, false
	for _, op := range ops {
		words = append(words, strings.Join(parts[from:op.at], " "))
		from = op.upTo
		mixed = mixed || op.kind != ops[0].kind || op.window != ops[0].window
	}
	words = append(words, strings.Join(parts[from:], " "))
	for i, w := range words {
		words[i] = strings.TrimSpace(strings.Trim(w, "() "))
		mixed = mixed || strings.ContainsAny(words[i], "()") || i > 0 && words[i] == ""
	}
	if mixed {
		return "write all: for AND, a list for OR, none: for NOT, within: for NEAR, one in another: {all: [[kim, moon], missile], none: [film]}"
	}
	return written(ops[0], words)
}

// written writes words that one kind of operator joins.
func written(op operator, words []string) string {
	if words[0] == "" { // it stood in front
		words = words[1:]
		switch op.kind {
		case and:
			return "write all: " + list(append([]string{"…"}, words...)...)
		case or:
			return "a list is any of it: write " + list(append([]string{"…"}, words...)...)
		}
		return "write none: " + list(words...) + " beside all: or any:"
	}
	order := ""
	if op.ordered {
		order = ", ordered: true"
	}
	switch op.kind {
	case and:
		return "write {all: " + list(words...) + "}"
	case or:
		return "write " + list(words...) + ": a list is any of it"
	case near:
		return "write {all: " + list(words...) + order + ", within: " + op.window + "}"
	case notNear:
		return "write {any: " + list(words[0]) + ", not near: " + list(words[1:]...) + ", within: " + op.window + "}"
	}
	return "write {all: " + list(words[0]) + ", none: " + list(words[1:]...) + "}"
}

var (
	// slop is "kim putin"~10.
	slop = regexp.MustCompile(`^["“(](.+)["”)]~(\d{1,3})$`)
	// fuzzy is kim~2 and kim~.
	fuzzy = regexp.MustCompile(`([\p{L}\p{M}]+)~\d?(?:\s|$)`)
)

// proximity finds "kim putin"~10, and kim~2.
func proximity(term string) (Form, bool) {
	if m := slop.FindStringSubmatch(term); m != nil {
		words := strings.Fields(m[1])
		return said("write {all: "+list(words...)+", within: "+m[2]+" words}", "%s is looked for as a phrase: ~%s asks for nothing", quote(term), m[2])
	}
	if m := fuzzy.FindStringSubmatch(term); m != nil {
		return said("list the spellings; ~"+m[1]+" finds its inflections", "a ~ behind a word finds no like spellings: %s", quote(term))
	}
	return no()
}
