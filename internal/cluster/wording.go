package cluster

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// said is a row of words that stands in a text.
type said struct {
	*toldWord
	at int // its first token
}

// wording is what the words of a text say.
type wording struct {
	language string
	text     string
	tokens   []text.Token
	said     []said // in order, without numbers and contexts
	numbers  map[int]float64
	times    map[int]float64
	apart    map[int]bool
	units    map[int]string
	sentence int // bytes of the first sentence, 0 while it was not looked for
}

// read finds the words of a text. A word tells nothing without its context, in one
// that it does not go with, and inside of a longer row that is idle.
func (w *toldWords) read(language, s string) *wording {
	tokens := text.Split(s)
	r := &wording{
		language: language, text: s, tokens: tokens,
		numbers: map[int]float64{}, times: map[int]float64{}, apart: map[int]bool{}, units: map[int]string{},
	}
	contexts, idle := map[string]bool{}, map[int]int{}
	var all []said
	for i := range tokens {
		w.each(tokens[i:], func(word *toldWord) {
			switch word.kind {
			case isContext:
				contexts[word.name] = true
			case isIdle:
				for j := range len(word.rest) + 1 {
					idle[i+j] = max(idle[i+j], len(word.rest)+1)
				}
			case isNumber:
				r.numbers[i] = word.value
			case isTimes:
				r.times[i] = word.value
			case isApart:
				r.apart[i] = true
			case isUnit:
				r.units[i] = word.name
			default:
				all = append(all, said{word, i})
			}
		})
	}
	for _, s := range all {
		if len(s.rest)+1 >= idle[s.at] && (s.with == "" || contexts[s.with]) && (s.without == "" || !contexts[s.without]) {
			r.said = append(r.said, s)
		}
	}
	return r
}

// How far from a noun its number may stand, in tokens.
const (
	nearNoun = 3
	nearToll = 8
)

// nearNumber returns the number that a noun counts: the nearest, before the noun
// rather than behind it. A toll is told behind it.
func (r *wording) nearNumber(noun said) (float64, bool) {
	reach, toll := nearNoun, noun.name == "toll"
	switch {
	case toll:
		reach = nearToll
	case r.tokens[noun.at].Script == text.Han || r.tokens[noun.at].Script == text.Kana: // a character is half a word
		reach = 2 * nearNoun
	}
	for away := 1; away <= reach; away++ {
		for _, j := range [...]int{noun.at - away, noun.at + away} {
			if j < 0 || j >= len(r.tokens) || toll && j < noun.at || r.apart[j-1] || r.apart[j+1] {
				continue
			}
			n, end := r.number(j)
			if end == 0 || r.year(j) || noun.name != "magnitude" && n != math.Trunc(n) {
				continue
			}
			if toll || j <= noun.at+1 || !r.countsOther(noun, end) {
				return n, true
			}
		}
	}
	return 0, false
}

// countsOther reports whether another noun that counts begins at a token: in "killed and 80
// injured" nobody counts the dead.
func (r *wording) countsOther(noun said, at int) bool {
	return slices.ContainsFunc(r.said, func(s said) bool {
		return s.kind == counted && s.at == at && s.name != noun.name
	})
}

// year reports whether a token is taken for a year.
func (r *wording) year(i int) bool {
	is := r.tokens[i].Folded
	return len(is) == 4 && (strings.HasPrefix(is, "19") || strings.HasPrefix(is, "20"))
}

// figures returns the figures of a text that are compared, each with its unit.
func (r *wording) figures() (list []figure) {
	for i := range r.tokens {
		n, end := r.number(i)
		if end == 0 {
			continue
		}
		if unit := cmp.Or(r.units[end], r.sign(i, end)); unit != "" {
			list = append(list, figure{unit, n})
		}
	}
	return list
}

// allNumbers returns the numbers of a text, without dates, years and lengths.
func (r *wording) allNumbers() (list []float64) {
	for i := range r.tokens {
		if n, end := r.number(i); end > 0 && !r.apart[i-1] && !r.apart[i+1] && !r.year(i) && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// sign returns the unit of the sign beside a number: % behind it, $ before it.
func (r *wording) sign(from, end int) string {
	behind, before := r.text[r.tokens[end-1].End:], r.text[:r.tokens[from].Start]
	behind = strings.TrimLeft(behind, " \u00a0\u202f")
	for sign, unit := range unitSigns {
		if strings.HasPrefix(behind, sign) || unit == "money" && strings.HasSuffix(before, sign) {
			return unit
		}
	}
	return ""
}

var unitSigns = map[string]string{
	"%": "percent", "％": "percent", "$": "money", "€": "money", "£": "money", "¥": "money", "₽": "money",
}

// number reads a number that begins with a token, 41, 26 000, four, 1.2 million, and
// returns it with the token behind it; 0 when there is none.
func (r *wording) number(i int) (n float64, end int) {
	if n, end = r.numbers[i], i+1; n == 0 {
		if !r.digits(i) || r.fraction(i) || r.thousands(i) {
			return 0, 0
		}
		digits := numberOf(r.language, r.tokens[i].Folded)
		if r.fraction(end) {
			digits += "." + r.tokens[end].Folded
			end++
		}
		more := end
		for r.thousands(end) {
			end++
		}
		digits += strings.ReplaceAll(joined(r.tokens[more:end]), " ", "")
		var err error
		if n, err = strconv.ParseFloat(digits, 64); err != nil {
			return 0, 0
		}
	}
	if times := r.times[end]; times > 0 {
		n, end = n*times, end+1
	}
	if n > mostNumber {
		return 0, 0
	}
	return n, end
}

// mostNumber is the largest number that is taken for one.
const mostNumber = 1e15

func (r *wording) digits(i int) bool {
	return i >= 0 && i < len(r.tokens) && r.tokens[i].Folded[0] >= '0' && r.tokens[i].Folded[0] <= '9'
}

// goesOn reports whether a token of digits stands one sign behind another one.
func (r *wording) goesOn(i int) bool {
	return r.digits(i) && r.digits(i-1) && r.tokens[i].Start == r.tokens[i-1].End+1
}

// fraction reports whether a token is what stands behind the comma of a number.
func (r *wording) fraction(i int) bool {
	return r.goesOn(i) && len(r.tokens[i].Folded) < 3 && r.text[r.tokens[i-1].End] == ','
}

// thousands reports whether a token is three digits of a number that goes on.
func (r *wording) thousands(i int) bool {
	return r.goesOn(i) && len(r.tokens[i].Folded) == 3 && len(r.tokens[i-1].Folded) <= 3
}

// first reports whether a token stands in the first sentence.
func (r *wording) first(at int) bool {
	if r.sentence == 0 {
		r.sentence = len(text.FirstSentence(r.text))
	}
	return r.tokens[at].Start < r.sentence
}
