package config

import (
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
)

// Bounds on how long silence may last.
const (
	leastSilence = time.Minute
	mostSilence  = 366 * day
)

// expectKeys are the keys of a map under expect.
func expectKeys() []key[news.Expectation] {
	return []key[news.Expectation]{
		row("within", "The longest silence: `26h`.", env(period()),
			func(e *news.Expectation) *time.Duration { return &e.Within }, durationFrom(leastSilence, mostSilence)),
		row("on", "Days of the week that count, such as `Mon-Fri` or `[Sat, Sun]`, in the config's timezone. Time on other days does not count.",
			oneOrMore(env(matching(daysPattern()).or(daysHint)).like("Mon-Fri", "Sat")),
			func(e *news.Expectation) *news.Weekdays { return &e.On }, decodeWeekdays),
	}
}

// expectForm is a duration, or a map of a duration and days.
func expectForm(t *table[news.Expectation]) form {
	f, p := t.form(), env(period())
	f.Type, f.Pattern, f.Otherwise = kinds{"string", "object"}, p.Pattern, p.Otherwise
	return f.like("26h")
}

// decodeExpect decodes how long silence may last: 26h or {within: 26h, on: Mon-Fri}.
func decodeExpect(d *decoder, v value) (e news.Expectation, ok bool) {
	if v.node.Kind != yaml.MappingNode {
		e.Within, ok = durationFrom(leastSilence, mostSilence)(d, v)
		return e, ok
	}
	set, whole := decodeMap(d, v, &d.tables.expect, &e)
	if whole && !set.has("within") {
		d.mistake(v, "add within: 26h", "it is not said how long the silence may last")
	}
	return e, whole && e.Within > 0
}

const daysHint = "write days like Mon-Fri, Sat or [Sat, Sun]"

var (
	weekdayRange = regexp.MustCompile(`^([A-Za-z]+)(?:\s*-\s*([A-Za-z]+))?$`)
	betweenDays  = regexp.MustCompile(`\s*,\s*`)
)

// daysPattern is what editors accept as days of the week.
func daysPattern() string {
	names := news.WeekdayNames()
	var days []string
	for _, name := range names {
		var one strings.Builder
		for _, letter := range name {
			fmt.Fprintf(&one, "[%c%c]", unicode.ToUpper(letter), unicode.ToLower(letter))
		}
		days = append(days, one.String())
	}
	name := "(" + strings.Join(days, "|") + ")"
	some := name + `(\s*-\s*` + name + ")?"
	return "^" + some + `(\s*,\s*` + some + ")*$"
}

// decodeWeekdays decodes days of the week: Mon-Fri, "Sat,Sun" or [Sat, Sun]. A range
// may go over the end of the week: Sat-Mon.
func decodeWeekdays(d *decoder, v value) (days news.Weekdays, ok bool) {
	for _, e := range d.oneOrMore(v, "day") {
		if text, is := d.text(e); is {
			some, _ := d.weekdays(e, text)
			days |= some
		}
	}
	return days, days != 0
}

// weekdays reads the days of the week that a text names. It is not ok when one of them is
// none.
func (d *decoder) weekdays(e value, text string) (days news.Weekdays, ok bool) {
	ok = true
	for _, part := range betweenDays.Split(strings.TrimSpace(text), -1) {
		some := weekdayRange.FindStringSubmatch(part)
		if some == nil {
			d.mistake(e, daysHint, "%s is no day of the week", e.quoted())
			ok = false
			continue
		}
		first, isFirst := d.weekday(e, some[1])
		last, isLast := first, true
		if some[2] != "" {
			last, isLast = d.weekday(e, some[2])
		}
		if !isFirst || !isLast {
			ok = false
			continue
		}
		for ; first != last; first = (first + 1) % 7 {
			days |= 1 << first
		}
		days |= 1 << last
	}
	return days, ok
}

// weekday reads the name of one day.
func (d *decoder) weekday(v value, name string) (day int, ok bool) {
	names := news.WeekdayNames()
	day = slices.IndexFunc(names[:], func(n string) bool { return strings.EqualFold(n, name) })
	if day >= 0 {
		return day, true
	}
	hint := daysHint
	for _, n := range names {
		if len(name) > 3 && strings.EqualFold(name[:3], n) {
			hint = "did you mean `" + n + "`?"
		}
	}
	d.mistake(v, hint, "%q is no day of the week", shorten(name))
	return 0, false
}

// checkExpected refuses rules that are expected to match within a time of which
// matches are not kept.
func (c *checker) checkExpected() {
	for i, r := range c.said.Definition.Rules {
		days := 7
		if r.Expect.On != 0 {
			days = bits.OnesCount8(uint8(r.Expect.On))
		}
		longest := r.Expect.Within * 7 / time.Duration(days)
		if longest > c.said.Retention {
			path := fmt.Sprintf("rules[%d].expect", i)
			c.at(c.places.locate(path), path, "write a shorter time, or set retention: "+formatDuration(longest.Truncate(day)+day),
				"matches are kept for %s alone", formatDuration(c.said.Retention))
		}
	}
}
