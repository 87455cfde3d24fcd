package text

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// window bounds how far a sentence is looked for around a find, in bytes.
const window = 2000

// Sentence returns the sentence that holds the bytes from start to end of s, cut
// to at most limit runes around them; an ellipsis stands where it was cut.
// Paragraphs are lines. What is not UTF-8 is left out.
func Sentence(s string, start, end, limit int) string {
	from, to := sentenceAround(s, start, end)
	sentence := s[from:to]
	from, to, before, after := cut(sentence, start-from, end-from, limit)
	out := strings.ToValidUTF8(strings.TrimSpace(sentence[from:to]), "")
	if before {
		out = "…" + out
	}
	if after {
		out += "…"
	}
	return out
}

// SentenceAt returns the bounds of the sentence that holds the bytes from start
// to end of s, without the white space around it. Paragraphs are lines.
func SentenceAt(s string, start, end int) (from, to int) {
	from, to = sentenceAround(s, start, end)
	for to > end {
		r, size := utf8.DecodeLastRuneInString(s[:to])
		if !unicode.IsSpace(r) {
			break
		}
		to -= size
	}
	return min(skip(s, from, to, unicode.IsSpace), start), to
}

// FirstSentence returns the first sentence of s, without the white space around
// it.
func FirstSentence(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[:sentenceEnd(s, 0, len(s))])
}

// EndsSentence reports whether a text ends where a sentence does: with a mark
// that is not an abbreviation's.
func EndsSentence(s string) bool {
	marked := strings.TrimRightFunc(s, func(r rune) bool { return closes(r) || terminates(r) })
	marks := s[len(marked):]
	if strings.ContainsFunc(marks, func(r rune) bool { return r != '.' && terminates(r) }) {
		return true
	}
	if strings.HasPrefix(marks, ".") {
		return !abbreviates(lastWord(s, 0, len(marked)), 0, "The")
	}
	return strings.Contains(marks, ".")
}

// terminates knows the full stops of all scripts (Unicode's property
// Sentence_Terminal) and the ellipsis.
func terminates(r rune) bool { return r == '…' || unicode.Is(unicode.Sentence_Terminal, r) }

