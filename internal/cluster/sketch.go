// Package cluster decides which stories carry the same text and which tell the
// same event. A Sketcher makes a Sketch of a story; a TextIndex finds the sketches
// that may belong to it; Join and Link decide, and say why.
//
// The package stores nothing, reads no clock and starts nothing: the same
// sketches lead to the same decision on every machine. A story is compared with
// the first story of a cluster, and text that stood in earlier stories (History)
// counts for nothing: that keeps templates apart.
package cluster

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Window is how long after the first story of a cluster another one may join it
// or be linked to it.
const Window = 72 * time.Hour

// What a sketch holds at most, whatever the length of the story.
const (
	mostText     = 64 << 10 // bytes that are read of a text
	mostTitle    = 400      // bytes that are read of a title
	mostShingles = 4096
	mostNames    = 96
	mostNumbers  = 64
	mostWords    = 2048
)

// Sketch is what is kept of a story to compare it with others. It is never
// changed after it was made, except by the caller's own fields.
type Sketch struct {
	// What the caller sets. None of it is encoded.
	Story    int64   // row of the story
	Cluster  int64   // cluster it belongs to
	Indirect bool    // it joined a cluster by a member other than the first
	Rarity   *Rarity // of a cluster's first story, what was learnt of its history; nil while that was not read

	Outlet   string    // who tells it: the outlet, else the source
	Language string    // BCP 47 primary language, "" when it is not known
	Seen     time.Time // when a crawl first gave it
	Title    string    // cut to 400 bytes, without its marker
	Marker   Marker

	words        []uint32 // distinct words of title and text, hashed and sorted
	shingles     []uint32 // distinct runs of words of the text, hashed and sorted
	names        []string // folded, sorted: of people, places, firms, in title or text
	titleNames   []string // of names, those in the title
	titleWords   []string // folded, sorted
	numbers      []string // sorted
	titleNumbers []string // of numbers, those in the title
	features     []Feature
}

// Comparable reports whether the story has enough text to be compared by it. One
// that has not is never joined by its text.
func (s *Sketch) Comparable() bool { return len(s.shingles) >= leastShingles }

// leastShingles is how many runs of words a text must have: that of some twelve
// words.
const leastShingles = 9

// Sketcher makes sketches. The zero value is ready. It serves one goroutine, and
// takes little new memory once it has seen a few stories.
type Sketcher struct {
	// Vocabulary says how rare words are, for links: that of the LinkIndex. Nil knows a
	// few languages' most frequent words.
	Vocabulary *Vocabulary

	tokens   text.Tokens
	list     []text.Token
	hashes   []uint64
	shingles []uint32
	facts    *facts
	own      []wordOf
	stems    text.Stems
}

// MayCarry reports whether a story may carry the text of one of an index: by its
// text alone, at a fraction of what a sketch costs. It is for stories that matched
// nothing.
func (k *Sketcher) MayCarry(x *TextIndex, s *news.Story) bool {
	body := bodyOf(s)
	k.tokens.Cut(body)
	k.hashes = k.tokens.Hashes(k.hashes[:0])
	k.shingles = sortedShingles(k.hashes, runOf(body), k.shingles[:0])
	return len(x.Query(&Sketch{Story: s.ID, shingles: k.shingles}, 1)) > 0
}

// Sketch returns the sketch of a story. It reads at most the first 64 KiB of the
// text, without what stands there for every reader of the page, such as a notice
// about cookies. A story without text is read by its summary.
func (k *Sketcher) Sketch(s *news.Story) *Sketch {
	sketch := &Sketch{
		Story: s.ID, Cluster: s.Cluster, Outlet: outletOf(s), Language: s.Language, Seen: s.FirstSeen,
	}
	sketch.Marker, sketch.Title = readMarker(cut(strings.TrimSpace(s.Title), mostTitle))
	body := bodyOf(s)
	facts := k.facts.reset(s.Language)
	k.facts = facts

	k.tokens.Cut(sketch.Title)
	k.list = k.tokens.List(k.list[:0])
	facts.title(sketch.Title, k.list)

	k.tokens.Cut(body)
	k.list = k.tokens.List(k.list[:0])
	k.hashes = k.tokens.Hashes(k.hashes[:0])
	facts.body(body, k.list)

	sketch.shingles = slices.Clone(sortedShingles(k.hashes, runOf(body), k.shingles[:0]))
	facts.into(sketch)
	sketch.features = k.featuresOf(sketch, facts)
	return sketch
}

// outletOf names who tells a story.
func outletOf(s *news.Story) string { return cmp.Or(s.Outlet, s.Origin.Source) }

// bodyOf returns the text that a story is compared by.
func bodyOf(s *news.Story) string {
	body := s.Text
	if strings.TrimSpace(body) == "" {
		body = s.Summary
	}
	return withoutNotices(cut(body, mostText))
}

// cut returns the beginning of a text, at most n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// runOf returns how many tokens a run has that is compared: four words. A
// character of a script without spaces and a syllable of Hangul are about half
// a word, one of Thai and its neighbours a third.
func runOf(s string) int {
	const (
		word     = 4
		half     = 8
		third    = 12
		examined = 600 // letters
	)
	var halves, thirds, letters int
	for _, r := range s {
		if r < 0x80 && (r|0x20 < 'a' || r|0x20 > 'z') {
			continue
		}
		if letters++; letters > examined {
			break
		}
		switch {
		case r >= 0x0E00 && r <= 0x0EFF, r >= 0x1000 && r <= 0x109F, r >= 0x1780 && r <= 0x17FF: // Thai to Khmer
			thirds++
		case r >= 0x3040 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7AF, r >= 0x20000 && r <= 0x3FFFF: // kana, Han; Hangul; Han
			halves++
		}
	}
	switch {
	case 2*thirds > letters:
		return third
	case 2*halves > letters:
		return half
	}
	return word
}

// sortedShingles appends the hashes of the runs of n tokens, sorted, each once.
func sortedShingles(hashes []uint64, n int, into []uint32) []uint32 {
	for i := 0; i+n <= len(hashes) && i < mostShingles; i++ {
		var h uint64
		for _, word := range hashes[i : i+n] {
			h = (h ^ word) * 0x9E3779B97F4A7C15 // golden ratio in 64 bits, as in D. Knuth's multiplicative hashing
			h ^= h >> 29
		}
		into = append(into, uint32(h>>32))
	}
	slices.Sort(into)
	return slices.Compact(into)
}

// shared counts what two sorted lists have in common.
func shared[T cmp.Ordered](a, b []T) (n int) {
	for range common(a, b) {
		n++
	}
	return n
}

// common yields the places in a of what two sorted lists have in common.
func common[T cmp.Ordered](a, b []T) func(yield func(int, T) bool) {
	return func(yield func(int, T) bool) {
		for i, j := 0, 0; i < len(a) && j < len(b); {
			switch {
			case a[i] < b[j]:
				i++
			case a[i] > b[j]:
				j++
			default:
				if !yield(i, a[i]) {
					return
				}
				i++
				j++
			}
		}
	}
}
