package cites

import (
	_ "embed" // for names.txt
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed names.txt
var namesText string

// allNames reads names.txt when it is first needed.
var allNames = sync.OnceValue(func() *directory { return readNames(namesText) })

// name is what somebody is cited as.
type name struct {
	canonical   string
	institution bool // nobody is told something: only quoted
}

// alias is one way in which a name is written.
type alias struct {
	name
	text string
	open bool // any letters may follow
}

// directory finds names in texts.
type directory struct {
	byFirst map[rune][]alias    // longest first
	ascii   [utf8.RuneSelf]bool // whether a name begins with a character of ASCII
	byName  map[string]string   // canonical name by alias
	bySite  map[string][]string // canonical names by alias without spaces, in lower case
}

func readNames(text string) *directory {
	d := &directory{byFirst: map[rune][]alias{}, byName: map[string]string{}, bySite: map[string][]string{}}
	institution := false
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		switch {
		case line == "":
		case line[0] == '[':
			institution = line == "[institutions]"
		default:
			canonical, others, _ := strings.Cut(line, "=")
			n := name{strings.TrimSpace(canonical), institution}
			d.add(n, n.canonical)
			for other := range strings.SplitSeq(others, ";") {
				d.add(n, strings.TrimSpace(other))
			}
		}
	}
	for _, list := range d.byFirst {
		slices.SortStableFunc(list, func(a, b alias) int { return len(b.text) - len(a.text) })
	}
	return d
}

func (d *directory) add(n name, text string) {
	text, open := strings.CutSuffix(text, "*")
	if _, known := d.byName[text]; text == "" || known && !open {
		return
	}
	r, _ := utf8.DecodeRuneInString(text)
	d.byFirst[r] = append(d.byFirst[r], alias{n, text, open})
	if r < utf8.RuneSelf {
		d.ascii[r] = true
	}
	if !open {
		d.byName[text] = n.canonical
		site := strings.ToLower(strings.ReplaceAll(text, " ", ""))
		d.bySite[site] = append(d.bySite[site], n.canonical)
	}
}

// begins reports whether any name begins with a character.
func (d *directory) begins(r rune) bool {
	if r < utf8.RuneSelf {
		return d.ascii[r]
	}
	return d.byFirst[r] != nil
}

// at returns the name that stands at a place of a text, and its length there.
func (d *directory) at(text string, i int) (n name, length int, ok bool) {
	r, _ := utf8.DecodeRuneInString(text[i:])
	for _, a := range d.byFirst[r] {
		if !strings.HasPrefix(text[i:], a.text) {
			continue
		}
		length := len(a.text)
		if a.open {
			length += lettersAhead(text[i+length:])
		}
		if endsWell(a.text, text[i+length:]) {
			return a.name, length, true
		}
	}
	return name{}, 0, false
}

// beginning returns the names that the name of an outlet begins with: "TASS" of
// "TASS Russian News Agency".
func (d *directory) beginning(outlet string) []string {
	var found []string
	r, _ := utf8.DecodeRuneInString(outlet)
	for _, a := range d.byFirst[r] {
		rest, ok := strings.CutPrefix(outlet, a.text)
		if next, _ := utf8.DecodeRuneInString(rest); ok &&
			(rest == "" || a.open || !unicode.IsLetter(next) && !unicode.IsNumber(next)) {
			found = append(found, a.canonical)
		}
	}
	return found
}

func lettersAhead(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		return i
	}
	return len(s)
}

// endsWell reports whether a name may end before rest. A word with a capital
// behind it is a longer name: the "Reuters Institute" is not Reuters.
func endsWell(name, rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(name)
	next, size := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "" || isUnspaced(last) || unicode.Is(unicode.Hangul, last):
		return true
	case isUnspaced(next) || unicode.Is(unicode.Hangul, next): // a particle
		return true
	case unicode.IsLetter(next) || unicode.IsNumber(next):
		return false
	case next == '-' || next == '‑':
		following, _ := utf8.DecodeRuneInString(rest[size:])
		return !unicode.IsLetter(following)
	case next != ' ':
		return true
	}
	following, _ := utf8.DecodeRuneInString(rest[size:])
	return !unicode.IsUpper(following) || isDay(rest[size:])
}

// isDay reports whether a text begins with a day of the week: American English
// puts it behind the name without a word between.
func isDay(s string) bool {
	days := []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	return slices.ContainsFunc(days, func(day string) bool { return strings.HasPrefix(s, day) })
}
