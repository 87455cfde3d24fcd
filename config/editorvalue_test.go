package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"go.yaml.in/yaml/v4"
)

// editorValue reads YAML as editors do, which know version 1.2: yes and no are
// texts, and days too. It is false when the text is not YAML.
func editorValue(text []byte) (v any, ok bool) {
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		return nil, len(bytes.TrimSpace(text)) == 0
	}
	v, ok = plainValue(&doc, 0), true
	return v, ok && !strings.Contains(fmt.Sprint(v), tooDeep)
}

// tooDeep stands for what an alias repeats within itself.
const tooDeep = "<too deep>"

func plainValue(n *yaml.Node, depth int) any {
	switch {
	case depth > 50:
		return tooDeep
	case n.Kind == yaml.DocumentNode:
		return plainValue(n.Content[0], depth)
	case n.Kind == yaml.AliasNode:
		return plainValue(n.Alias, depth)
	case n.Kind == yaml.SequenceNode:
		all := []any{}
		for _, c := range n.Content {
			all = append(all, plainValue(c, depth+1))
		}
		return all
	case n.Kind == yaml.MappingNode:
		return plainMap(n, depth+1)
	}
	var v any
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool", "!!int", "!!float":
		if json.Unmarshal([]byte(n.Value), &v) == nil {
			return v
		}
	}
	return n.Value
}

func plainMap(n *yaml.Node, depth int) any {
	all := map[string]any{}
	for i := 0; i < len(n.Content); i += 2 {
		value := plainValue(n.Content[i+1], depth)
		if n.Content[i].Tag != "!!merge" {
			all[n.Content[i].Value] = value
			continue
		}
		from, isList := value.([]any)
		if !isList {
			from = []any{value}
		}
		for _, one := range from {
			merged, _ := one.(map[string]any)
			own := maps.Clone(all)
			maps.Copy(all, merged)
			maps.Copy(all, own)
		}
	}
	return all
}
