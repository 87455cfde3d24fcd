package robots

import "strings"

// pattern is the path of a rule: parts between stars, matched from the start
// of a path, and up to its end when the pattern ends in "$".
type pattern struct {
	parts    []string
	anchored bool
	length   int // in octets: the longest pattern decides
}

func compile(path string) pattern {
	path = normalise(path, false)
	p := pattern{length: len(path)}
	path, p.anchored = strings.CutSuffix(path, "$")
	p.parts = strings.Split(strings.ReplaceAll(path, "$", "%24"), "*")
	// Several stars say no more than one; a hostile file may have thousands.
	kept := p.parts[:1]
	for i, part := range p.parts[1:] {
		if part != "" || i == len(p.parts)-2 {
			kept = append(kept, part)
		}
	}
	p.parts = kept
	return p
}

// matches takes every part at its first place after the one before: linear in
// the path, and right because a star takes anything.
func (p pattern) matches(path string) bool {
	rest, ok := strings.CutPrefix(path, p.parts[0])
	if !ok {
		return false
	}
	if len(p.parts) == 1 {
		return !p.anchored || rest == ""
	}
	last := len(p.parts) - 1
	for _, part := range p.parts[1:last] {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	if p.anchored {
		return strings.HasSuffix(rest, p.parts[last])
	}
	return strings.Contains(rest, p.parts[last])
}

const upperHex = "0123456789ABCDEF"

// notInURLs are the printable characters that URLs hold only percent-encoded,
// and that rules are written with all the same: "%" where it is no escape.
const notInURLs = "\"<>\\^`{|}%"

// normalise spells a path as RFC 9309, section 2.2.2, compares it: octets
// outside of printable ASCII and those of notInURLs percent-encoded, unreserved
// ones never, hex digits in upper case. In the path of a request (literal) "*" and "$" are characters
// like any other and become %2A and %24, which is how a rule names them.
func normalise(path string, literal bool) string {
	if literal {
		path, _, _ = strings.Cut(path, "#")
		if path == "" || path[0] == '?' {
			path = "/" + path
		}
	}
	var b strings.Builder
	b.Grow(len(path))
	for i := 0; i < len(path); i++ {
		c := path[i]
		encoded := c <= ' ' || c >= 0x7f || strings.IndexByte(notInURLs, c) >= 0 || literal && (c == '*' || c == '$')
		if c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]) {
			c = unhex(path[i+1])<<4 | unhex(path[i+2])
			encoded = !isUnreserved(c)
			i += 2
		}
		if encoded {
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isUnreserved holds for the unreserved characters of RFC 3986, section 2.3.
func isUnreserved(c byte) bool {
	return isTokenChar(rune(c)) || '0' <= c && c <= '9' || c == '.' || c == '~'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
