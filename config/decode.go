package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value is one value of the tree: where it stands, and its path from the top
// ("sources[2].feed").
type value struct {
	file *file
	node *yaml.Node
	path string
}

// position is a place in a file.
type position struct {
	file         string
	line, column int
}

func (v value) position() position {
	return position{file: v.file.path, line: v.node.Line, column: v.node.Column}
}

// child is a value below v.
func (v value) child(node *yaml.Node, path string) value {
	return value{file: v.file, node: resolve(node), path: path}
}

// resolve follows aliases to the value they repeat.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// empty reports whether nothing is written where a value belongs.
func (v value) empty() bool {
	return v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null" && v.node.Value == "" && v.node.Style == 0
}

// commented reports whether a comment stands where an empty value belongs:
// "to: #news" is empty to YAML.
func (v value) commented() bool {
	return v.empty() && strings.HasPrefix(strings.TrimLeft(v.file.rest(v.node.Line, v.node.Column), " \t:-"), "#")
}

// add records a mistake; report adds the source lines, when all secrets are
// known. A token or password that stands where none belongs
// could be quoted in the message: that is the last place to mask it.
func (l *loader) add(m Mistake) {
	m.Message, m.Hint = maskTokens(m.Message), slackToken.ReplaceAllString(m.Hint, masked)
	l.mistakes = append(l.mistakes, m)
}

// mistake records what is wrong with a value.
func (l *loader) mistake(v value, hint, format string, args ...any) {
	l.at(v.position(), v.path, hint, format, args...)
}

// at records what is wrong at a place. The path is what the mistake spoils, so
// that what follows from it is not complained of as well.
func (l *loader) at(p position, path, hint, format string, args ...any) {
	l.spoil(path)
	l.add(Mistake{File: p.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), Hint: hint, Severity: Error})
}

// warn records what may be wrong with a value.
func (l *loader) warn(v value, hint, format string, args ...any) {
	l.warnAt(v.position(), hint, format, args...)
}

func (l *loader) warnAt(p position, hint, format string, args ...any) {
	l.add(Mistake{File: p.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), Hint: hint, Severity: Warning})
}

// spoil notes that something at or below a path has been complained of.
func (l *loader) spoil(path string) {
	for path = bareLists(path); path != ""; path = parent(path) {
		l.spoilt[path] = true
	}
}

// parent is a path without its last step.
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// bareLists writes a path as if every "any" were a bare list, which means the
// same: "concepts.kim.any[2]" is "concepts.kim[2]".
func bareLists(path string) string { return strings.ReplaceAll(path, ".any[", "[") }

// keys are the keys that an object takes, each with what reads its value.
type keys map[string]func(value)

// unsupported is the hint for a key or value that is refused until it works.
const unsupported = "not supported by this version"

// object reads a map with known keys. It reports whether it is one, and all its
// keys are known or reserved: if not, what is missing may have been misspelt.
func (l *loader) object(v value, what string, known keys, reserved ...string) bool {
	if v.node.Kind != yaml.MappingNode {
		if v.path == "" || v.path == "slack" { // "token xoxb-…" without its colon
			v.file.secrets[v.node.Line] = true
		}
		l.wrongKind(v, "a map with the keys of "+what)
		return false
	}
	l.remember(v)
	whole := true
	for _, p := range l.pairs(v) {
		read, ok := known[p.key]
		if !ok {
			l.unknown(v, p, what, known, reserved)
			whole = whole && slices.Contains(reserved, p.key)
			continue
		}
		if l.once(v, p) {
			l.remember(p.value)
			read(p.value)
		}
	}
	return whole
}

// pair is one key of a map with its value.
type pair struct {
	key   string
	at    position // of the key
	value value
}

// pairs lists the keys of a map in the order they are written, merged ones
// last. A key that a merge (<<) brings gives way to the same key written out.
func (l *loader) pairs(v value) []pair {
	var own, merged []pair
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, n := v.node.Content[i], v.node.Content[i+1]
		at := position{file: v.file.path, line: k.Line, column: k.Column}
		switch k = resolve(k); {
		case k.Kind != yaml.ScalarNode:
			l.at(at, v.path, quoteIt+" when it is a text", "a key must be a word")
		case k.Tag == "!!merge":
			merged = append(merged, l.merged(v.child(n, v.path))...)
		default:
			own = append(own, pair{key: k.Value, at: at, value: v.child(n, join(v.path, k.Value))})
		}
	}
	written := map[string]bool{}
	for _, p := range own {
		written[p.key] = true
	}
	for _, p := range merged {
		if !written[p.key] {
			written[p.key] = true
			own = append(own, p)
		}
	}
	return own
}

