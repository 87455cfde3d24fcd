package cluster

import (
	"cmp"
	"slices"
	"time"
)

// The least likeness of two stories that are linked, by Similarity.
const (
	// LinkNear links within a day.
	LinkNear = 0.17
	// LinkFar links within three days.
	LinkFar = 0.3
	// LinkForeign links two languages, when neither story has one in the other's
	// language that is nearer, or almost as near.
	LinkForeign = 0.25
	// LinkApart links two languages, when neither story has one in the other's
	// language that is three quarters as near.
	LinkApart = 0.12
	// LinkLone links two languages, when neither story has one in the other's
	// language that is more than half as near.
	LinkLone = 0.06
	// LinkStrict makes a link strict. A loose one only mentions the earlier alert.
	LinkStrict = 0.42
	// LinkStrictForeign is LinkStrict for two languages.
	LinkStrictForeign = 0.35

	almost  = 1.1 // of two that are almost as near, the one to the other
	further = 1.35
	lone    = 1.7

	leastRival   = 0.05 // what the nearest other story is taken for where none is nearer
	unknownRival = 0.12 // the same where there is no other story

	linkNearby = 24 * time.Hour
	linkRare   = 1 // rare names and numbers that both have
	strictRare = 2 // of a strict link
	linkBest   = 3 // members that count
	thin       = 8 // features of a story that says next to nothing

	// seriesText is the share of text that two of a series have in common, most of
	// which earlier stories had, too.
	seriesText = 0.2
)

// News is what is known of a news when a cluster may be linked to it.
type News struct {
	ID     int64
	First  *Sketch // the story that began it
	Newest *Sketch // the story that came last
}

func (n *News) is(other *News) bool { return n != nil && other != nil && n.ID == other.ID }

// LinkIndex finds stories that may tell the event of another one. It holds the
// matched stories of the last 72 hours, and serves one goroutine at a time.
type LinkIndex struct {
	docs    []*Sketch
	free    []int32
	slots   map[int64]int32
	holders map[uint32][]int32 // docs by feature, the newest last

	vocabulary Vocabulary

	scores  []float32 // of a query, by doc
	touched []int32
}

// mostLinked is how many stories are found by one feature: the newest.
const mostLinked = 2048

// NewLinkIndex makes an empty index.
func NewLinkIndex() *LinkIndex {
	return &LinkIndex{slots: map[int64]int32{}, holders: map[uint32][]int32{}}
}

// Vocabulary returns how rare the words of the stories are that were entered, also of
// those that were taken out since.
func (x *LinkIndex) Vocabulary() *Vocabulary { return &x.vocabulary }

// Len is the number of stories.
func (x *LinkIndex) Len() int { return len(x.slots) }

// Add enters a story. One that is known by its row is replaced.
func (x *LinkIndex) Add(s *Sketch) {
	x.Remove(s.Story)
	slot := int32(len(x.docs))
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
	} else {
		x.docs, x.scores = append(x.docs, nil), append(x.scores, 0)
	}
	x.docs[slot], x.slots[s.Story] = s, slot
	x.vocabulary.count(s)
	for _, h := range entered(s) {
		x.holders[h] = append(x.holders[h], slot)
	}
}

// entered returns the features that a story is found by: the heaviest.
func entered(s *Sketch) []uint32 {
	hashes := make([]uint32, 0, mostEntered)
	for _, f := range heaviest(slices.Clone(s.features), mostEntered) {
		hashes = append(hashes, f.Hash)
	}
	return hashes
}

// mostEntered is how many features of a story it is found by.
const mostEntered = 96

// Remove takes a story out. One that is not known is none.
func (x *LinkIndex) Remove(story int64) {
	slot, known := x.slots[story]
	if !known {
		return
	}
	for _, h := range entered(x.docs[slot]) {
		rest := x.holders[h]
		if at := slices.Index(rest, slot); at >= 0 {
			rest = slices.Delete(rest, at, at+1)
		}
		if x.holders[h] = rest; len(rest) == 0 {
			delete(x.holders, h)
		}
	}
	x.docs[slot] = nil
	x.free = append(x.free, slot)
	delete(x.slots, story)
}

// Expire takes out the stories that were first seen before a time, and returns
// how many.
func (x *LinkIndex) Expire(before time.Time) (n int) {
	for _, s := range x.docs {
		if s != nil && s.Seen.Before(before) {
			x.Remove(s.Story)
			n++
		}
	}
	return n
}

// Like is a story with its likeness to another one.
type Like struct {
	*Sketch
	Score float64
}

