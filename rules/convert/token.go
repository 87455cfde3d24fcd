package convert

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/rules/foreign"
	"github.com/copytaster/copytaster/rules/syntax"
)

// tokenKind is what a token of a query is.
type tokenKind uint8

const (
	word     tokenKind = iota // one, as it is written
	phrase                    // between quotes
	open                      // (
	closed                    // )
	operator                  // between two operands, or in front of one: not
	label                     // a field in front of its value
	count                     // atleast5
	opening                   // /F50/: the first words, behind its operand
	bound                     // wc>500
	useless                   // date after 2023, reach>10000
)

// token is a part of a query.
type token struct {
	kind   tokenKind
	text   string // as written, without the quotes
	column int    // of its first character, from 1
	op     operation
	target foreign.Meaning
	n      int
	why    string // of what is useless, and of an operator that the tool does not know
}

// operation joins two operands.
type operation struct {
	does    action
	window  syntax.Window // of near and notNear
	ordered bool
}

type action uint8

const (
	none action = iota
	or
	and
	not // in front of an operand, or between two: and not
	near
	notNear
)

// longestQuery is the longest query that is read, in bytes.
const longestQuery = 64 << 10

var (
	placed  = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.]{1,40})(:|=)`)
	bounded = regexp.MustCompile(`(?i)^(wc|wordcount|words|length)\s*([<>]=?)\s*(\d{1,6})\b`)
	counted = regexp.MustCompile(`(?i)^atl(?:east)?(\d{1,3})$`)
	spaced  = regexp.MustCompile(`(?i)^/([NF])(\d{1,3})/`)
	// nearby is a distance with its number: near5, NEAR/5, w/5, /5, +5, pre/5, adj5, AROUND(5).
	nearby = regexp.MustCompile(`(?i)^(near|onear|w|pre|adj|around|not w|)[/(+]?(\d{1,3})\)?$`)
)

// tokens splits a query. The error says what cannot be read.
func (d *dialect) tokens(query string) (all []token, err error) {
	rest, column := query, 1
	skip := func(bytes int) {
		column += len([]rune(rest[:bytes]))
		rest = rest[bytes:]
	}
	for {
		skip(len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace)))
		if rest == "" {
			return all, nil
		}
		t, size, err := d.token(rest, column)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
		skip(size)
	}
}

// quotesOf are the quotes that end what a quote begins.
var quotesOf = map[rune]string{'"': `"`, '“': "”\"“", '„': "“”\"", '«': "»", '”': "”\""}

// token reads the first token of what is left of a query, and returns its size in bytes.
func (d *dialect) token(rest string, column int) (t token, size int, err error) {
	t.column = column
	first := []rune(rest[:min(len(rest), 4)])[0]
	switch {
	case first == '(', first == '[' && d.tool == Factiva:
		t.kind, t.text = open, "("
		return t, 1, nil
	case first == ')', first == ']' && d.tool == Factiva:
		t.kind, t.text = closed, ")"
		return t, 1, nil
	case quotesOf[first] != "":
		begin := len(string(first))
		end := strings.IndexAny(rest[begin:], quotesOf[first])
		if end < 0 {
			return t, 0, &SyntaxError{column, "the quote that begins here never ends"}
		}
		t.kind, t.text = phrase, strings.TrimSpace(rest[begin:begin+end])
		_, last := firstRune(rest[begin+end:])
		size = begin + end + last
		if m := sloppy.FindStringSubmatch(rest[size:]); m != nil {
			t.n, _ = strconv.Atoi(m[1])
			size += len(m[0])
		}
		return t, size, nil
	case first == '-' && len(rest) > 1 && !unicode.IsSpace(rune(rest[1])):
		t.kind, t.text, t.op.does = operator, "-", not
		if !d.minus {
			t.why = "a minus in front of a word was read as not"
		}
		return t, 1, nil
	case first == '|' && d.minus:
		t.kind, t.text, t.op.does = operator, "|", or
		return t, 1, nil
	case d.slashes && spaced.MatchString(rest):
		m := spaced.FindStringSubmatch(rest)
		t.text, t.kind = m[0], opening
		t.n, _ = strconv.Atoi(m[2])
		if strings.EqualFold(m[1], "n") {
			t.kind, t.op = operator, operation{does: near, window: d.steps(t.n)}
		}
		return t, len(m[0]), nil
	}
	if m := bounded.FindStringSubmatch(rest); m != nil {
		t.kind, t.text = bound, m[0]
		t.n, _ = strconv.Atoi(m[3])
		return t, len(m[0]), nil
	}
	if text, why := d.useless(rest); text != "" {
		t.kind, t.text, t.why = useless, text, why
		return t, len(text), nil
	}
	if m := placed.FindStringSubmatch(rest); m != nil {
		if target, ok := d.field(m[1], m[2], rest[len(m[0]):]); ok {
			t.kind, t.text, t.target = label, m[0], target
			return t, len(m[0]), nil
		}
	}
	size = strings.IndexFunc(rest, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(`()[]"“”„«»`, r)
	})
	if size < 0 {
		size = len(rest)
	}
	if size == 0 { // a mark that ends nothing here
		_, size = firstRune(rest)
	}
	t.text = rest[:size]
	if d.slashes {
		if at := strings.Index(t.text, "/"); at > 0 && spaced.MatchString(rest[at:]) {
			t.text, size = t.text[:at], at
		}
	}
	return d.classify(t, rest, size)
}

// classify says what a word is.
func (d *dialect) classify(t token, rest string, size int) (token, int, error) {
	lower := strings.ToLower(t.text)
	called := size < len(rest) && rest[size] == '('
	switch m := nearby.FindStringSubmatch(t.text); {
	case called && lower == "around":
		if end := strings.IndexByte(rest, ')'); end > 0 {
			if n, err := strconv.Atoi(strings.TrimSpace(rest[size+1 : end])); err == nil {
				t.kind, t.text, t.op = operator, rest[:end+1], operation{does: near, window: d.steps(n)}
				return t, end + 1, nil
			}
		}
	case m != nil && d.distances[strings.ToLower(m[1])] && (m[1] != "" || t.text[0] == '/' || t.text[0] == '+'):
		n, _ := strconv.Atoi(m[2])
		name := strings.ToLower(m[1])
		t.kind, t.op = operator, operation{does: near, window: d.steps(n), ordered: d.keepsOrder[name] || t.text[0] == '+'}
		return t, size, nil
	}
	if op, ok := d.operators[lower]; ok && (!d.capitals || t.text == strings.ToUpper(t.text)) {
		t.kind, t.op = operator, op
		return t, size, nil
	}
	if m := counted.FindStringSubmatch(t.text); m != nil && d.counts {
		t.kind = count
		t.n, _ = strconv.Atoi(m[1])
		return t, size, nil
	}
	if op, ok := d.strange(t.text); ok {
		t.kind, t.op = operator, op
		t.why = "it is no operator of " + string(d.tool) + ": it was read as that of another tool"
		return t, size, nil
	}
	if called && d.calls {
		t.kind, t.target = label, foreign.Nowhere
		if target, ok := foreign.MeaningOf(lower, "("); ok {
			t.target = target
		}
		return t, size, nil
	}
	t.kind = word
	return t, size, nil
}

func firstRune(s string) (r rune, size int) {
	for _, r = range s {
		return r, len(string(r))
	}
	return 0, 0
}
