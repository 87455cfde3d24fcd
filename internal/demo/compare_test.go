package demo

import (
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	a, b, c := Telling{Page: "/a"}, Telling{Page: "/b"}, Telling{Page: "/c"}
	missing, surplus := Compare([]Telling{a, c, a}, []Telling{a, b})
	if !slices.Equal(missing, []Telling{b}) || !slices.Equal(surplus, []Telling{c, a}) {
		t.Errorf("missing %v, surplus %v", missing, surplus)
	}
}
