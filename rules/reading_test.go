package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/rules"
)

func TestReadings(t *testing.T) {
	var cases []struct{ Term, Reading string }
	load(t, "readings.yaml", &cases)
	for _, c := range cases {
		got := rules.Readings(rule(Term(c.Term)))
		want := []rules.Reading{{Path: "rules[0]", Written: c.Term, Reading: c.Reading}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestReadingsOfEveryTerm(t *testing.T) {
	d := rules.Definition{
		Concepts: map[string]rules.Node{"b": anyOf(Term("x1"), allOf(Term("x2"))), "a": Term("x3")},
		Rules: []rules.Rule{{
			Name: "r", Never: []rules.Node{anyOf(Term("x4"))},
			Node: rules.Node{Of: []rules.Node{Term("x5"), use("a")}, AtLeast: 1, Near: []rules.Node{Term("x6")}, NotPartOf: []rules.Node{Term("~*")}},
		}},
	}
	var paths []string
	for _, r := range rules.Readings(d) {
		paths = append(paths, r.Path+" "+r.Written)
	}
	want := []string{"concepts.a x3", "concepts.b[0] x1", "concepts.b[1].all[0] x2", "rules[0].of[0] x5", "rules[0].near[0] x6", "rules[0].never[0][0] x4"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
