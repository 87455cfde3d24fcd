package rules

import (
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// ShortestTest returns the shortest test that gets a rule's answer to a story.
// It is the first of these that passes:
//
//  1. of a match, the title with evidence;
//  2. of a match, that title and the sentences with evidence;
//  3. the same, and what is known of the story beside its text;
//  4. title, lead and body;
//  5. the same, and what is known of the story beside its text.
//
// ok is false when none of them passes.
func ShortestTest(s *Set, story *news.Story, e Explanation) (test TestCase, ok bool) {
	whole := TestStory{Title: story.Title, Lead: story.Summary, Body: story.Text}
	candidates := []TestStory{whole, withFacts(whole, story)}
	if e.Matched {
		short := TestStory{Title: titleWithEvidence(story, e), Body: bodyWithEvidence(story, e)}
		candidates = slices.Insert(candidates, 0, TestStory{Title: short.Title}, short, withFacts(short, story))
	}
	for _, c := range candidates {
		test := TestCase{Want: e.Matched, Story: c}
		if strings.TrimSpace(c.Title+c.Lead+c.Body) == "" {
			continue
		}
		if _, ok := s.Try(e.Rule, test); ok {
			return test, true
		}
	}
	return TestCase{}, false
}

// withFacts adds to a test what is known of a story beside its text.
func withFacts(t TestStory, s *news.Story) TestStory {
	t.Source, t.Tags, t.Tier, t.Country = s.Origin.Source, s.Origin.Tags, s.Origin.Tier, s.Origin.Country
	t.URL, t.Language, t.Section, t.Authors, t.Outlet, t.Cites = s.URL, s.Language, s.Section, s.Authors, s.Outlet, s.Cites
	return t
}

// titleWithEvidence returns the title that holds evidence, else the first.
func titleWithEvidence(s *news.Story, e Explanation) string {
	for _, f := range s.Fields() {
		if f.Name == news.FieldTitle && slices.ContainsFunc(e.Evidence, func(v news.Evidence) bool {
			return v.Field == f.Name && v.Variant == f.Variant
		}) {
			return f.Text
		}
	}
	return s.Title
}

// bodyWithEvidence returns the sentences with evidence as a text. Those of the
// body come after a first paragraph, which is the lead.
func bodyWithEvidence(s *news.Story, e Explanation) string {
	paragraphs := map[news.FieldName][]string{}
	for _, v := range e.Evidence {
		if !slices.Contains(paragraphs[v.Field], v.Sentence) {
			paragraphs[v.Field] = append(paragraphs[v.Field], v.Sentence)
		}
	}
	lead, body := paragraphs[news.FieldLead], paragraphs[news.FieldBody]
	if len(lead) == 0 && len(body) > 0 {
		first, _, _ := strings.Cut(s.Text, "\n")
		lead = []string{first}
	}
	if len(lead) == 0 {
		return ""
	}
	return strings.Join(append([]string{strings.Join(lead, " ")}, body...), "\n")
}
