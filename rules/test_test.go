package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

// run compiles one rule with its tests and runs them.
func run(t *testing.T, yaml string, names ...string) rules.Report {
	t.Helper()
	d, err := config.ParseRules("rules.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, d).Test(names...)
}

func TestTestsThatPass(t *testing.T) {
	got := run(t, `
rules:
  - name: text
    all: [{any: [Kim], in: title}, {any: [Kim], in: lead}, {any: [Putin], in: body}]
    tests:
      - match: Kim met Putin            # title, lead and body at once
      - no match: Kim Kardashian
      - no match: |
          Kim met Xi

          Putin stayed at home
      - match: |
          Kim met Xi

          Kim said so
          Putin stayed at home
  - name: fields
    any: [kim]
    in: url
    tests:
      - match: {title: x, url: "https://example.org/kim"}
      - no match: {title: kim, url: "https://example.org/x"}
      - no match: kim
  - name: filters
    any: [Kim]
    only: {source: tass, tag: wire, language: en, words: 150+}
    except: {section: sports, author: Li}
    tests:
      - match: Kim                       # what is not given is not looked at
      - match: {title: Kim, source: tass, words: 200}
      - no match: {title: Kim, source: ap}
      - no match: {title: Kim, tag: [blog]}
      - no match: {title: Kim, language: ko}
      - no match: {title: Kim, words: 20}
      - no match: {title: Kim, section: Sports}
      - no match: {title: Kim, author: [A B, C Li]}
      - match: {title: Kim, body: short, author: X}
  - {name: off, any: [Kim], enabled: false, tests: [{match: Kim}]}
`)
	if got.Passed != 17 || got.Failed != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTestsThatFail(t *testing.T) {
	const yaml = `
rules:
  - name: a
    all: [Kim, Putin]
    never: [film]
    tests:
      - match: Kim alone
      - no match: "Kim met Putin"
      - match: Kim and Putin in a film
      - match: Kim and Putin
  - {name: b, any: [x], tests: [{match: y}]}
`
	got := run(t, yaml, "a")
	for i := range got.Failures {
		if got.Failures[i].Path == "" {
			t.Error("a failure without a path")
		}
		got.Failures[i].Path = ""
		if f := &got.Failures[i]; len(f.Fields) == 0 || f.Explanation.Rule != f.Rule || len(f.Explanation.Clauses) != 3 {
			t.Errorf("explained by %+v", f.Explanation)
		}
		got.Failures[i].Fields, got.Failures[i].Explanation = nil, rules.Explanation{}
	}
	want := rules.Report{Passed: 1, Failed: 3, Failures: []rules.Failure{
		{Rule: "a", Want: true, Text: "Kim alone", Reason: "all[1] Putin: not found"},
		{Rule: "a", Want: false, Text: "Kim met Putin", Reason: `"Kim" found in title; "Putin" found in title`},
		{Rule: "a", Want: true, Text: "Kim and Putin in a film", Reason: `never[0] film: never: "film" found in title`},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if all := run(t, yaml); all.Failed != 4 {
		t.Errorf("all: %+v", all)
	}
}

func TestTestPath(t *testing.T) {
	d := rules.Definition{Rules: []rules.Rule{{Name: "r", Node: rules.Node{Term: "Kim"}}}}
	d.Rules[0].Tests = []rules.TestCase{{Want: true, Text: "Kim"}, {Want: true, Text: "x"}, {Want: true, Text: "y", Path: "here"}}
	got := compile(t, d).Test()
	if got.Failures[0].Path != "rules[0].tests[1]" || got.Failures[1].Path != "here" {
		t.Errorf("%+v", got.Failures)
	}
}
