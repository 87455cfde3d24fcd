package rules

import (
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/text"
)

// term is what one written term looks for.
type term struct {
	written string
	words   string // without the sigil
	look    text.Look
}

// parseTerm reads a term as written. The mistake, if there is one, has no path.
func parseTerm(written string) (term, *Mistake) {
	t := term{written: strings.TrimSpace(written)}
	if t.written == "" {
		return t, &Mistake{Message: "empty term"}
	}
	if m := unsupported(t.written); m != nil {
		return t, m
	}
	t.words = t.written
	switch t.words[0] {
	case '=':
		t.look.Exact, t.words = true, t.words[1:]
	case '~':
		t.look.Stem, t.words = true, t.words[1:]
	}
	if rest, ok := strings.CutSuffix(t.words, "*"); ok {
		t.look.Prefix, t.words = true, rest
	}
	return t, t.check()
}

// unsupported refuses forms that other products have and this one has not, so
// that nobody takes them for working.
func unsupported(written string) *Mistake {
	if len(written) > 2 && written[0] == '/' && strings.HasSuffix(written, "/") {
		return &Mistake{Message: "regular expressions are not supported",
			Hint: "list the words, or use a prefix like missile*"}
	}
	runes := []rune(written)
	for i := 1; i+1 < len(runes); i++ {
		if runes[i] == '?' && unicode.IsLetter(runes[i-1]) && unicode.IsLetter(runes[i+1]) {
			return &Mistake{Message: "? for one letter is not supported, nor are regular expressions",
				Hint: "list the spellings: [organisation, organization]"}
		}
	}
	return nil
}

// check looks for what is left of a term once its sigils are taken.
func (t *term) check() *Mistake {
	switch {
	case strings.Trim(t.written, "=~*$/") == "":
		return &Mistake{Message: "only a sign, and no word: " + quote(t.written),
			Hint: "signs go with a word: =US, ~weapon, missile*"}
	case strings.ContainsRune(t.words, '*'):
		return &Mistake{Message: "* stands elsewhere than at the end of " + quote(t.written),
			Hint: "write the beginning of a word, then *: missile*"}
	case len(t.words) > 0 && strings.ContainsRune("=~", rune(t.words[0])):
		return &Mistake{Message: "two signs before one term: " + quote(t.written), Hint: "choose one of = and ~"}
	case t.look.Stem && t.look.Prefix:
		return &Mistake{Message: "~ and * on one term: " + quote(t.written),
			Hint: "~weapon finds its inflections, weapon* everything that begins so"}
	case len(text.Split(t.words)) == 0:
		return &Mistake{Message: "no word in " + quote(t.written), Hint: "a term needs a letter or a digit"}
	case t.look.Prefix && unicode.IsSpace(rune(t.words[len(t.words)-1])):
		return &Mistake{Message: "* stands alone in " + quote(t.written), Hint: "write it right behind a word"}
	}
	return nil
}

func (t *term) phrase() text.Phrase { return text.NewPhrase(t.words, t.look) }

// quote marks text that people wrote, cut to what a message can hold.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return `"` + s + `"`
}
