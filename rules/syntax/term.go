package syntax

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// Term is one written term, parsed. It is one of three kinds:
//
//  1. a regular expression, which has a Pattern,
//  2. words with open letters, which have a Wildcard,
//  3. words, which have neither.
type Term struct {
	Written  string
	Words    string // without the sigil
	Look     text.Look
	Pattern  *regexp.Regexp
	Wildcard *Wildcard
	Key      string // terms with one key are found by the same words
	Length   int32  // how many tokens it takes; 0 is not known
	Latin    bool   // every token is of Latin letters or digits
	Mistake  *Mistake
}

// check finds what is wrong with the signs of a term.
func (t *Term) check() *Mistake {
	switch {
	case !unicode.IsLetter(rune(t.Written[0])) && strings.Trim(t.Written, "=~*$/?") == "":
		return &Mistake{Message: "only a sign, and no word: " + Quote(t.Written),
			Hint: "signs go with a word: =US, ~weapon, missile*"}
	case strings.ContainsRune(t.Words, '*'):
		return &Mistake{Message: "* stands elsewhere than at the end of " + Quote(t.Written),
			Hint: "write the beginning of a word, then *: missile*; one letter is ?: organi?ation"}
	case len(t.Words) > 0 && strings.ContainsRune("=~", rune(t.Words[0])):
		return &Mistake{Message: "two signs before one term: " + Quote(t.Written), Hint: "choose one of = and ~"}
	case t.Look.Stem && t.Look.Prefix:
		return &Mistake{Message: "~ and * on one term: " + Quote(t.Written),
			Hint: "~weapon finds its inflections, weapon* everything that begins so"}
	case (t.Look.Stem || t.Look.Prefix) && isWildcard(t.Words):
		return &Mistake{Message: "? and " + t.sign() + " on one term: " + Quote(t.Written),
			Hint: "? is one letter of a word that is written out: organi?ation, organi?ations"}
	}
	return nil
}

func (t *Term) sign() string {
	if t.Look.Stem {
		return "~"
	}
	return "*"
}

func (t *Term) checkWords(tokens []text.Token) *Mistake {
	switch {
	case len(tokens) == 0:
		return &Mistake{Message: "no word in " + Quote(t.Written), Hint: "a term needs a letter or a digit"}
	case t.Look.Prefix && unicode.IsSpace(lastRune(t.Words)):
		return &Mistake{Message: "* stands alone in " + Quote(t.Written), Hint: "write it right behind a word"}
	}
	return nil
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// describe sets the key of a term, its length and whether it is Latin.
func (t *Term) describe(tokens []text.Token) {
	t.Length, t.Latin = int32(len(tokens)), true
	var short [64]byte
	key := short[:0]
	for i := range tokens {
		if i > 0 {
			key = append(key, ' ')
		}
		if t.Look.Exact {
			key = append(key, tokens[i].Exact...)
		} else {
			key = append(key, tokens[i].Folded...)
		}
		key = append(key, tokens[i].Signs.String()...)
		t.Latin = t.Latin && (tokens[i].Script == text.Latin || tokens[i].Script == text.Number)
	}
	switch {
	case t.Wildcard != nil:
		t.Key, t.Length = t.Written, int32(len(t.Wildcard.Words))
	case string(key) == t.Words && t.Look == (text.Look{}):
		t.Key = t.Words
	default:
		t.Key = t.mark() + string(key)
	}
}

// Compared is the words of a term as they are compared with those of a story.
func (t *Term) Compared() string { return strings.TrimPrefix(t.Key, t.mark()) }

// mark begins the key of a term: it differs for terms that are looked for in
// different ways.
func (t *Term) mark() string {
	switch {
	case t.Look.Exact && t.Look.Prefix:
		return "=*"
	case t.Look.Exact:
		return "="
	case t.Look.Stem:
		return "~"
	case t.Look.Prefix:
		return "*"
	}
	return ""
}

// Plain reports whether a term is words and nothing else.
func (t *Term) Plain() bool {
	return t.Look == (text.Look{}) && t.Pattern == nil && t.Wildcard == nil
}

// Indexed reports whether a term is found by its words. The others are looked
// for one by one.
func (t *Term) Indexed() bool { return t.Pattern == nil && t.Wildcard == nil }
