package rules

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// The sweeps are held against what they stand for, written down as it is
// defined, over random mentions in a small text.

// scene is a text of many sentences and lines, and random mentions in it.
type scene struct {
	*matching
	random *rand.Rand
}

func newScene(seed uint64) *scene {
	s := &scene{&matching{}, rand.New(rand.NewPCG(seed, 7))}
	for _, name := range []news.FieldName{news.FieldTitle, news.FieldBody} {
		var b strings.Builder
		for range 24 {
			b.WriteString([]string{"word", "word", "word", "金", "김정은이", "ก", "end. The", "line\nthe"}[s.random.IntN(8)] + " ")
		}
		s.fields = append(s.fields, news.Field{Name: name, Text: b.String()})
		s.tokens = append(s.tokens, text.Split(b.String()))
	}
	return s
}

// term makes mentions of a term, and combination those of something nested.
func (s *scene) term() []mention {
	var list []mention
	for range s.random.IntN(6) {
		field := s.random.IntN(2)
		start := int32(s.random.IntN(len(s.tokens[field]) - 2))
		end := start + int32(s.random.IntN(3))
		list = append(list, mention{int32(field), start, end, end, start})
	}
	slices.SortFunc(list, order)
	return slices.Compact(list)
}

func (s *scene) combination() []mention {
	var list []mention
	for _, a := range s.term() {
		for _, b := range s.term() {
			if a.field == b.field {
				list = append(list, a.with(b))
			}
		}
	}
	slices.SortFunc(list, order)
	return slices.Compact(list)
}

func (s *scene) list() []mention {
	if s.random.IntN(4) == 0 {
		return s.combination()
	}
	return s.term()
}

func (s *scene) lists() [][]mention {
	lists := make([][]mention, 2+s.random.IntN(3))
	for i := range lists {
		lists[i] = s.list()
	}
	return lists
}

// side is the field and the segment of a mention; ok is false of one that lies
// in none.
func (s *scene) side(c mention, unit Unit) (at [2]int32, ok bool) {
	return [2]int32{c.field, s.segment(unit, c.field, c.start)}, unit != Sentence && unit != Paragraph || s.lies(c, unit)
}

