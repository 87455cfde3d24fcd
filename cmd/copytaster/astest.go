package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// printAsTest prints a test for each rule that matches, and of rules that were
// asked for also for those that do not. Every test was tried: it passes.
func printAsTest(out *output, set *rules.Set, story *news.Story, explained []rules.Explanation, asked bool) error {
	found := false
	for _, e := range explained {
		if !e.Matched && !asked {
			continue
		}
		test, ok := rules.ShortestTest(set, story, e)
		if !ok {
			return fmt.Errorf("write test of %s: no test says what this story does: %s", e.Rule, reasons(e))
		}
		found = true
		out.say("# beside the rule %s:\ntests:\n%s", e.Rule, testYAML(test))
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
	_ = e.Encode(v) //nolint:errchkjson // texts and lists of texts always encode
	return strings.TrimSpace(out.String())
}
