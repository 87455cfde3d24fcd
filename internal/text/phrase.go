package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Phrase is the words of one term, ready to be looked for. It is never changed.
type Phrase struct {
	tokens []Token
	words  []pattern // one for each token
	anchor int       // the word by which the phrase is looked for
	exact  bool      // case counts
	head   int       // syllables of the Korean word that the phrase begins with
}

// pattern is one word of a phrase.
type pattern struct {
	*Token
	prefix    bool // words that begin so
	english   string
	parted    []string // regular forms with another stem: sued of sue
	acronym   bool     // NGO, which the stemmer does not find in NGOs
	russian   string
	ukrainian []string
	name      bool // a Russian name in -ов or -ев, which is no genitive of many: Лавров is not in лавра
	short     bool // alone and too short for endings and prefixes: ВС is not in все
}

// leastAlone is the fewest letters of a word that is looked for alone with what
// may be written around it: כב is not in רכב.
const leastAlone = 3

// Look says how the words of a phrase are looked for.
type Look struct {
	Exact  bool // case counts
	Stem   bool // English words are found in all their inflections
	Prefix bool // the last word is the beginning of one
}

// NewPhrase reads the words of a term. A text without any word makes a phrase
// that is never found: see Len.
func NewPhrase(words string, look Look) Phrase {
	tokens := Split(words)
	p := Phrase{tokens: tokens, words: make([]pattern, len(tokens)), exact: look.Exact && hasCase(words)}
	var stems Stems
	for i := range tokens {
		t := &tokens[i]
		w := pattern{Token: t, prefix: look.Prefix && i == len(tokens)-1}
		w.short = len(tokens) == 1 && utf8.RuneCountInString(t.Folded) < leastAlone
		w.prepare(look.Stem, &stems)
		p.words[i] = w
	}
	p.anchor = longest(tokens)
	for p.head < len(tokens) && tokens[p.head].Script == Hangul && (p.head == 0 || inWord(tokens, p.head)) {
		p.head++
	}
	return p
}

// prepare computes the stems that the pattern is found by.
func (w *pattern) prepare(stem bool, stems *Stems) {
	switch {
	case w.prefix:
	case stem && inflects(w.Script):
		w.english, w.acronym = stems.English(w.Folded), w.Acronym()
		if !w.acronym {
			w.parted = stems.Parted(w.Folded)
		}
	case w.Script == Cyrillic && !w.short && surname(w.Exact):
		w.name = true
	case w.Script == Cyrillic:
		w.russian = stems.Russian(w.Folded)
		ukrainianStems(w.Folded, func(stem string) bool {
			w.ukrainian = append(w.ukrainian, stem)
			return true
		})
	}
}

// inflects reports whether ~ is about words of a script: 35s is Latin, and the
// plural of a number.
func inflects(s Script) bool { return s == Latin || s == Number }

// Acronym reports whether a word of Latin letters is written in capitals, two or more.
func (t *Token) Acronym() bool {
	return t.Script == Latin && len(t.Exact) > 1 && t.Exact != t.Folded && !hasLower(t.Exact)
}

// longest returns the first of the longest words: the rarest, most often.
func longest(tokens []Token) int {
	best := 0
	for i := range tokens {
		if len(tokens[i].Folded) > len(tokens[best].Folded) {
			best = i
		}
	}
	return best
}

// Len is the number of tokens that the phrase takes.
func (p *Phrase) Len() int { return len(p.words) }

// Exact reports whether case counts, so that the phrase cannot be found in a
// text that is Shouted.
func (p *Phrase) Exact() bool { return p.exact }

// Leads returns the phrase of the first n words.
func (p *Phrase) Leads(n int) Phrase {
	lead := *p
	lead.tokens, lead.words = p.tokens[:n], p.words[:n]
	lead.head = min(p.head, n)
	lead.anchor = longest(lead.tokens)
	return lead
}

// At reports whether the phrase stands so that its anchor, the word that Keys
// are of, is token i; and from which byte of the text to which it stands.
func (p *Phrase) At(tokens []Token, i int, stems *Stems) (start, end int, ok bool) {
	i -= p.anchor
	if len(p.words) == 0 || i < 0 || i+len(p.words) > len(tokens) {
		return 0, 0, false
	}
	for k := range p.words {
		t, w := &tokens[i+k], &p.words[k]
		if k > 0 && t.Break && !w.Break {
			return 0, 0, false
		}
		read := w.reading(t, p.exact, stems)
		if read == nil || w.Signs != (Signs{}) && w.Signs != read.Signs {
			return 0, 0, false
		}
		if k == 0 {
			start = read.Start
		}
		end = read.End
		if w.Signs != (Signs{}) {
			end += int(read.SignBytes)
		}
	}
	return start, end, p.fitsKorean(tokens, i)
}

