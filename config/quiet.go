package config

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
)

const (
	digestHint = `write "0 8,16 * * *" (minute, hour, day of month, month, day of week) or @daily`
	// digestPattern is what editors accept as the schedule of a digest.
	digestPattern = `^\s*(([^\s=]+\s+){4}\S+|@(yearly|annually|monthly|weekly|daily|midnight|hourly))\s*$`

	quietHint  = "write days, times or both: Mon-Fri 22:00-07:00, 22:00-07:00 or Sat,Sun"
	timesClass = `\d{1,2}:\d\d\s*-\s*\d{1,2}:\d\d`
)

// quietPattern is what editors accept as a window.
func quietPattern() string {
	days := strings.TrimSuffix(strings.TrimPrefix(daysPattern(), "^"), "$")
	return `^(` + days + `|(` + days + `\s+)?` + timesClass + `)$`
}

// decodeDigest decodes when a channel is told all at once: a calendar's line.
func decodeDigest(d *decoder, v value) (string, bool) {
	text, ok := decodeSchedule(d, v)
	if ok && strings.HasPrefix(strings.TrimSpace(text), "@every") {
		d.mistake(v, digestHint, "this comes at times of the day")
		return "", false
	}
	return text, ok
}

var spanForm = regexp.MustCompile(`^(.*?)\s*(\d+:\d+)\s*[-–]\s*(\d+:\d+)$`)

// decodeQuiet decodes the windows in which a channel is quiet.
func decodeQuiet(d *decoder, v value) (all []schedule.Lull, ok bool) {
	ok = true
	for _, e := range d.oneOrMore(v, "window") {
		w, right := decodeSpan(d, e)
		if ok = ok && right; right {
			all = append(all, w)
		}
	}
	if w, quiet := (schedule.Hours{Quiet: all}).Wait(anyDay); quiet && w.Until.Sub(w.Since) > 7*day {
		d.mistake(v, "leave a time between them, or use digest:", "this is quiet all week: nothing would come except what is urgent")
		return nil, false
	}
	return all, ok && len(all) > 0
}

// anyDay is one in a week that is like any other.
var anyDay = time.Date(2000, 1, 5, 12, 0, 0, 0, time.UTC)

// decodeSpan decodes one window: days, times of the day, or both.
func decodeSpan(d *decoder, v value) (w schedule.Lull, ok bool) {
	text, ok := d.text(v)
	if !ok {
		return w, false
	}
	days := strings.TrimSpace(text)
	if parts := spanForm.FindStringSubmatch(days); parts != nil {
		days = parts[1]
		from, isFrom := timeOfDay(parts[2])
		to, isTo := timeOfDay(parts[3])
		switch {
		case !isFrom || !isTo || from == 24*time.Hour:
			d.mistake(v, "write times from 00:00 to 23:59; a window may end at 24:00", "%s has a time that no day has", v.quoted())
			return w, false
		case from == to:
			d.mistake(v, "write the days alone for whole days, such as Sat,Sun", "%s ends when it begins", v.quoted())
			return w, false
		}
		w.From, w.To = from, to
	} else if strings.ContainsAny(days, "0123456789:") || days == "" {
		d.mistake(v, quietHint, "%s is no time of the week", v.quoted())
		return w, false
	}
	if days == "" {
		return w, true
	}
	if w.On, ok = d.weekdays(v, days); w.On == news.Everyday {
		w.On = 0
	}
	return w, ok
}

// timeOfDay reads a time such as 7:00 or 22:30, since midnight.
func timeOfDay(text string) (since time.Duration, ok bool) {
	hours, minutes, _ := strings.Cut(text, ":")
	h, errH := strconv.Atoi(hours)
	m, errM := strconv.Atoi(minutes)
	since = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	return since, errH == nil && errM == nil && len(minutes) == 2 && m < 60 && since <= 24*time.Hour
}
