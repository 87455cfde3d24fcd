package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
)

// TestRuleTextAroundComments: a comment at the margin, as editors write it, does not end a rule.
func TestRuleTextAroundComments(t *testing.T) {
	c, err := config.LoadFiles("copytaster.yaml", map[string][]byte{"copytaster.yaml": []byte(
		"sources: []\nalerts: {default_channel: news}\nrules:\n  - name: first\n#    severity: high\n    any: [Kim]\n# of the second\n" +
			"  # too\n  - name: second\n    any: [Rain]\n\n# the rest\nstorage: c.db\n",
	)}, none)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"first": "- name: first\n#    severity: high\n  any: [Kim]", "second": "- name: second\n  any: [Rain]",
	} {
		if got := c.RuleTexts(name); len(got) != 1 || got[0].YAML != want {
			t.Errorf("%s: %+v, want %q", name, got, want)
		}
	}
}

// TestRuleTexts: a rule is found as its editor wrote it, in whatever file, and a pack's rule with
// the changes to it.
func TestRuleTexts(t *testing.T) {
	files := map[string][]byte{
		"copytaster.yaml": []byte("include: [more.yaml, \"pack:dprk\"]\nsources: []\nalerts: {default_channel: news}\nrules:\n" +
			"  # of the first\n  - name: first # here\n    # what it is about\n    any:\n    - Kim\n\n    - Putin\n  # of the second\n" +
			"  -\n    # a note\n    name: second\n    note: |\n      - name: first\n      xoxb-123456789012-123456789012-abcdefghijklmnopqrstuvwx\n    any: [Rain]\n\n\nstorage: c.db\n"),
		"more.yaml": []byte("rules:\n- {name: third,\n   any: [Snow]}\n- name: dprk.summit\n  severity: urgent\n- any: [Ice]\n  name: fourth"),
		"flow.yaml": []byte("rules: [{name: fifth, any: [Fog]}]\n"),
	}
	files["copytaster.yaml"] = []byte(strings.Replace(string(files["copytaster.yaml"]), "more.yaml,", "more.yaml, flow.yaml,", 1))
	c, err := config.LoadFiles("copytaster.yaml", files, none)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]config.RuleText{
		"first":  {{"copytaster.yaml", 6, "- name: first # here\n  # what it is about\n  any:\n  - Kim\n\n  - Putin"}},
		"second": {{"copytaster.yaml", 15, "-\n  # a note\n  name: second\n  note: |\n    - name: first\n    [hidden]\n  any: [Rain]"}},
		"third":  {{"more.yaml", 2, "- {name: third,\n   any: [Snow]}"}},
		"fourth": {{"more.yaml", 6, "- any: [Ice]\n  name: fourth"}},
		"fifth":  {{"flow.yaml", 1, ""}},
		"none":   nil,
		"":       nil,
	} {
		if d := cmp.Diff(want, c.RuleTexts(name)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	packs := c.RuleTexts("dprk.summit")
	if len(packs) != 2 || packs[0].File != "pack:dprk" || !strings.HasPrefix(packs[0].YAML, "- name: summit\n") ||
		packs[1] != (config.RuleText{File: "more.yaml", Line: 4, YAML: "- name: dprk.summit\n  severity: urgent"}) {
		t.Errorf("%+v", packs)
	}
	for _, r := range c.Definition.Rules {
		for _, text := range c.RuleTexts(r.Name) {
			if text.YAML == "" || r.Name == "second" || text.File == "pack:dprk" {
				continue
			}
			if _, err := config.ParseRules(r.Name, []byte("rules:\n"+text.YAML+"\n")); err != nil && r.Name != "dprk.summit" {
				t.Errorf("what is shown of %s cannot be read: %v\n%s", r.Name, err, text.YAML)
			}
		}
	}
}
