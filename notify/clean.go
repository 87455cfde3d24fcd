package notify

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/copytaster/copytaster/internal/news"
)

// maxMarks is the most combining marks that one letter keeps. No script in use
// stacks more; what does is meant to spill over the lines around it.
const maxMarks = 8

// clean makes a text safe to show on one line: valid UTF-8, every run of white
// space one space, no control or unseen characters, no towers of marks.
func clean(s string) string { return scrub(s, nil) }

// cleanLines is clean for a text that keeps its lines, except empty ones.
func cleanLines(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = clean(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// scrub cleans a text. When at is given, it has an element for every byte offset
// of the text, the last included, and receives where each went.
func scrub(s string, at []int) string {
	var b strings.Builder
	last, marks := ' ', 0
	for i, r := range s {
		for j := i; j < len(at) && j < i+utf8.RuneLen(r); j++ {
			at[j] = b.Len()
		}
		switch {
		case '!' <= r && r <= '~': // most of most texts
		case unicode.IsSpace(r):
			if r = ' '; last == ' ' {
				continue
			}
		case news.Unseen(r):
			continue
		}
		if r > unicode.MaxLatin1 && unicode.In(r, unicode.Mn, unicode.Me, unicode.Join_Control) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
		last = r
	}
	text := strings.TrimRight(b.String(), " ")
	for i := range at {
		at[i] = min(at[i], len(text))
	}
	if len(at) > 0 {
		at[len(s)] = len(text)
	}
	return text
}

// junk is how many times longer than what is shown of it a text is looked at:
// one with more to be cleaned away than that has nothing to say.
const junk = 16

// line is the beginning of a text, clean, on one line of at most limit runes.
func line(s string, limit int) string {
	return cut(clean(s[:runes(s, junk*limit)]), limit)
}

// blank reports whether a cleaned text shows nothing.
func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.In(r, unicode.Zs, unicode.Mn, unicode.Me)
	})
}

// cut shortens a text to at most limit runes, the ellipsis included, at the end
// of a word when one is near, and never inside a grapheme (except one that
// does not fit by itself).
func cut(s string, limit int) string {
	if fits(s, limit) {
		return s
	}
	end := graphemes(s, limit-1)
	if end == 0 {
		end = runes(s, limit-1)
	}
	if i := strings.LastIndexByte(s[:end], ' '); i > end*3/4 {
		end = i
	}
	return strings.TrimRight(s[:end], " ,;:–—-") + "…"
}

// fits reports whether a text has at most limit runes, without counting them
// all.
func fits(s string, limit int) bool { return runes(s, limit) == len(s) }

// runes returns the length in bytes of the first n runes.
func runes(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// graphemes returns the length in bytes of the whole graphemes within the
// first n runes.
func graphemes(s string, n int) int {
	end, state := 0, -1
	for rest := s; rest != ""; {
		var g string
		g, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if n -= utf8.RuneCountInString(g); n < 0 {
			break
		}
		end += len(g)
	}
	return end
}

// maxLink is the longest URL that is linked. Slack takes 3,000 characters;
// what is longer than this is no address of a story.
const maxLink = 2000

// link makes a URL safe to be linked: http or https, without user information,
// in ASCII without characters that mean something to a mark-up. It returns ""
// for what cannot be made so.
func link(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	var b strings.Builder
	for _, c := range []byte(u.String()) {
		if c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>\\^`{|}*", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	if u, err = url.Parse(b.String()); err != nil || u.Hostname() == "" || b.Len() > maxLink {
		return ""
	}
	return b.String()
}
