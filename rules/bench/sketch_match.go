package main

import "strings"

// slot is a place of the table of tokens; token 0 is an empty one.
type slot struct {
	check  uint32 // high half of the token's hash
	token  uint32 // marked when it can continue a phrase
	single uint32 // the phrase of this one token, plus 1
	node   uint32 // of the phrases that begin with it
}

// edge continues a phrase by one token; key 0 is an empty place.
type edge struct {
	key    uint64 // node and token
	child  uint32 // 0 when no phrase goes on
	phrase uint32 // that ends here, plus 1
}

// sketch finds the phrases of a text by the hashes of its tokens.
type sketch struct {
	*postings
	slots    []slot
	edges    []edge
	bloom    []uint64 // of the keys of edges
	bloomMod uint64
	words    wordBits
	hashes   []uint64
	found    []*slot // of each token of the text
	none     slot
}

type step struct{ node, token uint32 }

// sketchBuilder numbers tokens and nodes.
type sketchBuilder struct {
	tokens    map[string]uint32
	slots     []slot // by token, less 1
	continues map[uint32]bool
	steps     map[step]uint32
	phraseAt  []uint32 // by node, plus 1
	hasChild  []bool   // by node
}

func newSketch(rules []concepts, df map[string]int) *sketch {
	s := &sketch{postings: newPostings(rules, df)}
	b := &sketchBuilder{tokens: map[string]uint32{}, continues: map[uint32]bool{}, steps: map[step]uint32{},
		phraseAt: []uint32{0}, hasChild: []bool{false}}
	for i, p := range s.phrases {
		b.add(uint32(i), strings.Fields(p))
	}
	s.phrases = nil
	s.fillSlots(b)
	s.fillEdges(b)
	return s
}

func (b *sketchBuilder) add(phrase uint32, words []string) {
	if len(words) == 0 {
		return
	}
	first := &b.slots[b.token(words[0])-1]
	if len(words) == 1 {
		first.single = phrase + 1
		return
	}
	if first.node == 0 {
		first.node = b.node()
	}
	n := first.node
	for _, w := range words[1:] {
		k := step{n, b.token(w)}
		b.hasChild[n] = true
		b.continues[k.token] = true
		child, ok := b.steps[k]
		if !ok {
			child = b.node()
			b.steps[k] = child
		}
		n = child
	}
	b.phraseAt[n] = phrase + 1
}

func (b *sketchBuilder) token(word string) uint32 {
	t, ok := b.tokens[word]
	if !ok {
		b.slots = append(b.slots, slot{})
		t = uint32(len(b.slots))
		b.tokens[word] = t
	}
	return t
}

func (b *sketchBuilder) node() uint32 {
	b.phraseAt = append(b.phraseAt, 0)
	b.hasChild = append(b.hasChild, false)
	return uint32(len(b.phraseAt) - 1)
}

func (s *sketch) fillSlots(b *sketchBuilder) {
	s.slots = make([]slot, powerOfTwo(2*len(b.slots)+8))
	mask := uint64(len(s.slots) - 1)
	for word, token := range b.tokens {
		hashes := s.words.hashes(word, nil)
		if len(hashes) != 1 {
			continue
		}
		h := hashes[0]
		filled := b.slots[token-1]
		filled.check, filled.token = uint32(h>>32), token
		if b.continues[token] {
			filled.token |= mark
		}
		at := h >> 1 & mask
		for s.slots[at].token != 0 {
			at = (at + 1) & mask
		}
		s.slots[at] = filled
	}
}

func (s *sketch) fillEdges(b *sketchBuilder) {
	s.edges = make([]edge, powerOfTwo(2*len(b.steps)+8))
	mask := uint64(len(s.edges) - 1)
	bits := powerOfTwo(16*len(b.steps) + 64)
	s.bloom, s.bloomMod = make([]uint64, bits/64), uint64(bits-1)
	for k, child := range b.steps {
		key := uint64(k.node)<<32 | uint64(k.token)
		h := key * oddA
		bit := h >> 32 & s.bloomMod
		s.bloom[bit>>6] |= 1 << (bit & 63)
		e := edge{key: key, phrase: b.phraseAt[child]}
		if b.hasChild[child] {
			e.child = child
		}
		at := h >> 20 & mask
		for s.edges[at].key != 0 {
			at = (at + 1) & mask
		}
		s.edges[at] = e
	}
}

func powerOfTwo(atLeast int) int {
	n := 1
	for n < atLeast {
		n <<= 1
	}
	return n
}

// match returns the rules that match a text, in no order.
func (s *sketch) match(text string) []uint32 {
	found := s.look(text)
	mask := uint64(len(s.edges) - 1)
	for i, first := range found {
		if first.token == 0 {
			continue
		}
		if first.single != 0 {
			s.see(first.single - 1)
		}
		node := first.node
		for j := i + 1; node != 0; j++ { // the phrases that go on from here
			next := found[j].token
			if next&mark == 0 {
				break
			}
			key := uint64(node)<<32 | uint64(next&^mark)
			h := key * oddA
			if bit := h >> 32 & s.bloomMod; s.bloom[bit>>6]>>(bit&63)&1 == 0 {
				break
			}
			at := h >> 20 & mask
			node = 0
			for {
				e := &s.edges[at]
				if e.key == key {
					if e.phrase != 0 {
						s.see(e.phrase - 1)
					}
					node = e.child
					break
				}
				if e.key == 0 {
					break
				}
				at = (at + 1) & mask
			}
		}
	}
	return s.finish()
}

// look finds the slot of every token; the last one is the end of the text.
func (s *sketch) look(text string) []*slot {
	s.hashes = s.words.hashes(text, s.hashes)
	if cap(s.found) < len(s.hashes)+1 {
		s.found = make([]*slot, 2*len(s.hashes)+4)
	}
	found := s.found[:len(s.hashes)+1]
	slots, mask := s.slots, uint64(len(s.slots)-1)
	for i, h := range s.hashes {
		at, check := h>>1&mask, uint32(h>>32)
		for {
			here := &slots[at]
			if here.token == 0 {
				found[i] = &s.none
				break
			}
			if here.check == check {
				found[i] = here
				break
			}
			at = (at + 1) & mask
		}
	}
	found[len(s.hashes)] = &s.none
	return found
}
