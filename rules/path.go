package rules

import "strconv"

// path is where something stands in a definition, written out only for what is
// told about it.
type path struct {
	up    *path
	key   string // "" for the elements of a bare list
	index int    // -1 when the key is all
}

func (p *path) list(key string, i int) path { return path{p, key, i} }
func (p *path) at(key string) path          { return path{p, key, -1} }

// String is like rules[3].all[1] or concepts.kim[2].
func (p *path) String() string {
	before := ""
	if p.up != nil {
		before = p.up.String()
		if p.key != "" {
			before += "."
		}
	}
	before += p.key
	if p.index >= 0 {
		before += "[" + strconv.Itoa(p.index) + "]"
	}
	return before
}

// nodeList is one of the lists of a node under its key.
type nodeList struct {
	key   string
	nodes []Node
}

// lists gives the lists of a node: what it looks for, what must not be there,
// and what its mentions are held against.
func (n *Node) lists() [7]nodeList {
	return [...]nodeList{{"all", n.All}, {"any", n.Any}, {"of", n.Of}, {"none", n.None}, {"near", n.Near}, {"not near", n.NotNear}, {"not part of", n.NotPartOf}}
}

// isList reports whether a node is what a bare YAML list gives.
func (n *Node) isList() bool {
	return n.Any != nil && n.Term == "" && n.Concept == "" && n.All == nil && n.None == nil && n.Of == nil && n.AtLeast == 0 &&
		n.In == nil && !n.asksOfMentions()
}

// hasLists reports whether a node has any list of nodes.
func (n *Node) hasLists() bool {
	return n.All != nil || n.Any != nil || n.Of != nil || n.None != nil
}
