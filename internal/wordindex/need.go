package wordindex

import (
	"slices"

	"github.com/copytaster/copytaster/internal/text"
)

// Need is a condition that every story meets which a rule matches. The zero value is met by all:
// nothing can be said.
type Need struct {
	op   op
	key  text.WordKey
	of   []Need
	keys int // how many are below it
}

type op uint8

const (
	anything op = iota
	hasKey
	hasAll
	hasAny
	nothing
)

// mostKeys is how many keys an alternative has at most of which something is said: each costs
// a look into every segment.
const mostKeys = 512

// HasKey is met by stories with a key.
func HasKey(key text.WordKey) Need { return Need{op: hasKey, key: key, keys: 1} }

// Nothing is met by no story.
func Nothing() Need { return Need{op: nothing} }

// Known reports whether anything is said.
func (n *Need) Known() bool { return n.op != anything }

// HasAll is met where all needs are.
func HasAll(needs ...Need) Need {
	if slices.ContainsFunc(needs, func(n Need) bool { return n.op == nothing }) {
		return Nothing()
	}
	return join(hasAll, slices.DeleteFunc(slices.Clone(needs), func(n Need) bool { return !n.Known() }))
}

// HasAny is met where one of the needs is at least.
func HasAny(needs ...Need) Need {
	if slices.ContainsFunc(needs, func(n Need) bool { return !n.Known() }) {
		return Need{}
	}
	kept := slices.DeleteFunc(slices.Clone(needs), func(n Need) bool { return n.op == nothing })
	if len(kept) == 0 {
		return Nothing()
	}
	if joined := join(hasAny, kept); joined.keys <= mostKeys {
		return joined
	}
	return Need{}
}

func join(op op, needs []Need) Need {
	if len(needs) == 1 {
		return needs[0]
	}
	joined := Need{op: op, of: needs}
	for i := range needs {
		joined.keys += needs[i].keys
	}
	if len(needs) == 0 {
		joined.op = anything
	}
	return joined
}

// HasPhrase is met by stories with the words of a phrase.
func HasPhrase(words string, look text.Look) Need {
	var all []Need
	for _, keys := range text.NeededKeys(words, look) {
		var anyOf []Need
		for _, key := range keys {
			anyOf = append(anyOf, HasKey(key))
		}
		all = append(all, HasAny(anyOf...))
	}
	return HasAll(all...)
}

// Keys returns the keys that the need is about, each once.
func (n *Need) Keys() []text.WordKey {
	keys := n.appendKeys(nil)
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (n *Need) appendKeys(into []text.WordKey) []text.WordKey {
	if n.op == hasKey {
		return append(into, n.key)
	}
	for i := range n.of {
		into = n.of[i].appendKeys(into)
	}
	return into
}

// Eval returns the stories of a segment that meet the need. find returns those with a key.
func (n *Need) Eval(find func(text.WordKey) Places) (p Places) {
	switch n.op {
	case anything:
		return All()
	case hasKey:
		return find(n.key)
	case hasAll:
		p = All()
	}
	for i := range n.of {
		if n.op == hasAll && p.Empty() {
			break
		}
		of := n.of[i].Eval(find)
		for k := range p {
			if n.op == hasAll {
				p[k] &= of[k]
			} else {
				p[k] |= of[k]
			}
		}
	}
	return p
}
