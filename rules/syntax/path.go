package syntax

import "strconv"

// Path is where a node or a key stands in a definition. It is only written out
// for a message.
type Path struct {
	up    *Path
	key   string // "" for the elements of a bare list
	Index int    // of the element; -1 when the path ends with the key
}

// ConceptPath is the path of a concept.
func ConceptPath(name string) *Path { return &Path{key: "concepts." + name, Index: -1} }

// RulePath is the path of a rule by its number.
func RulePath(i int) *Path { return &Path{key: "rules", Index: i} }

// isRule reports whether the path is that of a rule, which is no bare list
// though it may look like one.
func (p *Path) isRule() bool { return p.up == nil && p.key == "rules" }

// Element is the path of an element of a list.
func (p *Path) Element(list string, i int) *Path { return &Path{p, list, i} }

// Key is the path of a key.
func (p *Path) Key(key string) *Path { return &Path{p, key, -1} }

// String is like rules[3].all[1] or concepts.kim[2].
func (p *Path) String() string {
	before := ""
	if p.up != nil {
		before = p.up.String()
		if p.key != "" {
			before += "."
		}
	}
	before += p.key
	if p.Index >= 0 {
		before += "[" + strconv.Itoa(p.Index) + "]"
	}
	return before
}
