package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/text"
)

// key is one key that a map of the config takes: how its value is read into a
// T, and what the schema says of it. Both come from the same line of a table,
// so that neither knows a key that the other does not.
type key[T any] struct {
	name string
	doc  string // for people, shown by editors: Markdown, in whole sentences
	form form   // of the value
	read func(l *loader, v value, into *T)
}

// table is the keys of one kind of map.
type table[T any] struct {
	what     string // the kind, as mistakes call it: "a rule"
	keys     []key[T]
	reserved []string // keys that are refused until they work
	settings bool     // a key may be set only once in all files together
	adds     []string // but for these keys: what the files say adds up
	stray    string   // hint for an unknown key that has no value, which %s stands for
	foreign  func() synonyms
	required []string // for the schema; the readers say it in better words
	more     form     // other conditions of the schema
}

func (t *table[T]) names() []string {
	all := make([]string, len(t.keys))
	for i := range t.keys {
		all[i] = t.keys[i].name
	}
	return all
}

func (t *table[T]) find(name string) *key[T] {
	for i := range t.keys {
		if t.keys[i].name == name {
			return &t.keys[i]
		}
	}
	return nil
}

// part is the keys of a T for a table of a D that holds one.
func part[D, T any](keys []key[T], of func(*D) *T) []key[D] {
	all := make([]key[D], len(keys))
	for i, k := range keys {
		all[i] = key[D]{k.name, k.doc, k.form, func(l *loader, v value, into *D) { k.read(l, v, of(into)) }}
	}
	return all
}

// vocabulary is what is known of the keys of one kind of map.
type vocabulary struct {
	what            string
	known, reserved []string
	stray           string
	foreign         func() synonyms // nil is none
}

func (t *table[T]) vocabulary() vocabulary {
	return vocabulary{t.what, t.names(), t.reserved, t.stray, t.foreign}
}

// given is the keys that one map sets.
type given []pair

func (g given) has(name string) bool { return g.find(name) != nil }

func (g given) find(name string) *pair {
	for i := range g {
		if g[i].key == name {
			return &g[i]
		}
	}
	return nil
}

// unsupported is the hint for a key or value that is refused until it works.
const unsupported = "not supported by this version"

// object reads a map with the keys of a table and gives those that it sets. It
// is whole when it is a map, and all its keys are known or reserved: if not,
// what is missing may have been misspelt.
func object[T any](l *loader, v value, t *table[T], into *T) (set given, whole bool) {
	if v.node.Kind != yaml.MappingNode {
		if path := v.path(); path == "" || path == "slack" { // "token xoxb-…" without its colon
			v.file.secrets[v.node.Line] = true
		}
		l.wrongKind(v, wantKeys+t.what)
		return nil, false
	}
	pairs := l.pairs(v)
	set, whole = pairs[:0:0], true
	for _, p := range pairs {
		k := t.find(p.key)
		if k == nil {
			l.unknown(p, t.vocabulary())
			whole = whole && slices.Contains(t.reserved, p.key)
			continue
		}
		if first := set.find(p.key); first != nil {
			l.twice(p, first.position())
			continue
		}
		if t.settings && !slices.Contains(t.adds, p.key) && !l.once(p) {
			continue
		}
		set = append(set, p)
		k.read(l, p.value, into)
	}
	return set, whole
}

// section reads an object that may be left empty, its keys commented out.
func section[T any](l *loader, v value, t *table[T], into *T) {
	if !v.empty() {
		object(l, v, t, into)
	}
}

// pair is one key of a map with its value.
type pair struct {
	key   string
	name  *yaml.Node // the key as it is written
	value value
}

// position is that of the key.
func (p pair) position() position {
	return position{file: p.value.file.path, line: p.name.Line, column: p.name.Column}
}

// pairs lists the keys of a map in the order they are written, merged ones
// last. A key that a merge (<<) brings gives way to the same key written out.
func (l *loader) pairs(v value) given {
	own := make(given, 0, len(v.node.Content)/2)
	var merged given
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, n := v.node.Content[i], v.node.Content[i+1]
		switch name := resolve(k); {
		case name.Kind != yaml.ScalarNode:
			l.at(position{file: v.file.path, line: k.Line, column: k.Column}, v.path(), quoteIt+" when it is a text", "a key must be a word")
		case name.Tag == mergeTag:
			merged = append(merged, l.merged(v, resolve(n))...)
		default:
			own = append(own, pair{key: name.Value, name: k, value: v.under(name.Value, n)})
		}
	}
	if merged == nil {
		return own
	}
	written := map[string]bool{}
	for _, p := range own {
		written[p.key] = true
	}
	for _, p := range merged {
		if !written[p.key] {
			written[p.key] = true
			own = append(own, p)
		}
	}
	return own
}

// mergeTag is that of the key "<<".
const mergeTag = "!!merge"

// merged lists the keys that "<<" brings into v: those of a map or a list of
// maps.
func (l *loader) merged(v value, from *yaml.Node) given {
	v.node = from
	switch from.Kind {
	case yaml.MappingNode:
		return l.pairs(v)
	case yaml.SequenceNode:
		var all given
		for _, n := range from.Content {
			all = append(all, l.merged(v, resolve(n))...)
		}
		return all
	default:
		l.mistake(v, "write <<: *name, where &name stands before a map", "<< takes in a map")
		return nil
	}
}

// once refuses a setting that was set before, in this file or another.
func (l *loader) once(p pair) bool {
	id := p.value.path()
	if before, again := l.keys[id]; again {
		l.twice(p, before)
		return false
	}
	l.keys[id] = p.position()
	return true
}

func (l *loader) twice(p pair, first position) {
	at := p.position()
	l.at(at, p.value.path(), "", "`%s` is set twice: first in %s", p.key, first.from(at))
}

// unknown records a key that the map does not take.
func (l *loader) unknown(p pair, of vocabulary) {
	if i := strings.IndexFunc(p.key, isOddSpace); i >= 0 {
		l.lost = true // what it stands under is not what was meant
		m, _ := slip(p.key, p.name.Line, i, oddSpaceMessage, oddSpaceHint)
		l.at(position{p.value.file.path, m.Line, m.Column + p.name.Column - 1}, p.value.path(), m.Hint, "%s", m.Message)
		return
	}
	near, hint := "", ""
	if len(l.mistakes) < maxMistakes { // of those beyond, nobody reads the hints
		near = text.Nearest(p.key, of.known)
		hint = of.likely(p.key)
	}
	masks := secretName.MatchString(near) || near == "" && !p.value.plain() // a misspelt key may have a secret for its value
	if hint == "" && of.stray != "" && p.value.empty() {
		hint = fmt.Sprintf(of.stray, shorten(p.key))
	}
	if slices.Contains(of.reserved, p.key) {
		hint, masks = unsupported, secretName.MatchString(near)
	}
	if masks {
		p.value.file.secrets[p.name.Line] = true
	}
	if hint == "" {
		hint = "known keys: " + strings.Join(slices.Sorted(slices.Values(of.known)), ", ")
	}
	l.at(p.position(), p.value.path(), hint, "unknown key `%s` in %s", shorten(p.key), of.what)
}

// likely returns the hint for an unknown key: how it is spelt, what the word of
// another tool means, or the likeliest spelling; "" when nothing is likely.
func (v vocabulary) likely(key string) string {
	var others synonyms
	if v.foreign != nil {
		others = v.foreign()
	}
	return likely(key, v.known, others)
}
