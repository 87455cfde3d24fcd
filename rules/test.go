package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/explain"
	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Report is how the tests beside the rules went.
type Report struct {
	Passed   int
	Failed   int
	Failures []Failure
}

// Failure is one test that did not go as it wants.
type Failure struct {
	Rule   string
	Path   string // of the test: TestCase.Path, or rules[i].tests[j]
	Want   bool   // whether the rule was to match
	Text   string // of the test, its first line
	Reason string // why it did not, or did

	Fields      []news.Field // the texts of the test, which the explanation is about
	Explanation Explanation
}

// Test runs the tests of the named rules, or of all when none is named. A rule
// that is switched off is tested all the same.
func (s *Set) Test(names ...string) Report {
	var report Report
	for i := range s.Len() {
		if len(names) > 0 && !slices.Contains(names, s.Name(i)) {
			continue
		}
		r := s.index.Rule(i)
		for j := range r.Tests {
			t := &r.Tests[j]
			e := s.run(i, t)
			if e.Matched == t.Want {
				report.Passed++
				continue
			}
			report.Failed++
			path := t.Path
			if path == "" {
				path = fmt.Sprintf("rules[%d].tests[%d]", i, j)
			}
			report.Failures = append(report.Failures, Failure{Rule: r.Name, Path: path, Want: t.Want, Text: firstText(t),
				Reason: reason(t, &e), Fields: testFields(t), Explanation: e})
		}
	}
	return report
}

// Try runs a test that is not written beside a rule as if it were. ok is true
// when it goes as it wants; else reason says why not, and is "" when there is
// no such rule.
func (s *Set) Try(rule string, t TestCase) (why string, ok bool) {
	for i := range s.Len() {
		if s.Name(i) == rule {
			e := s.run(i, &t)
			if e.Matched == t.Want {
				return "", true
			}
			return reason(&t, &e), false
		}
	}
	return "", false
}

// run runs one test.
func (s *Set) run(rule int, t *TestCase) Explanation {
	x := explain.Open(s.index, testFields(t), testFacts(t))
	defer x.Close()
	return x.Enabled(rule)
}

// reason says why a test did not go as it wants.
func reason(t *TestCase, e *Explanation) string {
	var reasons []string
	if t.Want {
		for _, f := range e.Failed {
			reasons = append(reasons, f.String())
		}
	} else {
		reasons = firstFinds(e.Evidence)
	}
	return strings.Join(reasons, "; ")
}

// firstFinds says of each term where it was found first.
func firstFinds(evidence []news.Evidence) []string {
	var said []string
	seen := map[string]bool{}
	for _, e := range evidence {
		if !seen[e.Term] {
			said = append(said, fmt.Sprintf("%s found in %s", syntax.Quote(e.Text), e.Field))
		}
		seen[e.Term] = true
	}
	return said
}

// testFields returns the texts of a test.
func testFields(t *TestCase) []news.Field {
	if t.Text == "" {
		own := &t.Story
		s := news.Story{Title: own.Title, Titles: own.Titles, Summary: own.Lead, Text: own.Body, URL: own.URL}
		return s.Fields()
	}
	whole := strings.TrimSpace(t.Text)
	if title, rest, cut := strings.Cut(whole, "\n"); cut && strings.TrimSpace(firstLine(rest)) == "" {
		s := news.Story{Title: title, Text: rest}
		return s.Fields()
	}
	return []news.Field{
		{Name: news.FieldTitle, Text: whole}, {Name: news.FieldLead, Text: whole}, {Name: news.FieldBody, Text: whole},
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// testFacts returns what a test says beside its text.
func testFacts(t *TestCase) *match.Facts {
	s := &t.Story
	return &match.Facts{Origin: news.Origin{Source: s.Source, Tags: s.Tags, Tier: s.Tier, Country: s.Country},
		Language: s.Language, Section: s.Section, Outlet: s.Outlet, Authors: s.Authors, Cites: s.Cites,
		Words: func() int { return s.Words }, FirstSeen: s.FirstSeen, Partial: true}
}

// titleRunes bounds a test that is shown in one line.
const titleRunes = 300

// firstText returns the first line of a test.
func firstText(t *TestCase) string {
	for _, s := range []string{t.Text, t.Story.Title, t.Story.Lead, t.Story.Body, t.Story.URL} {
		if line := strings.TrimSpace(firstLine(strings.TrimSpace(s))); line != "" {
			return text.Sentence(line, 0, 1, titleRunes)
		}
	}
	return ""
}
