package config

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/rules"
)

// RuleDraft is a rule to paste into a config.
type RuleDraft struct {
	Rule    rules.Rule // Name, Node, Only and Except are written
	Remarks []string   // what people may want to know, a comment line each
}

// WriteRules returns drafts as a config file that begins with "rules:". Load reads the
// same rules from it.
func WriteRules(drafts []RuleDraft) []byte {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range drafts {
		list.Content = append(list.Content, drafts[i].node())
	}
	return dumped("rules", list)
}

// dumped returns a config file of one key.
func dumped(key string, list *yaml.Node) []byte {
	if len(list.Content) == 0 {
		list.Style = yaml.FlowStyle
	}
	var b bytes.Buffer
	top := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{plainText(key), list}}
	d, err := yaml.NewDumper(&b,
		yaml.WithIndent(2), yaml.WithCompactSeqIndent(false), yaml.WithLineWidth(-1), yaml.WithUnicode(true))
	if err == nil {
		err = d.Dump(top)
	}
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything, and the tree is ours
	}
	return b.Bytes()
}

// Check returns why Load would refuse a draft.
func (d *RuleDraft) Check() error { return loadable(WriteRules([]RuleDraft{*d})) }

// node returns the map of a draft.
func (d *RuleDraft) node() *yaml.Node {
	n := nodeMap(&d.Rule.Node)
	n.Style = 0
	n.Content = append([]*yaml.Node{plainText("name"), plainText(d.Rule.Name)}, n.Content...)
	for _, filter := range []struct {
		key string
		is  *rules.Filter
	}{{"only", &d.Rule.Only}, {"except", &d.Rule.Except}} {
		if !filter.is.IsZero() {
			n.Content = append(n.Content, plainText(filter.key), filterMap(filter.is))
		}
	}
	remarks := make([]string, len(d.Remarks))
	for i, r := range d.Remarks {
		remarks[i] = "# " + oneLine(r)
	}
	n.HeadComment = strings.Join(remarks, "\n")
	return n
}

func flow(kind yaml.Kind) *yaml.Node { return &yaml.Node{Kind: kind, Style: yaml.FlowStyle} }

// nodeOf returns a node as a rule holds it.
func nodeOf(n *rules.Node) *yaml.Node {
	switch {
	case n.Term != "":
		return plainText(n.Term)
	case n.Concept != "":
		return plainText("$" + n.Concept)
	case n.IsList():
		return nodesOf(n.Any)
	}
	return nodeMap(n)
}

func nodesOf(nodes []rules.Node) *yaml.Node {
	list := flow(yaml.SequenceNode)
	for i := range nodes {
		list.Content = append(list.Content, nodeOf(&nodes[i]))
	}
	return list
}

// nodeMap returns the keys of a node.
func nodeMap(n *rules.Node) *yaml.Node {
	m := flow(yaml.MappingNode)
	set := func(key string, value *yaml.Node) { m.Content = append(m.Content, plainText(key), value) }
	lists := func(key string, nodes []rules.Node) {
		if nodes != nil {
			set(key, nodesOf(nodes))
		}
	}
	number := func(key string, n int) {
		if n > 0 {
			set(key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(n)})
		}
	}
	lists("all", n.All)
	lists("any", n.Any)
	number("at least", n.AtLeast)
	lists("of", n.Of)
	number("times", n.Times)
	if n.Ordered {
		set("ordered", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
	lists("near", n.Near)
	lists("not near", n.NotNear)
	lists("not part of", n.NotPartOf)
	if n.Within != (rules.Window{}) {
		set("within", plainText(strings.TrimPrefix(n.Within.String(), "within ")))
	}
	lists("none", n.None)
	switch places := placesOf(n.In); len(places) {
	case 0:
	case 1:
		set("in", places[0])
	default:
		list := flow(yaml.SequenceNode)
		list.Content = places
		set("in", list)
	}
	return m
}

func placesOf(in []rules.Place) []*yaml.Node {
	all := make([]*yaml.Node, len(in))
	for i, p := range in {
		all[i] = plainText(string(p.Field))
		if p.Field == "" {
			all[i] = plainText(fmt.Sprintf("first %d words", p.Words))
		}
	}
	return all
}

func filterMap(f *rules.Filter) *yaml.Node {
	m := flow(yaml.MappingNode)
	for _, key := range f.Keys() {
		if len(key.Values) == 0 {
			continue
		}
		list := flow(yaml.SequenceNode)
		for _, v := range key.Values {
			list.Content = append(list.Content, plainText(v))
		}
		m.Content = append(m.Content, plainText(key.Name), list)
	}
	if f.CountsWords() {
		m.Content = append(m.Content, plainText("words"), plainText(f.WordRange()))
	}
	return m
}
