package text

import "unicode/utf8"

// longestWord is the most bytes of a word that Nearest looks at, so that a
// hostile word costs little.
const longestWord = 64

// Nearest returns the word that was most likely meant by a misspelt one, and ""
// when none is near: at most a third of the letters may differ. Of several that
// are equally near it is the first in the alphabet.
func Nearest(word string, words []string) string {
	if len(word) > longestWord {
		return ""
	}
	letters := utf8.RuneCountInString(word)
	best, least := "", max(1, letters/3)+1
	for _, w := range words {
		n := utf8.RuneCountInString(w)
		if len(w) > longestWord || max(n-letters, letters-n) > least {
			continue
		}
		if d := Distance(word, w); d < least || d == least && best != "" && w < best {
			best, least = w, d
		}
	}
	return best
}

// Distance counts the letters to insert, delete, replace or swap with their
// neighbour to make one word the other (optimal string alignment, a restricted
// form of the Damerau–Levenshtein distance).
func Distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	row, before, beforeThat := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row, before, beforeThat = beforeThat, row, before
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], beforeThat[j-2]+1)
			}
		}
	}
	return row[len(t)]
}