// Query returns the stories that are most like a story, at most n of those for
// which ok is true, the nearest first. A nil ok takes all.
func (x *LinkIndex) Query(s *Sketch, n int, ok func(*Sketch) bool) []Like {
	for _, f := range s.features {
		holders := x.holders[f.Hash]
		for _, slot := range holders[max(0, len(holders)-mostLinked):] {
			if x.scores[slot] == 0 {
				x.touched = append(x.touched, slot)
			}
			x.scores[slot] += f.Weight
		}
	}
	slots := slices.Clone(x.touched)
	slices.SortFunc(slots, func(a, b int32) int {
		return cmp.Or(cmp.Compare(x.scores[b], x.scores[a]), cmp.Compare(x.docs[a].Story, x.docs[b].Story))
	})
	for _, slot := range x.touched {
		x.scores[slot] = 0
	}
	x.touched = x.touched[:0]
	var found []Like
	for _, slot := range slots {
		other := x.docs[slot]
		if other.Story == s.Story || ok != nil && !ok(other) {
			continue
		}
		if found = append(found, Like{other, Similarity(s, other)}); len(found) >= examinedOf(n) {
			break
		}
	}
	slices.SortStableFunc(found, func(a, b Like) int { return cmp.Compare(b.Score, a.Score) })
	return found[:min(n, len(found))]
}

// examinedOf is how many stories are compared to find the n nearest.
func examinedOf(n int) int { return 2*n + 16 }

// FindNews looks for the news that a story tells in other words: the one whose
// members are most like it. of returns the news of a cluster, nil when it is not
// known. When none fits, the verdict is Apart and the news nil.
func FindNews(x *LinkIndex, s *Sketch, of func(cluster int64) *News) (Decision, *News) {
	found := x.Query(s, 2*mostExamined, func(other *Sketch) bool { return other.Cluster != s.Cluster })
	members := map[int64][]Like{}
	var order []*News
	for _, like := range found {
		if news := of(like.Cluster); news != nil {
			if members[news.ID] == nil {
				order = append(order, news)
			}
			members[news.ID] = append(members[news.ID], like)
		}
	}
	var best Decision
	var at *News
	for _, news := range order {
		d := Link(news, members[news.ID], s, func(with *Sketch, score float64) float64 {
			return x.margin(s, with, score, news, of)
		})
		if d.Relation == Linked && d.Why.Cosine > best.Why.Cosine {
			best, at = d, news
		}
	}
	return best, at
}

// margin returns how much nearer two stories of two languages are to each other
// than either is to a story of another news in the other's language.
func (x *LinkIndex) margin(s, with *Sketch, score float64, news *News, of func(cluster int64) *News) float64 {
	rival := 0.0
	for _, pair := range [][2]*Sketch{{s, with}, {with, s}} {
		others := x.Query(pair[0], 1, func(other *Sketch) bool {
			return other.Language == pair[1].Language && other.Story != s.Story && !news.is(of(other.Cluster))
		})
		if len(others) > 0 {
			rival = max(rival, others[0].Score)
		} else {
			rival = max(rival, unknownRival)
		}
	}
	return score / max(rival, leastRival)
}

// Link decides whether a story tells the event of a news. likes are the members
// that are most like it, the nearest first; the best three of one language count,
// beside the first and the newest. Of two languages, margin is asked how much
// nearer the two stories are than others.
func Link(news *News, likes []Like, s *Sketch, margin func(with *Sketch, score float64) float64) Decision {
	best := Decision{}
	if len(likes) == 0 || news.First == nil || s.Seen.Sub(news.First.Seen).Abs() > Window {
		best.Why.Rule = RuleLate
		return best
	}
	nearest := likes[0]
	best.With = nearest.Sketch
	sum, n := 0.0, 0
	for _, like := range likes {
		if n < linkBest && like.Language == nearest.Language {
			sum, n = sum+like.Score, n+1
		}
	}
	score := sum / float64(n)
	best.Why = explain(nearest.Sketch, s, Measures{})
	best.Why.Rule, best.Why.Cosine = RuleLike, score
	rare := rareShared(nearest.Sketch, s)
	if rare < linkRare || rare < strictRare && min(nearest.sayings(), s.sayings()) < thin {
		return best
	}
	if m := measure(nearest.Sketch, s, nearest.Rarity); m.Text >= seriesText && m.Rare < m.Text/2 {
		best.Why.Rule, best.Why.Measures = RuleSeries, m
		return best
	}
	gap := min(s.Seen.Sub(news.First.Seen).Abs(), s.Seen.Sub(cmp.Or(news.Newest, news.First).Seen).Abs())
	enough, strict := score >= LinkFar || score >= LinkNear && gap <= linkNearby, LinkStrict
	if s.Language != nearest.Language {
		enough, strict = false, LinkStrictForeign
		if score >= LinkLone {
			by := margin(nearest.Sketch, score)
			enough = by >= lone || score >= LinkApart && by >= further || score >= LinkForeign && by >= almost
		}
	}
	if enough {
		best.Relation = Linked
		best.Loose = score < strict || rare < strictRare || s.Outlet == nearest.Outlet && best.Why.others()
	}
	return best
}
