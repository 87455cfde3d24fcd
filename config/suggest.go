package config

import "github.com/copytaster/copytaster/internal/text"

// DidYouMean is the hint for a misspelt word, "" when nothing is near.
func DidYouMean(word string, words []string) string { return didYouMean(word, words) }

// didYouMean is the hint for a misspelt word, "" when nothing is near.
func didYouMean(word string, words []string) string {
	if w := text.Nearest(word, words); w != "" {
		return "did you mean `" + w + "`?"
	}
	return ""
}
