package news

import (
	"hash/fnv"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Print is a short hash of what a list says of a story, and of which source
// says so: 63 bits, the upper 20 of them the source's. It tells whether a list
// says the same as the last time without keeping what it said. 0 means that
// nothing is known.
type Print int64

// sourceBits are the bits of a Print that name the source.
const sourceBits Print = (1<<20 - 1) << 43

// PrintOf is the print of a listed story: of its title, its summary and its
// text without regard to case and white space. Dates and ids are no part of
// it: sources change them without changing the story.
func PrintOf(s *Story) Print {
	words, source := fnv.New64a(), fnv.New64a()
	var buf []byte
	for _, text := range []string{s.Title, s.Summary, s.Text} {
		buf = appendPlain(buf[:0], text)
		buf = append(buf, 0)
		_, _ = words.Write(buf) // a hash never fails
	}
	_, _ = source.Write([]byte(s.Origin.Source))
	p := Print(mix(source.Sum64())<<43)&sourceBits | Print(mix(words.Sum64()))&^sourceBits&(1<<63-1)
	return max(p, 1)
}

// mix spreads what FNV leaves in the lower bits over all of them: the last step
// of MurmurHash3 (https://github.com/aappleby/smhasher).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}

// appendPlain appends a text in lower case, with one space for any white space
// and control characters inside it and none around it.
func appendPlain(buf []byte, text string) []byte {
	buf = slices.Grow(buf, len(text)+utf8.UTFMax)
	spaced := false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		switch {
		case r <= ' ' || r >= utf8.RuneSelf && unicode.IsSpace(r):
			spaced = len(buf) > 0
			continue
		case spaced:
			buf, spaced = append(buf, ' '), false
		}
		switch {
		case 'A' <= r && r <= 'Z':
			buf = append(buf, byte(r)+'a'-'A')
		case r < utf8.RuneSelf:
			buf = append(buf, byte(r))
		default:
			buf = utf8.AppendRune(buf, unicode.ToLower(r))
		}
	}
	return buf
}

// SaysElse reports whether q, the print of a later listing, is the word of the
// same source, and another word. Two sources tell one story in different words
// at any time; that is no change.
func (p Print) SaysElse(q Print) bool { return p != q && p != 0 && (p^q)&sourceBits == 0 }
