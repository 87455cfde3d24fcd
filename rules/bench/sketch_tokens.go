package main

import (
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

const (
	oddA = 0x9E3779B97F4A7C15
	oddB = 0xD6E8FEB86659FD93

	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// wordBits has a bit for each byte of a text: whether it is an ASCII letter or
// digit, and whether it is no ASCII.
type wordBits struct{ word, high []uint64 }

// scan reads a text 8 bytes at a time.
func (w *wordBits) scan(s string) {
	n, blocks := len(s), len(s)>>6+2
	if cap(w.word) < blocks {
		w.word, w.high = make([]uint64, 2*blocks), make([]uint64, 2*blocks)
	}
	w.word, w.high = w.word[:blocks], w.high[:blocks]
	p := unsafe.Pointer(unsafe.StringData(s))
	i := 0
	for b := range blocks {
		var word, high uint64
		for k := uint(0); k < 64; k += 8 {
			var x uint64
			if i+8 <= n {
				x = *(*uint64)(unsafe.Add(p, i))
			} else if i < n {
				var tail [8]byte
				copy(tail[:], s[i:])
				x = binary.LittleEndian.Uint64(tail[:])
			} else {
				break
			}
			i += 8
			low := x &^ highBits
			folded := low | 0x20*everyByte
			letter := (folded + (0x80-'a')*everyByte) &^ (folded + (0x7f-'z')*everyByte)
			digit := (low + (0x80-'0')*everyByte) &^ (low + (0x7f-'9')*everyByte)
			word |= gather((letter|digit)&^x&highBits) << k
			if x&highBits != 0 {
				high |= gather(x&highBits) << k
			}
		}
		w.word[b], w.high[b] = word, high
	}
}

// gather puts the high bits of 8 bytes side by side.
func gather(x uint64) uint64 { return x >> 7 * 0x0102040810204080 >> 56 }

// hashes returns the hash of every token of a text, whatever its case. Blocks of
// 64 bytes that are ASCII cost a few instructions for each token.
func (w *wordBits) hashes(s string, into []uint64) []uint64 {
	w.scan(s)
	out := into[:0]
	var carry uint64
	start := -1 // of the token that is open, or -1
	read := 0   // up to here mixed has read already
	for b, word := range w.word {
		edges := word ^ (word<<1 | carry) // where words begin and end
		carry = word >> 63
		base := b << 6
		if w.high[b] != 0 || read > base {
			out, start, read = mixed(s, edges|w.high[b], base, start, read, out)
			continue
		}
		if start >= 0 && edges != 0 {
			end := base + bits.TrailingZeros64(edges)
			edges &= edges - 1
			out = append(out, hashToken(s, start, end))
			start = -1
		}
		for edges != 0 {
			i := base + bits.TrailingZeros64(edges)
			edges &= edges - 1
			if edges == 0 {
				start = i
				break
			}
			end := base + bits.TrailingZeros64(edges)
			edges &= edges - 1
			out = append(out, hashToken(s, i, end))
		}
	}
	return out
}

// mixed takes the tokens of a block with other bytes than ASCII. The
// punctuation marks from U+2000 on are frequent, and end a token as in ASCII; a
// token at any other such byte is read rune by rune.
func mixed(s string, edges uint64, base, start, read int, out []uint64) (_ []uint64, nowStart, nowRead int) {
	for ; edges != 0; edges &= edges - 1 {
		i := base + bits.TrailingZeros64(edges)
		switch {
		case i < read || i >= len(s) && start < 0:
		case i < len(s) && s[i] >= 0x80 && !isPunctuation(s[i:]):
			if start >= 0 {
				i, start = start, -1
			}
			end, h, ok := slowToken(s, i)
			if ok {
				out = append(out, h)
			}
			read = end
		case start >= 0:
			out = append(out, hashToken(s, start, i))
			start = -1
			if i < len(s) && s[i] >= 0x80 {
				read = i + 3
			}
		case s[i] >= 0x80:
			read = i + 3
		case isWordByte(s[i]):
			start = i
		}
	}
	return out, start, read
}

// isPunctuation reports whether a text begins with a rune of U+2000 to U+203F.
func isPunctuation(s string) bool { return len(s) > 2 && s[0] == 0xE2 && s[1] == 0x80 }

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// slowToken reads one token rune by rune; ok is false when there is none.
func slowToken(s string, start int) (end int, hash uint64, ok bool) {
	var buf [256]byte
	lower, ascii, i := buf[:0], true, start
	for i < len(s) && len(lower) <= 240 {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWordRune(r) {
			break
		}
		ascii = ascii && r < 0x80
		lower = utf8.AppendRune(lower, unicode.ToLower(r))
		i += size
	}
	switch {
	case i == start:
		_, size := utf8.DecodeRuneInString(s[i:])
		return i + size, 0, false
	case ascii:
		return i, hashToken(s, start, i), true
	}
	return i, hashBytes(lower), true
}

// hashToken hashes a token of ASCII letters and digits without regard to case.
func hashToken(s string, start, end int) uint64 {
	n := end - start
	p := unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), start)
	if n > 16 {
		return hashLong(p, n, len(s)-start)
	}
	if start+16 <= len(s) {
		return hashShort(p, n)
	}
	var tail [16]byte
	copy(tail[:], s[start:end])
	return hashShort(unsafe.Pointer(&tail[0]), n)
}

// hashShort hashes n ≤ 16 bytes, of which 16 can be read.
func hashShort(p unsafe.Pointer, n int) uint64 {
	first := *(*uint64)(p) | 0x20*everyByte
	second := *(*uint64)(unsafe.Add(p, 8)) | 0x20*everyByte
	bits0, bits1 := uint(min(n, 8))*8, uint(max(n-8, 0))*8
	first &= ^uint64(0) >> ((64 - bits0) & 127)
	second &= 1<<bits1 - 1 | -(uint64(bits1) >> 6)
	high, low := bits.Mul64(first^oddA^uint64(n), second^oddB)
	h := (high ^ low) * oddA
	return (h ^ h>>32) | 1
}

// hashLong hashes n > 16 bytes, of which readable can be read.
func hashLong(p unsafe.Pointer, n, readable int) uint64 {
	h := uint64(n) * oddA
	for ; n >= 8; n -= 8 {
		h = mix(h, *(*uint64)(p)|0x20*everyByte) * oddA
		p = unsafe.Add(p, 8)
		readable -= 8
	}
	if n > 0 {
		var last [8]byte
		if readable >= 8 {
			binary.LittleEndian.PutUint64(last[:], *(*uint64)(p))
		} else {
			copy(last[:], unsafe.Slice((*byte)(p), n))
		}
		w := (binary.LittleEndian.Uint64(last[:]) | 0x20*everyByte) & (1<<(uint(n)*8) - 1)
		h = mix(h, w) * oddA
	}
	return (h ^ h>>32) | 1
}

func hashBytes(b []byte) uint64 {
	h := uint64(len(b))*oddB + 77
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h, binary.LittleEndian.Uint64(b)) * oddA
	}
	var last [8]byte
	copy(last[:], b)
	h = mix(h, binary.LittleEndian.Uint64(last[:])) * oddA
	return (h ^ h>>32) | 1
}

func mix(a, b uint64) uint64 {
	x := (a ^ b) * oddB
	return x ^ x>>29
}
