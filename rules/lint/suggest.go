package lint

import (
	"fmt"

	"github.com/copytaster/copytaster/rules/syntax"
)

// suggest asks whether a known name was meant, or returns another hint. The
// sign is written before the name.
func suggest(name string, known []string, sign, otherwise string) string {
	best, least := "", max(1, len([]rune(name))/3)+1
	for _, k := range known {
		if d := syntax.Distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return otherwise
	}
	return fmt.Sprintf("did you mean %s%s?", sign, best)
}
