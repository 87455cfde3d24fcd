package match_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEvidenceOfLevels(t *testing.T) {
	var cases []struct {
		Rule     string
		Story    story
		Evidence []string
	}
	load(t, "evidence.yaml", &cases)
	const concepts = `
concepts:
  kim: [Kim, 김정은]
  pair: {all: [Kim, Putin]}
`
	for _, c := range cases {
		s := c.Story.news()
		matches := parse(t, concepts+"rules: [{name: r, "+c.Rule[1:]+"]").Match(s)
		if len(matches) != 1 {
			t.Errorf("%s does not match", c.Rule)
			continue
		}
		var got []string
		for _, e := range matches[0].Evidence {
			checkEvidence(t, s, e)
			field := string(e.Field)
			if e.Variant > 0 {
				field = fmt.Sprintf("%s/%d", field, e.Variant)
			}
			line := fmt.Sprintf("%s %d-%d %s", field, e.Start, e.End, e.Term)
			if e.Concept != "" {
				line += " $" + e.Concept
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.Evidence, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.Rule, diff)
		}
	}
}
