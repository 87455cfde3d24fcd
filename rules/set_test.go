package rules_test

import (
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// compile makes a set of a definition without errors.
func compile(t *testing.T, d rules.Definition) *rules.Set {
	t.Helper()
	set, mistakes := rules.Compile(d)
	if set == nil {
		t.Fatal(mistakes)
	}
	return set
}

func TestCompileNothing(t *testing.T) {
	set, mistakes := rules.Compile(rules.Definition{})
	if set == nil || len(mistakes) > 0 {
		t.Fatalf("%+v", mistakes)
	}
	s := &news.Story{Title: "Kim"}
	if set.Match(s) != nil || len(set.Explain(s)) > 0 || set.Test().Passed != 0 {
		t.Error("an empty set matches")
	}
}

func TestCompileRefusesErrorsAlone(t *testing.T) {
	for _, tt := range []struct {
		term string
		set  bool
	}{{"missile", true}, {"the", true}, {"=", false}} {
		set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{{Name: "r", Node: rules.Node{Term: tt.term}}}})
		if (set != nil) != tt.set || len(mistakes) == 0 != (tt.term == "missile") {
			t.Errorf("%s: compiled %v with %+v", tt.term, set != nil, mistakes)
		}
	}
}
