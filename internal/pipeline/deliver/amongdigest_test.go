package deliver_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestFoundInADigest: an alert that a lost epoch told in a digest is not told again, and no
// later edit puts it in the place of that digest. What is new of it goes to the digest's thread.
func TestFoundInADigest(t *testing.T) {
	adaptive, err := schedule.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	path, copied := storetest.SQLite(t), filepath.Join(t.TempDir(), "copy.db")
	w := pipetest.NewWorld(t, path)
	w.Plan.Crawler = w.Site()
	w.Plan.Hours = map[string]schedule.Hours{"news": {
		Digest: adaptive, Quiet: []schedule.Lull{{From: 11 * time.Hour, To: 14 * time.Hour}}, Zone: time.UTC,
	}}
	w.SetPlan()
	w.Stories = pipetest.Listed("before")
	w.Turn()
	if err := w.Store.Copy(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	w.Stories = pipetest.Listed("b #kim", "c #putin", "before")
	w.Again()
	w.Pass(time.Hour)
	w.Live(5 * time.Minute)
	if len(w.Posts) != 1 || w.Posts[0].Kind != news.DeliverDigest {
		t.Fatalf("posted %q, want a digest", texts(w))
	}
	next := pipetest.NewWorld(t, copied)
	next.Now, next.Posts, next.Stories = w.Now.Add(time.Minute), w.Posts, w.Stories
	next.Plan.Crawler = next.Site()
	next.SetPlan()
	if err := next.Pipe.Channels.DeclareRestored(t.Context()); err != nil {
		t.Fatal(err)
	}
	next.Again()
	next.Live(5 * time.Minute)
	told := 0
	for _, d := range next.Deliveries(news.StateSent) {
		if d.Kind != news.DeliverStory {
			continue
		}
		told++
		err := next.Store.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.Deliveries.Edit(t.Context(), d.Alert, next.Clock(), 0)
		})
		if err != nil {
			t.Fatal(err)
		}
		root, _, err := next.Store.Deliveries.Root(t.Context(), d.Alert)
		if err != nil || root.TS != "found" {
			t.Errorf("the thread of the alert hangs on %+v (%v), want the digest", root, err)
		}
	}
	next.Live(5 * time.Minute)
	if told != 2 || len(next.Edits) > 0 {
		t.Errorf("%d alerts were found, and the digest was edited %d times", told, len(next.Edits))
	}
	for _, m := range next.Posts {
		if m.Kind == news.DeliverStory {
			t.Errorf("%q was posted again", m.Headline)
		}
	}
}

func texts(w *pipetest.World) (all []string) {
	for _, m := range w.Posts {
		all = append(all, m.Text)
	}
	return all
}
