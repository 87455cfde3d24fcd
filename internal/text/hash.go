package text

import (
	"encoding/binary"
	"math/bits"
)

// longestShort is the longest word, in bytes, that is compared as two numbers.
const longestShort = 16

// foldASCII, or-ed to eight bytes, makes ASCII letters lower case and leaves
// digits as they are.
const foldASCII = 0x20 * everyByte

// The odd constants that words are hashed with: the golden ratio in 64 bits, as
// in D. Knuth's multiplicative hashing, and the first of Y. Wang's wyhash.
const (
	golden = 0x9E3779B97F4A7C15
	wyhash = 0xA0761D6478BD642F
)

// kept has, for every length of a short word, the bits of its two numbers.
var kept = func() (bits [longestShort + 1][2]uint64) {
	for n := range bits {
		bits[n] = [2]uint64{1<<(8*n) - 1, 1<<(8*max(n-8, 0)) - 1}
	}
	return bits
}()

// short gives the n bytes at the start of b, at most 16, as two numbers; fold
// is or-ed to them. b must hold 16 bytes.
func short(b []byte, n int, fold uint64) (low, high uint64) {
	b = b[:longestShort]
	bits := &kept[n]
	return (binary.LittleEndian.Uint64(b) | fold) & bits[0], (binary.LittleEndian.Uint64(b[8:]) | fold) & bits[1]
}

// hash hashes the n bytes at the start of b, fold or-ed to them. b must hold 16
// bytes when n is less.
func hash(b []byte, n int, fold uint64) uint64 {
	if n > longestShort {
		return hashLong(b[:n], fold)
	}
	return mix(short(b, n, fold))
}

func hashLong(b []byte, fold uint64) uint64 {
	var h uint64
	for i := 0; i < len(b)-longestShort; i += longestShort {
		low, high := short(b[i:], longestShort, fold)
		h = mix(low^h, high)
	}
	low, high := short(b[len(b)-longestShort:], longestShort, fold)
	return mix(low^h, high^uint64(len(b)))
}

func mix(low, high uint64) uint64 {
	high, low = bits.Mul64(low^golden, high^wyhash)
	return high ^ low
}