// canonical gives the combinations as they are defined: for every mention, as
// the one whose last start is greatest, the one that ends last of each other
// list; of those the ones that end last when not all are needed.
func (s *scene) canonical(lists [][]mention, least int, unit Unit) []mention {
	var all []mention
	for i, list := range lists {
		for _, last := range list {
			at, ok := s.side(last, unit)
			if !ok {
				continue
			}
			others := s.bests(lists, i, last, at, unit)
			slices.SortStableFunc(others, func(a, b mention) int {
				if after(a, b) {
					return -1
				}
				if after(b, a) {
					return 1
				}
				return 0
			})
			if len(others) < least-1 {
				continue
			}
			c := last
			for _, other := range others[:least-1] {
				c = c.with(other)
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, order)
	return slices.Compact(all)
}

// bests gives of each other list the mention that ends last, of those whose
// last start is not behind that of a mention.
func (s *scene) bests(lists [][]mention, own int, last mention, at [2]int32, unit Unit) []mention {
	var bests []mention
	for k, list := range lists {
		best, found := mention{}, false
		for _, c := range list {
			side, ok := s.side(c, unit)
			if k != own && ok && side == at && c.lastStart <= last.lastStart && (!found || after(c, best)) {
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
func shape(list []mention) []mention {
	shapes := make([]mention, len(list))
	for i, c := range list {
		shapes[i] = mention{field: c.field, firstEnd: c.firstEnd, lastStart: c.lastStart}
	}
	slices.SortFunc(shapes, order)
	return slices.Compact(shapes)
}

func TestSweep(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		lists, unit := s.lists(), Unit(s.random.IntN(4))
		least := 1 + s.random.IntN(len(lists))
		got, want := s.combined(lists, least, unit), s.canonical(lists, least, unit)
		if diff := cmp.Diff(shape(want), shape(got), cmp.AllowUnexported(mention{})); diff != "" {
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
		closest := func(list []mention) int32 {
			least := int32(-1)
			for _, c := range list {
				if d := s.between(c.field, c.firstEnd, c.lastStart); least < 0 || d < least {
					least = d
				}
			}
			return least
		}
		var every []mention
		for _, a := range lists[0] {
			for _, b := range lists[1] {
				if a.field == b.field {
					every = append(every, a.with(b))
				}
			}
		}
		if got, want := closest(s.combined(lists, 0, Anywhere)), closest(every); got != want {
			t.Fatalf("seed %d: the closest of %v are %d quarters apart, want %d", seed, lists, got, want)
		}
	}
}

func TestChain(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		lists, unit := s.lists(), Unit(s.random.IntN(4))
		var got []mention // where each chain starts and ends
		s.chain(lists, unit, func(c mention, of []mention) bool {
			for i := 1; i < len(of); i++ {
				if of[i].start <= of[i-1].end || of[i].field != of[0].field {
					t.Fatalf("seed %d: %v is no chain", seed, of)
				}
			}
			got = append(got, c)
			return true
		})
		var want []mention
		for _, first := range lists[0] {
			if closest, ok := s.closest(first, lists[1:], unit); ok {
				want = append(want, closest)
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(mention{})); diff != "" {
			t.Fatalf("seed %d: chains of %v by %v: -want +got:\n%s", seed, lists, unit, diff)
		}
	}
}

// closest gives of all chains that go on from a mention the one whose last
// start comes first, and of these the one that ends first.
func (s *scene) closest(from mention, lists [][]mention, unit Unit) (best mention, found bool) {
	at, ok := s.side(from, unit)
	if len(lists) == 0 || !ok {
		return from, ok
	}
	for _, next := range lists[0] {
		if side, _ := s.side(next, unit); side != at || next.start <= from.end {
			continue
		}
		if rest, ok := s.closest(next, lists[1:], unit); ok {
			if whole := from.with(rest); !found || closesSooner(whole, best) {
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
		window := Window{Unit: Unit(s.random.IntN(4))}
		if window.Unit == Words {
			window.Words = s.random.IntN(8)
		}
		near := s.neighbours(others, window)
		for _, c := range list {
			want := slices.ContainsFunc(others, func(o mention) bool {
				return o.field == c.field && s.fits(c.with(o), window)
			})
			got, ok := near.of(c)
			if ok != want {
				t.Fatalf("seed %d: %v near %v in %v: %v, want %v", seed, c, others, window, ok, want)
			}
			if ok && (!slices.Contains(others, got) || !s.fits(c.with(got), window)) {
				t.Fatalf("seed %d: %v is no neighbour of %v", seed, got, c)
			}
		}
	}
}

func TestCovers(t *testing.T) {
	for seed := range uint64(3000) {
		s := newScene(seed)
		list, others := s.list(), s.list()
		longer := newCovers(others)
		for _, c := range list {
			covered := func(o mention) bool {
				return o.field == c.field && o.start <= c.start && o.end >= c.end && o.end-o.start > c.end-c.start
			}
			got, ok := longer.around(c)
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
		l := &level{times: 1 + s.random.IntN(4), window: Window{Unit: Unit(s.random.IntN(4))}}
		if l.window.Unit == Words {
			l.window.Words = s.random.IntN(6)
		}
		apart := disjoint(list)
		for i, c := range apart {
			for _, o := range apart[:i] {
				if o.field == c.field && o.start <= c.end && c.start <= o.end {
					t.Fatalf("seed %d: %v and %v overlap", seed, o, c)
				}
			}
		}
		want := false
		for i := 0; i+l.times <= len(apart); i++ {
			first, last := apart[i], apart[i+l.times-1]
			want = want || first.field == last.field && s.fits(first.with(last), l.window)
		}
		if l.window.Unit == Anywhere {
			want = len(apart) >= l.times // one title has no other variant
		}
		if got := s.often(l, list) >= l.times; got != want {
			t.Fatalf("seed %d: %d times in %v of %v: %v, want %v", seed, l.times, l.window, apart, got, want)
		}
	}
}

// TestBetween holds that words are counted as text.Words counts them, but for
// the words at the ends, which are not counted for what of them lies between.
func TestBetween(t *testing.T) {
	for seed := range uint64(300) {
		s := newScene(seed)
		for field := range int32(2) {
			tokens := s.tokens[field]
			for before := range tokens {
				for after := before; after < len(tokens); after++ {
					from, to := before+1, after
					for from < to && goesOn(tokens, from) {
						from++
					}
					for to > from && goesOn(tokens, to) {
						to--
					}
					want := 0
					if from < to {
						want = text.Words(tokens[from:to])
					}
					if got := inWords(s.between(field, int32(before), int32(after))); got != want {
						t.Fatalf("seed %d: %d words between tokens %d and %d of %q, want %d", seed, got, before, after, s.fields[field].Text, want)
					}
				}
			}
		}
	}
}
