package extract

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

var (
	xmlEncoding  = regexp.MustCompile(`^\s*(?:<!--[^>]*>\s*)?<\?xml[^>]*?encoding\s*=\s*["']\s*([\w.:-]+)`)
	metaEncoding = regexp.MustCompile(`(?i)<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)`)
)

// declarationWindow is how far into a document a declared charset is looked
// for. Browsers stop at 1,024 bytes, but real pages put scripts before it.
const declarationWindow = 8 << 10

// minSequences is the number of multi-byte sequences from which valid UTF-8 is
// believed against a declared East Asian charset: shorter texts are now and
// then valid in both.
const minSequences = 3

// toUTF8 decodes a document.
func toUTF8(body []byte, header string) []byte {
	enc, skip := encodingOf(body, header)
	if body = body[skip:]; enc != nil {
		return decodeWith(enc, body)
	}
	if !utf8.Valid(body) {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return body
}

// encodingOf finds the encoding of a document, or of its beginning, and the
// length of its byte order mark; nil is UTF-8. Bytes are believed before words:
// a byte order mark, then the zero bytes of UTF-16 and UTF-32, then valid
// UTF-8, and only then what the header or the document declares. A header of
// UTF-8 that the bytes belie says nothing.
func encodingOf(body []byte, header string) (enc encoding.Encoding, skip int) {
	if enc, skip := unicodeForm(body); enc != nil {
		return enc, skip
	}
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		skip = len("\xef\xbb\xbf")
	}
	enc, name := declared(body[skip:], header)
	sequences, broken := countSequences(body[skip:])
	switch {
	case sequences == 0 && broken == 0 && name != "iso-2022-jp" && name != "hz-gb-2312":
		return nil, skip
	case broken == 0 && sequences > 0 && (sequences >= minSequences || name == "windows-1252" || enc == nil):
		return nil, skip
	case broken*10 < sequences:
		return nil, skip
	case name == "utf-8":
		enc, name = declared(body[skip:], "")
	}
	if enc == nil || enc == encoding.Nop || name == "utf-8" {
		enc = guess(body[skip:])
	}
	return enc, skip
}

// unicodeForm recognises UTF-16 and UTF-32 by byte order mark or by the zero
// bytes around a leading "<" or "{", and returns the length of the mark.
func unicodeForm(body []byte) (enc encoding.Encoding, skip int) {
	const noBOM, noBOM32 = unicode.IgnoreBOM, utf32.IgnoreBOM
	head := body[:min(len(body), 4)]
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case starts("\xff\xfe\x00\x00"):
		return utf32.UTF32(utf32.LittleEndian, noBOM32), 4
	case starts("\x00\x00\xfe\xff"):
		return utf32.UTF32(utf32.BigEndian, noBOM32), 4
	case starts("\xff\xfe"):
		return unicode.UTF16(unicode.LittleEndian, noBOM), 2
	case starts("\xfe\xff"):
		return unicode.UTF16(unicode.BigEndian, noBOM), 2
	case starts("<\x00\x00\x00"), starts("{\x00\x00\x00"):
		return utf32.UTF32(utf32.LittleEndian, noBOM32), 0
	case starts("\x00\x00\x00<"), starts("\x00\x00\x00{"):
		return utf32.UTF32(utf32.BigEndian, noBOM32), 0
	case len(head) == 4 && head[1] == 0 != (head[3] == 0), len(head) == 4 && head[0] == 0 != (head[2] == 0):
		return nil, 0 // a stray zero byte
	case starts("<\x00"), starts("{\x00"):
		return unicode.UTF16(unicode.LittleEndian, noBOM), 0
	case starts("\x00<"), starts("\x00{"):
		return unicode.UTF16(unicode.BigEndian, noBOM), 0
	}
	return nil, 0
}

// declared returns the charset that the header or the document names. A header
// of Latin-1 is many servers' default, so a more telling declaration wins.
func declared(body []byte, header string) (encoding.Encoding, string) {
	window := body[:min(len(body), declarationWindow)]
	enc, name := charset.Lookup(strings.Trim(header, `"' `))
	for _, re := range []*regexp.Regexp{xmlEncoding, metaEncoding} {
		if enc != nil && name != "windows-1252" {
			break
		}
		if m := re.FindSubmatch(window); m != nil {
			if e, n := charset.Lookup(string(m[1])); e != nil {
				enc, name = e, n
			}
		}
	}
	if strings.HasPrefix(name, "utf-16") || name == "replacement" {
		return nil, "" // a lie: unicodeForm would have seen it
	}
	return enc, name
}

// countSequences counts the multi-byte sequences of UTF-8 and the bytes that
// belong to none.
func countSequences(body []byte) (sequences, broken int) {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			broken++
		} else {
			sequences++
		}
		i += size
	}
	return sequences, broken
}

// guess is the last resort for text that declares nothing and is not UTF-8.
// The detector is believed when it is sure, or clearly surer than of anything
// else; its own confidence is low for short texts even where it is right.
func guess(body []byte) encoding.Encoding {
	const (
		enough = 20 // percent
		window = 64 << 10
	)
	western, _ := charset.Lookup("windows-1252")
	found, err := chardet.NewHtmlDetector().DetectAll(body[:min(len(body), window)])
	if err != nil || found[0].Confidence < enough || len(found) > 1 && found[0].Confidence < 2*found[1].Confidence {
		return western
	}
	if enc, name := charset.Lookup(found[0].Charset); enc != nil && !strings.HasPrefix(name, "utf-") {
		return enc
	}
	return western
}

func decodeWith(enc encoding.Encoding, body []byte) []byte {
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return text
}
