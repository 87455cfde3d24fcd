package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// tellAsTest prints a test for each rule that matches, and of rules that were
// asked for also for those that do not. Every test was tried: it passes.
func (t *tool) tellAsTest(set *rules.Set, story *news.Story, explained []rules.Explanation, asked bool) error {
	found := false
	for _, e := range explained {
		if !e.Matched && !asked {
			continue
		}
		test, ok := shortest(set, story, e)
		if !ok {
			return fmt.Errorf("write test of %s: no test says what this story does: %s", e.Rule, reasons(e))
		}
		found = true
		t.say("# beside the rule %s:\ntests:\n%s", e.Rule, testYAML(test))
	}
	if !found {
		return withHint(errors.New("write test: no rule matches the story"), "name a rule with --rule to keep it from matching")
	}
	return nil
}

func reasons(e rules.Explanation) string {
	all := make([]string, len(e.Failed))
	for i, f := range e.Failed {
		all[i] = f.String()
	}
	return strings.Join(all, "; ")
}

// shortest is the shortest test that gives a rule's answer to the story: the
// sentences that made it match, else the whole story; what is known beside the
// text only when it matters.
func shortest(set *rules.Set, story *news.Story, e rules.Explanation) (rules.TestCase, bool) {
	whole := rules.TestStory{Title: story.Title, Lead: story.Summary, Body: story.Text}
	candidates := []rules.TestStory{whole, withFacts(whole, story)}
	if e.Matched {
		short := rules.TestStory{Title: titleFound(story, e), Body: bodyFound(story, e)}
		candidates = slices.Insert(candidates, 0, rules.TestStory{Title: short.Title}, short, withFacts(short, story))
	}
	for _, c := range candidates {
		test := rules.TestCase{Want: e.Matched, Story: c}
		if strings.TrimSpace(c.Title+c.Lead+c.Body) == "" {
			continue
		}
		if _, ok := set.Try(e.Rule, test); ok {
			return test, true
		}
	}
	return rules.TestCase{}, false
}

func withFacts(t rules.TestStory, s *news.Story) rules.TestStory {
	t.Source, t.Tags, t.Tier, t.Country = s.Origin.Source, s.Origin.Tags, s.Origin.Tier, s.Origin.Country
	t.URL, t.Language, t.Section, t.Authors, t.Outlet, t.Cites = s.URL, s.Language, s.Section, s.Authors, s.Outlet, s.Cites
	return t
}

// titleFound is the title that holds evidence, else the first.
func titleFound(s *news.Story, e rules.Explanation) string {
	for _, f := range s.Fields() {
		for _, v := range e.Evidence {
			if f.Name == news.FieldTitle && v.Field == f.Name && v.Variant == f.Variant {
				return f.Text
			}
		}
	}
	return s.Title
}

// bodyFound is a text of the sentences with evidence; those of the body come
// after a first paragraph, which is the lead.
func bodyFound(s *news.Story, e rules.Explanation) string {
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

// testYAML writes a test as the config has it. A JSON string is a YAML string.
func testYAML(t rules.TestCase) string {
	var out strings.Builder
	s := t.Story
	fmt.Fprintf(&out, "  - %s:\n", wanted(t.Want))
	for _, field := range []struct {
		key   string
		value any
		set   bool
	}{
		{"title", s.Title, s.Title != ""}, {"lead", s.Lead, s.Lead != ""}, {"body", s.Body, s.Body != ""}, {"url", s.URL, s.URL != ""},
		{"source", s.Source, s.Source != ""}, {"tag", s.Tags, len(s.Tags) > 0}, {"tier", s.Tier, s.Tier != ""},
		{"country", s.Country, s.Country != ""}, {"language", s.Language, s.Language != ""}, {"section", s.Section, s.Section != ""},
		{"author", s.Authors, len(s.Authors) > 0}, {"outlet", s.Outlet, s.Outlet != ""}, {"cites", s.Cites, len(s.Cites) > 0},
	} {
		if field.set {
			fmt.Fprintf(&out, "      %s: %s\n", field.key, quoted(field.value))
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func quoted(v any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts and lists of texts always encode
	return strings.TrimSpace(out.String())
}
