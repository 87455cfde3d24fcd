package replay

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quick reads a line of the plain kind: an object of texts, lists of texts,
// numbers and words. It reports false for anything else, right or wrong, which
// encoding/json then has to judge. It is here because that one takes longer for
// a wire story than the matching does, and three times as long as this
// (BenchmarkReadStory).
func (l *line) quick(text []byte) bool {
	s := scanner{text: text}
	if !s.next('{') {
		return false
	}
	if s.next('}') {
		return s.end()
	}
	for {
		key, ok := s.string()
		if !ok || !s.next(':') || !s.value(l, key) {
			return false
		}
		if s.next('}') {
			return s.end()
		}
		if !s.next(',') {
			return false
		}
	}
}

// field is where the value of a key goes: a text or a list of them, or nowhere.
func (l *line) field(key string) (one *string, many *texts) {
	switch key {
	case "url":
		return &l.URL, nil
	case "canonical_url":
		return &l.Canonical, nil
	case "id":
		return &l.ID, nil
	case "title":
		return &l.Title, nil
	case "titles":
		return nil, &l.Titles
	case "summary":
		return &l.Summary, nil
	case "text":
		return &l.Text, nil
	case "authors":
		return nil, &l.Authors
	case "published":
		return &l.Published, nil
	case "modified":
		return &l.Modified, nil
	}
	return l.aboutField(key)
}

func (l *line) aboutField(key string) (one *string, many *texts) {
	switch key {
	case "language":
		return &l.Language, nil
	case "outlet":
		return &l.Outlet, nil
	case "section":
		return &l.Section, nil
	case "cites":
		return nil, &l.Cites
	case "source":
		return &l.Source, nil
	case "tags":
		return nil, &l.Tags
	case "tier":
		return &l.Tier, nil
	case "country":
		return &l.Country, nil
	}
	return nil, nil
}

// scanner goes through a line of JSON.
type scanner struct {
	text []byte
	at   int
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t' || s.text[s.at] == '\r' ||
		s.text[s.at] == '\n') {
		s.at++
	}
}

// next passes over a sign, if it comes next.
func (s *scanner) next(sign byte) bool {
	if s.space(); s.at == len(s.text) || s.text[s.at] != sign {
		return false
	}
	s.at++
	return true
}

func (s *scanner) end() bool {
	s.space()
	return s.at == len(s.text)
}

// value reads a value into the field of its key.
func (s *scanner) value(l *line, key string) bool {
	one, many := l.field(key)
	if one == nil && many == nil && !plainKey(key) {
		return false // encoding/json may know it in other letters
	}
	if s.space(); s.at == len(s.text) {
		return false
	}
	switch s.text[s.at] {
	case '"':
		v, ok := s.string()
		if many != nil {
			*many = texts{v}
		} else if one != nil {
			*one = v
		}
		return ok
	case '[':
		v, ok := s.list()
		if many != nil {
			*many = v
		}
		return ok && one == nil
	default:
		word := s.word()
		if one != nil || many != nil {
			return string(word) == "null"
		}
		return len(word) > 0 && json.Valid(word)
	}
}

// plainKey reports whether a key has no letter that encoding/json would take
// for another one: it compares keys without regard to case.
func plainKey(key string) bool {
	for i := range len(key) {
		if c := key[i]; 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// word reads up to what may follow a number, true, false or null.
func (s *scanner) word() []byte {
	rest := s.text[s.at:]
	n := bytes.IndexAny(rest, ",}] \t")
	if n < 0 {
		n = len(rest)
	}
	s.at += n
	return rest[:n]
}

// list reads a list of texts.
func (s *scanner) list() (all texts, ok bool) {
	s.at++
	all = texts{}
	if s.next(']') {
		return all, true
	}
	for {
		if s.space(); s.at == len(s.text) || s.text[s.at] != '"' {
			return nil, false
		}
		v, ok := s.string()
		if !ok {
			return nil, false
		}
		all = append(all, v)
		if s.next(']') {
			return all, true
		}
		if !s.next(',') {
			return nil, false
		}
	}
}

// string reads a text.
func (s *scanner) string() (string, bool) {
	if !s.next('"') {
		return "", false
	}
	n := plain(s.text[s.at:])
	if n == len(s.text)-s.at {
		return "", false
	}
	if s.text[s.at+n] == '"' {
		v := s.text[s.at : s.at+n]
		s.at += n + 1
		return string(v), utf8.Valid(v)
	}
	return s.escaped()
}

// plain is how many bytes come before a quote, a backslash or a control
// character.
func plain(text []byte) int {
	for i, c := range text {
		if c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return len(text)
}

// escaped reads a text with backslashes in it.
func (s *scanner) escaped() (string, bool) {
	rest := s.text[s.at:]
	out := make([]byte, 0, max(64, min(len(rest), 1<<20)))
	for {
		n := plain(rest)
		if n == len(rest) || rest[n] < ' ' {
			return "", false
		}
		out = append(out, rest[:n]...)
		rest = rest[n:]
		if rest[0] == '"' {
			s.at = len(s.text) - len(rest) + 1
			return string(out), utf8.Valid(out)
		}
		var ok bool
		if out, rest, ok = unescape(out, rest); !ok {
			return "", false
		}
	}
}

// unescape reads what a backslash begins.
func unescape(out, text []byte) (_, rest []byte, ok bool) {
	const signs, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if len(text) < 2 {
		return out, text, false
	}
	if text[1] != 'u' {
		i := strings.IndexByte(signs, text[1])
		if i < 0 {
			return out, text, false
		}
		return append(out, meant[i]), text[2:], true
	}
	r, rest, ok := unit(text)
	if ok && utf16.IsSurrogate(r) {
		var low rune
		low, rest, ok = unit(rest)
		r = utf16.DecodeRune(r, low)
		ok = ok && r != utf8.RuneError
	}
	return utf8.AppendRune(out, r), rest, ok
}

// unit reads one \uXXXX.
func unit(text []byte) (r rune, rest []byte, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, text, false
	}
	v, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(v), text[6:], err == nil
}
