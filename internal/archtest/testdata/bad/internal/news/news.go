// Package news breaks the rules on names, docs, globals and errors.
package news

import (
	"errors"
	"fmt"
	"net/http" // breaks purity: internal/news is pure, and net/http is not
	"os"       // breaks purity: internal/news is pure, and os is not
	"sync"
)

// Story is as it should be.
type Story struct {
	Title string
	hits  int // breaks names: the word for hits is matches
}

type Cluster struct{} // breaks docs: Cluster is exported and has no comment

// unused has a comment that nobody needs.
type unused struct{}

// NewsFeed stutters.
type NewsFeed struct{} // breaks names: news.NewsFeed says news twice

// StoryManager says nothing.
type StoryManager struct{} // breaks names: StoryManager: a type is named after

func (Story) Known() bool { return true } // breaks docs: Known is exported and has no comment

func (unused) Fine() bool { return true }

// The kinds are documented together.
const (
	KindA = "a"
	KindB = "b"
)

var (
	counter  int
	limits   = map[string]int{}
	names    = []string{"a"}
	first    Story
	pointer  = &Story{}
	mu       sync.Mutex     // breaks no globals that change: mu is of type sync.Mutex
	pool     = &sync.Pool{} // breaks no globals that change: pool is of type *sync.Pool
	signals  chan int       // breaks no globals that change: signals is of type chan int
	constant = map[string]int{"a": 1}
	once     = sync.OnceValue(func() int { return 1 })
	total    int
	last     string
	lazy     buffer
	errOdd   = errors.New("Odd.") // breaks errors: "Odd."
)

type buffer struct{ text string }

func (b *buffer) set(s string) { b.text = s }

func (b buffer) get() string { return b.text }

func init() { // breaks no init: func init
	counter = 1                              // breaks no globals that change: news.counter is assigned
	counter++                                // breaks no globals that change: news.counter is counted
	limits["a"] = 2                          // breaks no globals that change: news.limits is assigned
	names[0] = "b"                           // breaks no globals that change: news.names is assigned
	first.Title = "c"                        // breaks no globals that change: news.first is assigned
	pointer.Title = "d"                      // breaks no globals that change: news.pointer is assigned
	*pointer = Story{}                       // breaks no globals that change: news.pointer is assigned
	delete(limits, "a")                      // breaks no globals that change: news.limits is changed by delete
	clear(limits)                            // breaks no globals that change: news.limits is changed by clear
	copy(names[:1], []string{"x"})           // breaks no globals that change: news.names is changed by copy
	take(&total)                             // breaks no globals that change: news.total has its address taken
	lazy.set("x")                            // breaks no globals that change: news.lazy has its address taken by set
	http.DefaultClient = nil                 // breaks no globals that change: http.DefaultClient is assigned
	for _, last = range []string{"a", "b"} { // breaks no globals that change: news.last is assigned
	}
}

func take(*int) {}

func helper() {}

// fine only reads, or changes what is its own.
func fine() (int, string, error) {
	counter := constant["a"] + once() + len(names)
	counter++
	names := append([]string{}, names...)
	names[0] = lazy.get()
	local := &Story{hits: counter}
	local.Title = last
	_, err := os.Open(names[0])
	if err != nil {
		err = fmt.Errorf("failed to open: %w", err) // breaks errors: "failed to open: %w"
	}
	if counter > 7 {
		err = fmt.Errorf("DNS: cause %w", err)
	}
	return counter, local.Title, err
}
