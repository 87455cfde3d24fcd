package lint

import (
	"fmt"

	"github.com/copytaster/copytaster/internal/text"
)

// suggest asks whether a known name was meant, or returns another hint. The sign is
// written before the name.
func suggest(name string, known []string, sign, otherwise string) string {
	if near := text.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %s%s?", sign, near)
	}
	return otherwise
}
