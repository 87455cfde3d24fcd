package lint_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/rules/syntax"
)

// TestManyNodes holds that definitions are checked in time that grows with
// their size and not faster. Those that are right, and are compiled, are in the
// tests of rules/match.
func TestManyNodes(t *testing.T) {
	same, deep, levels := make([]syntax.Node, 100_000), term("x1"), term("x1")
	for i := range same {
		same[i] = term("missile")
	}
	for range 10_000 {
		deep, levels = anyOf(deep), allOf(levels)
	}
	for _, c := range []struct {
		name string
		n    syntax.Node
		says string
	}{
		{"the same term", anyOf(same...), `"missile" stands in the list 100000 times`},
		{"lists in lists", deep, "more than 100 lists inside each other"},
		{"levels in levels", levels, "more than 100 lists inside each other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			mistakes := check(rule(c.n))
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if len(mistakes) != 1 || mistakes[0].Message != c.says {
				t.Errorf("%d mistakes: %+v", len(mistakes), mistakes[:min(len(mistakes), 3)])
			}
		})
	}
}

// BenchmarkCheck reads and checks as many rules as an agency could have.
func BenchmarkCheck(b *testing.B) {
	const n = 100_000
	var d syntax.Definition
	for i := range n {
		terms := func(c string) syntax.Node {
			return anyOf(term(fmt.Sprintf("%s%d", c, i)), term(fmt.Sprintf("%s name%d", c, i)), term(fmt.Sprintf("talks with %s%d", c, i)))
		}
		d.Rules = append(d.Rules, syntax.Rule{Name: fmt.Sprint(i), Node: allOf(terms("who"), terms("whom"), terms("what"))})
	}
	b.ReportAllocs()
	for b.Loop() {
		if mistakes := check(d); len(mistakes) > 0 {
			b.Fatal(mistakes)
		}
	}
}
