package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// invented has a text for each language, for where the corpus is not at hand or
// has none.
//
//go:embed languages/*.txt
var invented embed.FS

// language is a language that is not English, told by its script.
type language struct {
	name   string
	script []*unicode.RangeTable
	spaced bool // words stand apart
}

func allLanguages() []language {
	return []language{
		{"Korean", []*unicode.RangeTable{unicode.Hangul}, true},
		{"Russian", []*unicode.RangeTable{unicode.Cyrillic}, true},
		{"Japanese", []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana, unicode.Han}, false},
		{"Chinese", []*unicode.RangeTable{unicode.Han}, false},
		{"Arabic", []*unicode.RangeTable{unicode.Arabic}, true},
	}
}

// texts returns what the corpus has in a language, cut to the length of an
// article, else the invented one.
func (l language) texts() (texts []string, real bool, err error) {
	pages, err := readPublishers(corpusFolder())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, err
	}
	for _, p := range pages {
		if l.is(p) {
			texts = append(texts, p)
		}
	}
	if texts != nil {
		return texts, true, nil
	}
	raw, err := invented.ReadFile("languages/" + strings.ToLower(l.name) + ".txt")
	return []string{string(raw)}, false, err
}

// is reports whether most letters of a text are of the script. Chinese has no
// kana.
func (l language) is(text string) bool {
	letters, own, kana := 0, 0, 0
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
			continue
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		}
		letters++
		if unicode.In(r, l.script...) {
			own++
		}
	}
	return 2*own > letters && (l.name == "Japanese") == (10*kana > letters)
}

// inText is the share of phrases that stand in a text of the language; the rule
// sets match about as seldom then as those of the yardstick.
const inText = 0.06

// phrase draws one word or two, or two to four characters where words do not
// stand apart. Most phrases have a word that is made of halves of two, or
// characters from two places.
func (l language) phrase(texts []string, rng *rand.Rand) string {
	first, next := l.words(texts, rng)
	other, _ := l.words(texts, rng)
	together := rng.Float64() < inText
	switch kind := rng.IntN(3); {
	case !l.spaced && together:
		return head(first, 2+kind)
	case !l.spaced:
		return head(first, 1+kind) + head(other, 1)
	case together && (kind == 0 || next == ""):
		return first
	case together:
		return first + " " + next
	case kind == 0:
		return halves(first, other)
	case kind == 1:
		return halves(first, other) + " " + other
	default:
		return first + " " + halves(other, first)
	}
}

func head(s string, runes int) string {
	all := []rune(s)
	return string(all[:min(runes, len(all))])
}

// words draws a word, from any of its characters on where words do not stand
// apart, and gives the one behind it.
func (l language) words(texts []string, rng *rand.Rand) (word, next string) {
	words := strings.FieldsFunc(pick(rng, texts), func(r rune) bool { return !unicode.In(r, l.script...) })
	at := rng.IntN(len(words))
	if !l.spaced {
		runes := []rune(words[at])
		return string(runes[rng.IntN(len(runes)):]), ""
	}
	if at+1 < len(words) {
		next = words[at+1]
	}
	return words[at], next
}

// printLanguages prints what a kilobyte costs in each language, under one set of
// rules of which each language has a tenth, and English the rest.
func (b *bench) printLanguages() error {
	n := b.languageRules
	names, docs := []string{"English" + unlessReal(b.real)}, [][]document{b.docs}
	set := ruleSet{rules: slices.Clone(b.rules(n).rules), df: b.df}
	rng := rand.New(rand.NewPCG(b.seed, 4))
	for i, l := range allLanguages() {
		texts, real, err := l.texts()
		if err != nil {
			return err
		}
		names, docs = append(names, l.name+unlessReal(real)), append(docs, documents(texts))
		for k := range n / 10 {
			r := make(concepts, 3)
			for c := range r {
				r[c] = []string{l.phrase(texts, rng), l.phrase(texts, rng), l.phrase(texts, rng)}
			}
			set.rules[i*n/10+k] = r
		}
	}
	fmt.Fprintf(b.out, "Languages: %s rules, a tenth of them in each language, the rest English\n", thousands(n))
	return b.compareLanguages(names, docs, set)
}

func unlessReal(real bool) string {
	if real {
		return ""
	}
	return " (invented)"
}

func (b *bench) compareLanguages(names []string, docs [][]document, set ruleSet) error {
	var results [][]*result
	for i := range names {
		r, err := measure(b.contenders(products(), set), docs[i], b.time/2)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	w := newTable(b.out)
	fmt.Fprintln(w, "\tengine\tlanguage\ttexts\tbytes/text\tCPU µs/text\tµs/kB\t× English\tµs/1,000 characters\tallocs/text\tmatches/text\t")
	for e := range results[0] {
		english := results[0][e].micros / float64(meanBytes(docs[0]))
		for i, name := range names {
			r := results[i][e]
			perByte := r.micros / float64(meanBytes(docs[i]))
			fmt.Fprintf(w, "\t%s\t%s\t%d\t%d\t%s\t%.2f\t%.2f\t%.2f\t%.1f\t%.2f\t\n", r.engine, name, len(docs[i]), meanBytes(docs[i]), micros(r.micros),
				1000*perByte, perByte/english, 1000*r.micros/meanRunes(docs[i]), r.allocs, r.matches())
		}
	}
	w.Flush()
	fmt.Fprintln(b.out)
	return nil
}

func meanRunes(docs []document) float64 {
	n := 0
	for _, d := range docs {
		n += utf8.RuneCountInString(d.text)
	}
	return float64(n) / float64(len(docs))
}
