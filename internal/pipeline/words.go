package pipeline

import (
	"context"
	"iter"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/wordindex"
)

const (
	// indexedAtOnce is how many segments of the index of words a step fills: a large store is
	// indexed over many steps, beside everything else.
	indexedAtOnce = 16
	// mostStale is how many stories of a segment may have changed before it is filled again. They
	// are read one by one meanwhile.
	mostStale = 64
)

// indexer fills the index of words. It belongs to the goroutine that carries the step Index.
type indexer struct {
	words   store.Words
	horizon store.WordHorizon // of an earlier step
	settled int64             // all stories up to this ID are recorded
	builder wordindex.Builder
}

// Index fills some more segments of the index of words, the newest first.
func (x *indexer) Index(ctx context.Context) error {
	settled, err := x.words.Settled(ctx, x.horizon)
	if err != nil {
		return err
	}
	if settled {
		x.settled = max(x.settled, x.horizon.Newest)
		if x.horizon, err = x.words.Horizon(ctx); err != nil {
			return err
		}
	}
	due, err := x.due(ctx)
	if err != nil {
		return err
	}
	for _, segment := range due[:min(len(due), indexedAtOnce)] {
		err := x.words.Fill(ctx, segment, func(stories []*news.Story) iter.Seq2[int, []byte] {
			for _, story := range stories {
				x.builder.Add(story)
			}
			return x.builder.Rows
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// due returns the segments that are to be filled, the newest first.
func (x *indexer) due(ctx context.Context) (due []int64, err error) {
	oldest, newest, err := x.words.Bounds(ctx)
	x.settled = min(x.settled, newest) // a server that lagged behind may have been promoted
	if err != nil || x.settled == 0 {
		return nil, err
	}
	filled, err := x.words.Segments(ctx)
	if err != nil {
		return nil, err
	}
	for segment := wordindex.SegmentOf(x.settled+1) - 1; segment >= wordindex.SegmentOf(oldest); segment-- {
		if _, ok := filled[segment]; !ok {
			due = append(due, segment)
		}
	}
	stale, err := x.words.StaleSegments(ctx, mostStale)
	stale = slices.DeleteFunc(stale, func(segment int64) bool { return segment < wordindex.SegmentOf(oldest) }) // they go
	return slices.Concat(stale, due), err
}
