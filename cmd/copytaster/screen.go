package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
)

// The escape sequences that may reach a terminal: colours of palettes and logs;
// in messages also their own colours, and links.
var (
	colours  = regexp.MustCompile(`\x1b\[(?:` + colour + `(?:;` + colour + `)*)?m`)
	messages = regexp.MustCompile(colours.String() + `|\x1b\[1;97;41m|\x1b\]8;;[!-~]*\x1b\\`)
)

const colour = `(?:[0-4]|2[2-4]|3[1-79]|9[1-7])`

// screen is what all output goes through. Much of it was written by strangers,
// and what they wrote must neither steer a terminal nor deceive its reader: see
// news.Unseen.
type screen struct {
	w    io.Writer
	stay *regexp.Regexp // what stays of it; nil is nothing

	mu   sync.Mutex
	rest string // the beginning of a character whose end is still to come
}

// Write writes what is harmless of a text.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole := s.rest + string(text)
	end := len(whole) - unfinished(whole)
	s.rest = whole[end:]
	if _, err := io.WriteString(s.w, harmless(whole[:end], s.stay)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// unfinished is how many bytes at the end of a text begin a character.
func unfinished(text string) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if last := text[len(text)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRuneInString(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// harmless removes from a text what people must not be shown. Line ends, tabs and
// what stay matches are kept.
func harmless(text string, stay *regexp.Regexp) string {
	if stay == nil {
		return strings.Map(shown, text)
	}
	var out strings.Builder
	at := 0
	for _, part := range stay.FindAllStringIndex(text, -1) {
		out.WriteString(strings.Map(shown, text[at:part[0]]) + text[part[0]:part[1]])
		at = part[1]
	}
	return out.String() + strings.Map(shown, text[at:])
}

func shown(r rune) rune {
	if r != '\n' && r != '\t' && news.Unseen(r) {
		return -1
	}
	return r
}

// escaped writes what people must not be shown as JSON escapes. Programs read it
// unchanged.
func escaped(json string) string {
	if !strings.ContainsFunc(json, func(r rune) bool { return shown(r) < 0 }) {
		return json
	}
	var out strings.Builder
	for _, r := range json {
		switch {
		case shown(r) >= 0:
			out.WriteRune(r)
		case r > 0xFFFF:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}
