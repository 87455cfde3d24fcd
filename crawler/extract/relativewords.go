package extract

import (
	_ "embed"
	"strings"
	"time"
)

//go:embed relativewords.txt
var relativeText string

// A wordRole is what a word can be in a date; one word may have several.
type wordRole uint8

const (
	roleAhead  wordRole = 1 << iota // it says, ahead of an amount, that it has passed
	roleBehind                      // it says so behind it
	roleOne                         // it counts one
	roleInside                      // it says nothing between the others
	roleUnit                        // an amount of time
	rolePassed                      // a unit that says so of itself
	roleDay
	roleNow
)

// A meaning is what a word stands for: time that has passed, of the clock and of
// the calendar.
type meaning struct {
	role         wordRole
	clock        time.Duration
	days, months int
}

func (m meaning) times(n int) meaning {
	return meaning{m.role, m.clock * time.Duration(n), m.days * n, m.months * n}
}

// columns are what the columns of the table mean.
var columns = []meaning{
	{role: roleAhead}, {role: roleBehind}, {role: roleOne}, {role: roleInside},
	{role: roleUnit, clock: time.Second}, {role: roleUnit, clock: time.Minute}, {role: roleUnit, clock: time.Hour},
	{role: roleUnit, days: 1}, {role: roleUnit, days: 7}, {role: roleUnit, months: 1}, {role: roleUnit, months: 12},
	{role: roleDay}, {role: roleDay, days: 1}, {role: roleNow},
}

// A lexicon has the words of one language, and the stems with a "*" behind them.
type lexicon map[string]meaning

// lexicons are the rows of the table, the one for all languages first. A row has
// its language; the words for "ago" ahead of an amount and behind it, for one and
// for "about" and "and"; the units from the second to the year; the words for
// today, yesterday and now. "_" is a space in a word, "=2" a pair of the unit, "<"
// a unit that says itself that it has passed.
// Each of
// agoWords begins a word of the table: its bits are the rows in which that says
// of itself that time has passed.
var lexicons, agoWords = readLexicons(relativeText)

func readLexicons(table string) (all []lexicon, begins map[string]uint64) {
	begins = map[string]uint64{}
	for line := range strings.Lines(table) {
		l := lexicon{}
		for i, words := range strings.Split(line, "|")[1:] {
			for w := range strings.FieldsSeq(words) {
				first, passed := l.add(w, columns[i])
				begins[first] |= passed << len(all)
			}
		}
		all = append(all, l)
	}
	return all, begins
}

// add notes a word of the table. It returns the first of its words, if it has
// several, and 1 when they say that time has passed.
func (l lexicon) add(w string, m meaning) (first string, passed uint64) {
	w, isPair := strings.CutSuffix(strings.ReplaceAll(w, "_", " "), "=2")
	if isPair {
		m = m.times(2)
	}
	w, isPassed := strings.CutSuffix(w, "<")
	if isPassed {
		m.role |= rolePassed
	}
	m.role |= l[w].role
	l[w] = m
	first, _, _ = strings.Cut(w, " ")
	if m.role&^(roleOne|roleInside|roleUnit) != 0 {
		passed = 1
	}
	return first, passed
}
