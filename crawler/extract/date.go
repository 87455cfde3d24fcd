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

// parseDate reads a date as feeds and pages write it. A date that names no
// zone is in the given one (nil: UTC). It reports false for a date that cannot
// be read for sure: no date is better than a wrong one.
func parseDate(s string, zone *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{time.RFC3339, time.RFC1123Z, "2006-01-02T15:04:05-0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return believable(t)
		}
	}
	if len(s) < 6 || len(s) > 100 {
		return time.Time{}, false
	}
	if t, ok := unixTime(s); ok {
		return believable(t)
	}
	return parseLoose(s, zone)
}

func believable(t time.Time) (time.Time, bool) {
	if t.Year() < oldest || t.Year() > 2200 {
		return time.Time{}, false
	}
	return t, true
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
func parseLoose(s string, zone *time.Location) (time.Time, bool) {
	s = compact.ReplaceAllStringFunc(s, spellOut)
	var hour, minute, second int
	day, tail := s, ""
	if m := clock.FindStringSubmatchIndex(s); m != nil {
		var ok bool
		if hour, minute, second, ok = timeOfDay(s, m); !ok {
			return time.Time{}, false
		}
		day, tail = s[:m[0]], s[m[1]:]
	}
	tail = strings.TrimLeftFunc(tail, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
	y, m, d, ok := dayOf(day, tail)
	if !ok {
		return time.Time{}, false
	}
	if time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Day() != d {
		return time.Time{}, false // 30 February
	}
	t := time.Date(y, m, d, hour, minute, second, 0, zone)
	off, named, ok := zoneOf(tail, t)
	if !ok {
		return time.Time{}, false
	}
	if named {
		t = time.Date(y, m, d, hour, minute, second, 0, time.FixedZone("", off))
	}
	return believable(t)
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
func dayOf(before, after string) (int, time.Month, int, bool) {
	for _, s := range []string{before, after} {
		if m := eastDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[1], m[2], m[3])
		}
		if m := isoDate.FindStringSubmatch(s); m != nil {
			return numericDay(m[1], m[3], m[4])
		}
		if m := dottyDate.FindStringSubmatch(s); m != nil {
			first, _ := strconv.Atoi(m[1])
			second, _ := strconv.Atoi(m[3])
			switch {
			case m[2] == "." || first > 12 || first == second:
				return numericDay(m[4], m[3], m[1])
			case second > 12:
				return numericDay(m[4], m[1], m[3])
			}
			return 0, 0, 0, false // 3/4/2024: nobody knows
		}
	}
	return namedDay(before + " " + offset.ReplaceAllString(after, ""))
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
