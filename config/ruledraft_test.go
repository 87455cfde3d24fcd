package config_test

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

// TestWriteRules: Load reads the rules that were written, whatever stands in them.
func TestWriteRules(t *testing.T) {
	term := func(words ...string) (list []rules.Node) {
		for _, w := range words {
			list = append(list, rules.Node{Term: w})
		}
		return list
	}
	drafts := []config.RuleDraft{
		{Rule: rules.Rule{Name: "plain", Node: rules.Node{Any: term("kim", "no", "007", "~weapon", "a, b", "C#", "${X}", "$$y", "it's", "1e3", "null")}}},
		{
			Rule: rules.Rule{
				Name: "all-keys",
				Node: rules.Node{
					All: []rules.Node{
						{Any: term("a", "b")},
						{Any: term("c"), Times: 3, In: []rules.Place{{Field: "title"}, {Words: 50}}},
						{AtLeast: 2, Of: term("d", "e", "f")},
						{
							Any: term("g"), Near: term("h"), NotNear: term("i"), NotPartOf: term("g j"),
							Within: rules.Window{Unit: rules.Sentence},
						},
					},
					None: term("k"), Ordered: true, Within: rules.Window{Unit: rules.Words, Words: 7},
					In: []rules.Place{{Field: "body"}},
				},
				Only:   rules.Filter{Source: []string{"tass"}, MinWords: 5, MaxWords: 9},
				Except: rules.Filter{Author: []string{"Doe, J.", "x: y"}},
			},
			Remarks: []string{"two\nlines", "a\u2028third"},
		},
	}
	text := string(config.WriteRules(drafts))
	if !strings.Contains(text, "  # two lines\n  # a third\n") {
		t.Errorf("the remarks are not there:\n%s", text)
	}
	c, mistakes := loadText(t, text)
	if len(mistakes.Errors()) > 0 {
		t.Fatalf("%v in\n%s", mistakes, text)
	}
	written, _ := rules.Compile(rules.Definition{Rules: []rules.Rule{drafts[0].Rule, drafts[1].Rule}})
	for i := range drafts {
		if c.Rules.Name(i) != drafts[i].Rule.Name || c.Rules.Hash(i) != written.Hash(i) {
			t.Errorf("%s is read as another rule:\n%s", drafts[i].Rule.Name, text)
		}
	}
	if got := string(config.WriteRules(nil)); got != "rules: []\n" {
		t.Errorf("no rules: %q", got)
	}
	bad := config.RuleDraft{Rule: rules.Rule{Name: "bad name", Node: rules.Node{Any: term("kim")}}}
	if err := bad.Check(); err == nil {
		t.Error("a name with a space is taken")
	}
	if err := drafts[0].Check(); err != nil {
		t.Error(err)
	}
}
