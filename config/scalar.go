package config

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
)

// written returns a scalar as it is written, whatever type YAML sees in it:
// 007, 1e3, no and ~ are texts.
func (l *loader) written(v value, want string) (string, bool) {
	switch {
	case v.node.Kind != yaml.ScalarNode || v.empty():
		l.wrongKind(v, want)
	case v.node.Style&yaml.TaggedStyle != 0:
		l.mistake(v, quoteIt, "! begins a YAML tag, which means nothing here")
	default:
		return v.node.Value, true
	}
	return "", false
}

// text reads a text and puts the environment's values into it.
func (l *loader) text(v value) (string, bool) {
	raw, ok := l.written(v, "a text")
	if !ok || v.plain() {
		return raw, ok
	}
	text, ok := l.expand(v, raw)
	if ok && text == "" && raw != "" && v.key != "listen" { // where nothing means off
		return "", l.filled(v)
	}
	return text, ok
}

var reference = regexp.MustCompile(`\$\$|\$\{[^}]*\}?`)

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// filled reports whether all variables that a value names hold something.
func (l *loader) filled(v value) bool {
	for _, ref := range reference.FindAllString(v.node.Value, -1) {
		if name := variable.FindStringSubmatch(ref); name != nil {
			if text, _ := l.env(name[1]); strings.TrimSpace(text) == "" {
				l.absent(v, setIt, "the environment has nothing in %s", name[1])
				return false
			}
		}
	}
	return true
}

// expand replaces ${NAME} by the environment's value and $$ by $. A $ before
// anything else is itself.
func (l *loader) expand(v value, raw string) (string, bool) {
	good := true
	text := reference.ReplaceAllStringFunc(raw, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		name := variable.FindStringSubmatch(ref)
		if name == nil {
			l.mistake(v, "write ${NAME}; a literal ${ is $${", "${ begins the name of a variable of the environment, which is letters, digits and _")
			good = false
			return ""
		}
		val, ok := l.env(name[1])
		if !ok {
			l.absent(v, setIt, "the environment has no %s", name[1])
			good = false
		}
		return val
	})
	return text, good
}

// shown is a value as a mistake may quote it: as it is written, not what the
// environment made of it.
func shown(v value) string { return strconv.Quote(shorten(v.node.Value)) }

// secret reads a text that must never be shown.
func (l *loader) secret(v value) (news.Secret, bool) {
	if strings.TrimSpace(variables.ReplaceAllString(v.node.Value, "")) != "" {
		v.file.secrets[v.node.Line] = true
	}
	text, ok := l.text(v)
	if !ok || !l.filled(v) {
		return "", false
	}
	if strings.TrimSpace(text) == "" {
		l.mistake(v, "leave the key out when there is none", "the value is empty")
		return "", false
	}
	return news.Secret(text), true
}

// secretFile reads the text of a file, without the newlines at its end.
func (l *loader) secretFile(v value) (news.Secret, bool) {
	path, ok := l.filePath(v)
	if !ok {
		return "", false
	}
	text, err := readFile(path, maxSecret)
	if err != nil {
		l.digest(path, []byte("error: "+cause(err)))
		l.absent(v, putItThere, "%s: %s", shown(v), cause(err))
		return "", false
	}
	l.digest(path, text)
	trimmed := strings.TrimRight(string(text), "\r\n")
	if strings.TrimSpace(trimmed) == "" {
		l.absent(v, putItThere, "the file %s is empty", shown(v))
		return "", false
	}
	return news.Secret(trimmed), true
}

// filePath reads a path, relative to the file it is written in.
func (l *loader) filePath(v value) (string, bool) {
	path, ok := l.text(v)
	if !ok {
		return "", false
	}
	if path == "" {
		l.mistake(v, "", "the name of the file is missing")
		return "", false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(v.file.path), path)
	}
	return path, true
}

// boolean reads true or false.
func (l *loader) boolean(v value, into *bool) {
	switch text, ok := l.text(v); {
	case !ok:
	case text == "true", text == "false":
		*into = text == "true"
	default:
		hint := ""
		switch strings.ToLower(text) {
		case "yes", "on", "true", "1":
			hint = "write true"
		case "no", "off", "false", "0":
			hint = "write false"
		}
		l.mistake(v, hint, "%s is neither true nor false", shown(v))
	}
}

