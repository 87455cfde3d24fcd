package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// key is one key that a map of the config takes. A row of a table says
// everything about it, so that decoding, the schema and what files and packs
// pass on know the same keys.
type key[T any] struct {
	name   string
	doc    string // for people, shown by editors: Markdown, in whole sentences
	form   form   // of the value
	decode func(d *decoder, v value, into *T)
	copy   func(into, from *T)   // takes over the decoded value; nil where nobody does
	fill   func(into, from *T)   // the same, but only a value that into lacks
	nodes  func(*T) []rules.Node // the decoded value where it is a list of nodes, else nil
	needs  []string              // keys that must stand beside it
	use    use
}

// use says where a key of a rule may stand besides rules.
type use struct{ inDefaults, inChanges bool }

// decodeFunc decodes values of one kind. It is not ok when the value is wrong,
// which has been reported.
type decodeFunc[V any] func(d *decoder, v value) (V, bool)

// row is a key whose value goes into one field.
func row[T, V any](name, doc string, f form, field func(*T) *V, decode decodeFunc[V]) key[T] {
	k := custom(name, doc, f, func(d *decoder, v value, into *T) {
		if decoded, ok := decode(d, v); ok {
			*field(into) = decoded
		}
	})
	k.copy = func(into, from *T) { *field(into) = *field(from) }
	k.fill = func(into, from *T) {
		if reflect.ValueOf(field(into)).Elem().IsZero() {
			k.copy(into, from)
		}
	}
	return k
}

// nodeList is a key with a list of nodes.
func nodeList[T any](name, doc string, field func(*T) *[]rules.Node) key[T] {
	k := row(name, doc, the("nodes"), field, decodeNodes)
	k.nodes = func(of *T) []rules.Node { return *field(of) }
	return k
}

// nested is a key with a map that has a table of its own.
func nested[T, V any](name, doc string, f form, field func(*T) *V, t *table[V]) key[T] {
	k := custom(name, doc, f, func(d *decoder, v value, into *T) { decodeMap(d, v, t, field(into)) })
	k.copy = func(into, from *T) { *field(into) = *field(from) }
	k.fill = func(into, from *T) { t.fill(field(into), field(from)) }
	return k
}

// section is a nested key whose map may be left empty, its keys commented out.
func section[T, V any](name, doc string, field func(*T) *V, t *table[V]) key[T] {
	return custom(name, doc, the(name), func(d *decoder, v value, into *T) {
		if !v.isEmpty() {
			decodeMap(d, v, t, field(into))
		}
	})
}

// custom is a key whose value is more than one field.
func custom[T any](name, doc string, f form, decode func(d *decoder, v value, into *T)) key[T] {
	return key[T]{name: name, doc: doc, form: f, decode: decode}
}

// requires says which keys must stand beside k.
func (k key[T]) requires(names ...string) key[T] {
	k.needs = names
	return k
}

// also says where else k may stand.
func (k key[T]) also(u use) key[T] {
	k.use = u
	return k
}

