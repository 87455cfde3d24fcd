package text

import "encoding/binary"

// foldASCII, or-ed to eight bytes, makes ASCII letters lower case and leaves
// digits as they are.
const foldASCII = 0x20 * everyByte

// The odd constants that words are hashed with: the golden ratio in 64 bits, as
// in D. Knuth's multiplicative hashing, and the first of Y. Wang's wyhash.
const (
	golden = 0x9E3779B97F4A7C15
	wyhash = 0xA0761D6478BD642F
)

// hash hashes the n bytes at the start of b, fold or-ed to them. Words of up to
// eight bytes with the same hash are the same word. b must hold eight bytes.
func hash(b []byte, n int, fold uint64) uint64 {
	if n <= longestExact {
		return hashShort(b, n, fold)
	}
	return hashLong(b, n, fold)
}

func hashShort(b []byte, n int, fold uint64) uint64 {
	return scatter((binary.LittleEndian.Uint64(b) | fold) & (^uint64(0) >> (64 - 8*uint(n))))
}

// longestExact is the longest word, in bytes, that its hash stands for.
const longestExact = 8

// scatter is a bijection: products with odd numbers, and a number xor itself
// shifted, can be undone.
func scatter(h uint64) uint64 {
	h *= golden
	return (h ^ h>>32) * wyhash
}

func hashLong(b []byte, n int, fold uint64) uint64 {
	h := uint64(n)
	for i := 0; i < n-longestExact; i += longestExact {
		h = scatter(h ^ (binary.LittleEndian.Uint64(b[i:]) | fold))
	}
	return scatter(h ^ (binary.LittleEndian.Uint64(b[n-longestExact:]) | fold))
}
