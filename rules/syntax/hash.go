package syntax

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
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
	sum := sha256.New()
	h.write(sum, &r.Node)
	for i := range r.Never {
		fmt.Fprint(sum, "never")
		h.write(sum, &r.Never[i])
	}
	fmt.Fprintf(sum, "only%q except%q", r.Only.values(), r.Except.values())
	return short(sum.Sum(nil))
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
func (h *Hasher) write(w io.Writer, n *Node) {
	fmt.Fprintf(w, "(%q in %v", n.Term, n.In)
	if n.Concept != "" {
		fmt.Fprintf(w, "$%s", h.conceptHash(n.Concept))
	}
	for list := range n.Lists() {
		fmt.Fprint(w, list.Name, "[")
		for i := range list.Nodes {
			h.write(w, &list.Nodes[i])
		}
		fmt.Fprint(w, "]")
	}
	if n.AtLeast != 0 || n.Times != 0 || n.Ordered || n.Within != (Window{}) {
		fmt.Fprintf(w, "at least %d times %d ordered %v within %d %d",
			n.AtLeast, n.Times, n.Ordered, n.Within.Unit, n.Within.Words)
	}
	fmt.Fprint(w, ")")
}

func (h *Hasher) conceptHash(name string) string {
	if known, ok := h.known[name]; ok {
		return known
	}
	sum := sha256.New()
	def := h.concept(name)
	h.write(sum, &def)
	h.known[name] = short(sum.Sum(nil))
	return h.known[name]
}

func short(sum []byte) string { return hex.EncodeToString(sum[:8]) }
