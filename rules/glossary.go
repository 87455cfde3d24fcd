package rules

import (
	"hash/maphash"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// glossary is all terms of a definition, each read once. It finds them by an
// open-addressed table without pointers: with a million terms a map would take
// longer than reading them.
type glossary struct {
	terms  []term
	slots  []slot // a power of two, at least half of them empty
	seed   maphash.Seed
	tokens text.Tokens
	list   []text.Token
}

// slot is a term by its hash; the zero value is empty.
type slot struct{ hash, next uint32 } // next is the number of the term and 1

func newGlossary() *glossary {
	return &glossary{slots: make([]slot, 16), seed: maphash.MakeSeed()}
}

// read gives the number of a term as written.
func (g *glossary) read(written string) int32 {
	written = strings.TrimSpace(written)
	sum := maphash.String(g.seed, written)
	hash, mask := uint32(sum>>32), uint64(len(g.slots)-1)
	at := sum & mask
	for ; g.slots[at].next != 0; at = (at + 1) & mask {
		if s := g.slots[at]; s.hash == hash && g.terms[s.next-1].written == written {
			return int32(s.next - 1)
		}
	}
	g.terms = append(g.terms, g.parse(written))
	g.slots[at] = slot{hash, uint32(len(g.terms))}
	if 2*len(g.terms) > len(g.slots) {
		g.grow()
	}
	return int32(len(g.terms) - 1)
}

func (g *glossary) grow() {
	g.slots = make([]slot, 2*len(g.slots))
	mask := uint64(len(g.slots) - 1)
	for i := range g.terms {
		sum := maphash.String(g.seed, g.terms[i].written)
		at := sum & mask
		for g.slots[at].next != 0 {
			at = (at + 1) & mask
		}
		g.slots[at] = slot{uint32(sum >> 32), uint32(i + 1)}
	}
}

// parseTerm reads one term as written.
func parseTerm(written string) term {
	var g glossary
	return g.parse(written)
}
