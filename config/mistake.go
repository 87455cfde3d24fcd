package config

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Severity says whether a mistake keeps the config from being used.
type Severity string

// The severities of a mistake.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Mistake is what is wrong in one place of a config file, for people to mend. Its
// JSON form is what `check --format json` prints.
type Mistake struct {
	File     string   `json:"file"`   // as people would type it from where they are
	Line     int      `json:"line"`   // from 1; 0 when the file as a whole is meant
	Column   int      `json:"column"` // from 1, in characters
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"` // what to do about it; may be empty
	Severity Severity `json:"severity"`
	Excerpt  string   `json:"-"` // the source line, secrets masked
	Handle   string   `json:"-"` // the handle that is no ID, which Slack may look up; "" in any other mistake
}

// Error returns the mistake in one line: file:line:col: message.
func (m Mistake) Error() string {
	msg := m.Message
	if m.Severity == Warning {
		msg = "warning: " + msg
	}
	if m.Line == 0 {
		return fmt.Sprintf("%s: %s", m.File, msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, msg)
}

// Print writes the mistake as people read it: file:line:col: message, the
// source line with a caret under the column, and the hint.
func (m Mistake) Print(w io.Writer) error {
	var b strings.Builder
	b.WriteString(m.Error() + "\n")
	if m.Excerpt != "" {
		number := fmt.Sprintf("%5d | ", m.Line)
		gutter := strings.Repeat(" ", len(number)-2) + "| "
		b.WriteString(number + m.Excerpt + "\n" + gutter + caret(m.Excerpt, m.Column) + "\n")
	}
	if m.Hint != "" {
		b.WriteString("  hint: " + m.Hint + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Mistakes is every mistake of a config at once, in the order of the files and
// lines. As an error it holds at least one that is not a warning.
type Mistakes []Mistake

// Error prints all mistakes with their lines, carets and hints.
func (m Mistakes) Error() string {
	var b strings.Builder
	for _, one := range m {
		_ = one.Print(&b) // a strings.Builder takes everything
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Errors returns the mistakes that are not warnings.
func (m Mistakes) Errors() Mistakes { return m.of(Error) }

// Warnings returns the mistakes that are warnings.
func (m Mistakes) Warnings() Mistakes { return m.of(Warning) }

func (m Mistakes) of(s Severity) Mistakes {
	var out Mistakes
	for _, one := range m {
		if one.Severity == s {
			out = append(out, one)
		}
	}
	return out
}

// sorted puts mistakes in the order of the files as they were read, then of
// the lines, and drops repeated ones (an alias is read at every use).
func (m Mistakes) sorted(order map[string]int) Mistakes {
	out := slices.Clone(m)
	slices.SortStableFunc(out, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(order[a.File], order[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(out)
}

// caret returns the white space that puts "^" under a column: tabs stay tabs,
// and wide characters (Han, kana, Hangul) are passed with a wide space.
func caret(line string, column int) string {
	var b strings.Builder
	for i, r := range []rune(line) {
		if i >= column-1 {
			break
		}
		kind := width.LookupRune(r).Kind()
		switch {
		case r == '\t':
			b.WriteByte('\t')
		case unicode.Is(unicode.Mn, r):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			b.WriteRune('\u3000')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String() + "^"
}
