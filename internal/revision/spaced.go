package revision

import (
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Spaced puts back what stood between the parts of a change, such as spaces: Before ends with what
// came before the words that went or came, and After begins with what came after them. was and is
// are what the story said before and after the change, in the field of it.
func Spaced(c news.Change, was, is string) news.Change {
	first, from := c.Came, is
	if c.Came == "" {
		first, from = c.Went, was
	}
	before, after := c.Before, c.After
	if before != "" {
		c.Before += between(from, before, first)
	}
	if after != "" {
		c.After = between(from, first, after) + after
	}
	return c
}

// mostBetween is how many bytes may stand between two words that follow each other.
const mostBetween = 8

// between returns what stands between two parts of a text; where that is not known, a space
// unless they are of a script that has none.
func between(whole, a, b string) string {
	for rest := whole; ; {
		_, after, found := strings.Cut(rest, a)
		if !found {
			break
		}
		if i := strings.Index(after[:min(len(after), mostBetween+len(b))], b); i >= 0 {
			return after[:i]
		}
		rest = after
	}
	last, _ := utf8.DecodeLastRuneInString(a)
	next, _ := utf8.DecodeRuneInString(b)
	if len(text.Split(string(last)+string(next))) > 1 {
		return ""
	}
	return " "
}
