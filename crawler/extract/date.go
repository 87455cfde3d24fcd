package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var (
	clock     = regexp.MustCompile(`(?i)(?:(오전|오후|上午|下午|午前|午後)\s*)?\b?(\d{1,2})(?::|시\s*|時|点|h\s?)(\d{2})(?:분|分)?(?:(?::|\s*)(\d{2})(?:[.,]\d+)?(?:초|秒)?)?(?:\s*([ap])\.?\s?m\b\.?)?`)
	offset    = regexp.MustCompile(`^(?i:utc|gmt)?\s*([+-])(\d{1,2}):?(\d{2})?(?::\d{2})?`)
	zoneName  = regexp.MustCompile(`^\(?([A-Z][A-Za-z]{0,4})\)?(?:[^A-Za-z]|$)`)
	eastDate  = regexp.MustCompile(`(\d{4})\s*[년年]\s*(\d{1,2})\s*[월月]\s*(\d{1,2})\s*[일日号]?`)
	isoDate   = regexp.MustCompile(`(\d{4})\s?([-/.])\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})`)
	dottyDate = regexp.MustCompile(`\b(\d{1,2})([./-])(\d{1,2})[./-](\d{4})\b`)
	number    = regexp.MustCompile(`\d+`)
	compact   = regexp.MustCompile(`^\d{8}(?:T?\d{6})?`)
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
	s = strings.TrimSpace(s)
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

// unixTime reads seconds or milliseconds since 1970.
func unixTime(s string) (time.Time, bool) {
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
	s = compact.ReplaceAllStringFunc(s, spellOut)
	var hour, minute, second int
	r := reading{}
	day, tail := s, ""
	if m := clock.FindStringSubmatchIndex(s); m != nil {
		if hour, minute, second, r.timed = timeOfDay(s, m); !r.timed {
			return reading{}, false
		}
		day, tail = s[:m[0]], s[m[1]:]
	}
	tail = strings.TrimLeftFunc(tail, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	y, m, d, ok := dayOf(day, tail, order)
	if !ok {
		return reading{}, false
	}
	if time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Day() != d {
		return reading{}, false // 30 February
	}
	r.at = time.Date(y, m, d, hour, minute, second, 0, zone)
	off, named, ok := zoneOf(tail, r.at)
	if !ok {
		return reading{}, false
	}
	if r.zoned = named; named {
		r.at = time.Date(y, m, d, hour, minute, second, 0, time.FixedZone("", off))
	}
	return r.believable()
}

// spellOut puts the separators into 20060102 and 20060102T150405.
func spellOut(s string) string {
	digits := strings.ReplaceAll(s, "T", "")
	out := digits[:4] + "-" + digits[4:6] + "-" + digits[6:8]
	if len(digits) == 14 {
		out += "T" + digits[8:10] + ":" + digits[10:12] + ":" + digits[12:]
	}
	return out
}

func timeOfDay(s string, m []int) (hour, minute, second int, ok bool) {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	hour, _ = strconv.Atoi(group(2))
	minute, _ = strconv.Atoi(group(3))
	second, _ = strconv.Atoi(group(4))
	switch half := strings.ToLower(group(1) + group(5)); half {
	case "오후", "下午", "午後", "p":
		if hour < 12 {
			hour += 12
		}
	case "오전", "上午", "午前", "a":
		hour %= 12
	}
	if second == 60 {
		second = 59
	}
	return hour, minute, second, hour < 24 && minute < 60 && second < 60
}

// zoneOf reads the zone that follows a time of day. named is false when there
// is none; ok is false for a name nobody knows.
func zoneOf(tail string, local time.Time) (seconds int, named, ok bool) {
	if m := offset.FindStringSubmatch(tail); m != nil {
		h, _ := strconv.Atoi(m[2])
		min, _ := strconv.Atoi(m[3])
		if h > 14 || min > 59 {
			return 0, false, false
		}
		seconds = h*3600 + min*60
		if m[1] == "-" {
			seconds = -seconds
		}
		return seconds, true, true
	}
	m := zoneName.FindStringSubmatch(tail)
	if m == nil || isMonthOrDay(m[1]) {
		return 0, false, true
	}
	name := m[1]
	if own, off := local.Zone(); own == name && off != 0 {
		return off, true, true // "CST" of a source in Shanghai is China's
	}
	if hours, known := zoneHours[name]; known {
		return int(hours * 3600), true, true
	}
	return 0, false, strings.ToUpper(name) != name
}

// dayOf finds year, month and day in what stands before and after the time.
func dayOf(before, after string, order dayOrder) (int, time.Month, int, bool) {
	for _, s := range []string{before, after} {
		if m := eastDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[1], m[2], m[3])
		}
		if m := isoDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[1], m[3], m[4])
		}
		if m := dottyDate.FindStringSubmatch(s); m != nil {
			return figures(m[1], m[3], m[4], m[2] == "." || order == dayFirst, order)
		}
	}
	return namedDay(before + " " + offset.ReplaceAllString(after, ""))
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
	return y, time.Month(m), d, m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// namedDay reads days whose month is a word: "Fri, 3 May 2024", "May 3, 2024",
// "3 мая 2024 г.", "3. Mai 2024".
func namedDay(s string) (int, time.Month, int, bool) {
	month := time.Month(0)
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if m := monthOf(w); m != 0 {
			if month != 0 && month != m {
				return 0, 0, 0, false
			}
			month = m
		}
	}
	numbers := number.FindAllString(s, 4)
	if month == 0 || len(numbers) != 2 {
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
	return y, month, d, len(day) <= 2 && d >= 1 && d <= 31
}