// number reads a whole number within bounds.
func (l *loader) number(v value, into *int, least, most int) {
	text, ok := l.text(v)
	if !ok {
		return
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		l.mistake(v, "", "%s is no whole number from %d to %d", shown(v), least, most)
		return
	}
	*into = n
}

// choice reads one of some words.
func (l *loader) choice(v value, words ...string) (string, bool) {
	return l.choiceAmong(v, func() synonyms { return nil }, words...)
}

// choiceAmong reads one of some words, for which other tools have others.
func (l *loader) choiceAmong(v value, others func() synonyms, words ...string) (string, bool) {
	text, ok := l.text(v)
	if !ok {
		return "", false
	}
	if !slices.Contains(words, text) {
		l.mistake(v, likely(text, words, others()), "%s is none of %s", shown(v), strings.Join(words, ", "))
		return "", false
	}
	return text, true
}

// oneOrMore lists a scalar as itself and a list as its elements, of which there
// must be one.
func (l *loader) oneOrMore(v value, what string) []value {
	if v.node.Kind == yaml.ScalarNode && !v.empty() {
		return []value{v}
	}
	if v.node.Kind != yaml.SequenceNode {
		l.wrongKind(v, "a "+what+" or a list of them")
		return nil
	}
	if len(v.node.Content) == 0 {
		l.mistake(v, "leave the key out when there is none", "the list is empty")
	}
	return l.list(v, what)
}

// words reads one word or more that are not empty.
func (l *loader) words(v value, what string) []string {
	var all []string
	for _, e := range l.oneOrMore(v, what) {
		text, ok := l.text(e)
		switch {
		case !ok:
		case strings.TrimSpace(text) == "":
			l.mistake(e, "", "the %s is empty", what)
		default:
			all = append(all, text)
		}
	}
	return all
}

// duration reads a duration within bounds.
func (l *loader) duration(v value, into *time.Duration, least, most time.Duration) {
	text, ok := l.text(v)
	if !ok {
		return
	}
	d, err := parseDuration(text)
	switch {
	case err != nil:
		l.mistake(v, err.Error(), "%s is no duration", shown(v))
	case d < least:
		l.mistake(v, "", "%s is too short: at least %s", shown(v), formatDuration(least))
	case d > most:
		l.mistake(v, "", "%s is too long: at most %s", shown(v), formatDuration(most))
	default:
		*into = d
	}
}

const (
	day     = 24 * time.Hour
	longest = 36500 * day // about a century
)

var (
	wholeDuration = regexp.MustCompile(`^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$`)
	durationPart  = regexp.MustCompile(`(\d+(?:\.\d+)?)(ms|s|m|h|d)`)
)

// parseDuration reads numbers with units: 500ms, 30s, 5m, 48h, 90d, 1d12h. The
// error is a hint.
func parseDuration(text string) (time.Duration, error) {
	if !wholeDuration.MatchString(text) {
		if strings.Trim(text, "0123456789") == "" && text != "" {
			return 0, fmt.Errorf("add a unit: %ss, %sm, %sh or %sd", text, text, text, text)
		}
		return 0, errors.New("write it like 500ms, 30s, 5m, 48h or 90d")
	}
	units := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}
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

// zone reads the name of a time zone.
func (l *loader) zone(v value, into **time.Location) {
	text, ok := l.text(v)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(text)
	if err != nil || text == "" || text == "Local" {
		l.mistake(v, "write a name such as UTC, Europe/Moscow or Asia/Seoul", "%s is no time zone", shown(v))
		return
	}
	*into = zone
}

// link reads an absolute URL of one of the schemes. Passwords have keys of
// their own, so that they are never shown with the URL.
func (l *loader) link(v value, schemes ...string) (string, bool) {
	text, ok := l.text(v)
	if !ok {
		return "", false
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || strings.ContainsAny(text, " \t\n"):
		l.mistake(v, "write it like https://example.org/feed.xml", "this is no absolute URL")
	case !slices.Contains(schemes, u.Scheme):
		l.mistake(v, "", "the URL begins with none of %s://", strings.Join(schemes, "://, "))
	case u.User != nil:
		v.file.secrets[v.node.Line] = true
		l.mistake(v, "use basic_auth with a password_file", "a URL must not hold a user or password")
	default:
		return text, true
	}
	return "", false
}
