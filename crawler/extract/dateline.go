package extract

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A shownDate is a date that stands in a line of a page.
type shownDate struct {
	reading
	before, after string // what stands around it in the line
}

// dateForms are the ways in which a day is written in a line. Whether a word in
// them is a month is settled when they are read.
var dateForms = regexp.MustCompile(strings.Join([]string{
	`\d{4}\s*[년年]\s*\d{1,2}\s*[월月]\s*\d{1,2}\s*[일日号]?`,
	`\b\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?`,
	`\b\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})\b`,
	`\b\d{1,2}(?:\.|st|nd|rd|th|º|°|ª|er|-)?[\s/-]{0,3}(?:(?:de|del|of|d['’]|ta')\s?)?[\p{L}\p{M}]{2,14}\.?(?:\s?/\s?[\p{L}\p{M}]{2,14})?[\s,/-]{1,3}(?:(?:de|del|года?)\s)?(?:\d{4}\b|['’]?\d{2}\b)`,
	`[\p{L}\p{M}]{3,14}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}\b`,
	`\b\d{4}\.?\s(?:m\.\s|gada\s)?(?:[\p{L}\p{M}]{3,14}\.?\s\d{1,2}\b|\d{1,2}\.\s[\p{L}\p{M}]{3,14})`,
	`\b\d{1,2}\s(?:tháng|Tháng)\s\d{1,2},?\s(?:năm\s)?\d{4}`,
}, "|"))

var (
	timeBehind  = regexp.MustCompile(`^[^\d\n]{0,24}?(\d{1,2}(?:[:.h]|\s?시\s?|\s?时\s?|\s?時\s?)\d{2}(?:[:.]\d{2})?(?:\s?분|\s?分)?(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?)`)
	zoneBehind  = regexp.MustCompile(`^(?:\s?(?:Uhr|uhr|hrs?|h))?\s?\(?((?:UTC|GMT)?\s?[+-]\d{1,2}:?\d{2}|(?:UTC|GMT)[+-]\d{1,2}|[A-Z]{2,5})\b\)?`)
	timeBefore  = regexp.MustCompile(`(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?)\s*(?:[,|•·–—-]|Uhr|on)?\s*$`)
	dottedClock = regexp.MustCompile(`(\d{1,2})\.(\d{2})`)
	vietnamese  = regexp.MustCompile(`(?i)\s*tháng\s*(\d{1,2}),?\s*(?:năm\s*)?`)
	shortYear   = regexp.MustCompile(`^(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{2})\b`)
	apostrophe  = regexp.MustCompile(`['’](\d{2})\b`)
	looseFigure = regexp.MustCompile(`^(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{4})\b`)
	twelveHours = regexp.MustCompile(`\d\s?[AP]M\b`)
)

// A calendar knows how a page writes its dates.
type calendar struct {
	o     Options
	order dayOrder
	lang  string // BCP 47 primary language, "" for unknown
}

// dates returns the dates that are written in a line, with the time of day and
// the zone that stand by them.
func (c calendar) dates(line string) []shownDate {
	if !strings.ContainsFunc(line, unicode.IsDigit) {
		return nil
	}
	line = westernDigits(line)
	var found []shownDate
	for _, at := range dateForms.FindAllStringIndex(line, 4) {
		start, end := at[0], at[1]
		day := line[start:end]
		clock := ""
		if m := timeBehind.FindStringSubmatchIndex(line[end:]); m != nil && isJoint(line[end:end+m[2]]) {
			clock = dottedClock.ReplaceAllString(line[end:end+m[3]], "$1:$2")
			end += m[3]
			if z := zoneBehind.FindStringSubmatchIndex(line[end:]); z != nil && !isMonthOrDay(line[end+z[2]:end+z[3]]) {
				clock += " " + line[end+z[2]:end+z[3]]
				end += z[1]
			}
		} else if m := timeBefore.FindStringSubmatchIndex(line[:start]); m != nil {
			clock = " " + line[m[2]:m[3]]
			start = m[0]
		}
		if r, ok := c.read(day, clock); ok {
			found = append(found, shownDate{r, line[:start], line[end:]})
		}
	}
	return found
}

// read reads a day and the time of day that follows it.
func (c calendar) read(day, clock string) (reading, bool) {
	day = vietnamese.ReplaceAllString(day, "/$1/")
	day = apostrophe.ReplaceAllString(day, "20$1")
	if m := shortYear.FindStringSubmatch(day); m != nil {
		day = c.longYear(m)
	}
	order := c.order
	if order == orderUnknown && twelveHours.MatchString(clock) {
		order = monthFirst // who writes AM and PM in capitals is American far more often than not
	}
	r, ok := readDate(day+clock, c.o.DatesIn, order)
	if zone := strings.LastIndexByte(clock, ' '); !ok && zone > 0 {
		r, ok = readDate(day+clock[:zone], c.o.DatesIn, order)
	}
	if !ok && clock != "" {
		r, ok = readDate(day, c.o.DatesIn, order)
	}
	if m := looseFigure.FindStringSubmatch(day); !ok && m != nil {
		r, ok = c.onlyPast(day + clock)
	}
	if ok && c.future(r.at) {
		return reading{}, false
	}
	return r, ok
}

// longYear writes a date with a year of two figures in full. In the languages
// of East Asia the year comes first.
func (c calendar) longYear(m []string) string {
	const century = "20"
	switch c.lang {
	case "ko", "ja", "zh":
		return century + pad(m[1]) + "-" + m[3] + "-" + m[4]
	}
	return m[1] + m[2] + m[3] + m[2] + century + m[4]
}

func pad(figures string) string {
	if len(figures) == 1 {
		return "0" + figures
	}
	return figures
}

