package config

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/rules"
)

// tests reads the tests beside a rule.
func (l *loader) tests(v value) []rules.TestCase {
	var all []rules.TestCase
	for _, e := range l.list(v, "a list of tests") {
		t := rules.TestCase{Path: e.path()}
		set, whole := object(l, e, &l.tables.test, &t)
		if !whole {
			continue
		}
		match, noMatch := set.has("match"), set.has("no match")
		if match && noMatch {
			l.mistake(e, "make them two tests", "a test has match or no match, not both")
		}
		if !match && !noMatch {
			l.mistake(e, "write match: and a text, or no match: and a text", "the test says neither match nor no match")
		}
		all = append(all, t)
	}
	return all
}

func testKeys() []key[rules.TestCase] {
	return []key[rules.TestCase]{
		{"match", "A story that the rule must match: a text (its first line is the title when a blank line follows; else it is title, lead and body at once), or a map of its fields.", the("story"),
			func(l *loader, v value, t *rules.TestCase) { t.Want = true; l.testStory(v, t) }},
		{"no match", "A story that the rule must not match.", the("story"),
			func(l *loader, v value, t *rules.TestCase) { t.Want = false; l.testStory(v, t) }},
	}
}

// testStory reads what a test matches against: a text, or a map of fields.
func (l *loader) testStory(v value, t *rules.TestCase) {
	if v.node.Kind == yaml.MappingNode {
		object(l, v, &l.tables.story, &t.Story)
		if s := t.Story; strings.TrimSpace(s.Title+s.Lead+s.Body+s.URL) == "" && !l.spoilt[v.path()] {
			l.mistake(v, "give it a title, lead, body or url", "the test has no text")
		}
		return
	}
	text, ok := l.written(v, "a text or a map of fields")
	if ok && strings.TrimSpace(text) == "" {
		l.mistake(v, "", "the test has no text")
	}
	t.Text = text
}

func storyKeys() []key[rules.TestStory] {
	text := func(into func(*rules.TestStory) *string) func(*loader, value, *rules.TestStory) {
		return func(l *loader, v value, s *rules.TestStory) { *into(s), _ = l.word(v) }
	}
	return []key[rules.TestStory]{
		{"title", "The title.", words(), text(func(s *rules.TestStory) *string { return &s.Title })},
		{"lead", "The summary that feeds give.", words(), text(func(s *rules.TestStory) *string { return &s.Lead })},
		{"body", "The text of the article, its first paragraph included.", words(), text(func(s *rules.TestStory) *string { return &s.Body })},
		{"url", "The address.", words(), text(func(s *rules.TestStory) *string { return &s.URL })},
		{"source", "Name of the source, for `only` and `except`: they look at a field only when the test gives it.", words(), text(func(s *rules.TestStory) *string { return &s.Source })},
		{"tag", "Tags of the source.", oneOrMore(words()),
			func(l *loader, v value, s *rules.TestStory) { s.Tags = l.words(v, "tag") }},
		{"tier", "Tier of the source.", words(), text(func(s *rules.TestStory) *string { return &s.Tier })},
		{"country", "Country of the source, such as `KR`.", countryCode(),
			func(l *loader, v value, s *rules.TestStory) { s.Country = l.country(v) }},
		{"language", "Language of the story, such as `en`.", languageCode(),
			func(l *loader, v value, s *rules.TestStory) { s.Language = l.language(v) }},
		{"section", "The section.", words(), text(func(s *rules.TestStory) *string { return &s.Section })},
		{"author", "The authors.", oneOrMore(words()),
			func(l *loader, v value, s *rules.TestStory) { s.Authors = l.words(v, "author") }},
		{"outlet", "The outlet.", words(), text(func(s *rules.TestStory) *string { return &s.Outlet })},
		{"cites", "The outlets it names as its sources.", oneOrMore(words()),
			func(l *loader, v value, s *rules.TestStory) { s.Cites = l.words(v, "outlet") }},
		{"words", "How many words the text has that the body stands for.", whole(1, 999_999),
			func(l *loader, v value, s *rules.TestStory) { l.number(v, &s.Words, 1, 999_999) }},
	}
}
