package extract

import (
	"bytes"
	"fmt"
)

// What one part of a feed may hold, a story or the frame around the stories.
// Real stories have some dozens of elements.
const (
	maxPartElements = 20_000
	maxPartWork     = 4 << 30 // elements times bytes: the parser copies a text anew for each element in it
	maxFrame        = 2 << 20 // bytes
)

// Stories are handed on in batches: large enough to be parsed in one go, small
// enough to take no memory.
const (
	batchStories  = 200
	batchElements = 5_000
	batchBytes    = 256 << 10
)

// A batch is a few stories with what stands around them in their feed.
type batch struct {
	root    string // local name of the root element
	head    string // start tags
	tail    string // end tags
	stories [][]byte
}

// document puts stories of the batch into what stands around them.
func (b batch) document(stories ...[]byte) []byte {
	size := len(b.head) + len(b.tail)
	for _, s := range stories {
		size += len(s)
	}
	doc := append(make([]byte, 0, size), b.head...)
	for _, s := range stories {
		doc = append(doc, s...)
	}
	return append(doc, b.tail...)
}

// parts are what a mender has written and not handed on.
type parts struct {
	frame bytes.Buffer
	tags  int // elements of the frame

	stories  bytes.Buffer // complete ones, and behind them the open one
	ends     []int        // of the complete ones, in stories
	elements int          // of the complete ones
	within   int          // elements of the open one
	costly   bool         // the open one is dropped

	ready    batch // what stands around the stories
	parent   int   // id of the element around the stories
	complete int   // stories of the document
	dropped  int   // stories that were too costly, or break off

	emit func(batch) error
}

// count takes in an element or a section of the open story or of the frame.
func (p *parts) count(inStory bool) {
	if !inStory {
		p.tags++
		return
	}
	p.within++
	if size := p.stories.Len() - p.start(); p.within > maxPartElements || p.within*size > maxPartWork {
		p.costly = true
		p.stories.Truncate(p.start())
	}
}

// start is where the open story begins.
func (p *parts) start() int {
	if len(p.ends) == 0 {
		return 0
	}
	return p.ends[len(p.ends)-1]
}

func (p *parts) writeStory(text []byte) {
	if !p.costly {
		p.stories.Write(text)
	}
}

func (p *parts) frameFits() error {
	switch {
	case p.tags > maxPartElements:
		return fmt.Errorf("%w: more than %d elements around its stories", ErrCostly, maxPartElements)
	case p.frame.Len() > maxFrame:
		return fmt.Errorf("%w: more than %d MB around its stories", ErrCostly, maxFrame>>20)
	}
	return nil
}

// beginStory hands on the stories before when other elements stood around them.
func (p *parts) beginStory(around []element) error {
	if parent := around[len(around)-1].id; parent != p.parent {
		if err := p.flush(); err != nil {
			return err
		}
		p.parent = parent
		p.ready = batch{root: localName(around[0].name)}
		for _, e := range around {
			p.ready.head += e.start
			p.ready.tail = endTagOf(e.name) + p.ready.tail
		}
	}
	return nil
}

// endStory takes the open story as complete.
func (p *parts) endStory() error {
	p.complete++
	if p.costly {
		p.dropStory()
		return nil
	}
	p.elements += p.within
	p.within = 0
	p.ends = append(p.ends, p.stories.Len())
	if len(p.ends) < batchStories && p.elements < batchElements && p.stories.Len() < batchBytes {
		return nil
	}
	return p.flush()
}

// dropStory leaves the open story out.
func (p *parts) dropStory() {
	p.stories.Truncate(p.start())
	p.dropped++
	p.within, p.costly = 0, false
}

// flush hands on the complete stories.
func (p *parts) flush() error {
	if len(p.ends) == 0 {
		return nil
	}
	b, start := p.ready, 0
	b.stories = make([][]byte, 0, len(p.ends))
	for _, end := range p.ends {
		b.stories = append(b.stories, p.stories.Bytes()[start:end])
		start = end
	}
	err := p.emit(b)
	p.stories.Reset()
	p.ends, p.elements = p.ends[:0], 0
	return err
}

// ahead finds the next place of a mark in a document that is read from its
// beginning to its end, and looks for it once however often it is asked.
type ahead struct {
	mark  []byte
	known bool
	left  int // bytes of the document from the mark on; 0 when there is none
}

// look sets another mark.
func (a *ahead) look(mark string) {
	if string(a.mark) != mark {
		*a = ahead{mark: []byte(mark)}
	}
}

// index returns the place of the mark in the rest of the document, -1 for none.
func (a *ahead) index(rest []byte) int {
	if len(a.mark) == 0 || a.known && a.left == 0 {
		return -1
	}
	if !a.known || a.left > len(rest) {
		a.known, a.left = true, 0
		if i := bytes.Index(rest, a.mark); i >= 0 {
			a.left = len(rest) - i
		}
	}
	if a.left == 0 {
		return -1
	}
	return len(rest) - a.left
}
