package syntax_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/rules/syntax"
)

func term(s string) syntax.Node { return syntax.Node{Term: s} }

func TestReadings(t *testing.T) {
	var cases []struct{ Term, Reading string }
	b, err := os.ReadFile("testdata/readings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		got := syntax.Readings(syntax.Definition{Rules: []syntax.Rule{{Name: "r", Node: term(c.Term)}}})
		want := []syntax.Reading{{Path: "rules[0]", Written: c.Term, Reading: c.Reading}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestReadingsOfEveryTerm(t *testing.T) {
	d := syntax.Definition{
		Concepts: map[string]syntax.Node{"b": {Any: []syntax.Node{term("x1"), {All: []syntax.Node{term("x2")}}}}, "a": term("x3")},
		Rules: []syntax.Rule{{
			Name: "r", Never: []syntax.Node{{Any: []syntax.Node{term("x4")}}},
			Node: syntax.Node{Of: []syntax.Node{term("x5"), {Concept: "a"}}, AtLeast: 1,
				Near: []syntax.Node{term("x6")}, NotPartOf: []syntax.Node{term("~*")}},
		}},
	}
	var paths []string
	for _, r := range syntax.Readings(d) {
		paths = append(paths, r.Path+" "+r.Written)
	}
	want := []string{"concepts.a x3", "concepts.b[0] x1", "concepts.b[1].all[0] x2", "rules[0].of[0] x5", "rules[0].near[0] x6", "rules[0].never[0][0] x4"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
