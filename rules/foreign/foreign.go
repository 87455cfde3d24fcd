// Package foreign knows the forms of other search tools: Find says of a term
// what its writer most likely meant, in the languages of Google, Factiva, Lexis,
// Meltwater, Brandwatch, Lucene and regular expressions, and how rules say it.
// A term here is words alone, with a sign in front or behind: an operator or the
// name of a field in it is one more word to look for, which no story holds.
//
// The forms are tried in a fixed order, and the first that fits speaks. What
// could also be a name is left alone: Or Yehuda, 9/11, Trinidad and Tobago.
package foreign

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Form is what is to be said of a term.
type Form struct {
	Message string // what the term looks for as it stands
	Hint    string // how rules say what was meant
}

// Find returns what is to be said of a term as written; ok is false when it
// holds no form of another tool.
func Find(term string) (f Form, ok bool) {
	term = strings.TrimSpace(term)
	if len(term) > longest || !suspicious(term) || isPattern(term) {
		return Form{}, false
	}
	for _, look := range [...]func(string) (Form, bool){
		entity, field, function, comparison, frequency, proximity, combined, prefixed, flags,
		truncation, weight, expression, inside, question, quotes, parentheses, separators,
	} {
		if f, ok := look(term); ok {
			return f, true
		}
	}
	return Form{}, false
}

// longest is the longest term that is looked at, in bytes: four times the
// characters that a config takes.
const longest = 4000

// suspicious reports whether a term may hold a form at all: two capitals in a
// row, a digit behind a letter, a mark that other tools give a meaning. Most
// terms do not.
func suspicious(term string) bool {
	var before byte = ' '
	for i := range len(term) {
		c := term[i]
		switch {
		case isUpper(c) && isUpper(before), c >= '0' && c <= '9' && before|0x20 >= 'a' && before|0x20 <= 'z':
			return true
		case c == '-' || c == '.':
			if before == ' ' || before == '.' || i+1 == len(term) {
				return true
			}
		case c == 0xC2 || c == 0xE2 || c < utf8.RuneSelf && strings.IndexByte(marks, c) >= 0:
			return true
		}
		before = c
	}
	return false
}

// marks are the ASCII marks that some tool gives a meaning.
const marks = `()|&"!$%+#:=~/?;<>{}[]^\`

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// isPattern reports whether a term is a regular expression as rules write it.
func isPattern(term string) bool {
	return len(term) > 2 && term[0] == '/' && term[len(term)-1] == '/'
}

// said makes a form.
func said(hint, format string, args ...any) (Form, bool) {
	return Form{Message: fmt.Sprintf(format, args...), Hint: hint}, true
}

func no() (Form, bool) { return Form{}, false }

// quote marks a term, cut to what a message can hold.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return `"` + s + `"`
}

// list writes words as a YAML list in brackets.
func list(words ...string) string {
	written := make([]string, len(words))
	for i, w := range words {
		written[i] = plain(w)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

// plain writes a word as it may stand in a YAML list in brackets, without the
// quotes and parentheses around it.
func plain(word string) string {
	word = strings.TrimSpace(word)
	for trimmed := ""; trimmed != word; {
		trimmed = word
		word = strings.TrimSpace(unwrap(word))
	}
	word = strings.Trim(word, "“”„«»")
	switch {
	case strings.ContainsAny(word, `"\`):
		return "'" + strings.ReplaceAll(word, "'", "''") + "'"
	case word == "" || strings.ContainsAny(word, ",[]{}:#") || strings.ContainsAny(word[:1], "*&!|>'%@`?- "):
		return `"` + word + `"`
	}
	return word
}

// unwrap takes one pair of quotes or parentheses from around a word, or half a
// pair of parentheses.
func unwrap(word string) string {
	if len(word) > 1 && (word[0] == '"' && word[len(word)-1] == '"' || word[0] == '(' && word[len(word)-1] == ')') {
		return word[1 : len(word)-1]
	}
	switch open, closed := strings.Count(word, "("), strings.Count(word, ")"); {
	case open > closed:
		return strings.TrimPrefix(word, "(")
	case closed > open:
		return strings.TrimSuffix(word, ")")
	}
	return word
}
