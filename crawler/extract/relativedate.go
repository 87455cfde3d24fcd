package extract

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// longestRelative bounds, in bytes, what is read as a date by its distance from
// now: such a date is a few words long.
const longestRelative = 80

// span is an amount of time: of the clock, and of the calendar.
type span struct {
	clock        time.Duration
	days, months int
}

func (s span) plus(n int, of span) span {
	return span{s.clock + time.Duration(n)*of.clock, s.days + n*of.days, s.months + n*of.months}
}

// before returns the moment that was an amount of time before another one.
func (s span) before(at time.Time) time.Time {
	return at.Add(-s.clock).AddDate(0, -s.months, -s.days)
}

// An agoWord is what a word means in one language.
type agoWord struct {
	kind byte // its letter in agoForms
	span
	row int  // of its language; 0 is all of them
	own bool // it counts only in a text that is known to be of its language
}

// relativeText has a row for each language, the one for all languages first: its
// code; the words for "ago" ahead of an amount and behind it; for one; for "about"
// and "and"; the units from the second to the year; today, yesterday and now.
// "_" is a space in a word, "*" ends a stem. "=ago" marks a word that says "ago"
// as well, "=2" one that stands for two, "=own" one that counts only where the
// language is known.
//
//go:embed relativewords.txt
var relativeText string

// agoColumns are the columns of the table. The kinds: A says "ago" ahead, B
// behind, E either way; 1 is one; I says nothing; U is a unit, V one that needs a
// number, P one that says "ago" itself; D is a day; J is now. Two more are not in
// the table: N is a number, # one that counts nothing.
var agoColumns = []agoWord{
	{kind: 'A'}, {kind: 'B'}, {kind: '1'}, {kind: 'I'}, {kind: 'U', span: span{clock: time.Second}},
	{kind: 'U', span: span{clock: time.Minute}}, {kind: 'U', span: span{clock: time.Hour}},
	{kind: 'U', span: span{days: 1}}, {kind: 'U', span: span{days: 7}}, {kind: 'U', span: span{months: 1}},
	{kind: 'U', span: span{months: 12}}, {kind: 'D'}, {kind: 'D', span: span{days: 1}}, {kind: 'J'},
}

var (
	// agoForms are the forms of a date in the kinds of its words, the surest first:
	// "vor 3 Stunden"; "1 hour and 5 minutes ago"; "час назад"; "3 órája"; a day.
	agoForms = []*regexp.Regexp{
		regexp.MustCompile(`[AE]I*(?:[N1]I*[UV]|U)(?:I*N[UV])*[BE]?|I*[N1]I*[UV](?:I*N[UV])*[BE]|U(?:I*N[UV])*[BE]|[N1]P`),
		regexp.MustCompile(`[DJ]`),
	}
	agoRows, agoWords = readAgoWords()

	// agoPart is a number, a run of letters, or a sign that stands in no date.
	agoPart = regexp.MustCompile(`\d+(?:[.,:–-]+\d+)*|[\p{L}\p{M}]+|[^\s\p{Z}\p{Cf}.,'’]`)
)

func readAgoWords() (rows []string, words map[string][]agoWord) {
	words = map[string][]agoWord{}
	for line := range strings.Lines(relativeText) {
		columns := strings.Split(line, "|")
		for i, column := range columns[1:] {
			for w := range strings.FieldsSeq(column) {
				key, mark, _ := strings.Cut(strings.ReplaceAll(w, "_", " "), "=")
				words[key] = append([]agoWord{agoColumns[i].marked(mark, key, len(rows))}, words[key]...)
			}
		}
		rows = append(rows, strings.TrimSpace(columns[0]))
	}
	return rows, words
}

func (w agoWord) marked(mark, word string, row int) agoWord {
	w.row, w.own = row, mark == "own"
	switch r, _ := utf8.DecodeRuneInString(word); {
	case mark == "2":
		w.span = w.plus(1, w.span)
	case mark == "ago" && w.kind == 'U':
		w.kind = 'P'
	case mark == "ago":
		w.kind = 'E'
	case w.kind == 'U' && isWide(r):
		w.kind = 'V'
	}
	return w
}

// An agoText is a text cut into its parts.
type agoText struct {
	text   string
	places [][]int     // of the parts: where each begins and ends
	means  [][]agoWord // of the parts, in the languages that have them
	rows   uint64      // the languages that have a word for time that has passed, a bit for each
}

func newAgoText(s string) (t agoText) {
	const longest = 3 // words: "il y a"
	t.text = s
	var at [][]int
	var words []string
	for _, a := range agoPart.FindAllStringIndex(s, -1) {
		for start := a[0]; start < a[1]; {
			end := start + agoWordLength(s[start:a[1]])
			at = append(at, []int{start, end})
			words = append(words, strings.ToLower(s[start:end]))
			start = end
		}
	}
	for i := 0; i < len(at); {
		n := min(longest, len(at)-i)
		for n > 1 && agoWords[strings.Join(words[i:i+n], " ")] == nil {
			n--
		}
		means := meaningsOf(strings.Join(words[i:i+n], " "))
		for _, w := range means {
			if strings.IndexByte("ABEPDJ", w.kind) >= 0 {
				t.rows |= 1 << w.row
			}
		}
		t.places = append(t.places, []int{at[i][0], at[i+n-1][1]})
		t.means = append(t.means, means)
		i += n
	}
	return t
}

