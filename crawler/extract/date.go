package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	eastDate  = regexp.MustCompile(`(\d{4})\s*(?:[년年]|оны)\s*(\d{1,2})\s*(?:[월月]|сарын)\s*(\d{1,2})\s*[일日号]?`)
	eraDate   = regexp.MustCompile(`(令和|平成|昭和|民國|民国)\s*(元|\d{1,3})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})`)
	vietDate  = regexp.MustCompile(`(?i)(\d{1,2})\s*tháng\s*(\d{1,2})[\s,]*(?:năm\s*)?(\d{4})`)
	isoDate   = regexp.MustCompile(`(?:^|\D)(\d{4})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?:\D|$)`)
	dottyDate = regexp.MustCompile(`\b(\d{1,2})(\s?[./-]\s?)(\d{1,2})\s?[./-]\s?(\d{4})\b`)
	number    = regexp.MustCompile(`\d+`)
	compact   = regexp.MustCompile(`^\d{8}(?:[T ]?\d{4}(?:\d{2})?)?(?:\D|$)`)
)

// oldest is the year from which dates are believed: earlier ones are the zero
// times of some database.
const oldest = 1971

// reading is a date as somebody wrote it.
type reading struct {
	at    time.Time
	zoned bool // it names its zone
	timed bool // it has a time of day
}

// dayOrder is how a language writes a date in figures only.
type dayOrder int

// The orders of day and month. Where neither is known "3/4/2024" is no date.
const (
	orderUnknown dayOrder = iota
	dayFirst
	monthFirst
)

// parseDate reads a date as feeds and pages write it. A date that names no
// zone is in the given one (nil: UTC). It reports false for a date that cannot
// be read for sure: no date is better than a wrong one.
func parseDate(s string, zone *time.Location) (time.Time, bool) {
	r, ok := readDate(s, zone, orderUnknown)
	return r.at, ok
}

// readDate is parseDate that knows more and tells more.
func readDate(s string, zone *time.Location, order dayOrder) (reading, bool) {
	s = strings.TrimSpace(plainDigits(s))
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{time.RFC3339, time.RFC1123Z, "2006-01-02T15:04:05-0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return reading{t, true, true}.believable()
		}
	}
	if len(s) < 6 || len(s) > 100 {
		return reading{}, false
	}
	if t, ok := unixTime(s); ok {
		return reading{t, true, true}.believable()
	}
	return parseLoose(s, zone, order)
}

func (r reading) believable() (reading, bool) {
	if r.at.Year() < oldest || r.at.Year() > 2200 {
		return reading{}, false
	}
	return r, true
}

// unixTime reads seconds or milliseconds since 1970, as JSON of .NET writes them
// too: "/Date(1714752245000)/".
func unixTime(s string) (time.Time, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "/Date("), ")/")
	s, _, _ = strings.Cut(s, ".")
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || len(s) != 10 && len(s) != 13:
		return time.Time{}, false
	case len(s) == 13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Unix(n, 0).UTC(), true
}

// parseLoose takes a date apart: first the time of day, then the zone behind
// it, then the day from what is left.
func parseLoose(s string, zone *time.Location, order dayOrder) (reading, bool) {
	s = spellClock(inEnglish.Replace(compact.ReplaceAllStringFunc(s, spellOut)))
	clock, timed, ok := findTime(s)
	if !ok {
		return reading{}, false
	}
	r := reading{timed: timed}
	day, tail := s, ""
	if timed {
		day, tail = s[:clock.start], strings.TrimSpace(s[clock.end:])
	}
	y, m, d, ok := dayOf(day, tail, order)
	if !ok {
		return reading{}, false
	}
	if time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Day() != d {
		return reading{}, false // 30 February
	}
	r.at = time.Date(y, m, d, clock.hour, clock.minute, clock.second, 0, zone)
	named, ok := zoneOf(tail, r.at)
	if !ok {
		return reading{}, false
	}
	if r.zoned = named != nil; r.zoned {
		r.at = time.Date(y, m, d, clock.hour, clock.minute, clock.second, 0, named)
	}
	return r.believable()
}

// plainDigits writes a date with the digits, dashes, colons and spaces of ASCII,
// and without the marks of the direction of writing.
func plainDigits(s string) string {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] < utf8.RuneSelf
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case unicode.Is(unicode.Nd, r):
			return '0' + digitOf(r)
		case r == '−' || r >= '‐' && r <= '―' || r == '－':
			return '-'
		case r == '：' || r == '∶':
			return ':'
		case r == '،' || r == '，':
			return ','
		case r == '．':
			return '.'
		case r == '／':
			return '/'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // marks of direction, zero-width spaces
			return -1
		}
		return r
	}, s)
}

