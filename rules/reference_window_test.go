package rules_test

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
type Span struct {
	Field               int // its number in the story
	Start, End          int // end is the last token
	FirstEnd, LastStart int
}

// join takes mentions together as one.
func join(all ...Span) Span {
	m := all[0]
	for _, o := range all[1:] {
		m.Start, m.End = min(m.Start, o.Start), max(m.End, o.End)
		m.FirstEnd, m.LastStart = min(m.FirstEnd, o.FirstEnd), max(m.LastStart, o.LastStart)
	}
	return m
}

func (m Span) partOf(o Span) bool {
	return m.Field == o.Field && o.Start <= m.Start && o.End >= m.End && o.End-o.Start > m.End-m.Start
}

func (m Span) overlaps(o Span) bool { return m.Start <= o.End && o.Start <= m.End }

// fit reports whether mentions lie in one field variant and in one window.
func (r *reading) fit(w rules.Window, all ...Span) bool {
	for _, m := range all {
		if m.Field != all[0].Field {
			return false
		}
	}
	m := join(all...)
	switch w.Unit {
	case rules.Words:
		return between(r.fields[m.Field].tokens, m.FirstEnd, m.LastStart) <= 4*w.Words
	case rules.Sentence, rules.Paragraph:
		unit := r.fields[m.Field].units(w.Unit)
		return unit[m.Start] == unit[m.End]
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

// sentences numbers the sentences of a text likewise.
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
func (r *reading) scopes(u rules.Unit) []func(Span) bool {
	var all []func(Span) bool
	for f := range r.fields {
		if u != rules.Sentence && u != rules.Paragraph {
			all = append(all, func(m Span) bool { return m.Field == f })
			continue
		}
		unit := r.fields[f].units(u)
		for _, number := range slices.Compact(slices.Clone(unit)) {
			all = append(all, func(m Span) bool { return m.Field == f && unit[m.Start] == number && unit[m.End] == number })
		}
	}
	return all
}

// combine makes the canonical combinations of one mention each of so many
// parts: to every mention, as the one that begins last, the mentions of the
// other parts whose first term ends latest.
func combine(parts [][]Span, need int) []Span {
	var found []Span
	for i, part := range parts {
		for _, last := range part {
			var others []Span
			for j, other := range parts {
				if best, ok := latest(other, last.LastStart); ok && i != j {
					others = append(others, best)
				}
			}
			if len(others) < need-1 {
				continue
			}
			slices.SortStableFunc(others, later)
			found = append(found, join(append(others[:need-1], last)...))
		}
	}
	return found
}

// latest gives the best mention of those that begin no later than the last.
func latest(part []Span, lastStart int) (best Span, ok bool) {
	part = slices.DeleteFunc(slices.Clone(part), func(m Span) bool { return m.LastStart > lastStart })
	if len(part) == 0 {
		return Span{}, false
	}
	return slices.MinFunc(part, later), true
}

// later puts first the mention whose first term ends later, then the one that
// starts later.
func later(a, b Span) int {
	return cmp.Or(cmp.Compare(b.FirstEnd, a.FirstEnd), cmp.Compare(b.Start, a.Start))
}

// chains makes the combinations of parts in their order, each starting after
// the one before ends: to every mention of the first part the closest chain, of
// those that end first and of the last part the one whose last term begins first.
func chains(parts [][]Span) []Span {
	var found []Span
	for _, first := range parts[0] {
		chain, whole := []Span{first}, true
		for i, part := range parts[1:] {
			sooner := endsSooner
			if i == len(parts)-2 {
				sooner = closesSooner
			}
			next, ok := following(part, chain[len(chain)-1].End, sooner)
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

// following gives the soonest mention of those that start after end.
func following(part []Span, end int, sooner func(a, b Span) int) (next Span, ok bool) {
	part = slices.DeleteFunc(slices.Clone(part), func(m Span) bool { return m.Start <= end })
	if len(part) == 0 {
		return Span{}, false
	}
	return slices.MinFunc(part, sooner), true
}

func endsSooner(a, b Span) int { return cmp.Compare(a.End, b.End) }

func closesSooner(a, b Span) int {
	return cmp.Or(cmp.Compare(a.LastStart, b.LastStart), cmp.Compare(a.End, b.End))
}

// times gives the mentions of a level that wants so many: all when there are
// enough, or with a window when so many fit in it one after the other.
func (r *reading) times(n rules.Node, all []Span) []Span {
	total, titles, fit := 0, 0, false
	for f := range r.fields {
		here := apart(slices.DeleteFunc(slices.Clone(all), func(m Span) bool { return m.Field != f }))
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

// apart gives the mentions of one field that do not overlap one before them.
func apart(all []Span) []Span {
	slices.SortFunc(all, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	var kept []Span
	for _, m := range all {
		if !slices.ContainsFunc(kept, m.overlaps) {
			kept = append(kept, m)
		}
	}
	return kept
}
