package text

import (
	"encoding/binary"
	"math/bits"
)

// Index finds many phrases in a text at once. It never changes, and serves any
// number of Finders.
//
// A word that is compared as it is (most are) is found by the hash of its folded
// form in an open-addressed table. Words that are found in several forms are
// patterns, and a word of a text is held against them only when its first
// letters let it (see readings.go). Phrases of several words are paths of a
// tree, whose edges are a table by node and word. Before each table stands a
// Bloom filter, which is small and says no to most of what a text holds.
type Index struct {
	slots    []slot
	known    filter   // the hashes of slots
	ends     []uint64 // for each slot the last eight bytes of its word, or its place in long
	long     []string
	edges    []edge
	linked   filter // the hashes of edges
	patterns patterns
	phrases  int
}

// slot is a word in the table. Its number is its place in the table, and 1.
type slot struct {
	hash uint64
	beginning
}

// In a slot the high bits of phrase are how long the word is, and the highest
// bit of node says that there is one.
const (
	sizeShift   = 28
	phraseBits  = 1<<sizeShift - 1
	used        = 1 << 31
	nodeNumber  = used - 1
	sizeLong    = 15 // of a word of more than 16 bytes
	longestSize = 16
)

// sizeOf is 0 for words of up to eight bytes, for which their hash stands.
func sizeOf(n int) uint32 {
	switch {
	case n <= longestExact:
		return 0
	case n <= longestSize:
		return uint32(n - longestExact)
	}
	return sizeLong
}

// beginning is what begins with a word.
type beginning struct {
	phrase uint32 // the one of this word alone; 0 is none
	node   uint32 // of the phrases that go on; 0 is none
}

// edge leads from a node by a word; word 0 is none.
type edge struct {
	node, word uint32
	to         uint32 // 0 where no phrase goes on
	phrase     uint32 // the one that ends here; 0 is none
}

// Phrases is the number of phrases, which are numbered from 1.
func (x *Index) Phrases() int { return x.phrases }

// home is where a table is looked through from: D. Lemire's multiply-shift
// instead of a modulo, so that any length serves.
func home(h uint64, length int) int {
	i, _ := bits.Mul64(h, uint64(length))
	return int(i)
}

// lookup returns the number of the word that is written in the first n bytes of
// b, fold or-ed to them, and has a hash; 0 when there is none.
func (x *Index) lookup(h uint64, b []byte, n int, fold uint64) uint32 {
	size := sizeOf(n)
	for i := home(h, len(x.slots)); ; i++ {
		if i == len(x.slots) {
			i = 0
		}
		s := &x.slots[i]
		if s.hash == h && s.phrase>>sizeShift == size && s.node&used != 0 && (size == 0 || x.ends[i] == ending(b, n, fold) ||
			size == sizeLong && same(x.long[x.ends[i]], b[:n], byte(fold))) {
			return uint32(i) + 1
		}
		if s.node&used == 0 {
			return 0
		}
	}
}

// ending returns the last eight bytes of a word: with them and its length, the
// hash stands for a word of up to sixteen bytes.
func ending(b []byte, n int, fold uint64) uint64 {
	return binary.LittleEndian.Uint64(b[n-longestExact:]) | fold
}

// same compares a folded word with bytes, fold or-ed to each.
func same(word string, b []byte, fold byte) bool {
	if len(word) != len(b) {
		return false
	}
	for i, c := range b {
		if word[i] != c|fold {
			return false
		}
	}
	return true
}

// findEdge returns the edge with a hash from a node by a word, or nil.
func findEdge(edges []edge, h uint64, node, word uint32) *edge {
	for i := home(h, len(edges)); ; i++ {
		if i == len(edges) {
			i = 0
		}
		switch e := &edges[i]; {
		case e.node == node && e.word == word:
			return e
		case e.word == 0:
			return nil
		}
	}
}

func hashEdge(node, word uint32) uint64 { return scatter(uint64(node)<<32 | uint64(word)) }

// filter is a Bloom filter with one bit for each hash: those of its high bits.
type filter struct {
	bits  []uint64
	shift int
}

// newFilter makes a filter of at least so many bits.
func newFilter(size int) filter {
	n := max(6, bits.Len(uint(size)))
	return filter{make([]uint64, 1<<(n-6)), 64 - n}
}

func (f *filter) add(h uint64) {
	bit := h >> f.shift
	f.bits[bit/64] |= 1 << (bit % 64)
}

// bit is 1 when the hash may have been added, 0 when it surely was not.
func (f *filter) bit(h uint64) uint32 {
	bit := h >> f.shift
	return uint32(f.bits[bit/64]>>(bit%64)) & 1
}