// digitOf returns the value of a decimal digit: those of a script stand in a row
// that begins at a multiple of ten from its first one in Unicode's table.
func digitOf(r rune) rune {
	for _, row := range unicode.Nd.R16 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return (r - rune(row.Lo)) % 10
		}
	}
	for _, row := range unicode.Nd.R32 {
		if rune(row.Lo) <= r && r <= rune(row.Hi) {
			return (r - rune(row.Lo)) % 10
		}
	}
	return 0
}

// spellOut puts the separators into 20060102, 20060102T1504 and 20060102T150405.
func spellOut(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	out := digits[:4] + "-" + digits[4:6] + "-" + digits[6:8]
	if len(digits) > 8 {
		out += "T" + digits[8:10] + ":" + digits[10:12]
	}
	if len(digits) > 12 {
		out += ":" + digits[12:]
	}
	if last, size := utf8.DecodeLastRuneInString(s); last < '0' || last > '9' {
		out += s[len(s)-size:]
	}
	return out
}

// dayOf finds year, month and day in what stands before and after the time.
func dayOf(before, after string, order dayOrder) (int, time.Month, int, bool) {
	for _, s := range []string{before, after} {
		if m := eraDate.FindStringSubmatch(s); m != nil {
			return eraDay(m)
		}
		if m := eastDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[1], m[2], m[3])
		}
		if m := vietDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[3], m[2], m[1])
		}
		if m := isoDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[1], m[3], m[4])
		}
		if m := dottyDate.FindStringSubmatch(s); m != nil {
			return figures(m[1], m[3], m[4], strings.Contains(m[2], ".") || order == dayFirst, order)
		}
	}
	return namedDay(before + " " + offset.ReplaceAllString(after, ""))
}

// eraDay reads a day of a Japanese era or of the Republic of China.
func eraDay(m []string) (int, time.Month, int, bool) {
	before := map[string]int{"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}[m[1]]
	year, err := strconv.Atoi(m[2])
	if err != nil {
		year = 1 // 元
	}
	return numericDay(strconv.Itoa(before+year), m[3], m[4])
}

// figures reads a date of figures only, such as 3/4/2024. A number that is no
// month settles the order, whatever the language has.
func figures(a, b, year string, dayIsFirst bool, order dayOrder) (int, time.Month, int, bool) {
	first, _ := strconv.Atoi(a)
	second, _ := strconv.Atoi(b)
	switch {
	case first > 12 || first == second:
		return numericDay(year, b, a)
	case second > 12:
		return numericDay(year, a, b)
	case dayIsFirst:
		return numericDay(year, b, a)
	case order == monthFirst:
		return numericDay(year, a, b)
	}
	return 0, 0, 0, false // nobody knows
}

func numericDay(year, month, day string) (int, time.Month, int, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	return commonEra(y), time.Month(m), d, m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// commonEra returns the year of the common era for one that the Thai count from
// the Buddha's death, 543 years before it.
func commonEra(year int) int {
	if year >= oldest+543 && year < 2200+543 {
		return year - 543
	}
	return year
}

// namedDay reads days whose month is a word: "Fri, 3 May 2024", "May 3, 2024",
// "3 мая 2024 г.", "3. Mai 2024".
func namedDay(s string) (int, time.Month, int, bool) {
	month, ok := namedMonth(s)
	numbers := number.FindAllString(s, 4)
	if !ok || len(numbers) != 2 {
		return 0, 0, 0, false
	}
	day, year := numbers[0], numbers[1]
	if len(day) == 4 {
		day, year = year, day
	}
	y, _ := strconv.Atoi(year)
	d, _ := strconv.Atoi(day)
	switch {
	case len(year) == 2 && y < 70:
		y += 2000
	case len(year) == 2:
		y += 1900
	}
	return commonEra(y), month, d, len(day) <= 2 && d >= 1 && d <= 31
}

// namedMonth finds the one month that a text names.
func namedMonth(s string) (month time.Month, ok bool) {
	const tuesday = "mar" // and March, in Spanish, French and Italian
	for _, w := range strings.FieldsFunc(strings.ToLower(s),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		m := monthOf(w)
		switch {
		case m == 0 || m == month || month != 0 && w == tuesday:
		case month == 0 || month == time.March && strings.HasPrefix(strings.ToLower(s), tuesday):
			month = m
		default:
			return 0, false
		}
	}
	return month, month != 0
}
