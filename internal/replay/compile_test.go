package replay

import (
	"maps"
	"slices"
	"testing"

	"github.com/copytaster/copytaster/rules"
)

func TestCompile(t *testing.T) {
	d := rules.Definition{Rules: []rules.Rule{
		{Name: "kim", Node: rules.Node{Term: "Kim"}, Disabled: true}, {Name: "rain", Node: rules.Node{Term: "rain"}},
	}}
	for _, c := range []struct{ names, enabled []string }{
		{nil, []string{"rain"}}, {[]string{"kim"}, []string{"kim"}}, {[]string{"nobody"}, nil},
	} {
		v, err := Compile(d, c.names)
		if err != nil {
			t.Fatal(err)
		}
		var enabled []string
		for _, r := range v.Set.Rules() {
			if !r.Disabled {
				enabled = append(enabled, r.Name)
			}
		}
		if !slices.Equal(enabled, c.enabled) {
			t.Errorf("named %q: %q are enabled, want %q", c.names, enabled, c.enabled)
		}
	}
	wrong := rules.Definition{Rules: []rules.Rule{{Name: "a", Node: rules.Node{Concept: "gone"}}}}
	if _, err := Compile(wrong, nil); err == nil {
		t.Error("a wrong rule was compiled")
	}
}

func TestWithConcepts(t *testing.T) {
	own := rules.Definition{Concepts: map[string]rules.Node{"a": {Term: "own"}}}
	other := rules.Definition{Concepts: map[string]rules.Node{"a": {Term: "other"}, "b": {Term: "other"}}}
	got := WithConcepts(own, other)
	names := slices.Sorted(maps.Keys(got.Concepts))
	if !slices.Equal(names, []string{"a", "b"}) || got.Concepts["a"].Term != "own" {
		t.Errorf("%+v", got.Concepts)
	}
	if len(own.Concepts) != 1 || len(other.Concepts) != 2 {
		t.Error("a definition was changed")
	}
	if got := WithConcepts(own, rules.Definition{}); len(got.Concepts) != 1 {
		t.Errorf("%+v", got.Concepts)
	}
}
