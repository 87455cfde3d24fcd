package config

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// bounded is a pattern of names: what stands first, what may follow, and how
// many characters they are at most. As a regexp with the bound in it each would
// hold 4 MB for good, for regexp unrolls what is repeated.
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
