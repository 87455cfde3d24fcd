package syntax

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// longestPattern bounds a regular expression, in bytes. RE2 takes time linear
// in the text for any of them.
const longestPattern = 1000

// isPattern reports whether a term is a regular expression: /re2/.
func isPattern(written string) bool {
	return len(written) > 2 && written[0] == '/' && strings.HasSuffix(written, "/")
}

// compile compiles a regular expression. Case does not count, unless it says so
// itself with (?-i).
func (t *Term) compile() {
	t.Words = t.Written[1 : len(t.Written)-1]
	t.Key = t.Written
	if len(t.Words) > longestPattern {
		t.Mistake = &Mistake{Message: fmt.Sprintf("a regular expression of %d bytes", len(t.Words)),
			Hint: fmt.Sprintf("at most %d: make it several terms", longestPattern)}
		return
	}
	pattern, err := regexp.Compile("(?i)" + t.Words)
	if err != nil {
		t.Mistake = &Mistake{Message: "regular expression " + Quote(t.Written) + ": " + complaint(err, t.Words),
			Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}
		return
	}
	if pattern.MatchString("") {
		t.Mistake = &Mistake{Message: "regular expression " + Quote(t.Written) + " matches where nothing stands",
			Hint: "let it ask for at least one character: + instead of *"}
		return
	}
	t.Pattern = pattern
}

// complaint is what is wrong with a pattern, and where in it.
func complaint(err error, pattern string) string {
	var at *syntax.Error
	if !errors.As(err, &at) {
		return err.Error()
	}
	said := at.Code.String()
	if at.Expr == "" || at.Expr == pattern {
		return said
	}
	before, _, found := strings.Cut(pattern, at.Expr)
	if found {
		said += ": " + Quote(at.Expr)
	}
	if strings.Count(pattern, at.Expr) == 1 {
		said += fmt.Sprintf(" at character %d", len([]rune(before))+1)
	}
	return said
}
