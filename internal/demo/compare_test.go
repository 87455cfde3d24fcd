package demo

import (
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	a, b, c, d := Alert{Title: "a"}, Alert{Title: "b"}, Alert{Title: "c"}, Alert{Title: "d"}
	missing, surplus := Compare([]Alert{a, c, d}, []Alert{a, b}, []Alert{a, b, c})
	if !slices.Equal(missing, []Alert{b}) || !slices.Equal(surplus, []Alert{d}) {
		t.Errorf("missing %v, surplus %v", missing, surplus)
	}
}
