package config

import "slices"

// nearest returns the word that was most likely meant, "" when none is near: at
// most a third of the letters may differ.
func nearest(word string, words []string) string {
	best, least := "", max(1, len([]rune(word))/3)+1
	sorted := slices.Sorted(slices.Values(words))
	for _, w := range sorted {
		if d := distance([]rune(word), []rune(w)); d < least {
			best, least = w, d
		}
	}
	return best
}

// didYouMean is the hint for a misspelt word, "" when nothing is near.
func didYouMean(word string, words []string) string {
	if len(word) > 64 {
		return ""
	}
	if w := nearest(word, words); w != "" {
		return "did you mean `" + w + "`?"
	}
	return ""
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make one word the other (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
