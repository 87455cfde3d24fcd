package config

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file holds the decoders that many keys share.

// listOf decodes one value or a list of them. What is wrong is left out.
func listOf[V any](what string, decode decodeFunc[V]) decodeFunc[[]V] {
	return func(d *decoder, v value) ([]V, bool) {
		var all []V
		for _, e := range d.oneOrMore(v, what) {
			if decoded, ok := decode(d, e); ok {
				all = append(all, decoded)
			}
		}
		return all, true
	}
}

// wordsOf decodes one word or a list of them.
func wordsOf(what string) decodeFunc[[]string] {
	return listOf(what, func(d *decoder, v value) (string, bool) {
		text, ok := d.text(v)
		if ok && strings.TrimSpace(text) == "" {
			d.mistake(v, "", "the %s is empty", what)
			return "", false
		}
		return text, ok
	})
}

// oneOf decodes one of some words, for which other tools have others.
func oneOf(others func() synonyms, words ...string) decodeFunc[string] {
	return func(d *decoder, v value) (string, bool) {
		text, ok := d.text(v)
		if ok && !slices.Contains(words, text) {
			d.mistake(v, likely(text, words, others()), "%s is none of %s", v.quoted(), strings.Join(words, ", "))
			return "", false
		}
		return text, ok
	}
}

// noSynonyms is for words that no other tool has others for.
func noSynonyms() synonyms { return nil }

// decodeBoolean decodes true or false.
func decodeBoolean(d *decoder, v value) (is, ok bool) {
	text, ok := d.text(v)
	if !ok || text == "true" || text == "false" {
		return text == "true", ok
	}
	hint := ""
	switch strings.ToLower(text) {
	case "yes", "on", "true", "1":
		hint = "write true"
	case "no", "off", "false", "0":
		hint = "write false"
	}
	d.mistake(v, hint, "%s is neither true nor false", v.quoted())
	return false, false
}

// decodeDisabled decodes the key enabled.
func decodeDisabled(d *decoder, v value) (is, ok bool) {
	enabled, ok := decodeBoolean(d, v)
	return !enabled, ok
}

// numberFrom decodes a whole number within bounds.
func numberFrom(least, most int) decodeFunc[int] {
	return func(d *decoder, v value) (int, bool) {
		text, ok := d.text(v)
		if !ok {
			return 0, false
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			d.mistake(v, "", "%s is no whole number from %d to %d", v.quoted(), least, most)
			return 0, false
		}
		return n, true
	}
}

// sizeUnits are the units of a size, in bytes.
var sizeUnits = map[string]float64{"MB": 1e6, "GB": 1e9, "TB": 1e12}

// leastSize is the least limit of a store, in bytes: an empty one takes a twentieth of it.
const leastSize = 10_000_000

// decodeSize decodes a size with its unit, in bytes.
func decodeSize(d *decoder, v value) (int64, bool) {
	text, ok := d.text(v)
	if !ok {
		return 0, false
	}
	number, unit := text[:max(len(text)-2, 0)], text[max(len(text)-2, 0):]
	n, err := strconv.ParseFloat(number, 64)
	size := n * sizeUnits[unit]
	switch {
	case err != nil || sizeUnits[unit] == 0 || strings.Trim(number, "0123456789.") != "":
		d.mistake(v, "write it like 500MB, 10GB or 1TB", "%s is no size", v.quoted())
	case size < leastSize:
		d.mistake(v, "", "%s is too small: at least 10MB", v.quoted())
	case size > 1e18:
		d.mistake(v, "", "%s is too large: at most 1000000TB", v.quoted())
	default:
		return int64(size), true
	}
	return 0, false
}

// durationFrom decodes a duration within bounds.
func durationFrom(least, most time.Duration) decodeFunc[time.Duration] {
	return func(d *decoder, v value) (time.Duration, bool) {
		text, ok := d.text(v)
		if !ok {
			return 0, false
		}
		duration, err := parseDuration(text)
		switch {
		case err != nil:
			d.mistake(v, err.Error(), "%s is no duration", v.quoted())
		case duration < least:
			d.mistake(v, "", "%s is too short: at least %s", v.quoted(), formatDuration(least))
		case duration > most:
			d.mistake(v, "", "%s is too long: at most %s", v.quoted(), formatDuration(most))
		default:
			return duration, true
		}
		return 0, false
	}
}

const (
	day     = 24 * time.Hour
	longest = 36500 * day // about a century
)

var (
	wholeDuration = regexp.MustCompile(`^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$`)
	durationPart  = regexp.MustCompile(`(\d+(?:\.\d+)?)(ms|s|m|h|d|w)`)
)

// ParseDuration reads a duration as the config writes it: numbers with units, such as 45s, 2h30m,
// 3d and 1w. The error is a hint.
func ParseDuration(text string) (time.Duration, error) { return parseDuration(text) }

// parseDuration reads numbers with units: 500ms, 30s, 5m, 48h, 90d, 1d12h, 2w. The
// error is a hint.
func parseDuration(text string) (time.Duration, error) {
	if !wholeDuration.MatchString(text) {
		if strings.Trim(text, "0123456789") == "" && text != "" {
			return 0, fmt.Errorf("add a unit: %ss, %sm, %sh or %sd", text, text, text, text)
		}
		return 0, errors.New("write it like 500ms, 30s, 5m, 48h or 90d")
	}
	units := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day,
	}
	var sum float64
	for _, part := range durationPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseFloat(part[1], 64)
		if err != nil {
			return 0, errors.New("write it like 500ms, 30s, 5m, 48h or 90d")
		}
		sum += n * float64(units[part[2]])
	}
	return time.Duration(math.Round(min(sum, float64(longest)+float64(day)))), nil
}

// formatDuration writes a duration as parseDuration reads it.
func formatDuration(d time.Duration) string {
	switch {
	case d >= day && d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	default:
		return d.String()
	}
}

// decodeZone decodes the name of a time zone.
func decodeZone(d *decoder, v value) (*time.Location, bool) {
	text, ok := d.text(v)
	if !ok {
		return nil, false
	}
	zone, err := time.LoadLocation(text)
	if err != nil || text == "" || text == "Local" {
		d.mistake(v, "write a name such as UTC, Europe/Moscow or Asia/Seoul", "%s is no time zone", v.quoted())
		return nil, false
	}
	return zone, true
}

// decodeLink decodes an absolute URL of the web. Passwords have keys of their
// own, so that they are never shown with the URL.
func decodeLink(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok {
		return "", false
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || strings.ContainsAny(text, " \t\n"):
		d.mistake(v, "write it like https://example.org/feed.xml", "this is no absolute URL")
	case u.Scheme != "https" && u.Scheme != "http":
		d.mistake(v, "", "the URL begins with none of https://, http://")
	case u.User != nil:
		v.hide()
		d.mistake(v, "use basic_auth with a password_file", "a URL must not hold a user or password")
	default:
		return text, true
	}
	return "", false
}

// baseURL decodes an absolute URL to append to.
func baseURL(example, end string) decodeFunc[string] {
	return func(d *decoder, v value) (string, bool) {
		link, ok := decodeLink(d, v)
		if ok && strings.ContainsAny(link, "?#") {
			d.mistake(v, "write it like "+example,
				"the URL must have neither a query nor a fragment: %s is put at its end", end)
			return "", false
		}
		return strings.TrimRight(link, "/"), ok
	}
}
