package extract

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// longestRelative bounds, in bytes, what is read as a date by its distance from
// now: such a date is a few words long.
const longestRelative = 80

// ago is a date in a text that is written as its distance from now.
type ago struct {
	meaning        // its role is roleUnit, roleDay or roleNow
	start, end int // of its place
}

// at returns the moment that was the distance before now.
func (a ago) at(now time.Time) time.Time {
	return now.Add(-a.clock).AddDate(0, -a.months, -a.days)
}

// day returns the day of a date that is a whole day.
func (a ago) day(now time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	return a.at(now.In(zone)).Format(time.DateOnly)
}

// findAgo finds the date in a text that is written as its distance from now: the
// first amount of time that has passed, else the first word that names a day. All
// its words are of one language.
func findAgo(s string) (best ago, found bool) {
	t := newAgoText(s)
	for i := range t.tokens {
		for row, l := range lexicons {
			if t.languages&(1<<row) == 0 {
				continue
			}
			a, ok := l.read(t, i)
			if ok && a.role == roleUnit {
				return a, true
			}
			if ok && !found {
				best, found = a, true
			}
		}
	}
	return best, found
}

// read reads the date that begins at a word of a text.
func (l lexicon) read(t agoText, i int) (ago, bool) {
	m, next := l.at(t, i)
	a := ago{meaning: meaning{role: roleUnit}, start: t.tokens[i].start}
	if named := m.role & (roleDay | roleNow); named != 0 {
		a.role, a.days, a.end = named, m.days, t.tokens[next-1].end
		return a, true
	}
	passed := m.role&roleAhead != 0
	if !passed {
		next = i
	}
	for unit, behind := l.amount(t, next, true); behind > 0; unit, behind = l.amount(t, next, false) {
		a.clock, a.days, a.months = a.clock+unit.clock, a.days+unit.days, a.months+unit.months
		passed = passed || unit.role&rolePassed != 0
		next, a.end = behind, t.tokens[behind-1].end
	}
	if m, behind := l.at(t, next); m.role&roleBehind != 0 && a.end > 0 {
		passed, a.end = true, t.tokens[behind-1].end
	}
	return a, passed && a.end > 0
}

// amount reads a number and a unit of time, and returns where they end, 0 when
// there are none. A lone unit is one: "час назад".
func (l lexicon) amount(t agoText, i int, first bool) (unit meaning, behind int) {
	const figures = 3
	m, next := l.at(t, i)
	for m.role&roleInside != 0 {
		i = next
		m, next = l.at(t, i)
	}
	if i >= len(t.tokens) {
		return unit, 0
	}
	n, err := strconv.Atoi(t.words(i, i+1))
	unit, behind = l.at(t, next)
	switch {
	case err == nil && len(t.words(i, i+1)) <= figures:
	case m.role&roleOne != 0 && unit.role&roleUnit != 0:
		n = 1
	case first && m.role&rolePassed == 0 && !t.tokens[i].wide && (i == 0 || !t.tokens[i-1].number):
		n, unit, behind = 1, m, next
	default:
		return unit, 0
	}
	if unit.role&roleUnit == 0 {
		return unit, 0
	}
	return unit.times(n), behind
}

// at returns what the words at a place mean, and the place behind them.
func (l lexicon) at(t agoText, i int) (meaning, int) {
	const longest = 3 // words: "il y a"
	for n := min(longest, len(t.tokens)-i); n > 0; n-- {
		w := t.words(i, i+n)
		if m, ok := l[w]; ok {
			return m, i + n
		}
		if m, ok := lexicons[0][w]; ok {
			return m, i + n
		}
		for end := len(w); n == 1 && end > 0; end-- {
			if m, ok := l[w[:end]+"*"]; ok {
				return m, i + 1
			}
		}
	}
	return meaning{}, i + 1
}

// An agoText is a text cut into its words, its numbers and its signs, except those
// that may stand inside a date.
type agoText struct {
	text      string // the tokens in lower case, with a space between two
	tokens    []agoToken
	languages uint64 // the rows of the table that have a word of the text for what has passed
}

type agoToken struct {
	start, end int  // in the text as it was
	from, to   int  // in agoText.text
	number     bool // "3", and "3.5" or "3-4"
	wide       bool // of a script without spaces
}

