package match_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// mention is one place where a node is mentioned, in tokens of a field. One of
// several terms goes from the first token to the last, and keeps where the
// first of them ends and the last of them begins.
type mention struct {
	field               int // its number in the story
	start, end          int // end is the last token
	firstEnd, lastStart int
}

// join takes mentions together as one.
func join(all ...mention) mention {
	m := all[0]
	for _, o := range all[1:] {
		m.start, m.end = min(m.start, o.start), max(m.end, o.end)
		m.firstEnd, m.lastStart = min(m.firstEnd, o.firstEnd), max(m.lastStart, o.lastStart)
	}
	return m
}

func (m mention) partOf(o mention) bool {
	return m.field == o.field && o.start <= m.start && o.end >= m.end && o.end-o.start > m.end-m.start
}

func (m mention) overlaps(o mention) bool { return m.start <= o.end && o.start <= m.end }

// fit reports whether mentions lie in one field variant and in one window.
func (r *reading) fit(w rules.Window, all ...mention) bool {
	for _, m := range all {
		if m.field != all[0].field {
			return false
		}
	}
	m := join(all...)
	switch w.Unit {
	case rules.Words:
		return between(r.fields[m.field].tokens, m.firstEnd, m.lastStart) <= 4*w.Words
	case rules.Sentence, rules.Paragraph:
		unit := r.fields[m.field].units(w.Unit)
		return unit[m.start] == unit[m.end]
	}
	return true
}

// between counts the words that lie between two tokens, in quarters. The Korean
// word that the second is in does not lie before it.
func between(tokens []text.Token, first, second int) int {
	for goesOn(tokens, second) {
		second--
	}
	return weight(tokens, first+1, second)
}

// goesOn reports whether a token goes on a Korean word.
func goesOn(tokens []text.Token, i int) bool {
	return i > 0 && tokens[i].Joined && tokens[i].Script == text.Hangul && tokens[i-1].Script == text.Hangul
}

// weight counts the words of tokens[from:to], in quarters. A Korean word counts
// where it begins.
func weight(tokens []text.Token, from, to int) int {
	quarters := 0
	for i := from; i < to; i++ {
		switch tokens[i].Script {
		case text.Han, text.Kana:
			quarters += 2
		case text.Unspaced:
			quarters++
		case text.Hangul:
			if !goesOn(tokens, i) {
				quarters += 4
			}
		default:
			quarters += 4
		}
	}
	return quarters
}

// paragraphs numbers the lines of a text: of each token the one it stands in.
func paragraphs(s string, tokens []text.Token) []int {
	numbers := make([]int, max(1, len(tokens)))
	for i, t := range tokens {
		numbers[i] = strings.Count(s[:t.Start], "\n")
	}
	return numbers
}

// sentences numbers the sentences of a text in the same way.
func sentences(s string, tokens []text.Token) []int {
	numbers := make([]int, max(1, len(tokens)))
	for i := 1; i < len(tokens); i++ {
		numbers[i] = numbers[i-1]
		if !oneSentence(s, tokens[i-1].Start, tokens[i].Start) {
			numbers[i]++
		}
	}
	return numbers
}

func (f *fieldText) units(u rules.Unit) []int {
	if f.paragraphs == nil {
		f.sentences, f.paragraphs = sentences(f.Text, f.tokens), paragraphs(f.Text, f.tokens)
	}
	if u == rules.Sentence {
		return f.sentences
	}
	return f.paragraphs
}

// oneSentence reports whether two places lie in one sentence: the sentence
// around both is that around the first.
func oneSentence(s string, a, b int) bool {
	const all = 1 << 30
	return text.Sentence(s, a, a+1, all) == text.Sentence(s, a, b+1, all)
}

// scopes says, one after the other, which mentions may combine: those of a
// field variant, or of a sentence or paragraph of it.
func (r *reading) scopes(u rules.Unit) []func(mention) bool {
	var all []func(mention) bool
	for f := range r.fields {
		if u != rules.Sentence && u != rules.Paragraph {
			all = append(all, func(m mention) bool { return m.field == f })
			continue
		}
		unit := r.fields[f].units(u)
		for _, number := range slices.Compact(slices.Clone(unit)) {
			all = append(all, func(m mention) bool { return m.field == f && unit[m.start] == number && unit[m.end] == number })
		}
	}
	return all
}

