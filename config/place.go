package config

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
)

// places finds the position of a value by its path. It holds the trees of the
// files, which are large: after Load they are dropped, and reread makes them anew.
type places struct {
	files    []*file // in the order they were read
	tops     []spot  // of the files
	sources  []spot
	rules    []spot
	concepts map[string]spot
}

// spot is a value of a file.
type spot struct {
	file *file
	node *yaml.Node
	top  *yaml.Node // of the file
}

func (s spot) position() position {
	return position{file: s.file.Path, line: s.node.Line, column: s.node.Column}
}

// reread finds the places of files that were read without a mistake before.
func reread(files []*yamlfile.File) *places {
	again := make([]*file, len(files))
	for i, f := range files {
		again[i] = newFile(f.Again())
	}
	return newPlaces(again)
}

func newPlaces(files []*file) *places {
	p := &places{files: files}
	for _, f := range files {
		if f.Top != nil {
			p.add(f, f.Top)
		}
	}
	return p
}

// add adds the tree of a file. Its sources, rules and concepts follow those of
// the files before.
func (p *places) add(f *file, top *yaml.Node) {
	at := func(n *yaml.Node) spot { return spot{file: f, node: yamlfile.Resolve(n), top: top} }
	p.tops = append(p.tops, at(top))
	for _, n := range yamlfile.Elements(yamlfile.Lookup(top, "sources")) {
		if !isSourceChange(f, yamlfile.Resolve(n)) {
			p.sources = append(p.sources, at(n))
		}
	}
	for _, n := range yamlfile.Elements(yamlfile.Lookup(top, "rules")) {
		if !isChange(yamlfile.Resolve(n)) {
			p.rules = append(p.rules, at(n))
		}
	}
	concepts := yamlfile.Lookup(top, "concepts")
	if concepts == nil {
		return
	}
	if p.concepts == nil {
		p.concepts = map[string]spot{}
	}
	yamlfile.EachKey(concepts, func(name string, n *yaml.Node) {
		if _, taken := p.concepts[f.full(name)]; !taken {
			p.concepts[f.full(name)] = at(n)
		}
	})
}

// locate returns the position of a path:
//
//  1. of the value itself,
//  2. of a rule's value that comes from the defaults of its file, there,
//  3. of the longest beginning of the path that is known,
//  4. the zero position when nothing of it is known.
func (p *places) locate(path string) position {
	kind, rest, _ := strings.Cut(path, "[")
	switch {
	case kind == "rules":
		s, rest := indexed(p.rules, rest)
		return s.inRule(rest)
	case kind == "sources":
		s, rest := indexed(p.sources, rest)
		found, _ := s.follow(rest)
		return found
	case strings.HasPrefix(path, "concepts."):
		return p.concept(strings.TrimPrefix(path, "concepts."))
	}
	return p.setting(path)
}

// inRule returns the position of a path in a rule or the defaults of its file,
// where more of it is known.
func (s spot) inRule(path string) position {
	found, left := s.follow(path)
	if left == "" || s.top == nil {
		return found
	}
	inherited, unknown := spot{file: s.file, node: yamlfile.Lookup(s.top, "defaults")}.follow(path)
	if len(unknown) < len(left) {
		return inherited
	}
	return found
}

// indexed splits "3].any[1]" into the fourth of some spots and the rest.
func indexed(spots []spot, path string) (spot, string) {
	digits, rest, _ := strings.Cut(path, "]")
	i, err := strconv.Atoi(digits)
	if err != nil || i < 0 || i >= len(spots) {
		return spot{}, ""
	}
	return spots[i], rest
}

// concept returns the position of a path in a concept. The name of a pack's
// concept holds a dot itself, so each beginning of the path may be the name.
func (p *places) concept(path string) position {
	for name := path; name != ""; name = parent(name) {
		if s, ok := p.concepts[name]; ok {
			found, _ := s.follow(path[len(name):])
			return found
		}
	}
	return p.setting("concepts")
}

// setting returns the position of a path in the file that has the most of it.
func (p *places) setting(path string) position {
	for ; path != ""; path = parent(path) {
		for _, top := range p.tops {
			if found, left := top.follow("." + path); left == "" {
				return found
			}
		}
	}
	return position{}
}

// follow goes down a path like ".all[1][0]". It returns the position where it
// ends, and what is left of the path when the rest is not there. A bare list
// means the same as one under "any".
func (s spot) follow(path string) (found position, left string) {
	if s.node == nil {
		return position{}, path
	}
	for path != "" {
		step := path
		if i := strings.IndexAny(path[1:], ".["); i >= 0 {
			step = path[:i+1]
		}
		next := s.next(step)
		if next == nil {
			break
		}
		s.node, path = next, path[len(step):]
	}
	return s.position(), path
}

// next goes one step down: ".any" or "[3]". A map that stands for a list of one is
// its own "[0]".
func (s spot) next(step string) *yaml.Node {
	if step[0] == '.' {
		if step == ".any" && s.node.Kind == yaml.SequenceNode {
			return s.node
		}
		return yamlfile.Lookup(s.node, step[1:])
	}
	list := s.node
	if inner := yamlfile.Lookup(list, "any"); inner != nil {
		list = inner
	}
	i, err := strconv.Atoi(strings.Trim(step, "[]"))
	if i == 0 && list.Kind == yaml.MappingNode {
		return list
	}
	if all := yamlfile.Elements(list); err == nil && i >= 0 && i < len(all) {
		return yamlfile.Resolve(all[i])
	}
	return nil
}
