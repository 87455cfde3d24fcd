package config

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// bounded is a pattern of names: the first character, those that may follow, and
// the most characters. The bound is not part of the regexp: regexp unrolls what
// is repeated, and each pattern would hold 4 MB for good.
type bounded struct {
	form  *regexp.Regexp
	text  string
	bound int
}

func newBounded(first, rest string, most int) bounded {
	return bounded{
		form:  regexp.MustCompile(`^` + first + rest + `*$`),
		text:  fmt.Sprintf(`^%s%s{0,%d}$`, first, rest, most-1),
		bound: most,
	}
}

// MatchString reports whether a text is such a name.
func (b bounded) MatchString(text string) bool {
	return utf8.RuneCountInString(text) <= b.bound && b.form.MatchString(text)
}

// String is the pattern with its bound, as the schema has it.
func (b bounded) String() string { return b.text }
