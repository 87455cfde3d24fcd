package cluster

import (
	"cmp"
	"slices"
	"time"
)

// TextIndex finds the stories that may carry the text of another one. It holds the
// matched stories of the last 72 hours, and serves one goroutine at a time. Of a
// run of words that many of them have, only the first are found by it: those of a
// series do not slow it down.
type TextIndex struct {
	docs  []doc
	free  []int32          // of docs
	slots map[int64]int32  // of docs, by story
	heads map[uint32]int32 // the first node of a run of words
	nodes []node
	spare int32 // first of the free nodes

	counts  []uint16 // of a query, by doc
	touched []int32
}

type doc struct {
	sketch *Sketch
	kept   []uint32 // runs of words that were entered
}

type node struct{ doc, next int32 }

// The bounds of an index.
const (
	mostHolders = 64  // stories that are found by one run of words
	wholeUpTo   = 128 // runs of words: of a longer text every second, fourth … is entered
)

// NewTextIndex makes an empty index.
func NewTextIndex() *TextIndex {
	return &TextIndex{slots: map[int64]int32{}, heads: map[uint32]int32{}, nodes: make([]node, 1)}
}

// Len is the number of stories.
func (x *TextIndex) Len() int { return len(x.slots) }

// Add enters a story. One that is known by its row is replaced.
func (x *TextIndex) Add(s *Sketch) {
	x.Remove(s.Story)
	slot := int32(len(x.docs))
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
	} else {
		x.docs, x.counts = append(x.docs, doc{}), append(x.counts, 0)
	}
	d := doc{sketch: s}
	for _, h := range s.shingles {
		if sampled(h, len(s.shingles)) && x.enter(h, slot) {
			d.kept = append(d.kept, h)
		}
	}
	x.docs[slot], x.slots[s.Story] = d, slot
}

// sampled reports whether a run of words of a text with so many of them is
// entered. What is entered of a long text is entered of a short one, too.
func sampled(h uint32, of int) bool {
	mask := uint32(0)
	for ; of > wholeUpTo && mask < 7; of /= 2 {
		mask = mask<<1 | 1
	}
	return h&mask == 0
}

// enter reports whether a story was entered under a run of words.
func (x *TextIndex) enter(h uint32, slot int32) bool {
	holders := 0
	for n := x.heads[h]; n != 0; n = x.nodes[n].next {
		if holders++; holders >= mostHolders {
			return false
		}
	}
	n := x.spare
	if n != 0 {
		x.spare = x.nodes[n].next
	} else {
		n = int32(len(x.nodes))
		x.nodes = append(x.nodes, node{})
	}
	x.nodes[n] = node{slot, x.heads[h]}
	x.heads[h] = n
	return true
}

// Remove takes a story out. One that is not known is none.
func (x *TextIndex) Remove(story int64) {
	slot, known := x.slots[story]
	if !known {
		return
	}
	for _, h := range x.docs[slot].kept {
		x.leave(h, slot)
	}
	x.docs[slot] = doc{}
	x.free = append(x.free, slot)
	delete(x.slots, story)
}

func (x *TextIndex) leave(h uint32, slot int32) {
	before := int32(0)
	for n := x.heads[h]; n != 0; before, n = n, x.nodes[n].next {
		if x.nodes[n].doc != slot {
			continue
		}
		switch next := x.nodes[n].next; {
		case before != 0:
			x.nodes[before].next = next
		case next != 0:
			x.heads[h] = next
		default:
			delete(x.heads, h)
		}
		x.nodes[n] = node{next: x.spare}
		x.spare = n
		return
	}
}

// Expire takes out the stories that were first seen before a time, and returns
// how many.
func (x *TextIndex) Expire(before time.Time) (n int) {
	for _, d := range x.docs {
		if d.sketch != nil && d.sketch.Seen.Before(before) {
			x.Remove(d.sketch.Story)
			n++
		}
	}
	return n
}

// Sharing is a story that may carry the text of another one.
type Sharing struct {
	*Sketch
	Shared int // runs of words that it has, too, by an estimate
}

// Query returns at most n stories that may carry the text of a story, those that
// share most first. The story itself is not among them.
func (x *TextIndex) Query(s *Sketch, n int) []Sharing {
	for _, h := range s.shingles {
		for at := x.heads[h]; at != 0; at = x.nodes[at].next {
			slot := x.nodes[at].doc
			if x.counts[slot] == 0 {
				x.touched = append(x.touched, slot)
			}
			x.counts[slot]++
		}
	}
	found := make([]Sharing, 0, min(len(x.touched), 64))
	for _, slot := range x.touched {
		other, count := x.docs[slot], x.counts[slot]
		x.counts[slot] = 0
		all := int(count) * len(other.sketch.shingles) / len(other.kept)
		if other.sketch.Story != s.Story && all*mayShare >= min(len(other.sketch.shingles), len(s.shingles)) {
			found = append(found, Sharing{other.sketch, all})
		}
	}
	x.touched = x.touched[:0]
	slices.SortFunc(found, func(a, b Sharing) int {
		return cmp.Or(b.Shared-a.Shared, a.Seen.Compare(b.Seen), cmp.Compare(a.Story, b.Story))
	})
	return found[:min(n, len(found))]
}

// mayShare is the inverse of the share of its runs of words by which a story is a
// candidate: a quarter less of what the loosest rule asks for.
const mayShare = 8
