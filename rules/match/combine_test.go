package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// The sweeps are held against what they stand for, written down as it is
// defined, over random mentions in a small text.

// scene is a text of many sentences and lines, and random mentions in it.
type scene struct {
	*Layout
	random *rand.Rand
}

func newScene(seed uint64) *scene {
	s := &scene{&Layout{}, rand.New(rand.NewPCG(seed, 7))}
	for _, name := range []news.FieldName{news.FieldTitle, news.FieldBody} {
		var b strings.Builder
		for range 24 {
			b.WriteString([]string{"word", "word", "word", "金", "김정은이", "ก", "end. The", "line\nthe"}[s.random.IntN(8)] + " ")
		}
		s.Fields = append(s.Fields, news.Field{Name: name, Text: b.String()})
		s.Tokens = append(s.Tokens, text.Split(b.String()))
	}
	return s
}

// term makes mentions of a term, and combination those of something nested.
func (s *scene) term() []Span {
	var list []Span
	for range s.random.IntN(6) {
		field := s.random.IntN(2)
		start := int32(s.random.IntN(len(s.Tokens[field]) - 2))
		end := start + int32(s.random.IntN(3))
		list = append(list, Span{int32(field), start, end, end, start})
	}
	slices.SortFunc(list, compareSpans)
	return slices.Compact(list)
}

func (s *scene) combination() []Span {
	var list []Span
	for _, a := range s.term() {
		for _, b := range s.term() {
			if a.Field == b.Field {
				list = append(list, a.Join(b))
			}
		}
	}
	slices.SortFunc(list, compareSpans)
	return slices.Compact(list)
}

func (s *scene) list() []Span {
	if s.random.IntN(4) == 0 {
		return s.combination()
	}
	return s.term()
}

func (s *scene) lists() [][]Span {
	lists := make([][]Span, 2+s.random.IntN(3))
	for i := range lists {
		lists[i] = s.list()
	}
	return lists
}

// side is the field and the segment of a mention; ok is false of one that lies
// in none.
func (s *scene) side(c Span, unit syntax.Unit) (at [2]int32, ok bool) {
	at = [2]int32{c.Field, s.segment(unit, c.Field, c.Start)}
	return at, unit != syntax.Sentence && unit != syntax.Paragraph || s.oneSegment(c, unit)
}

// canonical returns the combinations as they are defined: for every mention, as
// the one whose last start is greatest, the one that ends last of each other
// list; of those the ones that end last when not all are needed.
func (s *scene) canonical(lists [][]Span, least int, unit syntax.Unit) []Span {
	var all []Span
	for i, list := range lists {
		for _, last := range list {
			at, ok := s.side(last, unit)
			if !ok {
				continue
			}
			others := s.bests(lists, i, last, at, unit)
			slices.SortStableFunc(others, func(a, b Span) int {
				if a.endsAfter(b) {
					return -1
				}
				if b.endsAfter(a) {
					return 1
				}
				return 0
			})
			if len(others) < least-1 {
				continue
			}
			c := last
			for _, other := range others[:least-1] {
				c = c.Join(other)
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, compareSpans)
	return slices.Compact(all)
}

// bests returns of each other list the mention that ends last, of those whose
// last start is not behind that of a mention.
func (s *scene) bests(lists [][]Span, own int, last Span, at [2]int32, unit syntax.Unit) []Span {
	var bests []Span
	for k, list := range lists {
		best, found := Span{}, false
		for _, c := range list {
			side, ok := s.side(c, unit)
			if k != own && ok && side == at && c.LastStart <= last.LastStart && (!found || c.endsAfter(best)) {
				best, found = c, true
			}
		}
		if found {
			bests = append(bests, best)
		}
	}
	return bests
}

// shape is what of a combination does not depend on which of two equally good
// mentions is taken.
func shape(list []Span) []Span {
	shapes := make([]Span, len(list))
	for i, c := range list {
		shapes[i] = Span{Field: c.Field, FirstEnd: c.FirstEnd, LastStart: c.LastStart}
	}
	slices.SortFunc(shapes, compareSpans)
	return slices.Compact(shapes)
}

func TestSweep(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		lists, unit := s.lists(), syntax.Unit(s.random.IntN(4))
		least := 1 + s.random.IntN(len(lists))
		got, want := s.Combine(lists, least, unit), s.canonical(lists, least, unit)
		if diff := cmp.Diff(shape(want), shape(got), cmp.AllowUnexported(Span{})); diff != "" {
			t.Fatalf("seed %d: %d of %v by %v: -want +got:\n%s", seed, least, lists, unit, diff)
		}
	}
}

// TestClosest holds that what fits into a window of words is found by the
// sweep: it passes over no combination that is closer than those it gives.
func TestClosest(t *testing.T) {
	for seed := range uint64(1500) {
		s := newScene(seed)
		lists := s.lists()[:2]
		closest := func(list []Span) int32 {
			least := int32(-1)
			for _, c := range list {
				if d := s.gap(c.Field, c.FirstEnd, c.LastStart); least < 0 || d < least {
					least = d
				}
			}
			return least
		}
		var every []Span
		for i := range len(lists[0]) * len(lists[1]) {
			if a, b := lists[0][i/len(lists[1])], lists[1][i%len(lists[1])]; a.Field == b.Field {
				every = append(every, a.Join(b))
			}
		}
		if got, want := closest(s.Combine(lists, 0, syntax.Anywhere)), closest(every); got != want {
			t.Fatalf("seed %d: the closest of %v are %d quarters apart, want %d", seed, lists, got, want)
		}
	}
}

func TestChain(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		lists, unit := s.lists(), syntax.Unit(s.random.IntN(4))
		var got []Span // where each chain starts and ends
		s.Chain(lists, unit, func(c Span, of []Span) bool {
			for i := 1; i < len(of); i++ {
				if of[i].Start <= of[i-1].End || of[i].Field != of[0].Field {
					t.Fatalf("seed %d: %v is no chain", seed, of)
				}
			}
			got = append(got, c)
			return true
		})
		var want []Span
		for _, first := range lists[0] {
			if closest, ok := s.closest(first, lists[1:], unit); ok {
				want = append(want, closest)
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Span{})); diff != "" {
			t.Fatalf("seed %d: chains of %v by %v: -want +got:\n%s", seed, lists, unit, diff)
		}
	}
}

