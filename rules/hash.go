package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// hash gives a short name to what a rule means: it changes when the rule or a
// concept that it uses looks for something else, and not with its name,
// severity, channels, tests or the day on which it ends.
func (b *builder) hash(r *Rule) string {
	h := sha256.New()
	b.write(h, &r.Node)
	for i := range r.Never {
		fmt.Fprint(h, "never")
		b.write(h, &r.Never[i])
	}
	fmt.Fprintf(h, "only%q except%q", r.Only.values(), r.Except.values())
	return short(h.Sum(nil))
}

// write puts a node down without ambiguity, concepts by their own hash.
func (b *builder) write(w io.Writer, n *Node) {
	fmt.Fprintf(w, "(%q in %v", n.Term, n.In)
	if n.Concept != "" {
		fmt.Fprintf(w, "$%s", b.conceptHash(n.Concept))
	}
	for _, list := range n.lists() {
		if list.nodes == nil {
			continue
		}
		fmt.Fprint(w, list.key, "[")
		for i := range list.nodes {
			b.write(w, &list.nodes[i])
		}
		fmt.Fprint(w, "]")
	}
	if n.AtLeast != 0 || n.Times != 0 || n.Ordered || n.Within != (Window{}) {
		fmt.Fprintf(w, "at least %d times %d ordered %v within %d %d", n.AtLeast, n.Times, n.Ordered, n.Within.Unit, n.Within.Words)
	}
	fmt.Fprint(w, ")")
}

func (b *builder) conceptHash(name string) string {
	if known, ok := b.hashes[name]; ok {
		return known
	}
	h := sha256.New()
	def := b.define(name)
	b.write(h, &def)
	b.hashes[name] = short(h.Sum(nil))
	return b.hashes[name]
}

func short(sum []byte) string { return hex.EncodeToString(sum[:8]) }
