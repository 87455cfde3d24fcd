package yamlfile

import "go.yaml.in/yaml/v4"

// MergeTag is the tag of the key "<<", which takes in the keys of other maps.
const MergeTag = "!!merge"

// Resolve follows an alias to the value that it repeats.
func Resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// Elements returns the values of a list; none when n is no list.
func Elements(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// Lookup returns the value of a key of a map, its own before a merged one; nil
// when there is none.
func Lookup(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := Resolve(n.Content[i]); k.Kind == yaml.ScalarNode && k.Value == key && k.Tag != MergeTag {
			return Resolve(n.Content[i+1])
		}
	}
	for _, from := range merges(n) {
		if found := Lookup(from, key); found != nil {
			return found
		}
	}
	return nil
}

// merges lists the maps that "<<" brings into a map.
func merges(n *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if Resolve(n.Content[i]).Tag != MergeTag {
			continue
		}
		from := Resolve(n.Content[i+1])
		if from.Kind == yaml.MappingNode {
			all = append(all, from)
		}
		for _, e := range Elements(from) {
			all = append(all, Resolve(e))
		}
	}
	return all
}

// EachKey visits the keys of a map, then those that it merges.
func EachKey(n *yaml.Node, visit func(key string, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := Resolve(n.Content[i]); k.Kind == yaml.ScalarNode && k.Tag != MergeTag {
			visit(k.Value, n.Content[i+1])
		}
	}
	for _, from := range merges(n) {
		EachKey(from, visit)
	}
}
