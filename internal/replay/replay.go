// Package replay leads stories that are there already through the rules:
// Backtest says what rules would have found, and what others would have found
// instead; Import puts the stories of files into the archive. Both read from an
// Input: Files of JSON lines, or an Archive.
//
// An input is cut into parts of a quarter of a megabyte or so. One goroutine
// cuts, one for each core works on parts, and what came of them is gathered in
// the order of the input: the answer does not depend on how many cores there
// are. No more than a few dozen parts are held at any time, however large the
// input is.
package replay

import (
	"cmp"
	"context"
	"runtime"
	"sync"

	"github.com/copytaster/copytaster/internal/news"
)

// Input is where stories come from.
type Input interface {
	// size is how much there is to read, in any unit; 0 is not known.
	size(ctx context.Context) (int64, error)
	// parts sends everything in order, until send reports false. What was sent
	// before an error is good.
	parts(ctx context.Context, send func(*part) bool) error
	// stories reads a part, on any goroutine.
	stories(p *part) content
	// forNews returns the input with what stood before it, as far as it is there, and
	// what returns the texts of its stories.
	forNews() (Input, keeper, error)
}

// part is a stretch of an input.
type part struct {
	text  []byte                        // whole lines of a file
	long  bool                          // instead of a line that is too long
	path  string                        // of the file
	first bool                          // of its file
	found []*news.Story                 // of the archive
	late  func() ([]*news.Story, error) // reads found
	read  int64                         // how much of the input was read with it, in the unit of its size
}

// content is what a part holds.
type content struct {
	stories []*news.Story
	earlier []*news.Story // that do not count, and were told before those that do
	count   int           // of stories, also when they are gone
	lines   int64         // how many it spans
	bad     []BadLine     // numbered from the beginning of the part
	err     error         // the stories of the archive cannot be read
}

// BadLine is a line that holds no story.
type BadLine struct {
	File   string `json:"file"`
	Line   int64  `json:"line"` // from 1
	Reason string `json:"reason"`
}

// maxBad is how many bad lines are told one by one; the others are counted.
const maxBad = 5

// Coverage is how much of an input was read.
type Coverage struct {
	Stories  int       `json:"stories"`
	Skipped  int       `json:"skipped_lines"` // that hold no story
	BadLines []BadLine `json:"bad_lines,omitempty"`

	line int64 // of the file that is being read
}

// add counts a part, in its turn.
func (c *Coverage) add(p *part, r *content) {
	if p.first {
		c.line = 0
	}
	c.Stories += r.count
	c.Skipped += len(r.bad)
	for _, b := range r.bad {
		if len(c.BadLines) == maxBad {
			break
		}
		b.Line += c.line
		c.BadLines = append(c.BadLines, b)
	}
	c.line += r.lines
}

// Progress is told how much of an input was read; total is 0 when that is not
// known.
type Progress func(done, total int64)

// stream runs work on all parts of an input, on all cores, and returns what came
// of them to take, in their order. When ctx ends it returns at once, with what
// was taken until then.
func stream[T any](ctx context.Context, in Input, work func(*part) T, take func(*part, T) error) error {
	type task struct {
		part *part
		done chan T
	}
	ctx, cancel := context.WithCancel(ctx)
	cores := runtime.GOMAXPROCS(0)
	queue, order := make(chan task, cores), make(chan task, 4*cores)
	failed := make(chan error, 1)
	go func() { // nobody waits for it when ctx ends: it may be reading from a terminal
		defer close(order)
		defer close(queue)
		failed <- in.parts(ctx, func(p *part) bool {
			t := task{p, make(chan T, 1)}
			return push(ctx, order, t) && push(ctx, queue, t)
		})
	}()
	var workers sync.WaitGroup
	for range cores {
		workers.Go(func() {
			for {
				select {
				case t, more := <-queue:
					if !more {
						return
					}
					t.done <- work(t.part)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	defer workers.Wait()
	defer cancel()
	var err error
	for err == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case t, more := <-order:
			if !more {
				return <-failed
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case v := <-t.done:
				err = take(t.part, v)
			}
		}
	}
	return cmp.Or(ctx.Err(), err) // who works on a part may find out first that ctx has ended
}

func push[T any](ctx context.Context, into chan<- T, v T) bool {
	select {
	case into <- v:
		return true
	case <-ctx.Done():
		return false
	}
}
