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

// wordKeeper fills the index of words. It belongs to the goroutine that carries the step Index.
type wordKeeper struct {
	horizon store.WordHorizon // of an earlier step
	settled int64             // all stories up to this ID are recorded
	builder wordindex.Builder
}

// Index fills some more segments of the index of words, the newest first.
func (p *Pipeline) Index(ctx context.Context) error {
	k, words := &p.words, p.Store.Words
	settled, err := words.Settled(ctx, k.horizon)
	if err != nil {
		return err
	}
	if settled {
		k.settled = max(k.settled, k.horizon.Newest)
		if k.horizon, err = words.Horizon(ctx); err != nil {
			return err
		}
	}
	due, err := p.segmentsDue(ctx)
	if err != nil {
		return err
	}
	for _, segment := range due[:min(len(due), indexedAtOnce)] {
		err := words.Fill(ctx, segment, func(stories []*news.Story) iter.Seq2[int, []byte] {
			for _, story := range stories {
				k.builder.Add(story)
			}
			return k.builder.Rows
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// segmentsDue returns the segments that are to be filled, the newest first.
func (p *Pipeline) segmentsDue(ctx context.Context) (due []int64, err error) {
	oldest, _, err := p.Store.Words.Bounds(ctx)
	if err != nil || p.words.settled == 0 {
		return nil, err
	}
	filled, err := p.Store.Words.Segments(ctx)
	if err != nil {
		return nil, err
	}
	for segment := wordindex.SegmentOf(p.words.settled+1) - 1; segment >= wordindex.SegmentOf(oldest); segment-- {
		if _, ok := filled[segment]; !ok {
			due = append(due, segment)
		}
	}
	stale, err := p.Store.Words.StaleSegments(ctx, mostStale)
	return slices.Concat(stale, due), err
}
