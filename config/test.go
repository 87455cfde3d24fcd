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
		t := rules.TestCase{Path: e.path}
		if !l.object(e, "a test", l.testKeys(&t)) {
			continue
		}
		_, match := l.keys[e.path+".match"]
		_, noMatch := l.keys[e.path+".no match"]
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

func (l *loader) testKeys(t *rules.TestCase) keys {
	return keys{
		"match":    func(v value) { t.Want = true; l.testStory(v, t) },
		"no match": func(v value) { t.Want = false; l.testStory(v, t) },
	}
}

// testStory reads what a test matches against: a text, or a map of fields.
func (l *loader) testStory(v value, t *rules.TestCase) {
	if v.node.Kind == yaml.MappingNode {
		l.object(v, "a test's story", l.storyKeys(&t.Story))
		if s := t.Story; !l.spoilt[v.path] && strings.TrimSpace(s.Title+s.Lead+s.Body+s.URL) == "" {
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

func (l *loader) storyKeys(s *rules.TestStory) keys {
	return keys{
		"title":    func(v value) { s.Title, _ = l.word(v) },
		"lead":     func(v value) { s.Lead, _ = l.word(v) },
		"body":     func(v value) { s.Body, _ = l.word(v) },
		"url":      func(v value) { s.URL, _ = l.word(v) },
		"source":   func(v value) { s.Source, _ = l.word(v) },
		"tag":      func(v value) { s.Tags = l.words(v, "tag") },
		"tier":     func(v value) { s.Tier, _ = l.word(v) },
		"country":  func(v value) { s.Country = l.country(v) },
		"language": func(v value) { s.Language = l.language(v) },
		"section":  func(v value) { s.Section, _ = l.word(v) },
		"author":   func(v value) { s.Authors = l.words(v, "author") },
		"outlet":   func(v value) { s.Outlet, _ = l.word(v) },
		"cites":    func(v value) { s.Cites = l.words(v, "outlet") },
		"words":    func(v value) { l.number(v, &s.Words, 1, 999_999) },
	}
}
