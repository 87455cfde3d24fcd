package rules_test

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/rules"
)

func TestTry(t *testing.T) {
	set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{
		{Name: "other", Node: rules.Node{Term: "weather"}},
		{Name: "kim", Node: rules.Node{Term: "Kim Jong-un"}, Only: rules.Filter{Language: []string{"en"}}},
	}})
	if set == nil {
		t.Fatal(mistakes)
	}
	for _, tt := range []struct {
		rule   string
		test   rules.TestCase
		ok     bool
		reason string
	}{
		{"kim", rules.TestCase{Want: true, Text: "Kim Jong Un spoke"}, true, ""},
		{"kim", rules.TestCase{Want: true, Text: "He spoke"}, false, "not found"},
		{"kim", rules.TestCase{Want: false, Text: "Kim Jong Un spoke"}, false, "found in"},
		{"kim", rules.TestCase{Want: false, Story: rules.TestStory{Title: "Kim Jong Un", Language: "ko"}}, true, ""},
		{"nobody", rules.TestCase{Want: false, Text: "Kim Jong Un spoke"}, false, ""},
	} {
		reason, ok := set.Try(tt.rule, tt.test)
		if ok != tt.ok || !strings.Contains(reason, tt.reason) {
			t.Errorf("%s, %+v: %v %q, want %v %q", tt.rule, tt.test, ok, reason, tt.ok, tt.reason)
		}
	}
}
