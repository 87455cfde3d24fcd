package syntax

import (
	"hash/maphash"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// Terms is the term dictionary of a definition: every term, parsed once, by its
// ID. It is an open-addressed hash table without pointers: with a million terms
// a map would take longer than parsing them.
type Terms struct {
	all    []Term
	slots  []slot // a power of two, at least half of them empty
	seed   maphash.Seed
	tokens text.Tokens
	list   []text.Token
}

// slot is a term by its hash; the zero value is empty.
type slot struct{ hash, next uint32 } // next is the ID of the term and 1

// NewTerms returns an empty dictionary.
func NewTerms() *Terms {
	return &Terms{slots: make([]slot, 16), seed: maphash.MakeSeed()}
}

// Len is the number of terms.
func (d *Terms) Len() int { return len(d.all) }

// At returns a term by its ID. It is valid until the next call of ID.
func (d *Terms) At(id int32) *Term { return &d.all[id] }

// ID returns the ID of a term as written, and parses it when it is new.
func (d *Terms) ID(written string) int32 {
	written = strings.TrimSpace(written)
	sum := maphash.String(d.seed, written)
	hash, mask := uint32(sum>>32), uint64(len(d.slots)-1)
	at := sum & mask
	for ; d.slots[at].next != 0; at = (at + 1) & mask {
		if s := d.slots[at]; s.hash == hash && d.all[s.next-1].Written == written {
			return int32(s.next - 1)
		}
	}
	d.all = append(d.all, d.parse(written))
	d.slots[at] = slot{hash, uint32(len(d.all))}
	if 2*len(d.all) > len(d.slots) {
		d.grow()
	}
	return int32(len(d.all) - 1)
}

func (d *Terms) grow() {
	d.slots = make([]slot, 2*len(d.slots))
	mask := uint64(len(d.slots) - 1)
	for i := range d.all {
		sum := maphash.String(d.seed, d.all[i].Written)
		at := sum & mask
		for d.slots[at].next != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = slot{uint32(sum >> 32), uint32(i + 1)}
	}
}

// ParseTerm parses one term as written.
func ParseTerm(written string) Term {
	var d Terms
	return d.parse(written)
}

// parse parses a term without white space around it. Its mistake, if there is
// one, has no path.
func (d *Terms) parse(written string) Term {
	t := Term{Written: written}
	if written == "" {
		t.Mistake = &Mistake{Message: "empty term"}
		return t
	}
	if isPattern(written) {
		t.compile()
		return t
	}
	t.Words = written
	switch t.Words[0] {
	case '=':
		t.Look.Exact, t.Words = true, t.Words[1:]
	case '~':
		t.Look.Stem, t.Words = true, t.Words[1:]
	}
	if rest, ok := strings.CutSuffix(t.Words, "*"); ok {
		t.Look.Prefix, t.Words = true, rest
	}
	if t.Mistake = t.check(); t.Mistake != nil {
		return t
	}
	d.tokens.Cut(t.Words)
	d.list = d.tokens.List(d.list[:0])
	tokens := d.list
	if t.Mistake = t.checkWords(tokens); t.Mistake != nil {
		return t
	}
	if isWildcard(t.Words) {
		t.Wildcard, t.Mistake = newWildcard(t.Words, t.Look.Exact)
	}
	t.describe(tokens)
	return t
}
