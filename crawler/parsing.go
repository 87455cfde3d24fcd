package crawler

import (
	"context"

	"github.com/copytaster/copytaster/crawler/extract"
	"golang.org/x/sync/semaphore"
)

// parsingMemory is what all documents together may take that are parsed at one
// time, in bytes. Sixteen hosts that serve hostile documents at once wait for
// each other; usual pages take 4 MB each.
const parsingMemory = 192 << 20

// parsing shares out the memory for parsing documents. Sitemaps take none of
// it: they are read as they come, and hold a few MB at most.
type parsing struct{ free *semaphore.Weighted }

func newParsing() parsing { return parsing{semaphore.NewWeighted(parsingMemory)} }

// take waits until a document of a size may be parsed. The error is ctx's.
func (p parsing) take(ctx context.Context, size int) (release func(), err error) {
	n := min(extract.MostMemory(size), parsingMemory)
	if err := p.free.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { p.free.Release(n) }, nil
}
