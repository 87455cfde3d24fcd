package syntax

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hasher computes the hashes of rules: short names for what they find.
type Hasher struct {
	concept func(name string) string // its hash
}

// NewHasher returns a hasher of rules that use the concepts that a function
// returns by their names.
func NewHasher(concept func(name string) Node) *Hasher {
	h, known := &Hasher{}, map[string]string{}
	h.concept = func(name string) string {
		hash, ok := known[name]
		if !ok {
			def, b := concept(name), bytes.Buffer{}
			h.write(&b, &def)
			hash = short(&b)
			known[name] = hash
		}
		return hash
	}
	return h
}

// Rule returns the hash of a rule. It changes when the rule, or a concept that
// it uses, looks for something else. It does not change with the rule's name,
// severity, channels, escalations, tests or the day on which it ends, nor with
// what is watched of its matches as a whole.
func (h *Hasher) Rule(r *Rule) string {
	var b bytes.Buffer
	h.write(&b, &r.Node)
	for i := range r.Never {
		b.WriteString("never")
		h.write(&b, &r.Never[i])
	}
	fmt.Fprintf(&b, "only%q except%q", r.Only.values(), r.Except.values())
	return short(&b)
}

// values lists everything that a filter says. Hashes are stored: the order stays.
func (f *Filter) values() [][]string {
	var all [][]string
	for _, key := range f.Keys() {
		all = append(all, key.Values)
	}
	return append(all, []string{f.WordRange()})
}

// write writes a node without ambiguity, and concepts by their own hash.
func (h *Hasher) write(w *bytes.Buffer, n *Node) {
	w.WriteString("(")
	for _, row := range scalars[:hashedFirst] {
		row.hash(h, w, n)
	}
	for list := range n.Lists() {
		w.WriteString(list.Name + "[")
		for i := range list.Nodes {
			h.write(w, &list.Nodes[i])
		}
		w.WriteString("]")
	}
	for _, row := range scalars[hashedFirst:] {
		row.hash(h, w, n)
	}
	w.WriteString(")")
}

func short(b *bytes.Buffer) string {
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:8])
}
