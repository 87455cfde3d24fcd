package text

import (
	"strings"
	"unicode/utf8"
)

// This file knows what may stand around a word without changing it.

// elided are the words that lose their vowel before an apostrophe, in French,
// Italian and Catalan.
var elided = set("l d j m n s t c qu jusqu lorsqu puisqu quoiqu presqu quelqu entr",
	"dell all dall nell sull coll un quest quell tutt sant bell cent")

// endings are what Turkish and Polish write after a name and an apostrophe,
// folded (ı = i, ü = u).
var endings = set("in un nin nun yin yun e a ye ya i u yi yu ni nu ne na si su",
	"de da te ta den dan ten tan nde nda nden ndan le la yle yla li lu siz suz lik luk",
	"ler lar leri lari lerin larin ki deki daki teki taki dir dur tir tur ydi ydu nki nunki ninki",
	"em owi om ie iem ego emu ow")

// persianEndings are what is written after a zero-width non-joiner: plurals, and
// whose it is; folded (ی = ي).
var persianEndings = set("ها هاي هايي هايم هايت هايش هايمان هايتان هايشان ام ات اش مان تان شان")

func set(lists ...string) map[string]bool {
	m := map[string]bool{}
	for _, l := range lists {
		for w := range strings.FieldsSeq(l) {
			m[w] = true
		}
	}
	return m
}

// alternative notes the second reading of the open word, one with an apostrophe
// or a non-joiner in it, and returns the number of its spelling; 0 when there is
// none.
func (t *Tokens) alternative() int {
	w := &t.word
	a := w.apostrophe
	if !a.found || a.folded >= len(w.folded) || w.script != Latin && w.script != Arabic {
		return 0
	}
	head, tail := w.folded[:a.folded], w.folded[a.folded:]
	second := spelling{script: w.script}
	switch {
	case w.script == Arabic && !persianEndings[string(tail)]:
		return 0
	case elided[string(head)] && len(tail) > 1 && strings.IndexByte("aeiouyh", tail[0]) >= 0:
		second.start, second.end = a.after, w.end
		second.folded, second.exact = t.write(tail), t.write(w.exact[a.exact:])
	case (w.script == Arabic || endings[string(tail)]) && len(head) > 1:
		second.start, second.end = w.start, a.before
		second.folded, second.exact = t.write(head), t.write(w.exact[:a.exact])
	default:
		return 0
	}
	t.spelled = append(t.spelled, second)
	return len(t.spelled) - 1
}

// arabicBases yields a folded Arabic word without the particles that are written
// with it: wa- or fa-, then bi-, li- or ka-, then al-.
func arabicBases(w string, yield func(string) bool) bool {
	for _, and := range [...]string{"", "و", "ف"} {
		rest, ok := strings.CutPrefix(w, and)
		if !ok {
			continue
		}
		if and != "" && !yieldBase(rest, yield) {
			return false
		}
		for _, by := range [...]string{"", "ب", "ل", "ك"} {
			base, ok := strings.CutPrefix(rest, by)
			if !ok {
				continue
			}
			if by != "" && !yieldBase(base, yield) {
				return false
			}
			if !withoutArticle(base, by == "ل", yield) {
				return false
			}
		}
	}
	return true
}

// withoutArticle takes al- from a word; after li- it has lost its alef.
func withoutArticle(w string, afterLi bool, yield func(string) bool) bool {
	if base, ok := strings.CutPrefix(w, "ال"); ok && !yieldBase(base, yield) {
		return false
	}
	if base, ok := strings.CutPrefix(w, "ل"); ok && afterLi {
		return yieldBase(base, yield) && yieldBase("ال"+base, yield)
	}
	return true
}

// hebrewBases yields a folded Hebrew word without the letters that are written
// with it: and, that or when, in/to/as/from, the. The article is swallowed by
// in, to and as: בבית is בית, and הבית too.
func hebrewBases(w string, yield func(string) bool) bool {
	for _, and := range [...]string{"", "ו"} {
		rest, ok := strings.CutPrefix(w, and)
		if !ok {
			continue
		}
		for _, that := range [...]string{"", "ש", "כש", "לכש", "מש"} {
			clause, ok := strings.CutPrefix(rest, that)
			if !ok {
				continue
			}
			if !hebrewNouns(clause, and == "" && that == "", yield) {
				return false
			}
		}
	}
	return true
}

// hebrewNouns yields what follows a preposition or the article; whole is a word
// that has lost nothing yet, and is not yielded itself.
func hebrewNouns(w string, whole bool, yield func(string) bool) bool {
	for _, in := range [...]string{"", "ב", "ל", "כ", "מ", "ה", "מה", "כה"} {
		base, ok := strings.CutPrefix(w, in)
		if !ok {
			continue
		}
		if (!whole || in != "") && !yieldBase(base, yield) {
			return false
		}
		if (in == "ב" || in == "ל" || in == "כ") && !yieldBase("ה"+base, yield) {
			return false
		}
	}
	return true
}

// yieldBase passes on what is long enough to be a word: two letters, which only
// a phrase looks for (see pattern.short).
func yieldBase(base string, yield func(string) bool) bool {
	return utf8.RuneCountInString(base) < 2 || yield(base)
}
