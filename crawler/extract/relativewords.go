package extract

import (
	_ "embed"
	"strings"
	"time"
)

//go:embed relativewords.txt
var relativeText string

// A distance is an amount of time: of the clock, and of the calendar.
type distance struct {
	clock        time.Duration
	days, months int
}

func (d distance) times(n int) distance {
	return distance{d.clock * time.Duration(n), d.days * n, d.months * n}
}

// A wordRole is what a word can be in a date; one word may have several.
type wordRole uint16

const (
	roleAhead  wordRole = 1 << iota // it says, ahead of an amount, that it has passed
	roleBehind                      // it says so behind it
	roleOne                         // it counts one
	roleInside                      // it says nothing between the others
	roleUnit
	roleToday
	roleYesterday
	roleNow
)

// A meaning is what a word stands for.
type meaning struct {
	role wordRole
	distance
	passed bool // a unit that says so of itself that it has passed
}

// columns are what the columns of the table mean.
var columns = []meaning{
	{role: roleAhead}, {role: roleBehind}, {role: roleOne}, {role: roleInside},
	{roleUnit, distance{clock: time.Second}, false}, {roleUnit, distance{clock: time.Minute}, false},
	{roleUnit, distance{clock: time.Hour}, false}, {roleUnit, distance{days: 1}, false},
	{roleUnit, distance{days: 7}, false}, {roleUnit, distance{months: 1}, false},
	{roleUnit, distance{months: 12}, false},
	{role: roleToday}, {roleYesterday, distance{days: 1}, false}, {role: roleNow},
}

// A lexicon has the words of one language, and the stems with a "*" behind them.
type lexicon map[string]meaning

// lexicons are the rows of the table, the one for all languages first. Each of
// agoWords begins a word of the table: its bits are the rows in which that says
// of itself that time has passed.
var lexicons, agoWords = readLexicons(relativeText)

func readLexicons(table string) (all []lexicon, begins map[string]uint64) {
	begins = map[string]uint64{}
	for line := range strings.Lines(table) {
		l := lexicon{}
		for i, words := range strings.Split(line, "|")[1:] {
			for w := range strings.FieldsSeq(words) {
				m, pair, passed := columns[i], false, false
				if w, pair = strings.CutSuffix(strings.ReplaceAll(w, "_", " "), "=2"); pair {
					m.distance = m.times(2)
				}
				w, passed = strings.CutSuffix(w, "<")
				m.role, m.passed = m.role|l[w].role, passed
				l[w] = m
				first, _, _ := strings.Cut(w, " ")
				begins[first] |= 0
				if passed || m.role&(roleAhead|roleBehind|roleToday|roleYesterday|roleNow) != 0 {
					begins[first] |= 1 << len(all)
				}
			}
		}
		all = append(all, l)
	}
	return all, begins
}
