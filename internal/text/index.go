package text

import (
	"math/bits"
)

// Index finds many phrases in a text at once. It never changes, and serves any
// number of Finders.
//
// A word that is compared as it is (most are) is found by the hash of its folded
// form in an open-addressed table, and compared with the two numbers or the
// string that it stands there with. Words that are found in several forms are
// patterns, and a word of a text is held against them only when its first
// letters let it (see readings.go). Phrases of several words are paths of a
// tree, whose edges are a table by node and word.
type Index struct {
	filter   []uint64 // a Bloom filter over the hashes of slots; one bit a word
	shift    int      // of a hash, to number a bit of the filter
	slots    []slot
	long     []string // words over 16 bytes
	edges    []edge
	links    []uint64 // a Bloom filter over the hashes of edges
	unlinked int      // shift of a hash, to number a bit of links
	patterns patterns
	words    uint32
	nodes    uint32
	phrases  int
}

// slot is a word in the table; word 0 is none.
type slot struct {
	low, high uint64 // its bytes, or its hash and a number of long
	word      uint32
	beginning
}

// beginning is what begins with a word.
type beginning struct {
	phrase    uint32 // the one of this word alone, and 1; 0 is none
	node      uint32 // of the phrases that go on; 0 is none
	followers uint32 // a bit for every word that may follow, by its number modulo 32
}

// edge leads from a node by a word; word 0 is none.
type edge struct {
	node, word uint32
	to         uint32 // 0 where no phrase goes on
	phrase     uint32 // the one that ends here, and 1; 0 is none
}

// longMark is the top byte of slot.high of a word over 16 bytes: no UTF-8 holds
// it.
const longMark = 0xFF << 56

// Phrases is the number of phrases, which are counted from 0.
func (x *Index) Phrases() int { return x.phrases }

// lookup gives the slot of a word, or nil. The bytes are those at the start of
// b, fold or-ed to them; b must hold 16.
func (x *Index) lookup(h uint64, b []byte, n int, fold uint64) *slot {
	low, high := h, uint64(0)
	if n <= longestShort {
		low, high = short(b, n, fold)
	}
	mask := uint64(len(x.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &x.slots[i]
		switch {
		case s.low == low && s.high == high && s.word != 0:
			return s
		case s.word == 0:
			return nil
		case n > longestShort && s.low == h && s.high&longMark == longMark && same(x.long[s.high&^longMark], b[:n], byte(fold)):
			return s
		}
	}
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

// edge gives the edge with a hash from a node by a word, or nil.
func (x *Index) edge(h uint64, node, word uint32) *edge {
	for i := home(h, len(x.edges)); ; i++ {
		if i == len(x.edges) {
			i = 0
		}
		switch e := &x.edges[i]; {
		case e.node == node && e.word == word:
			return e
		case e.word == 0:
			return nil
		}
	}
}

func hashEdge(node, word uint32) uint64 {
	h := (uint64(node)<<32 | uint64(word)) * golden
	return h ^ h>>32
}

// home is where the table of edges is looked through from: D. Lemire's
// multiply-shift instead of a modulo, so that any length serves.
func home(h uint64, length int) int {
	i, _ := bits.Mul64(h, uint64(length))
	return int(i)
}
