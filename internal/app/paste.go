package app

import (
	"regexp"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/rules"
)

// Paste is YAML of a rule that was tried, to be put into a file of rules.
type Paste struct {
	Rule  string // the rule, with the test among its tests where Whole
	Test  string // the list of one test that the story makes; "" where no test says what the story does
	Whole bool
}

// pasteOf writes a rule that was tried on a story together with a test that the story makes. ok is
// false when several rules were tried.
func pasteOf(cfg *config.Config, asked string, v replay.Version, story *news.Story) (p Paste, ok bool) {
	explained := v.Set.Explain(story)
	if len(explained) != 1 {
		return p, false
	}
	p.Rule = strings.TrimRight(strings.TrimPrefix(asFile(asked), "rules:\n"), "\n ")
	if texts := cfg.RuleTexts(asked); len(texts) > 0 {
		p.Rule = texts[0].YAML
	} else if strings.HasPrefix(asked, "rules:") {
		p.Rule = asked
	}
	test, ok := rules.ShortestTest(v.Set, story, explained[0])
	if !ok {
		return p, p.Rule != ""
	}
	written := config.WriteTest(test)
	p.Test = "tests:\n" + written
	if whole, ok := withTest(p.Rule, written); ok {
		p.Rule, p.Whole = whole, true
	}
	return p, true
}

// firstElement finds the first element of a list of rules, with its indentation.
var firstElement = regexp.MustCompile(`(?m)^( *)- +[^\s{#]`)

// withTest puts a test behind the tests of a rule in YAML, or makes it the first. ok is false where that
// is no rule of one more test, such as where the rule is written in one line, or its tests are not
// its last key.
func withTest(rule, test string) (whole string, ok bool) {
	dash := firstElement.FindStringSubmatch(rule)
	if dash == nil {
		return "", false
	}
	before, ok := testsIn(rule)
	if !ok {
		return "", false
	}
	keys := dash[1] + "  "
	candidates := []string{keys + "tests:\n" + indented(test, keys)}
	if before > 0 {
		candidates = []string{indented(test, keys), indented(test, dash[1])}
	}
	for _, c := range candidates {
		whole := rule + "\n" + c
		if after, ok := testsIn(whole); ok && after == before+1 {
			return whole, true
		}
	}
	return "", false
}

// testsIn counts the tests of the only rule of a text; ok is false when it is none.
func testsIn(rule string) (n int, ok bool) {
	if !strings.HasPrefix(rule, "rules:") && !strings.Contains(rule, "\nrules:") {
		rule = "rules:\n" + rule
	}
	d, err := config.ParseRules("rule", []byte(rule+"\n"))
	if err != nil || len(d.Rules) != 1 {
		return 0, false
	}
	return len(d.Rules[0].Tests), true
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}
