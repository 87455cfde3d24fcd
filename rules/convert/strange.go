package convert

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/rules/foreign"
	"github.com/copytaster/copytaster/rules/syntax"
)

var (
	// sloppy is the distance behind a phrase: "acme corp"~5.
	sloppy = regexp.MustCompile(`^~(\d{1,3})\b`)
	// fuzzy asks for similar spellings: kim~1.
	fuzzy = regexp.MustCompile(`~(\d(\.\d+)?)?$`)
	// compared is a number that a story is asked for: reach>10000.
	compared = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*\s*[<>]=?\s*[\d.,/-]+`)
	// dated is what is asked of the date, with the first word of its value.
	dated = regexp.MustCompile(`(?i)^(?:date|load-date|pubdate|pd)\s*(?:[<>=]+\s*|\s(?:aft|after|bef|before|is|since|from|to|between|in|on|geq|leq|gtr|lss|eq)\s+|\s)` +
		`(?:\S*\d|last|past|previous|this|today|yesterday|week|month|year)`)
	// fieldLike looks like a field of a tool that nobody knows here, or like an address.
	fieldLike = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]+([:=])\S`)
	// distant is a distance as some tool writes it.
	distant = regexp.MustCompile(`(?i)^(near|onear|w|pre|adj|around|)/(\d{1,3}|s|p|sent|para|seg)$`)
)

// useless returns what a query asks for that rules cannot ask of a story, when its rest begins so.
func (d *dialect) useless(rest string) (text, why string) {
	spelled := d.tool == Factiva || d.tool == Lexis
	if text = dated.FindString(rest); text != "" && (spelled || strings.ContainsAny(text, "<>")) {
		return text + d.value(rest[len(text):], strings.Contains(strings.ToLower(text), "between")), foreign.OfDate.Hint("")
	}
	name := rest[:max(0, strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) }))]
	if _, joins := d.operators[strings.ToLower(name)]; joins {
		return "", ""
	}
	if text = compared.FindString(rest); text != "" {
		return text, "rules ask for no such number: it was left out"
	}
	return "", ""
}

// value returns what is left of the value of a date: all up to an operator or a parenthesis.
func (d *dialect) value(rest string, isBetween bool) string {
	end := 0
	for {
		word := strings.TrimLeftFunc(rest[end:], unicode.IsSpace)
		from := len(rest) - len(word)
		if n := strings.IndexFunc(word, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' }); n >= 0 {
			word = word[:n]
		}
		switch _, joins := d.operators[strings.ToLower(word)]; {
		case word == "", from > end && word[0] == '-':
			return rest[:end]
		case joins && !isBetween:
			return rest[:end]
		case joins:
			isBetween = false
		}
		end = from + len(word)
	}
}

// strange reads the operators of other tools.
func (d *dialect) strange(word string) (op operation, ok bool) {
	m := distant.FindStringSubmatch(word)
	if m == nil {
		return operation{}, false
	}
	name := strings.ToLower(m[1])
	switch strings.ToLower(m[2]) {
	case "s", "sent":
		return sentence(), true
	case "p", "para":
		return paragraph(), true
	case "seg":
		return operation{does: and}, true
	}
	n, _ := strconv.Atoi(m[2])
	return operation{does: near, window: d.steps(n), ordered: name == "pre" || name == "onear" || name == "adj"}, true
}

// field returns what a name in front of a sign asks for. A name that no tool has is one, too,
// where the tool writes fields so.
func (d *dialect) field(name, sign, rest string) (foreign.Meaning, bool) {
	target, known := foreign.MeaningOf(name, sign)
	switch written := d.signs != "" && strings.Contains(d.signs, sign); {
	case known && (written || beginsValue(rest)):
		return target, true
	case known:
		return 0, false
	default:
		return foreign.Nowhere, written && beginsValue(rest)
	}
}

// beginsValue reports whether a value stands right behind a sign: not so in https://.
func beginsValue(rest string) bool {
	r, _ := firstRune(rest)
	return isRead(r) || r == '"' || r == '“' || r == '(' || r == '>' || r == '<' || r == '*'
}

// isField reports whether some tool has a field of a name.
func isField(name string) bool {
	for _, sign := range []string{":", "=", "("} {
		if _, ok := foreign.MeaningOf(name, sign); ok {
			return true
		}
	}
	return false
}

// sloppyPhrase are the words of a phrase in any order, within a distance.
func (w *writer) sloppyPhrase(e *expr) *syntax.Node {
	return joined(w.quoted(strings.Fields(e.text), e), func(n *syntax.Node) { n.Within = words(e.slop) })
}
