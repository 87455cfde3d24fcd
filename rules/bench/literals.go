package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	bobusumisu "github.com/BobuSumisu/aho-corasick"
	petar "github.com/petar-dambovaliev/aho-corasick"
)

// The engines here look for bytes. They are given the text as its lower-case
// words with a blank before, between and behind them, and phrases too; what
// this costs is a part of their time.

// appendWords writes a text so.
func appendWords(into []byte, s string) []byte {
	into = append(into, ' ')
	for i := 0; i < len(s); {
		c, size := s[i], 1
		switch {
		case c >= 'A' && c <= 'Z':
			into = append(into, c|0x20)
		case isWordByte(c):
			into = append(into, c)
		default:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if isWordRune(r) {
				into = utf8.AppendRune(into, unicode.ToLower(r))
			} else if into[len(into)-1] != ' ' {
				into = append(into, ' ')
			}
		}
		i += size
	}
	if into[len(into)-1] != ' ' {
		into = append(into, ' ')
	}
	return into
}

func padded(phrase string) string { return " " + phraseKey(phrase) + " " }

func allPadded(phrases []string) []string {
	all := make([]string, len(phrases))
	for i, p := range phrases {
		all[i] = padded(p)
	}
	return all
}

// prepareContains is what one writes first.
func prepareContains(set ruleSet) builder {
	return func() (*built, error) {
		all := make([]concepts, len(set.rules))
		for i, r := range set.rules {
			for _, c := range r {
				all[i] = append(all[i], allPadded(c))
			}
		}
		return &built{match: func(d *document, into []int) []int {
			text := string(appendWords(nil, d.text))
			for i, r := range all {
				if r.in(text) {
					into = append(into, i)
				}
			}
			return into
		}}, nil
	}
}

// in reports whether a text has a phrase of each concept.
func (r concepts) in(text string) bool {
	for _, c := range r {
		found := false
		for _, p := range c {
			if strings.Contains(text, p) {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// finder finds phrases in the words of a text, and calls see with the number of
// each one, once or more often.
type finder struct {
	find    func(words []byte, see func(phrase uint32))
	outside int64  // bytes that it keeps outside of Go's heap
	close   func() // gives them back; may be nil
}

// literals makes an engine of what finds phrases: the sketch's postings decide
// which rules match.
func literals(set ruleSet, build func(phrases []string) (finder, error)) builder {
	return func() (*built, error) {
		p := newPostings(set.rules, set.df)
		f, err := build(allPadded(p.phrases))
		if err != nil {
			return nil, err
		}
		p.phrases = nil
		var words []byte
		return &built{outside: f.outside, close: f.close, match: func(d *document, into []int) []int {
			words = appendWords(words[:0], d.text)
			f.find(words, p.see)
			return appendNumbers(into, p.finish())
		}}, nil
	}
}

func prepareBobuSumisu(set ruleSet) builder {
	return literals(set, func(phrases []string) (finder, error) {
		trie := bobusumisu.NewTrieBuilder().AddStrings(phrases).Build()
		return finder{find: func(words []byte, see func(uint32)) {
			trie.Walk(words, func(_, _, phrase int64) bool {
				see(uint32(phrase))
				return true
			})
		}}, nil
	})
}

func preparePetar(set ruleSet) builder {
	return literals(set, func(phrases []string) (finder, error) {
		b := petar.NewAhoCorasickBuilder(petar.Opts{MatchKind: petar.StandardMatch, DFA: true})
		automaton := b.Build(phrases)
		return finder{find: func(words []byte, see func(uint32)) {
			found := automaton.IterOverlappingByte(words)
			for m := found.Next(); m != nil; m = found.Next() {
				see(uint32(m.Pattern()))
			}
		}}, nil
	})
}
