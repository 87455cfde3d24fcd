package trace

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// A rulebook that was kept judges as the rules did from which it was made, and tells
// no secret of the sources.
func TestRulebook(t *testing.T) {
	d := rules.Definition{
		Concepts: map[string]rules.Node{"kim": {Any: []rules.Node{{Term: "Kim Jong-un"}, {Term: "김정은"}}}},
		Rules: []rules.Rule{
			{Name: "near", Node: rules.Node{
				All:    []rules.Node{{Concept: "kim"}, {Term: "=OPEC"}},
				Within: rules.Window{Unit: rules.Words, Words: 8}, In: []rules.Place{{Field: news.FieldTitle}, {Words: 50}},
			}, Severity: news.High, Tests: []rules.TestCase{{Want: true, Text: "Kim"}}},
			{Name: "of", Node: rules.Node{Of: []rules.Node{{Term: "a1"}, {Term: "b1"}}, AtLeast: 2}, Never: []rules.Node{{Term: "c1"}},
				Only: rules.Filter{Tag: []string{"wire"}}, Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))},
		},
	}
	made := NewRulebook(d, []news.Source{{
		Name: "tass", Origin: news.Origin{Source: "tass", Tags: []string{"wire"}}, Password: "hunter2",
		Headers: map[string]news.Secret{"X-Key": "hunter2"},
	}})
	packed, err := made.Pack()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, kept); diff != "" {
		t.Error(diff)
	}
	before, err1 := made.compile()
	after, err2 := kept.compile()
	if err1 != nil || err2 != nil || len(d.Rules[0].Tests) != 1 {
		t.Fatal(err1, err2, d.Rules[0].Tests)
	}
	for i := range before.Len() {
		if before.Hash(i) != after.Hash(i) {
			t.Errorf("rule %s means another thing", before.Name(i))
		}
	}
	if kept.origin("tass").Tags[0] != "wire" || kept.origin("dpa").Source != "dpa" {
		t.Error("the sources are not as they were")
	}
}

// What is damaged, and rules that this version does not understand, are said.
func TestRulebookDamaged(t *testing.T) {
	d := rules.Definition{Rules: []rules.Rule{{Name: "r", Node: rules.Node{Concept: "gone"}}}}
	packed, err := Rulebook{Definition: d}.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, []byte("{}"), packed[:len(packed)-20]} {
		if _, err := Unpack(damaged); err == nil || !strings.HasPrefix(err.Error(), "unpack rules: ") {
			t.Errorf("%d bytes: %v", len(damaged), err)
		}
	}
	b, err := Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.compile(); err == nil || !strings.Contains(err.Error(), "unknown concept $gone") {
		t.Error(err)
	}
}
