package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	// clock is a time of day: the half before it, hour, minute, second written
	// with a colon or with a word, the half behind it.
	clock = regexp.MustCompile(`(?i)(?:(오전|오후|上午|下午|午前|午後|凌晨|早上|晚上|傍晚|\b[ap]m)\s*)?` +
		`(\d{1,2})(?::|\s?h\s?|\s*[시時时点點]\s*|\s*giờ\s*)(\d{2})` +
		`(?:\s*[분分]|min\b|m\b)?(?::(\d{2})(?:[.,]\d+)?|\s*(\d{2})\s*[초秒])?` +
		`(?:\s*(?:([ap])\.?\s?m\b\.?|([πμ])\.?\s?μ\.?|(صباحًا|صباحا|مساءً|مساء|[صم](?:\s|$))|` +
		`([قب])\.?ظ|(öö|ös|sa|ch)\b|(de|du)\.|(пр|сл)\.?\s?об\.?))?`)
	// hourAlone is one without minutes.
	hourAlone = regexp.MustCompile(`(?i)(?:(오전|오후|上午|下午|午前|午後)\s*(\d{1,2})\s*[시時时点點]|` +
		`\b(\d{1,2})(?:\s?([ap])\.?\s?m\b\.?|\s*[시時时点點]|\s(?:uhr|часов|часа)(?:\s|$)))`)
	// unpadded and dotted are times as clock does not see them. Dots stand in
	// dates, too, so a dotted one follows a year or a word that says "at".
	unpadded = regexp.MustCompile(`\b(\d{1,2}):(\d{1,2}):(\d{1,2})\b`)
	dotted   = regexp.MustCompile(`(?i)(\d{4}[.,]?\s+(?:\p{L}+\.?:?\s+){0,2}|` +
		`\b(?:klo|kl|ore|pukul|pkl|jam|um|às)\.?\s+)(\d{1,2})\.(\d{2})(?:\.(\d{2}))?([^\d.]|\.?$|\.\s)`)

	offset    = regexp.MustCompile(`^(?i:utc|gmt)?\s*([+-])(?:(\d{1,2}):?(\d{2})(?::\d{2})?|(\d{1,2}))(?:\D|$)`)
	zoneName  = regexp.MustCompile(`^\(?(\p{Lu}\p{L}{0,4}|utc|gmt|мск|z)\)?(?:\P{L}|$)`)
	zonePlace = regexp.MustCompile(`^[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}`)
	zoneWords = regexp.MustCompile(`(?i)^(eastern|central|mountain|pacific)(?: standard| daylight)?(?: time)?\b`)
	lastWord  = regexp.MustCompile(`\s\(?(\p{Lu}{3,5})\)?$`)
	// hours are words that stand between a time and its zone.
	hours = regexp.MustCompile(`^(?:[\s,;([]|(?i:uhr|hrs?|hours|h|г)\b\.?|น\.?)+`)
)

// spellClock writes times of day with colons, two digits each.
func spellClock(s string) string {
	if strings.Count(s, ":") >= 2 {
		s = unpadded.ReplaceAllStringFunc(s, func(t string) string {
			parts := strings.Split(t, ":")
			for i, p := range parts {
				parts[i] = strings.Repeat("0", 2-len(p)) + p
			}
			return strings.Join(parts, ":")
		})
	}
	if !strings.ContainsRune(s, '.') {
		return s
	}
	return dotted.ReplaceAllStringFunc(s, func(t string) string {
		m := dotted.FindStringSubmatch(t)
		if m[4] != "" {
			m[3] += ":" + m[4]
		}
		return m[1] + m[2] + ":" + m[3] + m[5]
	})
}

// timeOfDay is one as it was found in a text.
type timeOfDay struct {
	hour, minute, second int
	start, end           int // of its place
}

// findTime finds the time of day in a text. found is false when there is none,
// ok when there is one that is none: 25:00.
func findTime(s string) (at timeOfDay, found, ok bool) {
	var half string
	group := func(m []int, i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	if m := clock.FindStringSubmatchIndex(s); m != nil {
		at.start, at.end = m[0], m[1]
		at.hour, _ = strconv.Atoi(group(m, 2))
		at.minute, _ = strconv.Atoi(group(m, 3))
		at.second, _ = strconv.Atoi(group(m, 4) + group(m, 5))
		half = group(m, 1)
		for i := 6; i < len(m)/2; i++ {
			half += group(m, i)
		}
	} else if m := hourAlone.FindStringSubmatchIndex(s); m != nil {
		at.start, at.end = m[0], m[1]
		at.hour, _ = strconv.Atoi(group(m, 2) + group(m, 3))
		half = group(m, 1) + group(m, 4)
	} else {
		return at, false, true
	}
	if at.second == 60 {
		at.second = 59
	}
	at.hour = inHalf(at.hour, strings.ToLower(strings.TrimSpace(half)))
	ok = at.hour < 24 && at.minute < 60 && at.second < 60 || at.hour == 24 && at.minute+at.second == 0
	return at, true, ok
}

// inHalf returns the hour of the day of one of its halves, "" for a whole day.
func inHalf(hour int, half string) int {
	switch half {
	case "오전", "上午", "午前", "凌晨", "早上", "a", "am", "π", "ص", "صباحا", "صباحًا", "ق", "öö", "sa", "de", "пр":
		if hour == 12 {
			return 0
		}
	case "오후", "下午", "午後", "晚上", "傍晚", "p", "pm", "μ", "م", "مساء", "مساءً", "ب", "ös", "ch", "du", "сл":
		if hour < 12 {
			return hour + 12
		}
	}
	return hour
}

// zoneOf reads the zone that follows a time of day, which is local there, nil
// when there is none; ok is false for a name that nobody knows.
func zoneOf(tail string, local time.Time) (zone *time.Location, ok bool) {
	tail = tail[len(hours.FindString(tail)):]
	if m := offset.FindStringSubmatch(tail); m != nil {
		h, _ := strconv.Atoi(m[2] + m[4])
		minute, _ := strconv.Atoi(m[3])
		if h > 14 || minute > 59 {
			return nil, false
		}
		seconds := h*3600 + minute*60
		if m[1] == "-" {
			seconds = -seconds
		}
		return time.FixedZone("", seconds), true
	}
	if place := zonePlace.FindString(tail); place != "" {
		zone, err := time.LoadLocation(place)
		return zone, err == nil
	}
	if m := zoneWords.FindStringSubmatch(tail); m != nil {
		return namedZone(strings.ToUpper(m[1][:1])+"T", local)
	}
	if m := zoneName.FindStringSubmatch(tail); m != nil && !isMonthOrDay(m[1]) {
		return namedZone(m[1], local)
	}
	if m := lastWord.FindStringSubmatch(tail); m != nil {
		if zone, ok := namedZone(m[1], local); ok {
			return zone, true
		}
	}
	return nil, true
}

// namedZone returns the zone of a name: that of the local time when it bears
// the name, for "CST" of a source in Shanghai is China's. A word that is not
// all in capitals is none.
func namedZone(name string, local time.Time) (zone *time.Location, ok bool) {
	if own, off := local.Zone(); own == name && off != 0 {
		return time.FixedZone("", off), true
	}
	upper := strings.ToUpper(name)
	if place, known := zonePlaces[upper]; known && upper == name {
		zone, err := time.LoadLocation(place)
		return zone, err == nil
	}
	if hours, known := zoneHours[upper]; known && (upper == name || strings.ToLower(name) == name) {
		return time.FixedZone("", int(hours*3600)), true
	}
	return nil, upper != name
}
