package replay

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/rules"
)

// ruleOf is an enabled rule that looks for any of some words.
func ruleOf(name string, words ...string) rules.Rule {
	return rules.Rule{Name: name, Node: rules.Node{Any: nodes(words)}}
}

// TestFloods: of the rules that changed those are told that take at least 50 stories, and more
// than five times as many as before. A renamed rule has not changed.
func TestFloods(t *testing.T) {
	var lines strings.Builder
	for i := range 120 {
		words := "port"
		if i < 60 {
			words += " half"
		}
		if i < 12 {
			words += " tenth"
		}
		if i < 49 {
			words += " few"
		}
		fmt.Fprintf(&lines, `{"title": "%s %d", "url": "https://x.example/%d", "published": "2026-01-05T12:00:00Z"}`+"\n", words, i, i)
	}
	in := Files{Paths: []string{file(t, "flood", []byte(lines.String()))}}
	off := ruleOf("new", "tenth")
	off.Disabled = true
	before := rules.Definition{Rules: []rules.Rule{
		ruleOf("grown", "tenth"), ruleOf("five", "tenth"), ruleOf("same", "port"), ruleOf("was", "half"), off,
	}}
	after := rules.Definition{Rules: []rules.Rule{
		ruleOf("grown", "port"), ruleOf("five", "half", "tenth"), ruleOf("same", "port"), ruleOf("renamed", "half"),
		ruleOf("new", "port", "half"), ruleOf("few", "few"),
	}}
	floods, err := Floods(t.Context(), in, before, after)
	const want = "[grown would have taken 120 stories in 7 days (was 12) new would have taken 120 stories in 7 days (it is new)]"
	if got := fmt.Sprint(floods); err != nil || got != want {
		t.Errorf("floods %s, %v, want %s", got, err, want)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if floods, err := Floods(ended, in, before, after); len(floods) > 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("out of time: %v, %v", floods, err)
	}
	if floods, err := Floods(t.Context(), Files{Paths: []string{"nowhere"}}, before, before); len(floods) > 0 || err != nil {
		t.Errorf("without a change: %v, %v", floods, err)
	}
}
