package config

import (
	"slices"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/rules"
)

// RuleText is a place where a rule is written, as the editor wrote it.
type RuleText struct {
	File string // as people would type it; "pack:NAME" is a pack of ours
	Line int
	YAML string // secrets masked; "" where the rule does not stand in lines of its own
}

// ruleLine is where a rule begins.
type ruleLine struct {
	name string // "": it is that of the rule at the same index
	file *yamlfile.File
	line int
}

// ruleLines remembers where the rules and the changes of packs' rules begin, without trees.
func (c *checker) ruleLines(read []*yamlfile.File) (lines []ruleLine) {
	bare := make(map[string]*yamlfile.File, len(read))
	for _, f := range read {
		bare[f.Path] = f
	}
	for _, s := range c.places.rules {
		lines = append(lines, ruleLine{file: bare[s.file.Path], line: s.node.Line})
	}
	for _, change := range c.said.changes {
		at := change.value.position()
		lines = append(lines, ruleLine{change.rule.Name, bare[at.file], at.line})
	}
	return lines
}

// RuleTexts returns where a rule is written: first the rule, then the changes if it is a pack's.
func (c *Config) RuleTexts(name string) (texts []RuleText) {
	at := slices.IndexFunc(c.Definition.Rules, func(r rules.Rule) bool { return r.Name == name })
	if at < 0 {
		return nil
	}
	for i, l := range c.ruleLines {
		if i == at || l.name == name {
			texts = append(texts, RuleText{l.file.Path, l.line, l.file.Element(l.line)})
		}
	}
	return texts
}
