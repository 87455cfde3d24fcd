package pages

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/trace"
)

// mostRows is how high a box of text is at the most; more is scrolled to.
const mostRows = 24

// words are the functions of the templates.
func (s *site) words() template.FuncMap {
	return template.FuncMap{
		"asset":   func(name string) string { return "/assets/" + name + "?v=" + s.files[name].tag },
		"when":    s.when,
		"stamp":   func(t any) string { return instant(t).UTC().Format(time.RFC3339) },
		"known":   func(t any) bool { return !instant(t).IsZero() },
		"web":     isWeb,
		"join":    strings.Join,
		"spaced":  func(word any) string { return strings.ReplaceAll(toString(word), "_", " ") },
		"short":   func(hash string) string { return hash[:min(len(hash), 12)] },
		"many":    func(n any, noun string) string { return text.Many(toInt(n), noun) },
		"plural":  func(n any, noun string) string { return text.Plural(toInt(n), noun) },
		"oneline": text.OneLine,
		"list":    func(all ...any) []any { return all },
		"yes":     func(is *bool) bool { return is != nil && *is },
		"trouble": func(src app.SourceStatus) bool { return inTrouble(&src) },
		"seconds": func(n int64) string { return days(time.Duration(n) * time.Second) },
		"gap":     func(src app.SourceStatus) string { return src.GapIn(s.zone()) },
		"gapAt":   func(src trace.SiteSource) string { return src.GapIn(s.zone()) },
		"stories": storiesOf,
		"coded":   func(text any) []run { return codedOf(fmt.Sprint(text)) },
		"quoted":  quoted,
		"tryLink": func(rule, story string) string {
			return "/try?" + url.Values{"rule": {rule}, "text": {story}}.Encode()
		},
		"rows":       func(text string) int { return min(max(3, strings.Count(text, "\n")+1), mostRows) },
		"ruleLink":   ruleLink,
		"sourceLink": func(name string) string { return "/source?" + url.Values{"name": {name}}.Encode() },
		"severity":   func(v news.Severity) string { return v.String() },
	}
}

// mostQuoted is how many words that made a rule match are shown.
const mostQuoted = 8

// quoted lists the words that made a rule match, each once.
func quoted(found []news.Evidence) (all []string) {
	for _, e := range found {
		if word := "“" + e.Text + "”"; len(all) < mostQuoted && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	return all
}

// when writes a time as people read it, in the zone of the config.
func (s *site) when(t any) string {
	at := instant(t)
	if at.IsZero() {
		return "never"
	}
	at = at.In(s.zone())
	if y, m, d := s.Now().In(s.zone()).Date(); at.Year() == y && at.Month() == m && at.Day() == d {
		return at.Format("15:04:05")
	}
	return at.Format("2006-01-02 15:04")
}

func (s *site) zone() *time.Location {
	if zone := s.Config().Timezone; zone != nil {
		return zone
	}
	return time.UTC
}

// instant is a time, or what points to one; zero: there is none.
func instant(t any) time.Time {
	switch t := t.(type) {
	case time.Time:
		return t
	case *time.Time:
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}

// isWeb reports whether a URL leads to a page: only such are links.
func isWeb(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func toInt(n any) int {
	switch n := n.(type) {
	case int64:
		return int(n)
	case int:
		return n
	}
	return 0
}

func toString(word any) string {
	switch word := word.(type) {
	case string:
		return word
	case news.DeliveryState:
		return string(word)
	}
	return ""
}

// storiesOf counts the stories of a news.
func storiesOf(n *trace.News) (all int) {
	for _, c := range n.Clusters {
		all += len(c.Stories)
	}
	return all
}

// run is a part of a text: a command or a key, or what stands around it.
type run struct {
	Text string
	Code bool
}

// codedOf takes a text apart at its backticks, between which commands and keys stand. One without
// its other half is a sign like others.
func codedOf(text string) (runs []run) {
	for {
		before, rest, _ := strings.Cut(text, "`")
		code, after, whole := strings.Cut(rest, "`")
		if !whole {
			return append(runs, run{Text: text})
		}
		runs = append(runs, run{Text: before}, run{Text: code, Code: true})
		text = after
	}
}
