package syntax

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Hasher gives rules a short name for what they mean.
type Hasher struct {
	concept func(name string) Node
	known   map[string]string // of concepts
}

// NewHasher returns a hasher of rules that use the concepts that a function
// returns by their names.
func NewHasher(concept func(name string) Node) *Hasher {
	return &Hasher{concept: concept, known: map[string]string{}}
}

// Rule returns the hash of a rule. It changes when the rule, or a concept that
// it uses, looks for something else. It does not change with the rule's name,
// severity, channels, tests or the day on which it ends.
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
	fmt.Fprintf(w, "(%q in %v", n.Term, n.In)
	if n.Concept != "" {
		fmt.Fprintf(w, "$%s", h.conceptHash(n.Concept))
	}
	for list := range n.Lists() {
		w.WriteString(list.Name + "[")
		for i := range list.Nodes {
			h.write(w, &list.Nodes[i])
		}
		w.WriteString("]")
	}
	if n.AtLeast != 0 || n.Times != 0 || n.Ordered || n.Within != (Window{}) {
		fmt.Fprintf(w, "at least %d times %d ordered %v within %d %d",
			n.AtLeast, n.Times, n.Ordered, n.Within.Unit, n.Within.Words)
	}
	w.WriteString(")")
}

func (h *Hasher) conceptHash(name string) string {
	if known, ok := h.known[name]; ok {
		return known
	}
	var b bytes.Buffer
	def := h.concept(name)
	h.write(&b, &def)
	h.known[name] = short(&b)
	return h.known[name]
}

func short(b *bytes.Buffer) string {
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:8])
}