// table is the keys of one kind of map.
type table[T any] struct {
	what     string // the kind, as mistakes call it: "a rule"
	keys     []key[T]
	reserved []string // keys that are refused until they work
	settings bool     // a key may be set only once in all files together
	adds     []string // keys for which that does not hold: what the files say adds up
	stray    string   // hint for an unknown key without a value, which %s stands for
	foreign  func() synonyms
	required []string // for the schema; decoding says it in better words
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

// fill copies the values that a T lacks from another.
func (t *table[T]) fill(into, from *T) {
	for _, k := range t.keys {
		k.fill(into, from)
	}
}

// part is the keys of a T for a table of a D that holds one.
func part[D, T any](keys []key[T], of func(*D) *T) []key[D] {
	all := make([]key[D], len(keys))
	for i, k := range keys {
		all[i] = custom(k.name, k.doc, k.form, func(d *decoder, v value, into *D) { k.decode(d, v, of(into)) })
		all[i].needs = k.needs
		if k.nodes != nil {
			all[i].nodes = func(from *D) []rules.Node { return k.nodes(of(from)) }
		}
	}
	return all
}

// some returns the keys of a table that are wanted.
func some[T any](keys []key[T], wanted func(use) bool) []key[T] {
	return slices.DeleteFunc(slices.Clone(keys), func(k key[T]) bool { return !wanted(k.use) })
}

// vocabulary is what is known about the keys of one kind of map.
type vocabulary struct {
	what            string
	known, reserved []string
	stray           string
	foreign         func() synonyms // nil is none
}

func (t *table[T]) vocabulary() vocabulary {
	return vocabulary{t.what, t.names(), t.reserved, t.stray, t.foreign}
}

// given are the keys that one map sets.
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

// decodeMap decodes a map with the keys of a table, and returns those that it
// sets. It is whole when it is a map and all its keys are known or reserved: if
// not, what is missing may have been misspelt.
func decodeMap[T any](d *decoder, v value, t *table[T], into *T) (set given, whole bool) {
	if v.node.Kind != yaml.MappingNode {
		if path := v.path(); path == "" || path == "slack" { // "token xoxb-…" without its colon
			v.hide()
		}
		d.wrongKind(v, wantKeys+t.what)
		return nil, false
	}
	pairs := d.pairs(v)
	set, whole = pairs[:0:0], true
	for _, p := range pairs {
		k := t.find(p.key)
		if k == nil {
			d.unknown(p, t.vocabulary())
			whole = whole && slices.Contains(t.reserved, p.key)
			continue
		}
		if first := set.find(p.key); first != nil {
			d.twice(p, first.position())
			continue
		}
		if t.settings && !slices.Contains(t.adds, p.key) && !d.once(p) {
			continue
		}
		set = append(set, p)
		k.decode(d, p.value, into)
	}
	return set, whole
}

// overlay copies the values of some keys.
func (t *table[T]) overlay(into, from *T, set given) {
	for _, p := range set {
		if k := t.find(p.key); k.copy != nil {
			k.copy(into, from)
		}
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
	return position{file: p.value.file.Path, line: p.name.Line, column: p.name.Column}
}

// pairs returns the keys of a map in the order they are written, then merged
// ones. A key that is written out wins over one that a merge (<<) brings.
func (d *decoder) pairs(v value) given {
	own := make(given, 0, len(v.node.Content)/2)
	var merged given
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, n := v.node.Content[i], v.node.Content[i+1]
		switch name := yamlfile.Resolve(k); {
		case name.Kind != yaml.ScalarNode:
			d.at(position{file: v.file.Path, line: k.Line, column: k.Column}, v.path(), yamlfile.QuoteIt+" when it is a text", "a key must be a word")
		case name.Tag == yamlfile.MergeTag:
			merged = append(merged, d.merged(v, yamlfile.Resolve(n))...)
		default:
			own = append(own, pair{key: name.Value, name: k, value: v.member(name.Value, n)})
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

// merged returns the keys that "<<" brings into v: those of a map or a list of
// maps.
func (d *decoder) merged(v value, from *yaml.Node) given {
	v.node = from
	switch from.Kind {
	case yaml.MappingNode:
		return d.pairs(v)
	case yaml.SequenceNode:
		var all given
		for _, n := range from.Content {
			all = append(all, d.merged(v, yamlfile.Resolve(n))...)
		}
		return all
	default:
		d.mistake(v, "write <<: *name, where &name stands before a map", "<< takes in a map")
		return nil
	}
}

// once refuses a setting that was set before, in this file or another.
func (d *decoder) once(p pair) bool {
	id := p.value.path()
	if before, again := d.out.keys[id]; again {
		d.twice(p, before)
		return false
	}
	d.out.keys[id] = p.position()
	return true
}

func (d *decoder) twice(p pair, first position) {
	at := p.position()
	d.at(at, p.value.path(), "", "`%s` is set twice: first in %s", p.key, first.from(at))
}

// unknown records a key that the map does not take.
func (d *decoder) unknown(p pair, of vocabulary) {
	if odd, ok := yamlfile.OddSpaceIn(p.key); ok {
		d.lost = true // what it stands under is not what was meant
		at := p.position()
		at.column += odd.Column - 1
		d.at(at, p.value.path(), odd.Hint, "%s", odd.Message)
		return
	}
	near, hint := "", ""
	if len(d.mistakes) < maxMistakes { // the others are not shown
		near = text.Nearest(p.key, of.known)
		hint = of.likely(p.key)
	}
	// A key that is misspelt, or another tool's, may have a secret for its value.
	isForeign := near != "" && of.foreign != nil && of.foreign().hint(p.key) != ""
	masks := yamlfile.NamesSecret(near) || (near == "" || isForeign) && !p.value.isPlain()
	if hint == "" && of.stray != "" && p.value.isEmpty() {
		hint = fmt.Sprintf(of.stray, shorten(p.key))
	}
	if slices.Contains(of.reserved, p.key) {
		hint, masks = unsupported, yamlfile.NamesSecret(near)
	}
	if masks {
		p.value.file.Hide(p.name.Line)
	}
	if hint == "" {
		hint = "known keys: " + strings.Join(slices.Sorted(slices.Values(of.known)), ", ")
	}
	d.at(p.position(), p.value.path(), hint, "unknown key `%s` in %s", shorten(p.key), of.what)
}

// likely returns the hint for an unknown key, "" when there is none.
func (v vocabulary) likely(key string) string {
	var others synonyms
	if v.foreign != nil {
		others = v.foreign()
	}
	return likely(key, v.known, others)
}
