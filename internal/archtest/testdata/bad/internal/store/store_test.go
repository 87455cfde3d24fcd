package store

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/demo"
	"github.com/copytaster/copytaster/rules" // breaks imports: internal/store may not import rules
)

func TestStore(t *testing.T) {
	_ = time.Now()
	time.Sleep(1) // breaks clock: time.Sleep
	_, _ = rules.Set{}, demo.Site{}
}