func (t agoText) words(from, to int) string { return t.text[t.tokens[from].from:t.tokens[to-1].to] }

func newAgoText(s string) (t agoText) {
	const signs = ".,:-–"
	var text strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsDigit(r):
			size = lengthOf(s[i:], func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune(signs, r) })
			size = len(strings.TrimRight(s[i:i+size], signs))
		case unicode.IsLetter(r):
			size = lengthOf(s[i:], func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) })
			if isWide(r) {
				size = lengthOfKnown(s[i : i+size])
			}
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(".,'’", r):
			i += size
			continue
		}
		w := strings.ToLower(s[i : i+size])
		t.tokens = append(t.tokens, agoToken{i, i + size, text.Len(), text.Len() + len(w), unicode.IsDigit(r), isWide(r)})
		t.languages |= agoWords[w]
		text.WriteString(w + " ")
		i += size
	}
	t.text = text.String()
	return t
}

// lengthOf returns the length of what a text begins with.
func lengthOf(s string, is func(rune) bool) int {
	return len(s) - len(strings.TrimLeftFunc(s, is))
}

// lengthOfKnown returns the length of the longest word of the table that a text
// begins with, that of the whole text when there is none.
func lengthOfKnown(s string) int {
	for n := len(s); n > 0; n-- {
		if _, known := agoWords[s[:n]]; known {
			return n
		}
	}
	return len(s)
}

// onlyAgo finds the date of a text that says nothing else, except behind a day.
func onlyAgo(s string) (ago, bool) {
	a, ok := findAgo(s)
	return a, ok && isFiller(s[:a.start]) && (a.role == roleDay || isFiller(s[a.end:]))
}

// isFiller reports whether what stands beside a date says nothing of its own.
func isFiller(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .,:;|·'’-()!", r) {
			return false
		}
	}
	for _, w := range letterRuns(s) {
		if says := dateLabels[strings.ToLower(w)]; says == 0 || says&(labelBy|labelOther) != 0 {
			return false
		}
	}
	return true
}

// relativeDate reads a date that is written as a distance from now: "3 hours
// ago", "yesterday, 18:04". Every word of it must be known.
func relativeDate(s string, now time.Time, zone *time.Location) (time.Time, bool) {
	if now.IsZero() || len(s) > longestRelative {
		return time.Time{}, false
	}
	s = strings.TrimSpace(plainDigits(s))
	a, ok := onlyAgo(s)
	if !ok || a.role != roleDay {
		return a.at(now), ok
	}
	const words = 4 // behind a day: "at 18:04 UTC", and one more
	rest := spellClock(strings.ToLower(s[a.end:]))
	clock, timed, _ := findTime(rest)
	if len(strings.Fields(rest)) > words || timed && number.MatchString(rest[:clock.start]) ||
		!timed && strings.Trim(rest, " .,") != "" {
		return time.Time{}, false
	}
	return parseDate(a.day(now, zone)+" "+rest, zone)
}

// relative returns the date that a line says by its distance from the fetch:
// "3 hours ago", "gestern, 14:05". Without the time of the fetch there is none.
// Words of menus need an element that says it holds a date, or a time of day.
func (c calendar) relative(line string, evident bool) (shownDate, bool) {
	const longest = 120 // bytes
	if c.o.Now.IsZero() || len(line) > longest {
		return shownDate{}, false
	}
	line = westernDigits(line)
	a, ok := findAgo(line)
	if !ok {
		return shownDate{}, false
	}
	found := shownDate{reading{at: a.at(c.o.Now), timed: true}, line[:a.start], line[a.end:]}
	switch a.role {
	case roleUnit:
		return found, true
	case roleNow:
		isMenu := a.end-a.start == len("now")
		return found, isFiller(found.before+found.after) && (evident || !isMenu)
	}
	clock, end := clockBehind(found.after)
	if m := hourAlone.FindStringIndex(found.after); end == 0 && m != nil && isJoint(found.after[:m[0]]) {
		clock, end = " "+found.after[:m[1]], m[1]
	}
	found.reading, ok = c.read(a.day(c.o.Now, c.o.DatesIn), clock)
	found.after = found.after[end:]
	return found, ok && (found.timed || end == 0 && evident)
}
