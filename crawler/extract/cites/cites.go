// Package cites finds whom a news story names as where it has its news from:
// "according to TASS", "조선중앙통신은 … 보도했다". Of returns the names, each under the
// one that the package knows the outlet by in all languages.
//
// Two embedded tables hold what it knows: names.txt the names of outlets and
// institutions, frames.txt the words that a language puts around a name that it
// cites. A name alone is never a citation. It is pure and safe for concurrent
// use.
package cites

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Unnamed stands in the list for people whom a story does not name.
const Unnamed = "unnamed sources"

// Limits of what is looked at and returned.
const (
	maxText   = 64 << 10 // bytes of a story's text; whom it cites stands far above
	maxNames  = 20
	maxBefore = 100 // bytes before a name in which its frame ends
	maxAfter  = 400 // bytes behind a name in which its frame stands
)

// Of returns whom the titles and the text of a story cite, in the order of the
// story, at most 20 names. The story's own outlet is none of them.
func Of(s *news.Story) []string {
	language := languageOf(s)
	if language == nil {
		return nil
	}
	f := finder{language: language, names: allNames(), own: ownNames(s)}
	for _, t := range append([]string{s.Title}, s.Titles...) {
		f.title = true
		f.search(t)
	}
	f.title = false
	text := s.Text[:min(len(s.Text), maxText)]
	for line := range strings.Lines(text) {
		f.search(line)
	}
	if language.saysUnnamed(text) {
		f.add(Unnamed)
	}
	return f.found[:min(len(f.found), maxNames)]
}

// ownNames returns the names that a story's own outlet is cited by: those that
// its name or its site bear.
func ownNames(s *news.Story) []string {
	names := allNames()
	own := names.beginning(s.Outlet)
	u, err := url.Parse(s.URL)
	if err != nil {
		return append(own, s.Outlet)
	}
	for label := range strings.SplitSeq(u.Hostname(), ".") {
		own = append(own, names.bySite[strings.ToLower(label)]...)
	}
	return append(own, s.Outlet)
}

// finder collects whom one story cites.
type finder struct {
	language *language
	names    *directory
	own      []string
	title    bool // a headline is searched, which puts a name before or behind a mark
	found    []string
}

func (f *finder) add(name string) {
	if !f.has(name) {
		f.found = append(f.found, name)
	}
}

// has reports whether a name is found already, or is not to be found.
func (f *finder) has(name string) bool {
	same := func(other string) bool { return strings.EqualFold(other, name) }
	return slices.ContainsFunc(f.own, same) || slices.ContainsFunc(f.found, same)
}

// search looks for names in one line and for the frames around them.
func (f *finder) search(line string) {
	before := ' '
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		n, length, known := name{}, 0, false
		if f.names.begins(r) && mayBegin(before, r) {
			n, length, known = f.names.at(line, i)
		}
		if length == 0 && unicode.IsUpper(r) && mayBegin(before, r) {
			n, length = f.language.unknown(line, i)
		}
		if length == 0 {
			before, i = r, i+size
			continue
		}
		if !f.has(n.canonical) && f.isCited(line, i, i+length, n, known) {
			f.add(n.canonical)
		}
		i += length
		before, _ = utf8.DecodeLastRuneInString(line[:i])
	}
}

// isCited reports whether the words around line[start:end] cite it.
func (f *finder) isCited(line string, start, end int, n name, known bool) bool {
	left, right := sentence(line, start, end)
	if known && f.title && isLabel(left, right) {
		return true
	}
	l := f.language
	switch {
	case l.before.match(left), l.after.match(right):
		return true
	case n.institution:
		return false
	}
	return l.outletBefore.match(left) || l.and.match(right)
}

// isLabel reports whether a headline's name stands before a colon or behind a
// mark at its end: "KCNA: …", "… – Yonhap".
func isLabel(left, right string) bool {
	left, right = strings.TrimSpace(left), strings.TrimSpace(right)
	return left == "" && strings.HasPrefix(right, ":") || right == "" && strings.HasSuffix(left, ":") ||
		right == "" && (strings.HasSuffix(left, " –") || strings.HasSuffix(left, " —") || strings.HasSuffix(left, " -"))
}

// sentence returns what stands before and behind a name in its sentence, as far
// as frames reach.
func sentence(line string, start, end int) (left, right string) {
	low, high := max(0, start-maxBefore), min(len(line), end+maxAfter)
	near := line[low:high]
	from, to := text.SentenceAt(near, start-low, end-low)
	return strings.ToValidUTF8(near[from:start-low], ""), strings.ToValidUTF8(near[end-low:to], "")
}

// mayBegin reports whether a name may begin with r behind another character.
// Scripts without spaces have no words that one could be inside of.
func mayBegin(before, r rune) bool {
	return isUnspaced(r) || isUnspaced(before) || !unicode.IsLetter(before) && !unicode.IsNumber(before)
}

// isUnspaced reports whether a character is of a script without spaces.
func isUnspaced(r rune) bool {
	const first = 0x2e80 // of the CJK blocks
	return r >= first && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
