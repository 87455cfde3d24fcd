// Package preselect yields the stories of a store that may meet a need, by its index of words:
// IDs returns them, the newest first. Stories that the index does not have yet, or not as they are
// now, are among them, whatever they say: no story that meets the need is left out.
package preselect

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
)

// segmentsAtOnce is how many segments' rows are read together.
const segmentsAtOnce = 128

// IDs returns the stories up to a story that may meet a need, the newest first. Of a filled segment
// whose stories were all first seen before a time there are none. An error is the last that comes.
func IDs(
	ctx context.Context, s *store.Store, need wordindex.Need, newest int64, seen time.Time,
) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		w := walk{store: s, need: need, newest: newest, seen: seen}
		if err := w.begin(ctx); err != nil {
			yield(0, err)
			return
		}
		for to := wordindex.SegmentOf(newest); newest > 0 && to >= wordindex.SegmentOf(w.oldest); to -= segmentsAtOnce {
			from := max(wordindex.SegmentOf(w.oldest), to-segmentsAtOnce+1)
			if err := w.read(ctx, from, to); err != nil {
				yield(0, err)
				return
			}
			for segment := to; segment >= from; segment-- {
				if !w.segment(segment, yield) {
					return
				}
			}
		}
	}
}

// walk goes over the segments of a store.
type walk struct {
	store          *store.Store
	need           wordindex.Need
	oldest, newest int64 // stories
	seen           time.Time

	filled  map[int64]time.Time // segments, each with when the last of its stories was seen
	changed map[int64]wordindex.Places
	rows    map[rowOf][]byte    // of the segments that are gone over
	kept    map[int64]time.Time // segments that were filled still when their rows had been read
}

type rowOf struct {
	segment int64
	bucket  int
}

func (w *walk) begin(ctx context.Context) (err error) {
	if w.oldest, _, err = w.store.Words.Bounds(ctx); err != nil {
		return err
	}
	stale, err := w.store.Words.Stale(ctx) // before the segments: one may be filled meanwhile
	if err != nil {
		return err
	}
	w.changed = map[int64]wordindex.Places{}
	for _, id := range stale {
		places := w.changed[wordindex.SegmentOf(id)]
		places.Add(int(id % wordindex.SegmentSize))
		w.changed[wordindex.SegmentOf(id)] = places
	}
	w.filled, err = w.store.Words.Segments(ctx)
	return err
}

// read reads the rows with the keys of the need.
func (w *walk) read(ctx context.Context, from, to int64) (err error) {
	w.rows = map[rowOf][]byte{}
	var buckets []int
	for _, key := range w.need.Keys() {
		buckets = append(buckets, wordindex.BucketOf(key))
	}
	slices.Sort(buckets)
	for _, bucket := range slices.Compact(buckets) {
		rows, err := w.store.Words.Rows(ctx, bucket, from, to)
		if err != nil {
			return err
		}
		for _, row := range rows {
			w.rows[rowOf{row.Segment, bucket}] = row.Data
		}
	}
	w.kept, err = w.store.Words.Segments(ctx) // one may be dropped meanwhile, with its rows
	return err
}

// segment yields the stories of a segment.
func (w *walk) segment(segment int64, yield func(int64, error) bool) (more bool) {
	places := w.places(segment)
	for place := range places.Backward {
		id := segment*wordindex.SegmentSize + int64(place)
		if id < w.oldest {
			break
		}
		if id <= w.newest && !yield(id, nil) {
			return false
		}
	}
	return true
}

// places returns the places of a segment that are yielded: all of one that is not filled.
func (w *walk) places(segment int64) wordindex.Places {
	seen, ok := w.filled[segment]
	_, kept := w.kept[segment]
	switch {
	case !ok || !kept:
		return wordindex.All()
	case seen.Before(w.seen):
		return wordindex.Places{}
	}
	places := w.need.Eval(func(key text.WordKey) wordindex.Places {
		return wordindex.Find(w.rows[rowOf{segment, wordindex.BucketOf(key)}], key)
	})
	for i, word := range w.changed[segment] {
		places[i] |= word
	}
	return places
}
