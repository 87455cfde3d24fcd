package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
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
	for i := range s.names {
		r := s.rule(uint32(i))
		if len(names) > 0 && !slices.Contains(names, r.Name) {
			continue
		}
		for j := range r.Tests {
			t := &r.Tests[j]
			e := s.try(uint32(i), t)
			if e.Matched == t.Want {
				report.Passed++
				continue
			}
			report.Failed++
			path := t.Path
			if path == "" {
				path = fmt.Sprintf("rules[%d].tests[%d]", i, j)
			}
			report.Failures = append(report.Failures, Failure{Rule: r.Name, Path: path, Want: t.Want, Text: t.title(),
				Reason: t.reason(&e), Fields: t.fields(), Explanation: e})
		}
	}
	return report
}

// try runs one test.
func (s *Set) try(rule uint32, t *TestCase) Explanation {
	m := s.takeClosely(t.fields())
	defer s.give(m)
	return m.explain(rule, t.facts(), &vocabulary{})
}

// reason says why a test did not go as it wants.
func (t *TestCase) reason(e *Explanation) string {
	var reasons []string
	for _, f := range e.Failed {
		reasons = append(reasons, f.String())
	}
	if !t.Want {
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
			said = append(said, fmt.Sprintf("%s found in %s", quote(e.Text), e.Field))
		}
		seen[e.Term] = true
	}
	return said
}

// fields gives the texts of a test.
func (t *TestCase) fields() []news.Field {
	if t.Text == "" {
		return t.story().Fields()
	}
	whole := strings.TrimSpace(t.Text)
	if title, rest, cut := strings.Cut(whole, "\n"); cut && strings.TrimSpace(firstLine(rest)) == "" {
		s := news.Story{Title: title, Text: rest}
		return s.Fields()
	}
	return []news.Field{{Name: news.FieldTitle, Text: whole}, {Name: news.FieldLead, Text: whole}, {Name: news.FieldBody, Text: whole}}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func (t *TestCase) story() *news.Story {
	s := &t.Story
	return &news.Story{Title: s.Title, Titles: s.Titles, Summary: s.Lead, Text: s.Body, URL: s.URL}
}

// facts gives what the test says beside its text.
func (t *TestCase) facts() *facts {
	s := &t.Story
	return &facts{Origin: news.Origin{Source: s.Source, Tags: s.Tags, Tier: s.Tier, Country: s.Country},
		language: s.Language, section: s.Section, outlet: s.Outlet, authors: s.Authors, cites: s.Cites,
		words: func() int { return s.Words }, firstSeen: s.FirstSeen, partial: true}
}

// title gives a test in one line.
func (t *TestCase) title() string {
	for _, s := range []string{t.Text, t.Story.Title, t.Story.Lead, t.Story.Body, t.Story.URL} {
		if line := strings.TrimSpace(firstLine(strings.TrimSpace(s))); line != "" {
			return text.Sentence(line, 0, 1, sentenceRunes)
		}
	}
	return ""
}
