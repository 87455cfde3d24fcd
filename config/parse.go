package config

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Bounds on the tree of a file, aliases followed: deep or wide beyond any
// config's need.
const (
	maxDepth    = 64
	maxExpanded = 200_000 // values that aliases add to those written out
)

// file is one YAML file.
type file struct {
	path      string // as people would type it
	text      []byte
	pack      string // name of the pack that it is; "" is a file of the user's
	onlyRules bool   // it may hold defaults, concepts and rules alone
	lines     []string
	top       *yaml.Node   // of the tree; nil when it is not YAML or empty
	secrets   map[int]bool // lines whose value must not be shown, beside those that excerpt finds
}

func newFile(path string, text []byte) *file {
	f := &file{path: path, text: text, secrets: map[int]bool{}}
	if isPack(path) {
		f.pack = strings.TrimPrefix(path, packPrefix)
	}
	f.lines = strings.Split(lineBreaks.Replace(strings.TrimPrefix(string(text), "\ufeff")), "\n")
	return f
}

// root returns the value at the top of the tree.
func (f *file) root() *value { return &value{file: f, node: f.top, index: inMap} }

// lineBreaks are the line breaks of YAML 1.1: the YAML library counts lines by
// them. https://yaml.org/spec/1.1/#b-char
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// notYAML is why a file could not be read, and where in it.
type notYAML struct {
	Mistake
	region
}

// parse reads a file into a tree; it is nil when the file is no YAML, which is
// then said, or holds nothing.
func parse(f *file) (*yaml.Node, *notYAML) {
	if m, ok := unreadable(f); ok {
		return nil, &notYAML{Mistake: m}
	}
	loader, err := yaml.NewLoader(bytes.NewReader(f.text),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, &notYAML{Mistake: Mistake{Message: err.Error()}}
	}
	var doc, more yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntaxMistake(f, err)
	}
	if err := loader.Load(&more); err == nil {
		return nil, &notYAML{Mistake: Mistake{Line: more.Line, Column: 1, Message: "a second document begins here",
			Hint: "put it into a file of its own and include that"}}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxMistake(f, err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil, nil
	}
	root := doc.Content[0]
	if m, ok := tooLarge(root); ok {
		return nil, &notYAML{Mistake: m}
	}
	return root, nil
}

// mistake returns what to say about a file that is not YAML: the slip of the pen
// when it is one that can be told, else what the YAML library found.
func (wrong *notYAML) mistake(f *file, t *tables) Mistake {
	m := wrong.Mistake
	if wrong.to > 0 {
		if slip, ok := newSlips(t).find(f, wrong.region); ok {
			m = slip
		}
	}
	m.File, m.Severity = f.path, Error
	m.Line, m.Column = max(m.Line, 1), max(m.Column, 1)
	if last := f.lastLine(); m.Line > last {
		m.Line, m.Column = last, utf8.RuneCountInString(f.lines[last-1])+1 // the end of the text, not of the file
	}
	m.Excerpt = cmp.Or(m.Excerpt, syntaxExcerpt(f.lines, m.Line, m.Column))
	return m
}

// lastLine is the last line that holds anything.
func (f *file) lastLine() int {
	for i := len(f.lines); i > 1; i-- {
		if strings.TrimSpace(f.lines[i-1]) != "" {
			return i
		}
	}
	return 1
}

// excerpt is a line of the file to show.
func (f *file) excerpt(line int) string {
	if f.secrets[line] && line <= len(f.lines) {
		text := f.lines[line-1]
		key, value, found := strings.Cut(text[:min(len(text), maxExcerpt)], ":")
		if value = strings.TrimSpace(value); found && value != "" {
			return maskTokens(key) + ": " + hide(value)
		}
		return text[:indent(text)] + hide(text[indent(text):])
	}
	return excerpt(f.lines, line, secretKey)
}

// unreadable finds bytes that no YAML file holds; the YAML library gives no
// position for them.
func unreadable(f *file) (Mistake, bool) {
	if strings.HasPrefix(string(f.text), "\xff\xfe") || strings.HasPrefix(string(f.text), "\xfe\xff") {
		return Mistake{Message: "the file is UTF-16", Hint: "save it as UTF-8"}, true
	}
	if utf8.Valid(f.text) && bytes.IndexFunc(f.text, isControl) < 0 {
		return Mistake{}, false
	}
	for i, line := range f.lines {
		column := 0
		for at, r := range line {
			column++
			_, size := utf8.DecodeRuneInString(line[at:])
			if r == utf8.RuneError && size == 1 {
				return Mistake{Line: i + 1, Column: column, Message: "the text is not UTF-8 here", Hint: "save the file as UTF-8"}, true
			}
			if isControl(r) {
				return Mistake{Line: i + 1, Column: column, Message: "a control character stands here", Hint: "delete it"}, true
			}
		}
	}
	return Mistake{}, false
}

// isControl reports whether a character has no place in a line of YAML.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7f
}

// extent is how large a value is with its aliases written out.
type extent struct{ values, depth int }

// tooLarge finds aliases that contain themselves or multiply. A value that is
// used again, which only one with an anchor is, is measured once.
func tooLarge(root *yaml.Node) (Mistake, bool) {
	var (
		known   = map[*yaml.Node]extent{}
		open    = map[*yaml.Node]bool{}
		written = 0
		found   *Mistake
		measure func(n *yaml.Node) extent
	)
	measure = func(n *yaml.Node) extent {
		target := n
		if n.Kind == yaml.AliasNode {
			target = n.Alias
		} else {
			written++
		}
		if len(target.Content) == 0 {
			return extent{values: 1}
		}
		anchored := target.Anchor != ""
		if anchored {
			if e, ok := known[target]; ok {
				return e
			}
			if open[target] {
				found = &Mistake{Line: n.Line, Column: n.Column, Message: "the alias stands inside the value that it repeats"}
				return extent{}
			}
			open[target] = true
		}
		e := extent{values: 1}
		for _, c := range target.Content {
			inner := measure(c)
			e.values = min(e.values+inner.values, 1<<40)
			e.depth = max(e.depth, inner.depth+1)
		}
		if anchored {
			delete(open, target)
			known[target] = e
		}
		return e
	}
	whole := measure(root)
	switch {
	case found != nil:
		return *found, true
	case whole.values-written > maxExpanded:
		return Mistake{Message: "the aliases of this file repeat too much", Hint: "write values out instead of nesting aliases"}, true
	case whole.depth > maxDepth:
		return Mistake{Message: "the aliases of this file nest too deeply"}, true
	}
	return Mistake{}, false
}
