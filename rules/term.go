package rules

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// term is what one written term looks for. A regular expression has a pattern,
// a word with ? in it has spellings, every other term neither.
type term struct {
	written   string
	words     string // without the sigil
	look      text.Look
	pattern   *regexp.Regexp
	spellings *spellings
	key       string // terms with one key are found by the same words
	length    int32  // how many tokens it takes; 0 is not known
	latin     bool   // every token is of Latin letters or digits
	mistake   *Mistake
}

// parse reads a term as written, without white space around it. Its mistake, if
// there is one, has no path.
func (g *glossary) parse(written string) term {
	t := term{written: written}
	if written == "" {
		t.mistake = &Mistake{Message: "empty term"}
		return t
	}
	if isPattern(written) {
		t.compile()
		return t
	}
	t.words = written
	switch t.words[0] {
	case '=':
		t.look.Exact, t.words = true, t.words[1:]
	case '~':
		t.look.Stem, t.words = true, t.words[1:]
	}
	if rest, ok := strings.CutSuffix(t.words, "*"); ok {
		t.look.Prefix, t.words = true, rest
	}
	if t.mistake = t.check(); t.mistake != nil {
		return t
	}
	g.tokens.Cut(t.words)
	g.list = g.tokens.List(g.list[:0])
	tokens := g.list
	if t.mistake = t.checkWords(tokens); t.mistake != nil {
		return t
	}
	if holdsLetter(t.words) {
		t.spellings, t.mistake = newSpellings(t.words, t.look.Exact)
	}
	t.describe(tokens)
	return t
}

// check looks for what is left of a term once its sigils are taken.
func (t *term) check() *Mistake {
	switch {
	case !unicode.IsLetter(rune(t.written[0])) && strings.Trim(t.written, "=~*$/?") == "":
		return &Mistake{Message: "only a sign, and no word: " + quote(t.written),
			Hint: "signs go with a word: =US, ~weapon, missile*"}
	case strings.ContainsRune(t.words, '*'):
		return &Mistake{Message: "* stands elsewhere than at the end of " + quote(t.written),
			Hint: "write the beginning of a word, then *: missile*; one letter is ?: organi?ation"}
	case len(t.words) > 0 && strings.ContainsRune("=~", rune(t.words[0])):
		return &Mistake{Message: "two signs before one term: " + quote(t.written), Hint: "choose one of = and ~"}
	case t.look.Stem && t.look.Prefix:
		return &Mistake{Message: "~ and * on one term: " + quote(t.written),
			Hint: "~weapon finds its inflections, weapon* everything that begins so"}
	case (t.look.Stem || t.look.Prefix) && holdsLetter(t.words):
		return &Mistake{Message: "? and " + t.sign() + " on one term: " + quote(t.written),
			Hint: "? is one letter of a word that is written out: organi?ation, organi?ations"}
	}
	return nil
}

func (t *term) sign() string {
	if t.look.Stem {
		return "~"
	}
	return "*"
}

func (t *term) checkWords(tokens []text.Token) *Mistake {
	switch {
	case len(tokens) == 0:
		return &Mistake{Message: "no word in " + quote(t.written), Hint: "a term needs a letter or a digit"}
	case t.look.Prefix && unicode.IsSpace(lastRune(t.words)):
		return &Mistake{Message: "* stands alone in " + quote(t.written), Hint: "write it right behind a word"}
	}
	return nil
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// describe notes what checks ask about the words of a term.
func (t *term) describe(tokens []text.Token) {
	t.length, t.latin = int32(len(tokens)), true
	var short [64]byte
	key := short[:0]
	for i := range tokens {
		if i > 0 {
			key = append(key, ' ')
		}
		if t.look.Exact {
			key = append(key, tokens[i].Exact...)
		} else {
			key = append(key, tokens[i].Folded...)
		}
		key = append(key, tokens[i].Signs.String()...)
		t.latin = t.latin && (tokens[i].Script == text.Latin || tokens[i].Script == text.Number)
	}
	switch {
	case t.spellings != nil:
		t.key, t.length = t.written, int32(t.spellings.length())
	case string(key) == t.words && t.look == (text.Look{}):
		t.key = t.words
	default:
		t.key = t.mark() + string(key)
	}
}

// mark tells the keys of terms that are looked for in different ways apart.
func (t *term) mark() string {
	switch {
	case t.look.Exact && t.look.Prefix:
		return "=*"
	case t.look.Exact:
		return "="
	case t.look.Stem:
		return "~"
	case t.look.Prefix:
		return "*"
	}
	return ""
}

// plain reports whether a term is words and nothing else.
func (t *term) plain() bool {
	return t.look == (text.Look{}) && t.pattern == nil && t.spellings == nil
}

// indexed reports whether the term is found by its words: the others have to
// be looked for one by one.
func (t *term) indexed() bool { return t.pattern == nil && t.spellings == nil }

// quote marks text that people wrote, cut to what a message can hold.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return `"` + s + `"`
}
