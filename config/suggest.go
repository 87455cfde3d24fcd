package config

import "slices"

// longestWord is the most bytes of a word that suggestions are made for.
const longestWord = 64

// nearest returns the word that is spelt most alike, "" when in each more than a
// third of the letters differ.
func nearest(word string, words []string) string {
	if len(word) > longestWord {
		return ""
	}
	letters := []rune(word)
	best, least := "", max(1, len(letters)/3)+1
	for _, w := range slices.Sorted(slices.Values(words)) {
		if other := []rune(w); len(w) <= longestWord && max(len(other)-len(letters), len(letters)-len(other)) < least {
			if d := distance(letters, other); d < least {
				best, least = w, d
			}
		}
	}
	return best
}

// DidYouMean is the hint for a misspelt word, "" when nothing is near.
func DidYouMean(word string, words []string) string { return didYouMean(word, words) }

// didYouMean is the hint for a misspelt word, "" when nothing is near.
func didYouMean(word string, words []string) string {
	if w := nearest(word, words); w != "" {
		return "did you mean `" + w + "`?"
	}
	return ""
}

// distance returns how many letters have to be inserted, deleted, replaced or
// swapped with their neighbour to turn one word into the other (optimal string
// alignment). The words have at most longestWord letters.
func distance(a, b []rune) int {
	var rows [3][longestWord + 1]int // this one, the one before, and the one before that
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(a); i++ {
		rows[2], rows[1] = rows[1], rows[0]
		rows[0][0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			least := min(rows[1][j]+1, rows[0][j-1]+1, rows[1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				least = min(least, rows[2][j-2]+1)
			}
			rows[0][j] = least
		}
	}
	return rows[0][len(b)]
}
