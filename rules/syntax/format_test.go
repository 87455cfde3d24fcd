package syntax_test

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/rules/syntax"
)

func TestFormat(t *testing.T) {
	five := []syntax.Node{term("a"), {Concept: "kim"}, {All: []syntax.Node{term("b")}}, term("d"), term("e")}
	for _, tt := range []struct {
		node syntax.Node
		want string
	}{
		{syntax.Node{All: five}, "all of [a, $kim, …, … 5 in all]"},
		{syntax.Node{Any: five[:4]}, "[a, $kim, …, d]"},
		{syntax.Node{Of: five[:1], AtLeast: 1}, "at least 1 of [a]"},
		{syntax.Node{None: five[:2]}, "none of [a, $kim]"},
	} {
		if got := tt.node.Brief(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	for want, w := range map[string]syntax.Window{
		"anywhere": {}, "within 1 word": {Unit: syntax.Words, Words: 1}, "within 10 words": {Unit: syntax.Words, Words: 10},
		"within sentence": {Unit: syntax.Sentence}, "within paragraph": {Unit: syntax.Paragraph},
	} {
		if got := w.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestName(t *testing.T) {
	for _, tt := range []struct {
		node syntax.Node
		want string
	}{
		{term(" Kim Jong-un "), "Kim Jong-un"},
		{syntax.Node{Concept: "kim"}, "$kim"},
		{syntax.Node{All: []syntax.Node{term("x")}}, ""},
	} {
		if got := tt.node.Name(); got != tt.want {
			t.Errorf("%+v is named %q, want %q", tt.node, got, tt.want)
		}
	}
	for unit, want := range map[syntax.Unit]string{syntax.Sentence: "sentence", syntax.Paragraph: "paragraph"} {
		if got := unit.Name(); got != want {
			t.Errorf("unit %d is named %q, want %q", unit, got, want)
		}
	}
}

// TestQuote holds that what people wrote fits into a message, by its characters.
func TestQuote(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", `""`},
		{"=US", `"=US"`},
		{strings.Repeat("김", 60), `"` + strings.Repeat("김", 60) + `"`},
		{strings.Repeat("김", 61), `"` + strings.Repeat("김", 59) + `…"`},
	} {
		if got := syntax.Quote(tt.text); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestPath(t *testing.T) {
	rule, concept := syntax.RulePath(3), syntax.ConceptPath("kim")
	for _, tt := range []struct {
		path *syntax.Path
		want string
	}{
		{rule, "rules[3]"},
		{rule.Key("name"), "rules[3].name"},
		{rule.Element("all", 1), "rules[3].all[1]"},
		{rule.Element("all", 1).Element("", 2), "rules[3].all[1][2]"},
		{rule.Element("all", 1).Key("at least"), "rules[3].all[1].at least"},
		{rule.Key("only").Key("words"), "rules[3].only.words"},
		{concept, "concepts.kim"},
		{concept.Element("", 0), "concepts.kim[0]"},
		{concept.Element("not part of", 0).Element("in", 1), "concepts.kim.not part of[0].in[1]"},
	} {
		if got := tt.path.String(); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}
