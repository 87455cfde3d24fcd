package match_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// written writes a definition much as people would, for them to read.
func written(d rules.Definition) string {
	var b strings.Builder
	b.WriteString("concepts:\n")
	for _, name := range slices.Sorted(maps.Keys(d.Concepts)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, writtenNode(d.Concepts[name]))
	}
	b.WriteString("rules:\n")
	for _, r := range d.Rules {
		fmt.Fprintf(&b, "  - name: %s\n    %s\n", r.Name, strings.Join(writtenKeys(r.Node), "\n    "))
		if r.Never != nil {
			fmt.Fprintf(&b, "    never: %s\n", writtenNodes(r.Never))
		}
		for key, f := range map[string]rules.Filter{"only": r.Only, "except": r.Except} {
			if said := fmt.Sprintf("%+v", f); said != fmt.Sprintf("%+v", rules.Filter{}) {
				fmt.Fprintf(&b, "    %s: %s\n", key, said)
			}
		}
		if r.Disabled || !r.Until.IsZero() {
			fmt.Fprintf(&b, "    enabled: %v\n    until: %v\n", !r.Disabled, r.Until)
		}
	}
	return b.String()
}

// writtenStory writes a story, field by field.
func writtenStory(s *news.Story) string {
	var b strings.Builder
	b.WriteString("story:\n")
	for _, f := range s.Fields() {
		fmt.Fprintf(&b, "  %s %d: %q\n", f.Name, f.Variant, f.Text)
	}
	fmt.Fprintf(&b, "  %+v, language %q, section %q, outlet %q, authors %q, cites %q, seen %v\n",
		s.Origin, s.Language, s.Section, s.Outlet, s.Authors, s.Cites, s.FirstSeen)
	return b.String()
}

func writtenNode(n rules.Node) string {
	keys := writtenKeys(n)
	if rest, ok := strings.CutPrefix(keys[0], "any: "); ok && len(keys) == 1 {
		return rest
	}
	if n.Term != "" || n.Concept != "" {
		return keys[0]
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

func writtenNodes(nodes []rules.Node) string {
	all := make([]string, len(nodes))
	for i, n := range nodes {
		all[i] = writtenNode(n)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// writtenKeys writes the keys of a node; a term and a concept are their own.
func writtenKeys(n rules.Node) []string {
	var keys []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			keys = append(keys, fmt.Sprintf(format, args...))
		}
	}
	add(n.Term != "", "%q", n.Term)
	add(n.Concept != "", "$%s", n.Concept)
	for _, list := range []struct {
		key   string
		nodes []rules.Node
	}{
		{"all", n.All}, {"any", n.Any}, {"none", n.None}, {fmt.Sprintf("at least: %d, of", n.AtLeast), n.Of},
		{"near", n.Near}, {"not near", n.NotNear}, {"not part of", n.NotPartOf},
	} {
		add(list.nodes != nil, "%s: %s", list.key, writtenNodes(list.nodes))
	}
	add(n.Times > 0, "times: %d", n.Times)
	add(n.Within.Unit == rules.Words, "within: %d words", n.Within.Words)
	add(n.Within.Unit == rules.Sentence, "within: sentence")
	add(n.Within.Unit == rules.Paragraph, "within: paragraph")
	add(n.Ordered, "ordered: true")
	var places []string
	for _, p := range n.In {
		if p.Field == "" {
			places = append(places, fmt.Sprintf("first %d words", p.Words))
		} else {
			places = append(places, string(p.Field))
		}
	}
	add(places != nil, "in: [%s]", strings.Join(places, ", "))
	return keys
}
