package config

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// change is a rule in a user's file that has the name of a pack's rule and
// nothing to look for: it says how that rule differs. The most frequent one says
// `enabled: false`.
type change struct {
	value value
	rule  rules.Rule
	set   given
}

// changes stands for "rules" in the paths of such rules: they are no rules of
// their own.
const changes = "changes"

// isChange reports whether an element of a list of rules is a change: it has the
// name of a pack's rule, nothing to look for and no tests.
func isChange(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	name := yamlfile.Lookup(n, "name")
	if name == nil || name.Kind != yaml.ScalarNode || packOf(name.Value) == "" {
		return false
	}
	own := false
	yamlfile.EachKey(n, func(key string, _ *yaml.Node) {
		own = own || slices.Contains([]string{"all", "any", "of", "none", "tests"}, key)
	})
	return !own
}

// decodeChange decodes a change of a pack's rule.
func decodeChange(d *decoder, v value) {
	c := change{value: v}
	set, whole := decodeMap(d, v, &d.tables.change, &c.rule)
	if !whole {
		return
	}
	if len(set) == 1 {
		d.mistake(v, "add enabled: false to switch it off", "nothing is said of the rule %s", c.rule.Name)
		return
	}
	c.set = set
	d.unique(set, "change of the rule", c.rule.Name)
	d.out.changes = append(d.out.changes, c)
}

// applyChanges changes the rules of packs.
func (c *checker) applyChanges() {
	byName := map[string]int{}
	for i, r := range c.said.Definition.Rules {
		byName[r.Name] = i
	}
	for _, change := range c.said.changes {
		pack, name, _ := strings.Cut(change.rule.Name, ".")
		i, known := byName[change.rule.Name]
		switch {
		case known && isPack(c.places.rules[i].file.Path):
			c.tables.change.overlay(&c.said.Definition.Rules[i], &change.rule, change.set)
			keepHigher(&c.said.Definition.Rules[i])
		case known:
			c.mistake(change.value, "write all of it in one place", "the rule %s is no pack's", change.rule.Name)
		case c.included(change.value, pack):
			c.mistake(change.value, ownName(pack, name, maps.Keys(byName), ""), "the pack %s has no rule %q", pack, name)
		}
	}
}

// borrowed is a use of a pack's concept in another file.
type borrowed struct {
	name  string
	value value
}

// checkBorrowed reports uses of packs' concepts that are not there.
func (c *checker) checkBorrowed() {
	for _, b := range c.said.borrowed {
		if _, known := c.said.Definition.Concepts[b.name]; known {
			continue
		}
		pack, name, _ := strings.Cut(b.name, ".")
		if !slices.Contains(Packs(), pack) {
			hint := "there are " + strings.Join(Packs(), ", ")
			if near := text.Nearest(pack, Packs()); near != "" {
				hint = "did you mean `$" + near + "." + name + "`?"
			}
			c.mistake(b.value, hint, "there is no pack %q", pack)
		} else if c.included(b.value, pack) {
			c.mistake(b.value, ownName(pack, name, maps.Keys(c.said.Definition.Concepts), "$"), "the pack %s has no concept %q", pack, name)
		}
	}
}

// included reports whether a pack is included. It is a mistake when it is not.
func (c *checker) included(v value, pack string) bool {
	if c.docs.has(pack) {
		return true
	}
	c.mistake(v, "add it to the list under include: \""+packPrefix+pack+"\"", "the pack %s is not included", pack)
	return false
}

// ownName returns the hint for a name that a pack does not know: the nearest of
// its own among all full names, "" when none is near.
func ownName(pack, name string, all iter.Seq[string], sign string) string {
	var names []string
	for full := range all {
		if own, ok := strings.CutPrefix(full, pack+"."); ok {
			names = append(names, own)
		}
	}
	if near := text.Nearest(name, names); near != "" {
		return "did you mean `" + sign + pack + "." + near + "`?"
	}
	return ""
}
