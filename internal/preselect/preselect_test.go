package preselect_test

import (
	"fmt"
	"iter"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/preselect"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// fill fills a segment.
func fill(t *testing.T, s *store.Store, segment int64) {
	t.Helper()
	var b wordindex.Builder
	err := s.Words.Fill(t.Context(), segment, func(stories []*news.Story) iter.Seq2[int, []byte] {
		for _, story := range stories {
			b.Add(story)
		}
		return b.Rows
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestIDs: of three segments one is not filled, one is too old, and of the filled one a story changed.
func TestIDs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		var stories []*news.Story
		for i := 1; i <= 2*wordindex.SegmentSize+2; i++ {
			title := "A quiet day"
			if i%500 == 0 {
				title = "Kim"
			}
			stories = append(stories, &news.Story{Title: title, URL: fmt.Sprint("https://example.org/", i),
				FirstSeen: noon.Add(time.Duration(i) * time.Minute)})
		}
		if _, err := s.Archive.Add(t.Context(), stories); err != nil {
			t.Fatal(err)
		}
		fill(t, s, 0)
		fill(t, s, 1)
		changed := *stories[1199]
		changed.Text = "It was not so quiet."
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.Stories.Revise(t.Context(), &changed, news.Revision{Seen: noon}, false)
		})
		if err != nil {
			t.Fatal(err)
		}
		ids := func(newest int64, seen time.Time) (all []int64) {
			for id, err := range preselect.IDs(t.Context(), s, wordindex.HasPhrase("Kim", text.Look{}), newest, seen) {
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, id)
			}
			return all
		}
		if got := ids(2050, time.Time{}); !slices.Equal(got, []int64{2050, 2049, 2048, 2000, 1500, 1200, 1000, 500}) {
			t.Errorf("%v, want what is not indexed, what changed, and what has the word", got)
		}
		if got := ids(1999, noon.Add(1100*time.Minute)); !slices.Equal(got, []int64{1500, 1200}) {
			t.Errorf("%v, want nothing newer, and no segment that is too old", got)
		}
		if got := ids(0, time.Time{}); len(got) > 0 {
			t.Errorf("%v, want nothing", got)
		}
	})
}
