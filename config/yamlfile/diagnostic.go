package yamlfile

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Diagnostic is what is wrong with a file that is not YAML, and where.
type Diagnostic struct {
	Line, Column  int // from 1; 0 when the file as a whole is meant
	Message, Hint string
	Excerpt       string // the line to show, if it is not the whole one

	in region // the lines in which there may be a slip of the pen; none when to is 0
}

// Place returns the diagnostic as people see it: at the slip of the pen when it is one
// that s knows, and in any case within the text, with the line to show.
func (f *File) Place(diagnostic *Diagnostic, s *Slips) Diagnostic {
	placed := *diagnostic
	if diagnostic.in.to > 0 {
		if slip, ok := s.find(f, diagnostic.in); ok {
			placed = slip
		}
	}
	placed.Line, placed.Column = max(placed.Line, 1), max(placed.Column, 1)
	if last := f.lastLine(); placed.Line > last { // the end of the text, not of the file
		placed.Line, placed.Column = last, utf8.RuneCountInString(f.lines[last-1])+1
	}
	placed.Excerpt = cmp.Or(placed.Excerpt, syntaxExcerpt(f.lines, placed.Line, placed.Column))
	return placed
}

// syntaxDiagnostic says in people's words what the YAML library found. Its messages
// may quote the text, so none is passed on that could hold a secret.
func (f *File) syntaxDiagnostic(err error) *Diagnostic {
	var one *yaml.LoadError
	var many *yaml.LoadErrors
	if errors.As(err, &many) && len(many.Errors) > 0 {
		one = many.Errors[0]
	} else if !errors.As(err, &one) {
		return &Diagnostic{Message: "this is no YAML: " + err.Error()}
	}
	in := region{from: one.Mark.Line, to: one.Mark.Line}
	if one.ContextMark.Line > 0 {
		in.from = one.ContextMark.Line
	}
	m := Diagnostic{Line: one.Mark.Line, Column: one.Mark.Column}
	begin := Diagnostic{Line: one.ContextMark.Line, Column: one.ContextMark.Column}
	next := f.Rest(m.Line, m.Column)
	says := func(part string) bool { return strings.Contains(one.Message, part) }
	switch {
	case says("cannot start any token") && strings.HasPrefix(next, "\t"):
		m.Message, m.Hint = "a tab cannot indent", "use spaces"
	case says("cannot start any token"):
		m.Message, m.Hint = "a text cannot begin with "+first(next)+" unquoted", QuoteIt
	case says("unknown anchor"):
		m.Message, m.Hint = "* begins an alias, and no such anchor stands before it", QuoteIt+"; a prefix has its star at the end: missile*"
	case says("alphabetic or numeric") && one.ContextMark.Line > 0:
		begin.Message, begin.Hint = first(f.Rest(begin.Line, begin.Column))+" has a meaning of its own in front of a text", QuoteIt
		m = begin
	case says("comment without preceding whitespace"):
		m.Message, m.Hint = "# begins a comment", QuoteIt
	case says("mapping values are not allowed"):
		m.Message, m.Hint = "a second \": \" stands in this line", QuoteIt+", or check the indentation"
	case says("',' or ']'") && one.ContextMark.Line > 0:
		begin.Message, begin.Hint = "this [ is not closed as it should be", "put commas between the values and ] at the end; quote a text that holds one of , [ ] { }"
		m = begin
	case says("',' or '}'") && one.ContextMark.Line > 0:
		begin.Message, begin.Hint = "this { is not closed as it should be", "put commas between the keys and } at the end; "+QuoteIt
		m = begin
	case says("unexpected end of stream") && one.ContextMark.Line > 0:
		begin.Message, begin.Hint = "this quote is never closed", "a quote may also be missing in the lines above"
		m = begin
	case says("could not find expected ':'") && one.ContextMark.Line > 0:
		begin.Message, begin.Hint = "neither a key with \":\" nor an element of a list", "write `key: value` or `- value`"
		m = begin
	case says("node content"):
		m.Message, m.Hint = "a value is missing here", "look for a comma too many, or a [ or { that is never closed"
	case says("expected <document start>"):
		m.Message, m.Hint = "this does not belong to what stands above", "check the quotes and the indentation there"
	case says("Unicode character escape"):
		m.Message, m.Hint = "no character has this escape", "write the character itself"
	case says("unknown escape"):
		m.Message, m.Hint = "a backslash means something else in double quotes", "use single quotes"
	case says("did not find expected key"), says("did not find expected '-' indicator"):
		m.Message, m.Hint = "the indentation does not fit the lines above", "keys and elements of one level begin in the same column"
	case says("block sequence entries are not allowed"):
		m.Message, m.Hint = "a list cannot begin here", "put each - on a line of its own"
	case says("exceeded max depth"), says("depth"):
		m.Message, m.Hint = fmt.Sprintf("the values nest too deeply: more than %d levels", maxDepth), ""
		in = region{} // no slip of one line
	default:
		m.Message = "this is no YAML: " + strings.TrimPrefix(one.Message, "did not find ")
	}
	m.in = in
	return &m
}

// QuoteIt is the hint for a text that YAML takes for something else.
const QuoteIt = "quote it: \"…\""

// first is the first character of a text.
func first(s string) string {
	for _, r := range s {
		return string(r)
	}
	return "this"
}
