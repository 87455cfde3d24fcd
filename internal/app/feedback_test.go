package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/feedback"
)

// TestProposedYAML: what is proposed to a rule's editor is read by the config as it is meant.
func TestProposedYAML(t *testing.T) {
	clauses := []feedback.Clause{{Never: "Kim Kardashian", Lost: 3, Of: 41, Days: 30}, {Never: "O'Neill"}, {Never: "no"}}
	text := "rules:\n- name: kim\n  any: [Kim]\n  " + strings.ReplaceAll(feedback.YAML(clauses), "\n", "\n  ") + "\n"
	d, err := config.ParseRules("pasted", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var never []string
	for _, n := range d.Rules[0].Never {
		never = append(never, n.Term)
	}
	if want := []string{"Kim Kardashian", "O'Neill", "no"}; !slices.Equal(never, want) {
		t.Errorf("never %q, want %q", never, want)
	}
}
