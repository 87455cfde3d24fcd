package text

import (
	"math/bits"
	"unicode/utf8"
)

// Indexer makes an Index.
type Indexer struct {
	x      *Index
	tokens Tokens
	list   []Token
	stems  Stems
	used   int // slots
	linked int // edges
}

// NewIndexer makes an Indexer of no phrases.
func NewIndexer() *Indexer {
	return &Indexer{x: &Index{slots: make([]slot, 16), edges: make([]edge, 16), nodes: 1}}
}

// Add adds the phrase that NewPhrase reads, and gives its number: the same as
// that of an earlier one with the same words. When sure is false, a Finder may
// find it where Phrase.At does not. A text without any word has the number -1.
func (b *Indexer) Add(words string, look Look) (phrase int, sure bool) {
	b.tokens.Cut(words)
	t := &b.tokens
	if t.plainASCII() && !look.Stem && !look.Prefix {
		return b.addASCII(), !look.Exact
	}
	b.list = t.List(b.list[:0])
	sure = !(look.Exact && hasCase(words))
	path := b.path(len(b.list))
	for i := range b.list {
		if i > 0 && b.list[i].Break { // no path leads over the end of a sentence
			sure = false
			break
		}
		if b.list[i].Script == Hangul {
			sure = false
		}
		path.add(b.word(&b.list[i], look.Stem, look.Prefix && i == len(b.list)-1, len(b.list) == 1))
	}
	return path.end(), sure
}

// Len is the number of phrases that were added.
func (b *Indexer) Len() int { return b.x.phrases }

// Index gives what was made. Nothing can be added any more.
func (b *Indexer) Index() *Index {
	x := b.x
	b.x = nil
	x.edges = rehashed(x.edges, b.linked+b.linked/2+1)
	x.filter, x.shift = newFilter(8 * b.used)
	for i := range x.slots {
		if x.slots[i].word != 0 {
			note(x.filter, x.slots[i].hash()>>x.shift)
		}
	}
	x.links, x.unlinked = newFilter(16 * b.linked)
	for _, e := range x.edges {
		if e.word != 0 {
			note(x.links, hashEdge(e.node, e.word)>>x.unlinked)
		}
	}
	return x
}

// plainASCII reports whether all tokens are words of ASCII with no end of a
// sentence between them.
func (t *Tokens) plainASCII() bool {
	for _, k := range t.tokens {
		if k.size&(flagASCII|flagBreak) != flagASCII {
			return false
		}
	}
	return true
}

func (b *Indexer) addASCII() int {
	t := &b.tokens
	path := b.path(len(t.tokens))
	for _, k := range t.tokens {
		path.add(b.intern(k.hash, t.padded[k.start:], int(k.size>>flagBits), foldASCII))
	}
	return path.end()
}

// word gives the number of a word of a phrase, and its beginning.
func (b *Indexer) word(t *Token, stem, prefix, alone bool) (uint32, *beginning) {
	p := pattern{Token: t, prefix: prefix, short: alone && utf8.RuneCountInString(t.Folded) < leastAlone}
	p.prepare(stem, &b.stems)
	if p.several() {
		return b.x.patterns.number(p)
	}
	var padded [longestShort]byte
	word := []byte(t.Folded)
	if len(word) < longestShort {
		copy(padded[:], word)
		return b.intern(hashOf(word), padded[:], len(word), 0)
	}
	return b.intern(hashOf(word), word, len(word), 0)
}

// intern gives the number of a word that is compared as it is, a new one when
// it is new.
func (b *Indexer) intern(h uint64, bytes []byte, n int, fold uint64) (uint32, *beginning) {
	if s := b.x.lookup(h, bytes, n, fold); s != nil {
		return s.word, &s.beginning
	}
	b.used++
	b.x.words++
	made := slot{word: b.x.words, low: h}
	if n <= longestShort {
		made.low, made.high = short(bytes, n, fold)
	} else {
		word := append([]byte(nil), bytes[:n]...)
		for i := range word {
			word[i] |= byte(fold)
		}
		made.high = longMark | uint64(len(b.x.long))
		b.x.long = append(b.x.long, string(word))
	}
	s := place(b.x.slots, h, made)
	return s.word, &s.beginning
}

// place puts a slot into the first free place.
func place(slots []slot, h uint64, made slot) *slot {
	mask := uint64(len(slots) - 1)
	i := h & mask
	for slots[i].word != 0 {
		i = (i + 1) & mask
	}
	slots[i] = made
	return &slots[i]
}

func (b *Indexer) grow() {
	larger := make([]slot, 2*len(b.x.slots))
	for _, s := range b.x.slots {
		if s.word != 0 {
			place(larger, s.hash(), s)
		}
	}
	b.x.slots = larger
}

func (s *slot) hash() uint64 {
	if s.high&longMark == longMark {
		return s.low
	}
	return mix(s.low, s.high)
}

// newFilter makes a Bloom filter of at least so many bits, which are numbered
// by the high bits of a hash: all but shift.
func newFilter(size int) (filter []uint64, shift int) {
	n := max(6, bits.Len(uint(size)))
	return make([]uint64, 1<<(n-6)), 64 - n
}

func note(filter []uint64, bit uint64) { filter[bit/64] |= 1 << (bit % 64) }

// path is a phrase on its way through the tree.
type path struct {
	b     *Indexer
	words int // to come
	start *beginning
	edge  *edge
}

// path begins a phrase. It makes room for its words, so that what has been
// found of them stays where it is.
func (b *Indexer) path(words int) path {
	for 2*(b.used+words) > len(b.x.slots) {
		b.grow()
	}
	for 4*(b.linked+words) > 3*len(b.x.edges) {
		b.x.edges = rehashed(b.x.edges, 2*len(b.x.edges))
	}
	return path{b: b, words: words}
}

// add goes on by a word.
func (p *path) add(word uint32, own *beginning) {
	p.words--
	if p.start == nil {
		p.start = own
		return
	}
	from := &p.start.node
	if p.edge != nil {
		from = &p.edge.to
	} else {
		p.start.followers |= 1 << (word % 32)
	}
	if *from == 0 {
		*from = p.b.x.nodes
		p.b.x.nodes++
	}
	p.edge = p.b.link(*from, word)
}

// end gives the number of the phrase that was gone along.
func (p *path) end() int {
	if p.start == nil {
		return -1
	}
	phrase := &p.start.phrase
	if p.edge != nil {
		phrase = &p.edge.phrase
	}
	if *phrase == 0 {
		p.b.x.phrases++
		*phrase = uint32(p.b.x.phrases)
	}
	return int(*phrase) - 1
}

// link gives the edge from a node by a word, a new one when there is none.
func (b *Indexer) link(node, word uint32) *edge {
	if e := b.x.edge(hashEdge(node, word), node, word); e != nil {
		return e
	}
	b.linked++
	return lay(b.x.edges, edge{node: node, word: word})
}

// lay puts an edge into the first free place.
func lay(edges []edge, made edge) *edge {
	i := home(hashEdge(made.node, made.word), len(edges))
	for edges[i].word != 0 {
		if i++; i == len(edges) {
			i = 0
		}
	}
	edges[i] = made
	return &edges[i]
}

// rehashed moves edges to a table of another length.
func rehashed(edges []edge, length int) []edge {
	moved := make([]edge, length)
	for _, e := range edges {
		if e.word != 0 {
			lay(moved, e)
		}
	}
	return moved
}
