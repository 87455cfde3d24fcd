// Package text decides what a word is. Split cuts a text into tokens that
// remember where they stand in it; a Phrase says whether a term's words stand
// at a token; Sentence cuts out the sentence around a find.
//
// A token is a word of an alphabetic script, one syllable of Hangul, or one
// character of a script that is written without spaces (Han, kana, Thai, Lao,
// Khmer, Burmese). Tokens compare by their folded form: NFKC, without case,
// without the accents of Latin, Greek and Cyrillic, without the vowel points of
// Arabic and Hebrew. The signs right behind a word are no part of its form, and
// are noted beside it: C++ is not C. What may stand around a word without changing it (Arabic
// and Hebrew prefixes, Korean particles, Cyrillic endings, a French article)
// is the business of Phrase.
package text

// Script is the family of scripts that a token is written in, as far as the
// meaning of words depends on it.
type Script uint8

// The scripts.
const (
	Other    Script = iota // any script written with spaces that needs no care of its own
	Number                 // digits alone
	Latin                  // and, with them, digits: G7
	Greek                  // and digits
	Cyrillic               // and digits; words are inflected
	Arabic                 // words carry prefixes
	Hebrew                 // words carry prefixes
	Hangul                 // one syllable a token; words carry particles
	Han                    // one character a token
	Kana                   // one character a token
	Unspaced               // Thai, Lao, Khmer, Burmese: one character with its marks a token
)

// Token is one word, or one character of a script without spaces.
type Token struct {
	Start, End int    // byte offsets into the text that was split
	Folded     string // what is compared: without case and accents
	Exact      string // the same with its case
	Script     Script
	Joined     bool  // nothing stands between this token and the one before
	Break      bool  // a sentence or a paragraph surely ended before this token: no phrase runs over it
	Signs      Signs // written right behind it: ++ of C++
	SignBytes  uint8 // how many bytes of the text the signs take

	// Alt is a second reading of the same place, nil mostly: Iran in l'Iran,
	// Putin in Putin'in.
	Alt *Token
}

// Words counts the words of a text. A Han or kana character is half a word and
// a character of another script without spaces a quarter: about what a
// translation would count.
func Words(tokens []Token) int {
	quarters := 0
	for i := range tokens {
		switch tokens[i].Script {
		case Han, Kana:
			quarters += 2
		case Unspaced:
			quarters++
		case Hangul:
			if !inWord(tokens, i) {
				quarters += 4
			}
		default:
			quarters += 4
		}
	}
	return (quarters + 3) / 4
}

// Shouted reports whether a text is written in capitals alone, so that case
// says nothing in it. A text that also holds letters of a script without case
// is not: there a word in capitals stands out by itself.
func Shouted(tokens []Token) bool {
	letters := false
	for i := range tokens {
		t := &tokens[i]
		switch t.Script {
		case Number:
		case Latin, Greek, Cyrillic:
			if hasLower(t.Exact) {
				return false
			}
			letters = true
		default:
			return false
		}
	}
	return letters
}
