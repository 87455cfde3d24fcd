package convert

import (
	"strings"
	"unicode"
)

// Search is a query that somebody saved in a file.
type Search struct {
	Name  string // what the line above says behind "#"; "" when there is none
	Query string // of one line or of several
	Line  int    // of its first character, from 1
}

// Place returns where a column of the query is in the file, both from 1.
func (s *Search) Place(column int) (line, at int) {
	line, at = s.Line, 1
	for i, r := range []rune(s.Query) {
		if i+1 == column {
			break
		}
		if at++; r == '\n' {
			line, at = line+1, 1
		}
	}
	return line, at
}

// Searches returns the queries of a file: one a line. A query goes on in the next line while
// a parenthesis or a quote is open, behind an operator, and in front of one. A line that
// begins with "#" names the query below it.
func Searches(tool Tool, text string) []Search {
	d := dialectOf(tool)
	var (
		all  []Search
		name string
		next = true // the next line begins a query
	)
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		comment, isComment := commentOf(line)
		switch last := len(all) - 1; {
		case line == "":
			next = true
		case isComment && (next || !d.unfinished(all[last].Query)):
			name, next = strings.TrimSpace(comment), true
		case !next && (d.unfinished(all[last].Query) || d.goesOn(line)):
			all[last].Query += "\n" + line
		default:
			trimmed := strings.TrimLeftFunc(line, unicode.IsSpace)
			all = append(all, Search{Name: name, Query: trimmed, Line: i + 1})
			name, next = "", false
		}
	}
	return all
}

// commentOf returns what a line says behind "#". A hashtag begins a query.
func commentOf(line string) (comment string, ok bool) {
	comment, ok = strings.CutPrefix(strings.TrimSpace(line), "#")
	first, _ := firstRune(comment)
	return comment, ok && !isRead(first)
}

// unfinished reports whether a query cannot end here.
func (d *dialect) unfinished(query string) bool {
	depth, quoted := 0, false
	for _, r := range query {
		switch {
		case r == '"', r == '“', r == '”':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		}
	}
	words := strings.Fields(query)
	return depth > 0 || quoted || d.joins(words[len(words)-1])
}

// goesOn reports whether a line can only be the rest of a query.
func (d *dialect) goesOn(line string) bool {
	word := strings.Fields(line)[0]
	return word[0] == ')' || d.joins(word) && !strings.EqualFold(word, "not")
}

// joins reports whether a word is an operator.
func (d *dialect) joins(word string) bool {
	tokens, err := d.tokens(word)
	return err == nil && len(tokens) == 1 && tokens[0].kind == operator && tokens[0].text != "-"
}