// fitsKorean holds what is particular to Korean: a term may end a compound and
// carry particles, but not begin a longer word.
func (p *Phrase) fitsKorean(tokens []Token, i int) bool {
	inside := inWord(tokens, i)
	if inside && p.head == 1 {
		return false
	}
	for k := 1; inside && k < len(p.words); k++ {
		if inWord(p.tokens, k) && !inWord(tokens, i+k) { // 나무 기둥 does not hold 무기
			return false
		}
	}
	if inside && inWord(tokens, i-1) && len(p.words) == p.head && carries(tokens[i-1].Folded, restOfWord(tokens, i)) {
		return false // 전쟁이란 ends in a particle, not in Iran
	}
	last := &p.words[len(p.words)-1]
	if last.Script != Hangul || last.prefix {
		return true
	}
	return carries(last.Folded, restOfWord(tokens, i+len(p.words)))
}

// reading returns the reading of a token that the pattern fits, or nil.
func (w *pattern) reading(t *Token, exact bool, stems *Stems) *Token {
	if w.fits(t, exact, stems) {
		return t
	}
	if t.Alt != nil && w.fits(t.Alt, exact, stems) {
		return t.Alt
	}
	return nil
}

func (w *pattern) fits(t *Token, exact bool, stems *Stems) bool {
	if w.prefix {
		return w.begins(t, exact)
	}
	if w.Folded == t.Folded {
		return !exact || w.Exact == t.Exact
	}
	if inflects(w.Script) && inflects(t.Script) {
		return w.english != "" && (w.english == stems.English(t.Folded) || w.acronym && w.plural(t) ||
			slices.Contains(w.parted, t.Folded))
	}
	if w.Script != t.Script || w.short {
		return false
	}
	switch w.Script {
	case Cyrillic:
		return w.inflected(t, stems) && (!exact || sameCase(w.Exact, t.Exact))
	case Arabic:
		return !arabicBases(t.Folded, w.differs)
	case Hebrew:
		return !hebrewBases(t.Folded, w.differs)
	}
	return false
}

// plural reports whether a word is an acronym and a small s: NGOs, but not GPS
// for GP.
func (w *pattern) plural(t *Token) bool {
	return strings.HasSuffix(t.Exact, "s") && t.Folded[:len(t.Folded)-1] == w.Folded
}

// begins reports whether a word begins with the pattern, what is written before
// it in Arabic and Hebrew aside.
func (w *pattern) begins(t *Token, exact bool) bool {
	if strings.HasPrefix(t.Folded, w.Folded) {
		return !exact || strings.HasPrefix(t.Exact, w.Exact)
	}
	other := func(base string) bool { return !strings.HasPrefix(base, w.Folded) }
	switch {
	case w.short || w.Script != t.Script:
	case w.Script == Arabic:
		return !arabicBases(t.Folded, other)
	case w.Script == Hebrew:
		return !hebrewBases(t.Folded, other)
	}
	return false
}

func (w *pattern) differs(base string) bool { return base != w.Folded }

func (w *pattern) noStem(stem string) bool { return !slices.Contains(w.ukrainian, stem) }

// inflected reports whether two Cyrillic words are forms of one: the stemmer
// alone would part Лавров from Лаврова and Пхеньян from Пхеньяне.
func (w *pattern) inflected(t *Token, stems *Stems) bool {
	if grows(w.Folded, t.Folded) || w.name {
		return grows(w.Folded, t.Folded)
	}
	return grows(t.Folded, w.Folded) || w.russian == stems.Russian(t.Folded) || shareBase(w.Folded, t.Folded) ||
		(ukrainian(w.Folded) || ukrainian(t.Folded)) && !ukrainianStems(t.Folded, w.noStem)
}

// sameCase reports whether two words agree in case where they agree in letters.
func sameCase(a, b string) bool {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return lower(x) != lower(y)
		}
		a, b = a[n:], b[m:]
	}
	return true
}
