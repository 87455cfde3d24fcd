package replay

import (
	"fmt"
	"maps"
	"slices"

	"github.com/copytaster/copytaster/rules"
)

// Compile compiles the rules of a definition that was found right. With names it
// compiles only these rules, and each counts as enabled.
func Compile(d rules.Definition, names []string) (Version, error) {
	if len(names) > 0 {
		named := rules.Definition{Concepts: d.Concepts}
		for _, r := range d.Rules {
			if slices.Contains(names, r.Name) {
				r.Disabled = false
				named.Rules = append(named.Rules, r)
			}
		}
		d = named
	}
	set, found := rules.Compile(d)
	if set == nil {
		return Version{}, fmt.Errorf("compile rules: %s", found[0].Message)
	}
	return Version{Set: set}, nil
}

// WithConcepts returns a definition that may also use the concepts of another one.
// A concept of its own comes before one of the same name.
func WithConcepts(d, other rules.Definition) rules.Definition {
	concepts := maps.Clone(other.Concepts)
	if concepts == nil {
		return d
	}
	maps.Copy(concepts, d.Concepts)
	d.Concepts = concepts
	return d
}
