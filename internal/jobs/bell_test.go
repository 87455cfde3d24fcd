package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/riverqueue/river"
)

func inserted(queues ...string) []river.InsertManyParams {
	jobs := make([]river.InsertManyParams, len(queues))
	for i, q := range queues {
		jobs[i] = river.InsertManyParams{InsertOpts: &river.InsertOpts{Queue: q}}
	}
	return jobs
}

func TestBellRingsOnceForAQueue(t *testing.T) {
	b := make(bell, waiting)
	b.ring(inserted("page", "list", "page", "page"))
	for _, want := range []string{`{"queue": "page"}`, `{"queue": "list"}`} {
		n, err := b.WaitForNotification(t.Context())
		if err != nil || n.Topic != "river_insert" || n.Payload != want {
			t.Errorf("rang %+v, %v; want %s", n, err, want)
		}
	}
	if len(b) != 0 {
		t.Errorf("%d rings more", len(b))
	}
}

func TestBellWaitsForNobody(t *testing.T) {
	b := make(bell, waiting)
	for i := range 2 * waiting { // nobody listens
		b.ring(inserted(fmt.Sprint(i)))
	}
	if len(b) != waiting {
		t.Errorf("%d rings are kept, want %d", len(b), waiting)
	}
	var none bell // of PostgreSQL
	none.ring(inserted("list"))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := none.WaitForNotification(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
}
