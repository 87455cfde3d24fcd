package app

import (
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// TestPaste: a rule that was tried comes with a test that its story makes, wherever its tests are,
// and both pass as they stand.
func TestPaste(t *testing.T) {
	cfg, err := config.LoadFiles("copytaster.yaml", map[string][]byte{"copytaster.yaml": []byte(
		"concepts: {snow: [Snow]}\nrules:\n  - name: kim # a note\n    any: [Kim]\n    tests:\n    - match: Kim\n\n  - {name: flow, any: [Kim]}\n",
	)}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	story := &news.Story{Title: "Kim \"speaks\" to: <b>", Text: "It was long. Kim said so."}
	const title = `title: "Kim \"speaks\" to: <b>"`
	for asked, want := range map[string]Paste{
		"any: [Kim]":                          {Rule: "- name: tried\n  any: [Kim]\n  tests:\n    - match:\n        " + title, Whole: true},
		"- any: [Kim]":                        {Rule: "- name: tried\n  any: [Kim]\n  tests:\n    - match:\n        " + title, Whole: true},
		"- name: x\n  any: [Kim]\n":           {Rule: "- name: x\n  any: [Kim]\n  tests:\n    - match:\n        " + title, Whole: true},
		"kim":                                 {Rule: "- name: kim # a note\n  any: [Kim]\n  tests:\n  - match: Kim\n  - match:\n      " + title, Whole: true},
		"flow":                                {Rule: "- {name: flow, any: [Kim]}", Test: "tests:\n  - match:\n      " + title},
		"{any: [Kim]}":                        {Rule: "- {name: tried, any: [Kim]}", Test: "tests:\n  - match:\n      " + title},
		"rules:\n  - name: x\n    any: [Kim]": {Rule: "rules:\n  - name: x\n    any: [Kim]\n    tests:\n      - match:\n          " + title, Whole: true},
		"tests:\n  - match: Kim\nany: [Kim]": {
			Rule: "- name: tried\n  tests:\n    - match: Kim\n  any: [Kim]", Test: "tests:\n  - match:\n      " + title,
		},
		"any: [Kim]\ntests:\n  - match: Kim": {
			Rule: "- name: tried\n  any: [Kim]\n  tests:\n    - match: Kim\n    - match:\n        " + title, Whole: true,
		},
		"any: [$snow]": {Rule: "- name: tried\n  any: [$snow]\n  tests:\n    - no match:\n        " + title +
			"\n        body: \"It was long. Kim said so.\"", Whole: true},
	} {
		v, wrong := compileTried(cfg, asked)
		if len(wrong) > 0 {
			t.Fatalf("%s: %v", asked, wrong)
		}
		got, ok := pasteOf(cfg, asked, v, story)
		if want.Whole {
			got.Test = ""
		}
		if !ok || got != want {
			t.Errorf("%q:\ngot  %q %v\nwant %q %v", asked, got.Rule+"|"+got.Test, got.Whole, want.Rule+"|"+want.Test, want.Whole)
			continue
		}
		tested, wrong := compileTried(cfg, got.Rule)
		if len(wrong) > 0 {
			t.Errorf("%q cannot be pasted: %v", got.Rule, wrong)
		} else if r := tested.Set.Test(); r.Failed > 0 || want.Whole && r.Passed == 0 {
			t.Errorf("%q: %+v", got.Rule, r)
		}
	}
}

// TestNothingToPaste: several rules at once have no test in common.
func TestNothingToPaste(t *testing.T) {
	cfg := &config.Config{}
	v, wrong := compileTried(cfg, "rules:\n- {name: a, any: [Kim]}\n- {name: b, any: [Putin]}")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if p, ok := pasteOf(cfg, "rules:", v, &news.Story{Title: "Kim"}); ok {
		t.Errorf("%+v", p)
	}
}
