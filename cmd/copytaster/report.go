package main

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/config"
)

// github writes an annotation as the workflow commands of GitHub Actions have
// it: https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func (o *output) github(severity, file string, line, column int, text string) {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	where := "file=" + property.Replace(file)
	if line > 0 {
		where += fmt.Sprintf(",line=%d", line)
	}
	if column > 0 {
		where += fmt.Sprintf(",col=%d", column)
	}
	o.say("::%s %s::%s", severity, where, data.Replace(text))
}

// junitSuite is a test suite in the XML that CI systems read.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

// junitCase is one test of a suite.
type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
}

// junitFailure is why a test failed.
type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func failedCase(class, name, message, text string) junitCase {
	return junitCase{Class: class, Name: name, Failure: &junitFailure{Message: message, Text: text}}
}

func (o *output) junit(name string, cases []junitCase) error {
	suite := junitSuite{Name: "copytaster " + name, Tests: len(cases), Cases: cases}
	for _, c := range cases {
		if c.Failure != nil {
			suite.Failures++
		}
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("write JUnit report: %w", err)
	}
	o.say("%s%s", xml.Header, text)
	return nil
}

// table writes rows with their columns aligned.
func (o *output) table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		o.say("%s", strings.TrimRight(line.String(), " "))
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// orNone writes an empty value as "none".
func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// inZone has times shown in the zone of a config.
func (o *output) inZone(cfg *config.Config) {
	if cfg != nil && cfg.Timezone != nil {
		o.zone = cfg.Timezone
	}
}

// shownTime writes a time for people, in the config's zone; nil is "never".
func (o *output) shownTime(at *time.Time) string {
	if at == nil || at.IsZero() {
		return "never"
	}
	return clockTime(at.In(o.zone), time.Now())
}

// clockTime shows a time in its zone: the day, with the year, is left out when
// it is today.
func clockTime(at, now time.Time) string {
	if sameDay(at, now.In(at.Location())) {
		return at.Format("15:04:05 MST")
	}
	return at.Format("2 Jan 2006 15:04:05 MST")
}

// sameDay reports whether two times of one zone have the same date.
func sameDay(a, b time.Time) bool {
	return a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

// undated is written in place of the date of a story that has none.
const undated = "undated"

// shownDate writes when a story was published; nil is "undated".
func (o *output) shownDate(at *time.Time) string {
	if at == nil || at.IsZero() {
		return undated + strings.Repeat(" ", len("13 Sep 04:30:00")-len(undated))
	}
	return o.shownTime(at)
}

// cut shortens a text for a table.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
