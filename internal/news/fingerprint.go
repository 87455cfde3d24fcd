package news

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Hash is a short hash of one value of an entry, and of the source that says
// it: 63 bits. 0 says that there is no such value.
type Hash int64

// Fingerprint is what one source's list says of one story, as far as the identity of
// the story within the source needs it. Package identity decides which entries
// of a list are known.
type Fingerprint struct {
	ID        int64     // row in the store; 0 before it is stored
	Link      Hash      // of the canonical link; 0 for none, and for the site's front page
	GUID      Hash      // of the list's id; 0 for none, and for one that repeats the link
	Title     Hash      // of the title, or of the text where there is none
	Text      Hash      // of the summary and the text
	Words     int       // of the text, counted up to CountedWords; not stored
	Published time.Time // zero when it is not known
	Seen      time.Time // when it was last noted that the list holds the entry
	Story     int64     // the story that was recorded for it; 0 when there is none
}

// CountedWords is how many words of an entry's text are counted: more than any
// decision asks for.
const CountedWords = 12

// FingerprintOf returns the entry of a listed story. keyedAs names the source,
// whatever it is called by now (store.SourceState.KeyedAs). Case, white space and
// control characters of title and text do not count.
func FingerprintOf(keyedAs string, s *Story) Fingerprint {
	h := hasher(keyedAs)
	link := CanonicalURL(s.URL)
	e := Fingerprint{GUID: h.guid(s, link), Published: s.Published}
	if link != "" && !isFront(link) {
		e.Link = h.hash("link", link)
	}
	if e.GUID == e.Link {
		e.GUID = 0
	}
	e.Words = countWords(s.Text, countWords(s.Summary, 0))
	if e.Words > 0 {
		e.Text = h.hash("text", s.Summary, s.Text)
	}
	if e.Title = h.hash("title", s.Title); blank(s.Title) {
		e.Title = e.Text
	}
	return e
}

// StoryKey returns the key of a story over all sources: that of its link
// (LinkKey) where the link is its own, else one that no other source's story has.
func StoryKey(s *Story, own Fingerprint) string {
	if own.Link != 0 {
		return LinkKey(s.URL)
	}
	return fmt.Sprintf("entry %x", int64(cmp.Or(own.GUID, own.Title)))
}

// hasher is the name that goes into the hashes of a source's entries.
type hasher string

// guid returns the hash of an entry's id. An id that is a link is compared with
// links. The part of a page that a link points to is an id where the list has
// none: the entries of a ticker have nothing else of their own.
func (h hasher) guid(s *Story, link string) Hash {
	switch {
	case s.GUID != "":
		if !strings.Contains(s.GUID, "#") {
			if c := CanonicalURL(s.GUID); c != "" {
				return h.hash("link", c)
			}
		}
		return h.hash("id", strings.TrimSpace(s.GUID))
	case link != "" && !strings.Contains(link, "#"):
		u, err := url.Parse(s.URL)
		if err == nil && u.Fragment != "" && !strings.Contains(u.Fragment, "=") {
			return h.hash("id", link, u.Fragment)
		}
	}
	return 0
}

func isFront(canonical string) bool {
	return strings.HasSuffix(canonical, "/") && strings.Count(canonical, "/") == 1
}

// hash returns the hash of texts of one kind.
func (h hasher) hash(kind string, texts ...string) Hash {
	sum := fnv.New64a()
	buf := append(append(make([]byte, 0, 256), h...), 0)
	buf = append(append(buf, kind...), 0)
	for _, text := range texts {
		if kind == "title" || kind == "text" {
			buf = appendPlain(buf, text)
		} else {
			buf = append(buf, text...)
		}
		buf = append(buf, 0)
	}
	_, _ = sum.Write(buf) // a hash never fails
	return max(Hash(mix(sum.Sum64())&(1<<63-1)), 1)
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
	start, spaced := len(buf), false
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		switch {
		case r <= ' ' || r >= utf8.RuneSelf && unicode.IsSpace(r):
			spaced = len(buf) > start
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

// countWords adds the words of a text to n, up to CountedWords. Two characters
// of a script without spaces count as a word.
func countWords(text string, n int) int {
	half, inside := 0, false
	for _, r := range text {
		if n >= CountedWords {
			break
		}
		switch {
		case r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
			unicode.Khmer, unicode.Myanmar):
			inside = false
			if half++; half == 2 {
				n, half = n+1, 0
			}
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			inside = inside && (r == '\'' || r == '’' || unicode.IsMark(r))
		case !inside:
			n, inside = n+1, true
		}
	}
	return min(n+half, CountedWords)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