// onlyPast reads a date in figures whose order nobody knows, when only one of
// its readings is past.
func (c calendar) onlyPast(s string) (reading, bool) {
	a, okA := readDate(s, c.o.DatesIn, dayFirst)
	b, okB := readDate(s, c.o.DatesIn, monthFirst)
	switch {
	case !okA || !okB || c.o.Now.IsZero():
	case c.future(a.at) && !c.future(b.at):
		return b, true
	case c.future(b.at) && !c.future(a.at):
		return a, true
	}
	return reading{}, false
}

// future reports whether a date is after the fetch by more than a zone.
func (c calendar) future(at time.Time) bool {
	return !c.o.Now.IsZero() && at.After(c.o.Now.Add(26*time.Hour))
}

// westernDigits writes the digits of all scripts as those of ASCII.
func westernDigits(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf && unicode.IsDigit(r) }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf || !unicode.IsDigit(r) {
			return r
		}
		for _, t := range unicode.Nd.R16 {
			if uint16(r) >= t.Lo && uint16(r) <= t.Hi && r <= 0xffff {
				return '0' + rune(uint16(r)-t.Lo)%10
			}
		}
		return r
	}, s)
}

// isJoint reports whether what stands between two parts of a date joins them.
func isJoint(s string) bool {
	for _, w := range letterRuns(s) {
		lower := strings.ToLower(w)
		if dateLabels[lower]&labelJoint == 0 && !isMonthOrDay(lower) && !halfDays[lower] {
			return false
		}
	}
	return true
}

// halfDays stand before a time of twelve hours.
var halfDays = map[string]bool{"오전": true, "오후": true, "上午": true, "下午": true, "午前": true, "午後": true, "t": true}

// letterRuns returns the words of a line.
func letterRuns(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’'
	})
}

// label says whose the date is, by what stands around it in its line. evident
// tells that the element of the line says that it holds a date or authors. own
// is false for a date in a sentence, or of something else.
func (d shownDate) label(evident bool) (says labelling, own bool) {
	if touches(d.before, d.after) || strings.ContainsAny(d.before+d.after, "©ⓒ") {
		return 0, false
	}
	ahead, saysAhead := strangers(behindLast(d.before))
	rest, saysRest := strangers(beforeFirst(d.after))
	says = saysAhead | saysRest
	const (
		fewWords  = 4  // a name, or a name and a place
		manyWords = 10 // behind a label: names, a place, a section
	)
	switch {
	case says&labelOther != 0, !areNames(rest) && len(rest) > 1 && !evident, len(rest) > manyWords:
		return says, false
	case saysAhead&labelBy != 0:
		return says, len(ahead) <= manyWords
	case endsParted(d.before):
		return says, len(ahead) <= fewWords && len(rest) == 0
	case evident && len(rest) == 0:
		return says, len(ahead) <= fewWords
	case !areNames(ahead):
		return says, false
	case saysAhead&(labelPublished|labelUpdated) != 0:
		return says, len(ahead) <= fewWords
	case len(ahead) == 0:
		return says, true
	}
	parted := strings.HasSuffix(strings.TrimSpace(d.before), ",") || len(ahead) > 1
	return says, (parted || evident) && len(ahead) <= fewWords && len(rest) <= fewWords
}

// endsParted reports whether a strong sign stands between a date and what is
// before it.
func endsParted(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " \t"))
	return strings.ContainsRune("|·•–—/", r)
}

// isDateLabel reports whether a line is a label and no more: "Date:".
func isDateLabel(line string) bool {
	const longest = 40 // bytes
	words, says := strangers(line)
	return len(line) <= longest && len(words) == 0 && says&(labelJoint|labelPublished) != 0 && says&labelOther == 0
}

// partings stand between the parts of a line.
const partings = "|·•–—/\n\t()[]"

// behindLast returns the part of a line that a date behind it belongs to.
func behindLast(s string) string {
	s = strings.TrimRight(s, " "+partings+"-:,;")
	if i := strings.LastIndexAny(s, partings); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		s = s[i+size:]
	}
	if i := strings.LastIndex(s, " - "); i >= 0 {
		s = s[i+3:]
	}
	return s
}

// beforeFirst returns the part of a line that a date before it belongs to.
func beforeFirst(s string) string {
	if i := strings.IndexAny(s, partings+".:"); i >= 0 {
		s = s[:i]
	}
	if i := strings.Index(s, " - "); i >= 0 {
		s = s[:i]
	}
	return s
}

// touches reports whether letters of a script without spaces stand right before
// or behind a date, as in the middle of a sentence.
func touches(before, after string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	if isWide(r) && !endsWithLabel(before) {
		return true
	}
	r, _ = utf8.DecodeRuneInString(after)
	return isWide(r) && !startsWithLabel(after)
}

func endsWithLabel(s string) bool {
	runs := letterRuns(s)
	return len(runs) > 0 && dateLabels[runs[len(runs)-1]] != 0
}

func startsWithLabel(s string) bool {
	runs := letterRuns(s)
	return len(runs) > 0 && dateLabels[runs[0]] != 0
}

// strangers returns the words that are no part of a date and no label, and what
// the labels say.
func strangers(s string) (words []string, says labelling) {
	for _, w := range letterRuns(s) {
		lower := strings.ToLower(w)
		known := dateLabels[lower]
		says |= known
		if known == 0 && monthOf(lower) == 0 && !halfDays[lower] {
			words = append(words, w)
		}
	}
	return words, says
}

// areNames reports whether words can be names: they begin with capitals where
// their script has them.
func areNames(words []string) bool {
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) && !slices.Contains(particles, w) {
			return false
		}
	}
	return true
}
