package preselect

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
)

// A segment that is dropped while somebody searches is read whole.
func TestDroppedMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		var stories []*news.Story
		for i := range 5 {
			stories = append(stories, &news.Story{Title: "Kim", Text: "He travels.", URL: fmt.Sprint("https://example.org/", i), FirstSeen: time.Now()})
		}
		if _, err := s.Archive.Add(t.Context(), stories); err != nil {
			t.Fatal(err)
		}
		var b wordindex.Builder
		err := s.Words.Fill(t.Context(), 0, func(stories []*news.Story) iter.Seq2[int, []byte] {
			b.Add(stories[0])
			return b.Rows
		})
		if err != nil {
			t.Fatal(err)
		}
		w := walk{store: s, need: wordindex.HasPhrase("Kim", text.Look{}), newest: 5}
		if err := w.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Prune(t.Context(), store.Ages{Texts: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Words.Prune(t.Context()); n != 1 || err != nil {
			t.Fatalf("%d segments were dropped, %v", n, err)
		}
		if err := w.read(t.Context(), 0, 0); err != nil {
			t.Fatal(err)
		}
		if w.places(0) != wordindex.All() {
			t.Error("stories are left out of a segment that is indexed no more")
		}
	})
}