// combine makes the canonical combinations of one mention each of so many
// parts: to every mention, as the one that begins last, the mentions of the
// other parts whose first term ends latest.
func combine(parts [][]mention, need int) []mention {
	var found []mention
	for i, part := range parts {
		for _, last := range part {
			others := latestOf(slices.Concat(parts[:i], parts[i+1:]), last.lastStart)
			if len(others) < need-1 {
				continue
			}
			slices.SortStableFunc(others, later)
			found = append(found, join(append(others[:need-1], last)...))
		}
	}
	return found
}

// latestOf returns the best mention of each part that has one.
func latestOf(parts [][]mention, lastStart int) (all []mention) {
	for _, part := range parts {
		if best, ok := latest(part, lastStart); ok {
			all = append(all, best)
		}
	}
	return all
}

// latest returns the best mention of those that begin no later than the last.
func latest(part []mention, lastStart int) (best mention, ok bool) {
	part = slices.DeleteFunc(slices.Clone(part), func(m mention) bool { return m.lastStart > lastStart })
	if len(part) == 0 {
		return mention{}, false
	}
	return slices.MinFunc(part, later), true
}

// later puts first the mention whose first term ends later, then the one that
// starts later.
func later(a, b mention) int {
	return cmp.Or(cmp.Compare(b.firstEnd, a.firstEnd), cmp.Compare(b.start, a.start))
}

// chains makes the combinations of parts in their order, each starting after
// the one before ends: to every mention of the first part the closest chain, of
// those that end first and of the last part the one whose last term begins first.
func chains(parts [][]mention) []mention {
	var found []mention
	for _, first := range parts[0] {
		chain, whole := []mention{first}, true
		for i, part := range parts[1:] {
			sooner := endsSooner
			if i == len(parts)-2 {
				sooner = closesSooner
			}
			next, ok := following(part, chain[len(chain)-1].end, sooner)
			if whole = whole && ok; whole {
				chain = append(chain, next)
			}
		}
		if whole {
			found = append(found, join(chain...))
		}
	}
	return found
}

// following returns the soonest mention of those that start after end.
func following(part []mention, end int, sooner func(a, b mention) int) (next mention, ok bool) {
	part = slices.DeleteFunc(slices.Clone(part), func(m mention) bool { return m.start <= end })
	if len(part) == 0 {
		return mention{}, false
	}
	return slices.MinFunc(part, sooner), true
}

func endsSooner(a, b mention) int { return cmp.Compare(a.end, b.end) }

func closesSooner(a, b mention) int {
	return cmp.Or(cmp.Compare(a.lastStart, b.lastStart), cmp.Compare(a.end, b.end))
}

// times returns the mentions of a level that wants so many: all when there are
// enough, or with a window when so many fit in it one after the other.
func (r *reading) times(n rules.Node, all []mention) []mention {
	total, titles, fit := 0, 0, false
	for f := range r.fields {
		here := apart(slices.DeleteFunc(slices.Clone(all), func(m mention) bool { return m.field != f }))
		if r.fields[f].Name == news.FieldTitle {
			titles = max(titles, len(here))
		} else {
			total += len(here)
		}
		for i := 0; i+n.Times <= len(here); i++ { // in a row
			fit = fit || r.fit(n.Within, here[i:i+n.Times]...)
		}
	}
	if fit || n.Within.Unit == rules.Anywhere && total+titles >= n.Times {
		return all
	}
	return nil
}

// apart returns the mentions of one field that do not overlap one before them.
func apart(all []mention) []mention {
	slices.SortFunc(all, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	var kept []mention
	for _, m := range all {
		if !slices.ContainsFunc(kept, m.overlaps) {
			kept = append(kept, m)
		}
	}
	return kept
}
