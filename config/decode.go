package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// value is one value of the tree, and where in it it stands.
type value struct {
	file  *file
	node  *yaml.Node
	up    *value // the map or list that holds it; nil at the top
	key   string // under which it stands in a map
	index int    // where it stands in a list, counted on over files where their lists add up; inMap in a map
}

const inMap = -1

// position is a place in a file.
type position struct {
	file         string
	line, column int
}

// from names a place as it is seen from another: the file only if it differs.
func (p position) from(other position) string {
	if p.file == other.file {
		return fmt.Sprintf("line %d", p.line)
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

func (v value) position() position {
	return position{file: v.file.path, line: v.node.Line, column: v.node.Column}
}

// path names the value from the top: "sources[2].feed". It is put together
// when a mistake needs it: a name for every value of a large config would cost
// more than all the rest.
func (v value) path() string {
	switch {
	case v.up == nil:
		return ""
	case v.index != inMap:
		return v.up.path() + "[" + strconv.Itoa(v.index) + "]"
	}
	if above := v.up.path(); above != "" {
		return above + "." + v.key
	}
	return v.key
}

// under is the value of a key of v, element one of its list.
func (v *value) under(key string, n *yaml.Node) value {
	return value{file: v.file, node: resolve(n), up: v, key: key, index: inMap}
}

func (v *value) element(i int, n *yaml.Node) value {
	return value{file: v.file, node: resolve(n), up: v, index: i}
}

// plain reports whether a value is one of the rules and concepts, whose texts
// hold no variables: "$" is theirs.
func (v value) plain() bool {
	if v.up == nil {
		return false
	}
	for v.up.up != nil {
		v = *v.up
	}
	return v.key == "rules" || v.key == "concepts" || v.key == "defaults" || v.key == changes
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
// known.
func (l *loader) add(m Mistake) { l.mistakes = append(l.mistakes, hiding(m)) }

// hiding masks a token or password that a message quotes because it stands
// where none belongs, and characters that are not to be shown.
func hiding(m Mistake) Mistake {
	m.Message, m.Hint = visible(maskTokens(m.Message)), visible(slackToken.ReplaceAllString(m.Hint, masked))
	return m
}

// mistake records what is wrong with a value.
func (l *loader) mistake(v value, hint, format string, args ...any) {
	l.at(v.position(), v.path(), hint, format, args...)
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

// warnAt warns of what stands at a place. What a pack says is not for its
// users to mend.
func (l *loader) warnAt(p position, hint, format string, args ...any) {
	if !isPack(p.file) {
		l.add(Mistake{File: p.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), Hint: hint, Severity: Warning})
	}
}

// spoil notes that something at or below a path has been complained of. When it
// is a key of a node, or one that may have been meant for one, what else is said
// of its level may be wrong.
func (l *loader) spoil(path string) {
	path = bareLists(path)
	if above := level(path); above != "" {
		name := path[len(above)+1:]
		l.halfRead[above] = l.halfRead[above] || l.tables.node.find(name) != nil || l.tables.rule.find(name) == nil
	}
	for ; path != "" && !l.spoilt[path]; path = parent(path) {
		l.spoilt[path] = true
	}
}

// parent is a path without its last step.
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// bareLists writes a path as if every "any" were a bare list, which means the
// same: "concepts.kim.any[2]" is "concepts.kim[2]".
func bareLists(path string) string { return strings.ReplaceAll(path, ".any[", "[") }

// list reads the elements of a list. An empty value is an empty list.
func (l *loader) list(v value, what string) []value {
	if v.empty() && !v.commented() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		l.wrongKind(v, what)
		return nil
	}
	all := make([]value, len(v.node.Content))
	for i, n := range v.node.Content {
		all[i] = v.element(i, n)
	}
	return all
}

// wrongKind says what is there instead of what is wanted, at the slip that made
// it so when it is one that can be told.
func (l *loader) wrongKind(v value, want string) {
	if v.node.Kind == yaml.ScalarNode && v.node.Style == 0 && !v.empty() {
		if m, ok := newSlips(l.tables).atHead(v.file, v.node.Line); ok {
			l.at(position{v.file.path, m.Line, m.Column}, v.path(), m.Hint, "%s", m.Message)
			return
		}
	}
	l.mistake(v, rightForm(v, want), "%s is wanted here, not %s", want, kind(v))
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

// shorten keeps a message readable whatever somebody wrote.
func shorten(s string) string {
	if len(s) > 60 {
		if r := []rune(s[:min(len(s), 300)]); len(r) > 60 {
			return string(r[:60]) + "…"
		}
	}
	return s
}
