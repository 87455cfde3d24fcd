package pipeline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
)

// TestIndex: the stories of a whole segment are indexed in steps, and taken out when they are gone.
func TestIndex(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		var old []*news.Story
		for i := range 2100 {
			old = append(old, &news.Story{Origin: news.Origin{Source: "old"}, Title: "A fire",
				URL: fmt.Sprint("https://example.org/", i), FirstSeen: w.Now})
		}
		if _, err := w.Store.Archive.Add(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		filled := func() int {
			segments, err := w.Store.Words.Segments(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(segments)
		}
		for step, want := range []int{0, 2, 2} { // the first one notes what is there
			if err := w.Pipe.Index(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := filled(); got != want {
				t.Errorf("after step %d %d segments are filled, want %d", step, got, want)
			}
		}
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error { // as on a server that lagged behind
			_, err := tx.ExecContext(t.Context(), `DELETE FROM story WHERE id > 1500`)
			if err == nil {
				_, err = tx.ExecContext(t.Context(), `DELETE FROM word_segment WHERE segment = 1`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Pipe.Index(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := filled(); got != 1 {
			t.Errorf("%d segments are filled, want the one of which all stories are there", got)
		}
		w.Pass(400 * 24 * time.Hour)
		if _, err := w.Store.Prune(t.Context(), store.Ages{Texts: w.Now}); err != nil {
			t.Fatal(err)
		}
		for pass, want := range []int{1, 0} { // filled again they are empty
			if n, err := w.Store.Words.Prune(t.Context()); n != want || err != nil {
				t.Errorf("%d segments without stories were dropped in pass %d, %v; want %d", n, pass, err, want)
			}
			if err := w.Pipe.Index(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}
