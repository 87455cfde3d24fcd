// Package push keeps the subscriptions of sources at their hubs, and takes what
// those push. Make Hubs with New; Subscribe asks claimed hubs (subscribe.go), who
// ask back at the callback, where Confirm answers (confirm.go). What is pushed is
// taken by Push, which claims its source (push.go), and recorded by ReadPushes
// as a list of that source would be (read.go).
package push

import (
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
)

// Hubs deals with hubs. Its methods may be called from many goroutines.
type Hubs struct {
	*act.Env

	lists  *crawl.Lists
	pushes chan taken // that wait to be read
}

// New makes an act of Hubs. What they push is recorded as the lists are.
func New(env *act.Env, lists *crawl.Lists) *Hubs {
	return &Hubs{Env: env, lists: lists, pushes: make(chan taken, pushBuffer)}
}
