package text

import "strings"

// Signs are the signs written right behind a word without which it is another
// one, in ASCII: ++ of C++, # of C#, % of 5%, $ of US$. They are one sign or a
// row of it: of 18%+ the %. The zero value is none; of a longer row the first
// four count.
type Signs [mostSigns]byte

const mostSigns = 4

// String returns the signs as ASCII.
func (s Signs) String() string { return strings.TrimRight(string(s[:]), "\x00") }

// signOf returns the sign that stands at i, in ASCII, and its length in bytes;
// 0 when none does.
func signOf(s string, i int) (sign byte, size int) {
	if i >= len(s) {
		return 0, 0
	}
	switch c := s[i]; c {
	case '+', '#', '%', '$':
		return c, 1
	case 0xE2:
		if strings.HasPrefix(s[i:], "♯") {
			return '#', len("♯")
		}
	case 0xEF: // the full-width signs are U+FF03, U+FF04, U+FF05 and U+FF0B
		if i+2 < len(s) && s[i+1] == 0xBC {
			if sign, size := signOf(string(rune(s[i+2]-0x80+' ')), 0); size > 0 {
				return sign, 3
			}
		}
	}
	return 0, 0
}

// signsAt returns the signs from i on, and their length in bytes.
func signsAt(s string, i int) (signs Signs, length uint8) {
	for n := range mostSigns {
		sign, size := signOf(s, i+int(length))
		if size == 0 || n > 0 && sign != signs[0] {
			break
		}
		signs[n] = sign
		length += uint8(size)
	}
	return signs, length
}

// signed reports whether signs stand behind one of the tokens.
func (t *Tokens) signed() bool {
	if !strings.ContainsAny(t.s, "+#%$♯＋＃％＄") {
		return false
	}
	for _, k := range t.tokens {
		end := int(k.start + k.size>>flagBits)
		if k.size&flagSpelled != 0 {
			end = t.spelled[k.size>>flagBits].end
		}
		if _, size := signOf(t.s, end); size > 0 {
			return true
		}
	}
	return false
}
