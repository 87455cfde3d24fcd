package news

import "unicode"

// hidden are characters that show nothing but change what is around them:
// bidirectional controls (which can make a text read as another), invisible
// filler, tags and annotations. The joiners and variation selectors that
// scripts and emoji need are not among them.
var hidden = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00AD, Hi: 0x00AD, Stride: 1}, {Lo: 0x034F, Hi: 0x034F, Stride: 1}, {Lo: 0x061C, Hi: 0x061C, Stride: 1},
		{Lo: 0x180E, Hi: 0x180E, Stride: 1}, {Lo: 0x200B, Hi: 0x200B, Stride: 1}, {Lo: 0x200E, Hi: 0x200F, Stride: 1},
		{Lo: 0x202A, Hi: 0x202E, Stride: 1}, {Lo: 0x2060, Hi: 0x206F, Stride: 1}, {Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xFEFF, Hi: 0xFEFF, Stride: 1}, {Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, {Lo: 0xFFF0, Hi: 0xFFFB, Stride: 1},
	},
	R32:         []unicode.Range32{{Lo: 0xE0000, Hi: 0xE00FF, Stride: 1}, {Lo: 0xE01F0, Hi: 0xE0FFF, Stride: 1}},
	LatinOffset: 1,
}

// Unseen reports whether a character has no place in what people are shown,
// because much of that was written by strangers: it shows nothing, and would
// steer a terminal (C0 and C1 controls, line breaks among them) or deceive a
// reader. Whoever keeps lines and tabs looks for them before.
func Unseen(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	return unicode.IsControl(r) || unicode.In(r, hidden, unicode.Noncharacter_Code_Point)
}
