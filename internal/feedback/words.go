package feedback

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

const (
	common    = 20 // of a thousand stories hold a word from which on it says nothing of a subject
	shortest  = 4  // letters of a word by itself; 2 of Hangul
	longest   = 60 // bytes of a term
	fewShared = 2  // irrelevant stories that share a term
)

// word is a word of a text. One of Hangul is several tokens.
type word struct {
	start, end int
	folded     string
	script     text.Script
	follows    bool // one space parts it from the word before, in one sentence
	capital    bool
}

// wordsOf are the words of a text in scripts that part them by spaces.
func wordsOf(s string) []word {
	var all []word
	for _, t := range text.Split(s) {
		switch t.Script {
		case text.Han, text.Kana, text.Unspaced:
			continue
		case text.Hangul:
			if n := len(all); t.Joined && n > 0 && all[n-1].script == text.Hangul && all[n-1].end == t.Start {
				all[n-1].end, all[n-1].folded = t.End, all[n-1].folded+t.Folded
				continue
			}
		}
		first, _ := utf8.DecodeRuneInString(s[t.Start:])
		w := word{start: t.Start, end: t.End, folded: t.Folded, script: t.Script, capital: unicode.IsUpper(first)}
		if n := len(all); n > 0 && !t.Break {
			w.follows = s[all[n-1].end:t.Start] == " "
		}
		all = append(all, w)
	}
	return all
}

// says reports whether a word tells of a subject.
func (w word) says() bool {
	least := shortest
	if w.script == text.Hangul {
		least = 2
	}
	return w.script != text.Number && utf8.RuneCountInString(w.folded) >= least && text.Frequency(w.folded) < common &&
		isTerm(w.folded)
}

// isTerm reports whether a text can stand in a rule as it is: words of letters and digits.
func isTerm(s string) bool {
	return s != "" && len(s) <= longest && strings.TrimFunc(s, unicode.IsSpace) == s &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != ' ' && r != '-' && r != '\''
		})
}

// candidates are terms of irrelevant stories that a rule might never take: those around
// what it found, and those that several share.
func candidates(set *rules.Set, stories []*told) []*candidate {
	around, shared, found := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, t := range stories {
		for _, e := range evidence(set, t) {
			for _, w := range wordsOf(e.Text) {
				found[w.folded] = true
			}
		}
	}
	for _, t := range stories {
		if !t.irrelevant || t.got {
			continue
		}
		surroundings, proper := map[string]bool{}, map[string]bool{}
		fields := t.story.Fields()
		for _, e := range evidence(set, t) {
			surround(fields, e, surroundings, proper)
		}
		for term := range surroundings {
			around[term]++
			if proper[term] {
				around[term] = max(around[term], fewShared)
			}
		}
		for term := range subjects(fields, found) {
			shared[term]++
		}
	}
	return slices.Concat(pick(around, false), pick(shared, true))
}

// evidence is what the rule finds in a story.
func evidence(set *rules.Set, t *told) (all []news.Evidence) {
	for _, m := range set.Match(t.story) {
		all = append(all, m.Evidence...)
	}
	return all
}

// pick makes candidates of the terms that count often enough, those that count most first.
func pick(counted map[string]int, shared bool) []*candidate {
	terms := slices.SortedFunc(maps.Keys(counted), func(a, b string) int {
		return cmp.Or(cmp.Compare(counted[b], counted[a]), cmp.Compare(a, b))
	})
	var all []*candidate
	for _, term := range terms {
		if counted[term] >= fewShared && len(all) < mostTried/2 {
			all = append(all, &candidate{term: term, shared: shared, lost: map[int]bool{}})
		}
	}
	return all
}

// subjects are the words of the title and the lead that tell of a subject, except those
// that the rule looks for.
func subjects(fields []news.Field, found map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, f := range fields {
		if f.Name != news.FieldTitle && f.Name != news.FieldLead {
			continue
		}
		for _, w := range wordsOf(f.Text) {
			if w.says() && !found[w.folded] {
				all[w.folded] = true
			}
		}
	}
	return all
}

// surround adds the terms that what a rule found is a part of, with the word before or
// behind it. Those that are names are proper, too: they are capitals in a text that has
// other words.
func surround(fields []news.Field, e news.Evidence, into, proper map[string]bool) {
	i := slices.IndexFunc(fields, func(f news.Field) bool { return f.Name == e.Field && f.Variant == e.Variant })
	if i < 0 || e.Field == news.FieldURL {
		return
	}
	s := fields[i].Text
	words := wordsOf(s)
	from := slices.IndexFunc(words, func(w word) bool { return w.start <= e.Start && e.Start < w.end })
	if from < 0 {
		return
	}
	to := from
	for to+1 < len(words) && words[to+1].start < e.End {
		to++
	}
	add := func(a, b int, beside word) {
		term := s[words[a].start:words[b].end]
		if beside.script == text.Number || utf8.RuneCountInString(beside.folded) <= 2 || !isTerm(term) ||
			text.Frequency(beside.folded) >= common {
			return
		}
		into[term] = true
		proper[term] = proper[term] || beside.capital && words[from].capital && !headlined(words)
	}
	if to+1 < len(words) && words[to+1].follows {
		add(from, to+1, words[to+1])
	}
	if from > 0 && words[from].follows {
		add(from-1, to, words[from-1])
	}
}

// headlined reports whether most words of a text begin with a capital, which then says
// nothing.
func headlined(words []word) bool {
	capitals, long := 0, 0
	for _, w := range words {
		if w.end-w.start < shortest {
			continue
		}
		long++
		if w.capital {
			capitals++
		}
	}
	return capitals*3 > long*2
}
