package config_test

import (
	"strings"
	"testing"
)

// TestUnusedConcepts: a concept that neither a rule nor another concept names is
// warned of, in whatever key it could stand; where there are mistakes it may be
// meant by one of them, and a file of concepts alone is for others.
func TestUnusedConcepts(t *testing.T) {
	const concepts = "concepts: {kim: [Kim], putin: [Putin, $vova], vova: [Vova], longer: [Vova Street]}\n"
	for rule, want := range map[string]string{
		"all: [$kim, $putin, $longer]":                  "",
		"any: [$kim], none: [$longer], never: [$putin]": "",
		"any: [{any: [x], near: [$kim, $longer], within: 3 words}, {any: [y], not near: [$putin], within: 3 words}]": "",
		"at least: 2, of: [$kim, v, {any: [Vova], not part of: [$longer]}], never: [$putin]":                         "",
		"any: [$kim, $longer]": "copytaster.yaml:1:31: warning: nothing uses the concept putin",
		"any: [$longer]":       "copytaster.yaml:1:17: warning: nothing uses the concept kim|copytaster.yaml:1:31: warning: nothing uses the concept putin",
	} {
		c, mistakes := loadText(t, concepts+"rules: [{name: a, "+rule+"}]\n")
		if mistakes != nil {
			t.Errorf("%s: %v", rule, mistakes)
			continue
		}
		var got []string
		for _, w := range c.Warnings {
			got = append(got, w.Error())
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
	if c, mistakes := loadText(t, concepts); mistakes != nil || len(c.Warnings) > 0 {
		t.Errorf("without rules: %v %v", mistakes, c.Warnings)
	}
	if _, mistakes := loadText(t, concepts+"rules: [{name: a, any: [$kimm, $putin]}]\n"); len(mistakes) != 1 {
		t.Errorf("beside a mistake: %v", mistakes)
	}
	if c, mistakes := loadText(t, "include: [\"pack:dprk\"]\nrules: [{name: a, any: [x]}]\n"); mistakes != nil || len(c.Warnings) > 0 {
		t.Errorf("of a pack: %v %v", mistakes, c.Warnings)
	}
}
