package preselect_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
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

// shrinking makes a store of three full segments, whose index is a third of it. Story n
// has the n of its title to itself; seen says when it was first seen.
func shrinking(t *testing.T, storage string, seen func(n int) int) *store.Store {
	t.Helper()
	s, r := storetest.Open(t, storage), rand.New(rand.NewPCG(1, 2))
	for segment := range int64(3) {
		var stories []*news.Story
		for range wordindex.SegmentSize {
			var text strings.Builder
			for range 200 {
				fmt.Fprintf(&text, "w%d ", int(math.Exp(r.Float64()*11)))
			}
			n := int(segment)*wordindex.SegmentSize + len(stories) + 1
			stories = append(stories, &news.Story{Title: fmt.Sprint("Kim number", n), Text: text.String(),
				URL: fmt.Sprint("https://example.org/", n), FirstSeen: noon.Add(time.Duration(seen(n)) * time.Second)})
		}
		if _, err := s.Archive.Add(t.Context(), stories); err != nil {
			t.Fatal(err)
		}
	}
	for segment := range int64(4) { // the last one for the last story
		fill(t, s, segment)
	}
	return s
}

// TestIndexOfShrunkStore: a limit far below what is kept takes no more texts than it says, whatever the
// index still has of them. Once that is filled again the store is as small as it was reckoned to be, and
// the index finds what is left, and nothing else.
func TestIndexOfShrunkStore(t *testing.T) {
	const limit, low, stories = 3_500_000, 3_150_000, 3 * wordindex.SegmentSize
	for name, seen := range map[string]func(int) int{
		"by age":  func(n int) int { return n },
		"by none": func(n int) int { return n * 1009 % (stories + 1) },
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, storage string) {
				s := shrinking(t, storage, seen)
				shrink := func() store.Shrunk {
					t.Helper()
					done, err := s.Shrink(t.Context(), limit, noon.AddDate(0, 0, 1))
					if err != nil {
						t.Fatal(err)
					}
					return done
				}
				found := func(title string) (n int) {
					need := wordindex.HasPhrase(title, text.Look{})
					for _, err := range preselect.IDs(t.Context(), s, need, stories, time.Time{}) {
						if n++; err != nil {
							t.Fatal(err)
						}
					}
					return n
				}
				done := shrink()
				if done.Size > low || done.Size < low/10*8 || done.Stories > stories*9/10 {
					t.Errorf("pruned %+v of %d, to be about %d", done, stories, low)
				}
				if again := shrink(); again.Stories > 0 {
					t.Errorf("before the index is filled again %+v", again)
				}
				if _, err := s.Words.Prune(t.Context()); err != nil {
					t.Fatal(err)
				}
				stale, err := s.Words.StaleSegments(t.Context(), wordindex.SegmentSize)
				if err != nil || len(stale) == 0 {
					t.Fatalf("%v are to be filled again, %v", stale, err)
				}
				for _, segment := range stale {
					fill(t, s, segment)
				}
				size, err := s.Size(t.Context())
				if err != nil || s.Postgres() == nil && (size > limit || size < low/10*6) {
					t.Errorf("at last the store takes %d bytes, %v", size, err)
				}
				if again := shrink(); again.Stories > 0 {
					t.Errorf("once the index is filled again %+v", again)
				}
				if n := found("Kim"); n != stories-done.Stories {
					t.Errorf("%d stories are found, want %d", n, stories-done.Stories)
				}
				for n := 1; n <= stories; n += 97 {
					want := 0
					if seen(n) > done.Stories {
						want = 1
					}
					if got := found(fmt.Sprint("number", n)); got != want {
						t.Errorf("story %d: %d are found, want %d", n, got, want)
					}
				}
			})
		})
	}
}
