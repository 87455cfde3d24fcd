package text

import (
	"encoding/binary"
	"math/bits"
)

// block says of 64 bytes which are ASCII letters or digits, and which may be
// part of a word: those, and all bytes of other characters.
type block struct{ ascii, word uint64 }

// blockSize is how many bytes a block describes.
const blockSize = 64

const (
	everyByte = 0x0101010101010101
	highBits  = 0x80 * everyByte
	gather    = 0x0102040810204080 // times the low bits of eight bytes, the top byte has them in a row
)

// classify appends the blocks of a text, whose length must be a multiple of 64.
// It looks at eight bytes at a time, as in H. S. Warren, Hacker's Delight,
// chapter 6: a sum carries into the top bit of each byte that is in a range.
func classify(text []byte, into []block) []block {
	for ; len(text) >= blockSize; text = text[blockSize:] {
		var b block
		for k := 0; k < blockSize; k += 8 {
			x := binary.LittleEndian.Uint64(text[k:])
			low := x &^ highBits
			small := low | 0x20*everyByte
			letters := (small + (0x80-'a')*everyByte) &^ (small + (0x7f-'z')*everyByte)
			digits := (low + (0x80-'0')*everyByte) &^ (low + (0x7f-'9')*everyByte)
			b.ascii |= ((letters | digits) &^ x & highBits >> 7 * gather >> 56) << k
			if high := x & highBits; high != 0 {
				b.word |= (high >> 7 * gather >> 56) << k
			}
		}
		b.word |= b.ascii
		into = append(into, b)
	}
	return into
}

// nextWord returns the first byte from i on that may be part of a word; the last
// block must be followed by none.
func nextWord(blocks []block, i int) int {
	n := i / blockSize
	if n >= len(blocks) {
		return i
	}
	if w := blocks[n].word >> (i % blockSize); w != 0 {
		return i + bits.TrailingZeros64(w)
	}
	for n++; n < len(blocks); n++ {
		if w := blocks[n].word; w != 0 {
			return n*blockSize + bits.TrailingZeros64(w)
		}
	}
	return n * blockSize
}

// wordEnd returns the first byte from i on that is no ASCII letter or digit.
func wordEnd(blocks []block, i int) int {
	n := i / blockSize
	if w := ^blocks[n].ascii >> (i % blockSize); w != 0 {
		return i + bits.TrailingZeros64(w)
	}
	for n++; n < len(blocks); n++ {
		if w := ^blocks[n].ascii; w != 0 {
			return n*blockSize + bits.TrailingZeros64(w)
		}
	}
	return n * blockSize
}
