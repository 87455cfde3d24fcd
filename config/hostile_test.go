package config_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What any file of at most 10 MB may cost, on a slow machine that looks for
// races: a good deal more than it does on a usual one.
const (
	mostTime   = 15 * time.Minute // two under the race detector on a busy machine
	mostMemory = 1 << 30          // bytes allocated, most of which are free again at once
)

// rule is a config with one rule, which says something.
func rule(says string) string { return "rules:\n  - {name: a, " + says + "}\n" }

// numbered repeats a text that holds a number.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestBounds: however large, deep or odd a file is, reading it ends soon, in
// bounded memory, with one clear mistake where it goes wrong; or it is right.
func TestBounds(t *testing.T) {
	const big = 9 << 20
	for name, c := range map[string]struct{ text, want string }{
		"lists in lists":       {rule("any: " + strings.Repeat("[", 10_000) + "x" + strings.Repeat("]", 10_000)), "2:83: the values nest too deeply: more than 64 levels"},
		"maps in maps":         {rule("any: [" + strings.Repeat("{all: [", 10_000) + "x" + strings.Repeat("]}", 10_000) + "]"), "2:238: the values nest too deeply: more than 64 levels"},
		"lists in lists, few":  {rule("any: " + strings.Repeat("[", 25) + "x" + strings.Repeat("]", 25)), ""},
		"one term over again":  {rule("any: [" + strings.Repeat("x, ", 100_000) + "x]"), ""},
		"all of one term":      {rule("all: [" + strings.Repeat("x, ", 100_000) + "x]"), ""},
		"anchors":              {"concepts:\n  a: [" + numbered(100_000, "&a%d x, ") + "y]\n", ""},
		"merges of merges":     {"x: &a0 {k: 1}\n" + numbered(2000, "x%[1]d: &b%[1]d {<<: *a0}\n"), "1:1: unknown key `x` in a config file"},
		"a merge of many":      {"sources:\n  - &a {name: a}\n  - {<<: [" + strings.Repeat("*a, ", 100_000) + "*a]}\n", "1:1: the aliases of this file repeat too much"},
		"wrong terms":          {rule("any: [" + strings.Repeat(`"", `, 100_000) + "x]"), "2:21: the term is empty"},
		"unknown keys":         {rule("any: [x]" + numbered(20_000, ", k%d: 1")), "2:25: unknown key `k0` in a rule"},
		"a large term":         {rule("any: [" + strings.Repeat("x", big) + "]"), "2:21: the term is longer than 1000 characters"},
		"a term of many words": {rule("any: [" + strings.Repeat("x y ", big/4) + "]"), "2:21: the term is longer than 1000 characters"},
		"a large reference":    {rule("any: [$" + strings.Repeat("a", 900) + "]"), `2:21: "$aaaa`},
		"a large name":         {strings.Replace(rule("any: [x]"), "name: a", "name: "+strings.Repeat("x", big), 1), `2:12: "xxxx`},
		"a large key":          {rule(strings.Repeat("x", big) + ": [x]"), "2:15: unknown key `xxxx"},
		"a large window":       {rule("all: [x, y], within: " + strings.Repeat("9", big)), `2:36: "9999`},
		"a large place":        {rule("any: [x], in: " + strings.Repeat("title ", big/6)), `2:29: "title title`},
		"a large test":         {"rules:\n  - name: a\n    any: [x]\n    tests:\n      - match: " + strings.Repeat("x y ", big/4) + "\n", ""},
		"a large note":         {rule("any: [x], note: " + strings.Repeat("x", big)), ""},
		"half a surrogate":     {rule(`any: ["x \ud800 y"]`), "2:26: no character has this escape"},
		"both halves":          {rule(`any: ["x \ud83d\ude00 y"]`), "2:26: no character has this escape"},
		"beyond Unicode":       {rule(`any: ["x \U00110000 y"]`), "2:26: no character has this escape"},
		"NUL escaped":          {rule(`any: ["x \0 y"]`), "2:21: a control character stands in the term"},
		"NUL":                  {rule("any: [x \x00 y]"), "2:23: a control character stands here"},
		"no UTF-8":             {rule("any: [x \xff y]"), "2:23: the text is not UTF-8 here"},
		"UTF-8 of a surrogate": {rule("any: [x \xed\xa0\x80 y]"), "2:23: the text is not UTF-8 here"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, mistakes := loadText(t, c.text)
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			if memory := after.TotalAlloc - before.TotalAlloc; took > mostTime || memory > mostMemory {
				t.Errorf("%d bytes took %s and %d MB", len(c.text), took, memory>>20)
			}
			if len(mistakes) > 1001 || len(mistakes.Error()) > 1<<20 {
				t.Errorf("%d mistakes in %d bytes", len(mistakes), len(mistakes.Error()))
			}
			got := ""
			if len(mistakes) > 0 {
				got = strings.TrimPrefix(mistakes[0].Error(), "copytaster.yaml:")
			}
			if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("got %.200s, want %s", got, c.want)
			}
		})
	}
}
