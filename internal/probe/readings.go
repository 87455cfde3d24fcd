package probe

import (
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

// ReadTerms is how the terms of a concept or rule are read.
type ReadTerms struct {
	Concept string     `json:"concept,omitempty"` // "" when Rule is set
	Rule    string     `json:"rule,omitempty"`    // "" when Concept is set
	File    string     `json:"file"`
	Line    int        `json:"line"`
	Terms   []ReadTerm `json:"terms"`
}

// ReadTerm is one term, and what it looks for.
type ReadTerm struct {
	Term    string `json:"term"` // as written
	Reading string `json:"reading"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

// Readings says how every term of a config is read, by the concept or rule that
// it is written in.
func Readings(cfg *config.Config) []ReadTerms {
	var all []ReadTerms
	last := ""
	for _, r := range rules.Readings(cfg.Definition) {
		concept, path := conceptOf(cfg, r.Path)
		owner := ReadTerms{Concept: concept}
		if path == "" {
			owner.Rule, path = ruleOf(cfg, r.Path)
		}
		if path != last || len(all) == 0 {
			last = path
			owner.File, owner.Line, _ = cfg.Position(path)
			all = append(all, owner)
		}
		_, line, column := cfg.Position(r.Path)
		terms := &all[len(all)-1].Terms
		*terms = append(*terms, ReadTerm{Term: r.Written, Reading: r.Reading, Line: line, Column: column})
	}
	return all
}

// conceptOf returns the concept that a path leads into, with the path of the
// concept itself. The name of a pack's concept holds a dot.
func conceptOf(cfg *config.Config, path string) (name, whole string) {
	inside, ok := strings.CutPrefix(path, "concepts.")
	if !ok {
		return "", ""
	}
	for name = inside; name != ""; name = name[:max(strings.LastIndexAny(name, ".["), 0)] {
		if _, known := cfg.Definition.Concepts[name]; known {
			return name, "concepts." + name
		}
	}
	return inside, path
}

// ruleOf returns the rule that a path leads into, with the path of the rule
// itself.
func ruleOf(cfg *config.Config, path string) (name, whole string) {
	whole, _, _ = strings.Cut(path, "]")
	i, err := strconv.Atoi(strings.TrimPrefix(whole, "rules["))
	if err != nil || i < 0 || i >= len(cfg.Definition.Rules) {
		return path, path
	}
	return cfg.Definition.Rules[i].Name, whole + "]"
}