// EachSentence yields the bounds of the sentences of s, from the first byte to
// the last: a sentence ends behind the white space that follows it. Paragraphs
// are lines.
func EachSentence(s string) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for from := 0; from < len(s); {
			to := sentenceEnd(s, from, len(s))
			if !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// Sentences returns the number of the sentence that each token of s begins in.
// Paragraphs are lines, and no sentence runs over the end of one.
func Sentences(s string, tokens []Token) []int32 {
	number, end := int32(0), sentenceEnd(s, 0, len(s))
	numbers := make([]int32, len(tokens))
	for i := range tokens {
		for end <= tokens[i].Start {
			end = sentenceEnd(s, end, len(s))
			number++
		}
		numbers[i] = number
	}
	return numbers
}

// Paragraphs returns the number of the line that each token of s begins in.
func Paragraphs(s string, tokens []Token) []int32 {
	number, at := int32(0), 0
	numbers := make([]int32, len(tokens))
	for i := range tokens {
		number += int32(strings.Count(s[at:tokens[i].Start], "\n"))
		at, numbers[i] = tokens[i].Start, number
	}
	return numbers
}

func sentenceAround(s string, start, end int) (from, to int) {
	from = max(0, start-window)
	for from < start && !utf8.RuneStart(s[from]) {
		from++
	}
	stop := min(len(s), end+window)
	for next := sentenceEnd(s, from, stop); from < next && next <= start; next = sentenceEnd(s, from, stop) {
		from = next
	}
	for to = from; to < end; {
		to = sentenceEnd(s, to, stop)
	}
	return from, to
}

// cut narrows a sentence to limit runes around the bytes from start to end, at
// spaces where they are near.
func cut(s string, start, end, limit int) (from, to int, before, after bool) {
	if utf8.RuneCountInString(s) <= limit {
		return 0, len(s), false, false
	}
	find := utf8.RuneCountInString(s[start:end])
	if find+2 >= limit {
		return start, forward(s, start, limit-2), true, true
	}
	room := limit - find - 2
	left := min(room/2, utf8.RuneCountInString(s[:start]))
	right := min(room-left, utf8.RuneCountInString(s[end:]))
	left = min(room-right, utf8.RuneCountInString(s[:start]))
	from, to = backward(s, start, left), forward(s, end, right)
	if from > 0 {
		if i := strings.IndexFunc(s[from:start], unicode.IsSpace); i >= 0 && i < spaceNear {
			from += i
		}
	}
	if to < len(s) {
		if i := strings.LastIndexFunc(s[end:to], unicode.IsSpace); i >= 0 && to-end-i < spaceNear {
			to = end + i
		}
	}
	return from, to, from > 0, to < len(s)
}

// spaceNear is how many bytes a cut moves to fall on a space.
const spaceNear = 30

func forward(s string, i, runes int) int {
	for ; runes > 0 && i < len(s); runes-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

func backward(s string, i, runes int) int {
	for ; runes > 0 && i > 0; runes-- {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
	}
	return i
}

// sentenceEnd returns the end of the sentence that begins at from, white space
// after it included; stop when it ends nowhere before.
func sentenceEnd(s string, from, stop int) int {
	for i := from; i < stop; {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\n':
			return skip(s, i, stop, unicode.IsSpace)
		case endsForSure(r):
			return skip(s, skip(s, i, stop, closes), stop, unicode.IsSpace)
		case r == '.' || r == '!' || r == '?' || r == '…':
			after := skip(s, i, stop, closes)
			next := skip(s, after, stop, unicode.IsSpace)
			if next > after && ends(s, from, i-size, next, r) || after >= len(s) {
				return next
			}
			i = after
		}
	}
	return stop
}

// closes knows what may stand between a full stop and the space after it.
func closes(r rune) bool {
	return r == '.' || r == '!' || r == '?' || r == '…' || r == '"' || r == '\'' || r == ')' || r == ']' ||
		unicode.In(r, unicode.Pf, unicode.Pe) || endsForSure(r)
}

func skip(s string, i, stop int, what func(rune) bool) int {
	for i < stop {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !what(r) {
			break
		}
		i += size
	}
	return i
}

// ends decides whether the mark at dot, with a space after it, ends the
// sentence that began at from; next is where what follows begins.
func ends(s string, from, dot, next int, r rune) bool {
	following := firstWord(s, next)
	first, _ := utf8.DecodeRuneInString(following)
	if unicode.IsLower(first) {
		return false
	}
	if r != '.' {
		return true
	}
	return !abbreviates(lastWord(s, from, dot), first, following)
}

// abbreviates reports whether a full stop belongs to the word before it, for
// what follows it: a word, and its first character.
func abbreviates(word string, first rune, following string) bool {
	lowered := strings.ToLower(word)
	switch abbreviations := abbreviated(); {
	case abbreviations.titles[lowered], abbreviations.ranks[word], initial(word):
		return true
	case abbreviations.measures[lowered]:
		return unicode.IsDigit(first)
	case strings.Contains(word, "."), abbreviations.companies[lowered]:
		return !starters[following]
	}
	return false
}

// starters begin a sentence even behind what may be an abbreviation.
var starters = set("The A An He She It They We I You In On At But And This That These Those His Her Its Their Our There As If",
	"When While After Before For Since Although However Many Some Most Both No Not Officials Police Earlier Later Last")

// initial reports whether a word is the first letter of a name.
func initial(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && unicode.IsUpper(r) && r != 'I'
}

// lastWord returns the letters and dots right before a full stop.
func lastWord(s string, from, dot int) string {
	start := dot
	for start > from && dot-start < longestAbbreviation {
		r, size := utf8.DecodeLastRuneInString(s[from:start])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '.' && r != 'º' {
			break
		}
		start -= size
	}
	return s[start:dot]
}

// firstWord returns the word at i, without an opening quotation mark.
func firstWord(s string, i int) string {
	stop := min(len(s), i+longestAbbreviation)
	for i < stop {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r != '"' && r != '\'' && r != '(' && r != '[' && !unicode.In(r, unicode.Pi, unicode.Ps) {
			break
		}
		i += size
	}
	j := i
	for j < stop {
		r, size := utf8.DecodeRuneInString(s[j:])
		if !unicode.IsLetter(r) && (j != i || !unicode.IsDigit(r)) {
			break
		}
		j += size
	}
	return s[i:j]
}
