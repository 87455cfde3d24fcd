package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Parse reads a spec. Besides what is no cron line at all it refuses what
// robfig/cron takes and nobody can mean: a zone inside the spec (schedules
// have one zone, the config's), dates that never come, steps longer than their
// field, "@every" under MinEvery.
func Parse(spec string) (Schedule, error) {
	spec = strings.TrimSpace(spec)
	var (
		s   Schedule
		err error
	)
	switch {
	case spec == "":
		return s, nil
	case strings.Contains(spec, "TZ="):
		err = errors.New("a schedule holds no time zone: set timezone instead")
	case strings.HasPrefix(spec, "@every"):
		s.every, err = parseEvery(strings.TrimPrefix(spec, "@every"))
	default:
		s.spec, err = parseCron(spec)
	}
	if err != nil {
		return Schedule{}, fmt.Errorf("parse schedule %q: %w", spec, err)
	}
	return s, nil
}

func parseEvery(text string) (time.Duration, error) {
	if text == strings.TrimLeft(text, " \t") {
		return 0, errors.New("write @every and a duration, such as @every 5m")
	}
	text = strings.TrimSpace(text)
	d, err := time.ParseDuration(text)
	for unit, days := range map[string]uint64{"d": 1, "w": 7} {
		number, cut := strings.CutSuffix(text, unit)
		if n, errNumber := strconv.ParseUint(number, 10, 16); cut && errNumber == nil {
			d, err = time.Duration(n*days)*24*time.Hour, nil
		}
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is no duration such as 90s, 5m, 2h or 1d", text)
	case d < MinEvery:
		return 0, fmt.Errorf("%s is too often: the least interval is %s", text, MinEvery)
	case d > MaxEvery:
		return 0, fmt.Errorf("%s is too seldom: the longest interval is 366d", text)
	case d%time.Second != 0:
		return 0, fmt.Errorf("%s is no whole number of seconds", text)
	}
	return d, nil
}

// field is one of the five of a cron line: its name, its least and greatest
// value, and the words that may stand for values.
type field struct {
	name     string
	min, max int
	words    string
}

var fields = [...]field{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of month", 1, 31, ""},
	{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
	{"day of week", 0, 6, "sun mon tue wed thu fri sat"},
}

// leapYear starts a search that meets every date there is within five years,
// which is as far as robfig/cron looks.
var leapYear = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func parseCron(spec string) (*cron.SpecSchedule, error) {
	if !strings.HasPrefix(spec, "@") {
		if err := checkFields(strings.Fields(spec)); err != nil {
			return nil, err
		}
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil && strings.HasPrefix(spec, "@") {
		return nil, errors.New("use @hourly, @daily, @weekly, @monthly, @yearly or @every and a duration")
	}
	if err != nil {
		return nil, err
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("%T is no calendar", parsed) // only @every gives one, and that is ours
	}
	if s.Location = time.UTC; s.Next(leapYear).IsZero() {
		return nil, errors.New("no such date ever comes")
	}
	return s, nil
}

// checkFields finds what robfig/cron would read as something else, and
// reports the mistakes people make with a better message than it does.
func checkFields(values []string) error {
	if len(values) != len(fields) {
		return fmt.Errorf("%d fields instead of five: minute, hour, day of month, month, day of week", len(values))
	}
	for i, f := range fields {
		for part := range strings.SplitSeq(values[i], ",") {
			if err := f.check(part); err != nil {
				return fmt.Errorf("%s %q: %w", f.name, values[i], err)
			}
		}
	}
	return nil
}

func (f field) check(part string) error {
	values, step, stepped := strings.Cut(part, "/")
	if stepped {
		n, err := strconv.Atoi(step)
		if err != nil || n <= 0 || step[0] == '+' {
			return fmt.Errorf("step %q is no positive number", step)
		}
		if n > f.max-f.min {
			return fmt.Errorf("step %d is longer than the field: it would run at %d only", n, f.min)
		}
	}
	if values == "*" || values == "?" {
		return nil
	}
	for v := range strings.SplitSeq(values, "-") {
		n, err := strconv.Atoi(v)
		switch {
		case v == "":
			return errors.New("a value is missing")
		case err != nil && slices.Contains(strings.Fields(f.words), strings.ToLower(v)):
			continue
		case err != nil && f.words != "":
			return fmt.Errorf("%q is neither a number nor one of %s", v, f.words)
		case err != nil || v[0] == '+':
			return fmt.Errorf("%q is no number", v)
		case n == 7 && f.name == "day of week":
			return errors.New("7 is no day of the week: Sunday is 0")
		case n < f.min || n > f.max:
			return fmt.Errorf("%d is not within %d to %d", n, f.min, f.max)
		}
	}
	return nil
}
