package config

import (
	"maps"
	"slices"

	"github.com/copytaster/copytaster/rules"
)

// checkUses warns of concepts that nobody uses. A config without rules is there
// for others to include, and the concepts of packs are for whoever wants them.
// Where there are mistakes, one of them may be the use.
func (l *loader) checkUses() {
	if len(l.definition.Rules) == 0 || len(l.mistakes.Errors()) > 0 {
		return
	}
	used := map[string]bool{}
	for _, n := range l.definition.Concepts {
		noteUses(&n, used)
	}
	for i := range l.definition.Rules {
		r := &l.definition.Rules[i]
		noteUses(&r.Node, used)
		noteAll(r.Never, used)
	}
	for _, name := range slices.Sorted(maps.Keys(l.definition.Concepts)) {
		if !used[name] {
			l.warnAt(l.places.locate("concepts."+name), "use it as $"+name+" in a rule, or delete it", "nothing uses the concept %s", name)
		}
	}
}

// noteUses notes the concepts that a node names.
func noteUses(n *rules.Node, used map[string]bool) {
	if n.Concept != "" {
		used[n.Concept] = true
	}
	for _, list := range [...][]rules.Node{n.All, n.Any, n.None, n.Of, n.Near, n.NotNear, n.NotPartOf} {
		noteAll(list, used)
	}
}

func noteAll(nodes []rules.Node, used map[string]bool) {
	for i := range nodes {
		noteUses(&nodes[i], used)
	}
}