// merged lists the keys that "<<" brings: those of a map or a list of maps.
func (l *loader) merged(v value) []pair {
	switch v.node.Kind {
	case yaml.MappingNode:
		return l.pairs(v)
	case yaml.SequenceNode:
		var all []pair
		for _, n := range v.node.Content {
			all = append(all, l.merged(v.child(n, v.path))...)
		}
		return all
	default:
		l.mistake(v, "write <<: *name, where &name stands before a map", "<< takes in a map")
		return nil
	}
}

// containers may stand in several files, whose contents add up.
var containers = []string{"include", "crawl", "slack", "alerts", "sources", "concepts", "rules"}

// once refuses a key that was set before, in this file or another.
func (l *loader) once(v value, p pair) bool {
	id := p.value.path
	if v.path == "" && slices.Contains(containers, p.key) {
		id += " in " + v.file.path
	}
	before, again := l.keys[id]
	if again {
		where := fmt.Sprintf("line %d", before.line)
		if before.file != p.at.file {
			where = fmt.Sprintf("%s:%d", before.file, before.line)
		}
		l.at(p.at, p.value.path, "", "`%s` is set twice: first in %s", p.key, where)
		return false
	}
	l.keys[id] = p.at
	return true
}

func (l *loader) unknown(v value, p pair, what string, known keys, reserved []string) {
	words := slices.Collect(maps.Keys(known))
	hint := didYouMean(p.key, words)
	if slices.Contains(reserved, p.key) {
		hint = unsupported
	}
	if secretName.MatchString(nearest(p.key, words)) || hint == "" && !isRules(v.path) {
		v.file.secrets[p.at.line] = true // a misspelt key may have a secret for its value
	}
	if hint == "" {
		slices.Sort(words)
		hint = "known keys: " + strings.Join(words, ", ")
	}
	l.at(p.at, p.value.path, hint, "unknown key `%s` in %s", shorten(p.key), what)
}

// list reads the elements of a list. An empty value is an empty list.
func (l *loader) list(v value, what string) []value { return l.listFrom(v, what, 0) }

// listFrom is list for a list whose elements follow those of another file: they
// are counted on from there.
func (l *loader) listFrom(v value, what string, from int) []value {
	if v.empty() && !v.commented() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		l.wrongKind(v, what)
		return nil
	}
	all := make([]value, len(v.node.Content))
	for i, n := range v.node.Content {
		all[i] = v.child(n, fmt.Sprintf("%s[%d]", v.path, from+i))
		l.remember(all[i])
	}
	return all
}

// wrongKind says what is there instead of what is wanted.
func (l *loader) wrongKind(v value, want string) {
	hint := ""
	switch {
	case v.empty() && v.node.Anchor != "":
		hint = "& begins an anchor; " + quoteIt
	case v.commented():
		hint = "# begins a comment; " + quoteIt
	case v.node.Kind == yaml.MappingNode && strings.Contains(want, "text"):
		hint = "a text that holds \": \" must be quoted"
	case v.node.Kind == yaml.ScalarNode && !v.empty() && strings.HasPrefix(want, "a list"):
		hint = "write [one, two], or each on a line of its own after \"- \""
	}
	l.mistake(v, hint, "%s is wanted here, not %s", want, kind(v))
}

func kind(v value) string {
	switch {
	case v.empty():
		return "nothing"
	case v.node.Kind == yaml.MappingNode:
		return "a map"
	case v.node.Kind == yaml.SequenceNode:
		return "a list"
	default:
		return "a text"
	}
}

// remember notes where a value stands, for Position.
func (l *loader) remember(v value) {
	if v.path != "" {
		l.positions[bareLists(v.path)] = v.position()
	}
}

// locate finds the position of the longest known beginning of a path.
func locate(positions map[string]position, path string) position {
	for path = bareLists(path); ; path = parent(path) {
		if p, ok := positions[path]; ok {
			return p
		}
		if path == "" {
			return position{}
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// shorten keeps a message readable whatever somebody wrote.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