// agoWordLength returns the length of a run of letters, and in a script without
// spaces that of the longest word of the table that it begins with.
func agoWordLength(run string) int {
	if r, _ := utf8.DecodeRuneInString(run); isWide(r) {
		for n := len(run); n > 0; n-- {
			if agoWords[run[:n]] != nil {
				return n
			}
		}
	}
	return len(run)
}

// meaningsOf returns what a word means in each language: as a whole before its
// stem, in a language before in all of them.
func meaningsOf(word string) []agoWord {
	const figures = 3
	if r, _ := utf8.DecodeRuneInString(word); unicode.IsDigit(r) {
		if _, err := strconv.Atoi(word); err != nil || len(word) > figures {
			return []agoWord{{kind: '#'}}
		}
		return []agoWord{{kind: 'N'}}
	}
	means := slices.Clip(agoWords[word])
	for end := len(word); end > 0; end-- {
		means = append(means, agoWords[word[:end]+"*"]...)
	}
	return means
}

// in returns what the parts of the text mean in a language, and their kinds.
func (t agoText) in(row int, lang string) (words []agoWord, kinds []byte) {
	for i, means := range t.means {
		w := agoWord{kind: 'x'}
		if j := slices.IndexFunc(means, func(w agoWord) bool { return w.row == row || w.row == 0 }); j >= 0 {
			w = means[j]
		}
		switch {
		case w.own && lang != agoRows[row]:
			w.kind = 'x'
		case w.kind == 'U' && i > 0 && kinds[i-1] == '#':
			w.kind = 'V'
		}
		words, kinds = append(words, w), append(kinds, w.kind)
	}
	return words, kinds
}

// An ago is a date in a text that is written as its distance from now.
type ago struct {
	kind byte // D, J or the first of an amount
	span
	start, end int // of its place
}

// findAgo finds the date in a text that is written as its distance from now: an
// amount of time that has passed, else a day. All its words are of one language.
func findAgo(s, lang string) (ago, bool) {
	t := newAgoText(s)
	for _, form := range agoForms {
		for row := range agoRows {
			if a, ok := t.find(form, row, lang); ok {
				return a, true
			}
		}
	}
	return ago{}, false
}

func (t agoText) find(form *regexp.Regexp, row int, lang string) (a ago, ok bool) {
	if t.rows&(1<<row) == 0 {
		return a, false
	}
	words, kinds := t.in(row, lang)
	m := form.FindIndex(kinds)
	if m == nil {
		return a, false
	}
	n := 1
	for i := m[0]; i < m[1]; i++ {
		a.span = a.plus(n, words[i].span)
		if kinds[i] == 'N' {
			n, _ = strconv.Atoi(t.text[t.places[i][0]:t.places[i][1]])
		} else if strings.IndexByte("UV", kinds[i]) >= 0 {
			n = 1
		}
	}
	a.kind, a.start, a.end = kinds[m[0]], t.places[m[0]][0], t.places[m[1]-1][1]
	return a, true
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

// isAmountAgo reports whether a text is a date such as "3 hours ago" and says
// nothing else.
func isAmountAgo(s string) bool {
	a, ok := findAgo(s, "")
	return ok && a.kind != 'D' && a.kind != 'J' && isFiller(s[:a.start]+" "+s[a.end:])
}

// relativeDate reads a date that is written as a distance from now: "3 hours
// ago", "yesterday, 18:04". It says nothing else, except a little behind a time
// of day.
func (c calendar) relativeDate(s string) (time.Time, bool) {
	const words = 2
	d, ok := c.relative(plainDigits(s), true)
	few := d.timed && len(strings.Fields(d.after)) <= words
	return d.at, ok && len(s) <= longestRelative && isFiller(d.before) && (few || isFiller(d.after))
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
	a, ok := findAgo(line, c.lang)
	if !ok {
		return shownDate{}, false
	}
	found := shownDate{reading{at: a.before(c.o.Now)}, line[:a.start], line[a.end:]}
	switch a.kind {
	case 'D':
		return c.onDay(found, evident)
	case 'J':
		rest := strings.Trim(found.before+found.after, around)
		isMenu := a.end-a.start == len("now")
		return found, isFiller(rest) && (!isMenu || evident && rest == "")
	}
	return found, true
}

// onDay reads the time of day behind a day.
func (c calendar) onDay(found shownDate, evident bool) (shownDate, bool) {
	zone := c.o.DatesIn
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := found.at.In(zone).Date()
	found.at = time.Date(y, m, d, 0, 0, 0, 0, zone)
	rest := spellClock(dottedClock.ReplaceAllString(found.after, "$1:$2"))
	clock, timed, ok := findTime(rest)
	if !timed || !isJoint(rest[:clock.start]) {
		return found, evident
	}
	at, zoned := parseDate(found.at.Format(time.DateOnly)+" "+rest, zone)
	if !zoned {
		at, ok = parseDate(found.at.Format(time.DateOnly)+" "+rest[:clock.end], zone)
	}
	return shownDate{reading{at: at, timed: true}, found.before, rest[clock.end:]}, ok
}
