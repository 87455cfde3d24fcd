package syntax_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/rules/syntax"
)

func TestFilterRange(t *testing.T) {
	for _, tt := range []struct {
		f    syntax.Filter
		text string
		in   []int
		out  []int
	}{
		{syntax.Filter{MinWords: 100}, "100+", []int{100, 9999}, []int{99}},
		{syntax.Filter{MaxWords: 200}, "0-200", []int{0, 200}, []int{201}},
		{syntax.Filter{MinWords: 100, MaxWords: 200}, "100-200", []int{100, 200}, []int{99, 201}},
	} {
		if tt.f.IsZero() || tt.f.WordRange() != tt.text {
			t.Errorf("%+v: %q", tt.f, tt.f.WordRange())
		}
		for _, n := range tt.in {
			if !tt.f.AdmitsWords(n) {
				t.Errorf("%s does not admit %d", tt.text, n)
			}
		}
		for _, n := range tt.out {
			if tt.f.AdmitsWords(n) {
				t.Errorf("%s admits %d", tt.text, n)
			}
		}
	}
	empty := syntax.Filter{Cites: []string{}}
	if !empty.IsZero() {
		t.Error("an empty list makes a filter")
	}
}

// TestFilterKeys holds that each key of a filter which compares words makes one,
// and is listed under the name that people write.
func TestFilterKeys(t *testing.T) {
	value := []string{"x"}
	for want, f := range map[string]syntax.Filter{
		"source": {Source: value}, "tag": {Tag: value}, "tier": {Tier: value}, "country": {Country: value},
		"language": {Language: value}, "section": {Section: value}, "author": {Author: value},
		"outlet": {Outlet: value}, "cites": {Cites: value},
	} {
		if f.IsZero() || f.CountsWords() {
			t.Errorf("%s: says nothing: %v, counts words: %v", want, f.IsZero(), f.CountsWords())
		}
		var given []string
		for _, key := range f.Keys() {
			if len(key.Values) > 0 {
				given = append(given, key.Name)
			}
		}
		if diff := cmp.Diff([]string{want}, given); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}
