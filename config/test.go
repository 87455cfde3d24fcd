package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/rules"
)

// decodeTests decodes the tests of a rule.
func decodeTests(d *decoder, v value) ([]rules.TestCase, bool) {
	var all []rules.TestCase
	for _, e := range d.list(v, "a list of tests") {
		t := rules.TestCase{Path: e.path()}
		set, whole := decodeMap(d, e, &d.tables.test, &t)
		if !whole {
			continue
		}
		match, noMatch := set.has("match"), set.has("no match")
		if match && noMatch {
			d.mistake(e, "make them two tests", "a test has match or no match, not both")
		}
		if !match && !noMatch {
			d.mistake(e, "write match: and a text, or no match: and a text", "the test says neither match nor no match")
		}
		all = append(all, t)
	}
	return all, true
}

// testKeys are the keys of a test.
func testKeys() []key[rules.TestCase] {
	return []key[rules.TestCase]{
		custom("match", "A story that the rule must match: a text (its first line is the title when a blank line follows; else it is title, lead and body at once), or a map of its fields.", the("story"),
			testStory(true)),
		custom("no match", "A story that the rule must not match.", the("story"),
			testStory(false)),
	}
}

// testStory decodes what a test matches against: a text, or a map of fields.
func testStory(want bool) func(*decoder, value, *rules.TestCase) {
	return func(d *decoder, v value, t *rules.TestCase) {
		t.Want = want
		if v.node.Kind == yaml.MappingNode {
			decodeMap(d, v, &d.tables.story, &t.Story)
			if s := t.Story; strings.TrimSpace(s.Title+s.Lead+s.Body+s.URL) == "" && !d.spoilt[v.path()] {
				d.mistake(v, "give it a title, lead, body or url", "the test has no text")
			}
			return
		}
		text, ok := d.written(v, "a text or a map of fields")
		if ok && strings.TrimSpace(text) == "" {
			d.mistake(v, "", "the test has no text")
		}
		t.Text = text
	}
}

// storyKeys are the keys of a test's story.
func storyKeys() []key[rules.TestStory] {
	word := func(name, doc string, field func(*rules.TestStory) *string) key[rules.TestStory] {
		return row(name, doc, words(), field, (*decoder).word)
	}
	return []key[rules.TestStory]{
		word("title", "The title.", func(s *rules.TestStory) *string { return &s.Title }),
		word("lead", "The summary that feeds give.", func(s *rules.TestStory) *string { return &s.Lead }),
		word("body", "The text of the article, its first paragraph included.", func(s *rules.TestStory) *string { return &s.Body }),
		word("url", "The address.", func(s *rules.TestStory) *string { return &s.URL }),
		word("source", "Name of the source, for `only` and `except`: they look at a field only when the test gives it.",
			func(s *rules.TestStory) *string { return &s.Source }),
		row("tag", "Tags of the source.", oneOrMore(words()),
			func(s *rules.TestStory) *[]string { return &s.Tags }, wordsOf("tag")),
		word("tier", "Tier of the source.", func(s *rules.TestStory) *string { return &s.Tier }),
		row("country", "Country of the source, such as `KR`.", countryCode(),
			func(s *rules.TestStory) *string { return &s.Country }, decodeCountry),
		row("language", "Language of the story, such as `en`.", languageCode(),
			func(s *rules.TestStory) *string { return &s.Language }, decodeLanguage),
		word("section", "The section.", func(s *rules.TestStory) *string { return &s.Section }),
		row("author", "The authors.", oneOrMore(words()),
			func(s *rules.TestStory) *[]string { return &s.Authors }, wordsOf("author")),
		word("outlet", "The outlet.", func(s *rules.TestStory) *string { return &s.Outlet }),
		row("cites", "The outlets it names as its sources.", oneOrMore(words()),
			func(s *rules.TestStory) *[]string { return &s.Cites }, wordsOf("outlet")),
		row("words", "How many words the text has that the body stands for.", whole(1, 999_999),
			func(s *rules.TestStory) *int { return &s.Words }, numberFrom(1, 999_999)),
	}
}

// WriteTest returns a test as an element of the list tests of a rule.
func WriteTest(t rules.TestCase) string {
	var out strings.Builder
	s, want := t.Story, "match"
	if !t.Want {
		want = "no match"
	}
	fmt.Fprintf(&out, "  - %s:\n", want)
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

// quoted writes a text or a list of texts as JSON, which is YAML too.
func quoted(v any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) //nolint:errchkjson // texts and lists of texts always encode
	return strings.TrimSpace(out.String())
}