// closest returns of all chains that go on from a mention the one whose last
// start comes first, and of these the one that ends first.
func (s *scene) closest(from Span, lists [][]Span, unit syntax.Unit) (best Span, found bool) {
	at, ok := s.side(from, unit)
	if len(lists) == 0 || !ok {
		return from, ok
	}
	for _, next := range lists[0] {
		if side, _ := s.side(next, unit); side != at || next.Start <= from.End {
			continue
		}
		if rest, ok := s.closest(next, lists[1:], unit); ok {
			if whole := from.Join(rest); !found || closesSooner(whole, best) {
				best, found = whole, true
			}
		}
	}
	return best, found
}

func TestNeighbours(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		list, others := s.list(), s.list()
		window := syntax.Window{Unit: syntax.Unit(s.random.IntN(4))}
		if window.Unit == syntax.Words {
			window.Words = s.random.IntN(8)
		}
		near := s.neighbours(others, window)
		for _, c := range list {
			want := slices.ContainsFunc(others, func(o Span) bool {
				return o.Field == c.Field && s.fits(c.Join(o), window)
			})
			got, ok := near.find(c)
			if ok != want {
				t.Fatalf("seed %d: %v near %v in %v: %v, want %v", seed, c, others, window, ok, want)
			}
			if ok && (!slices.Contains(others, got) || !s.fits(c.Join(got), window)) {
				t.Fatalf("seed %d: %v is no neighbour of %v", seed, got, c)
			}
		}
	}
}

func TestCovers(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		list, others := s.list(), s.list()
		longer := newEnclosing(others)
		for _, c := range list {
			covered := func(o Span) bool {
				return o.Field == c.Field && o.Start <= c.Start && o.End >= c.End && o.End-o.Start > c.End-c.Start
			}
			got, ok := longer.find(c)
			if ok != slices.ContainsFunc(others, covered) || ok && !covered(got) {
				t.Fatalf("seed %d: %v around %v of %v: %v", seed, got, c, others, ok)
			}
		}
	}
}

func TestOften(t *testing.T) {
	for seed := range uint64(2000) {
		s := newScene(seed)
		list := s.list()
		l := &Level{Times: 1 + s.random.IntN(4), Window: syntax.Window{Unit: syntax.Unit(s.random.IntN(4))}}
		if l.Window.Unit == syntax.Words {
			l.Window.Words = s.random.IntN(6)
		}
		apart := Disjoint(list)
		for i, c := range apart {
			overlaps := func(o Span) bool { return o.Field == c.Field && o.Start <= c.End && c.Start <= o.End }
			if slices.ContainsFunc(apart[:i], overlaps) {
				t.Fatalf("seed %d: %v overlaps one of %v", seed, c, apart[:i])
			}
		}
		want := false
		for i := 0; i+l.Times <= len(apart); i++ {
			first, last := apart[i], apart[i+l.Times-1]
			want = want || first.Field == last.Field && s.fits(first.Join(last), l.Window)
		}
		if l.Window.Unit == syntax.Anywhere {
			want = len(apart) >= l.Times // one title has no other variant
		}
		if got := s.Count(l, list) >= l.Times; got != want {
			t.Fatalf("seed %d: %d times in %v of %v: %v, want %v", seed, l.Times, l.Window, apart, got, want)
		}
	}
}

// TestBetween holds that words are counted as text.Words counts them, except
// the words at the ends, which are not counted for what of them lies between.
func TestBetween(t *testing.T) {
	for seed := range uint64(300) {
		s := newScene(seed)
		for field := range int32(2) {
			n := len(s.Tokens[field])
			for i := range n * n {
				s.checkBetween(t, field, i/n, i%n)
			}
		}
	}
}

// checkBetween compares the words that are counted between two tokens of a field.
func (s *scene) checkBetween(t *testing.T, field int32, before, after int) {
	t.Helper()
	if after < before {
		return
	}
	want := wordsBetween(s.Tokens[field], before, after)
	if got := s.Gap(Span{Field: field, FirstEnd: int32(before), LastStart: int32(after)}); got != want {
		t.Fatalf("%d words between tokens %d and %d of %q, want %d", got, before, after, s.Fields[field].Text, want)
	}
}

func wordsBetween(tokens []text.Token, before, after int) int {
	from, to := before+1, after
	for from < to && continues(tokens, from) {
		from++
	}
	for to > from && continues(tokens, to) {
		to--
	}
	if from >= to {
		return 0
	}
	return text.Words(tokens[from:to])
}
