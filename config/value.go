package config

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
)

// value is one value of the tree of a file, and where in the tree it stands.
type value struct {
	file  *file
	node  *yaml.Node
	up    *value // the map or list that holds it; nil at the top
	key   string // its key in a map
	index int    // its index in a list, counted on over files where their lists add up; inMap in a map
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
	return position{file: v.file.Path, line: v.node.Line, column: v.node.Column}
}

// path returns the path of the value from the top: "sources[2].feed". It is put
// together when a mistake needs it, because a path for every value of a large
// config would cost more than all the rest.
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

// part returns the key at the top of the file that the value stands under.
func (v value) part() Use {
	for v.up != nil && v.up.up != nil {
		v = *v.up
	}
	return Use(v.key)
}

// member returns the value of a key of the map v.
func (v *value) member(key string, n *yaml.Node) value {
	return value{file: v.file, node: yamlfile.Resolve(n), up: v, key: key, index: inMap}
}

// element returns one value of the list v.
func (v *value) element(i int, n *yaml.Node) value {
	return value{file: v.file, node: yamlfile.Resolve(n), up: v, index: i}
}

// below returns v as if it stood in a part of another name, so that a mistake
// in it spoils no path of the part where it is written.
func (v value) below(part string) value {
	v.up = &value{file: v.file, node: v.up.node, up: v.up.up, key: part, index: inMap}
	return v
}

// isPlain reports whether a value belongs to rules or concepts, whose texts hold
// no variables: "$" begins the name of a concept there.
func (v value) isPlain() bool {
	part := v.part()
	return part == "rules" || part == "concepts" || part == "defaults" || part == changes
}

// isEmpty reports whether nothing is written where a value belongs.
func (v value) isEmpty() bool {
	return v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!null" && v.node.Value == "" && v.node.Style == 0
}

// isComment reports whether a comment stands where an empty value belongs:
// "to: #news" is empty to YAML.
func (v value) isComment() bool {
	return v.isEmpty() && strings.HasPrefix(strings.TrimLeft(v.file.Rest(v.node.Line, v.node.Column), " \t:-"), "#")
}

// isBraced reports whether a map is one word in braces: {US}.
func (v value) isBraced() bool {
	return v.node.Style&yaml.FlowStyle != 0 && len(v.node.Content) == 2 && yamlfile.Resolve(v.node.Content[1]).Tag == "!!null"
}

// kind says what a value is, as mistakes call it.
func (v value) kind() string {
	switch {
	case v.isEmpty():
		return "nothing"
	case v.node.Kind == yaml.MappingNode:
		return "a map"
	case v.node.Kind == yaml.SequenceNode:
		return "a list"
	default:
		return "a text"
	}
}

// hide keeps the line of a value from being shown.
func (v value) hide() { v.file.Hide(v.node.Line) }

// quoted returns a value as a mistake may quote it: as it is written, not what
// the environment made of it.
func (v value) quoted() string { return strconv.Quote(shorten(v.node.Value)) }

// shorten keeps a message readable whatever somebody wrote.
func shorten(s string) string {
	if len(s) > 60 {
		if r := []rune(s[:min(len(s), 300)]); len(r) > 60 {
			return string(r[:60]) + "…"
		}
	}
	return s
}
