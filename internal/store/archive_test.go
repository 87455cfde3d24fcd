package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// archived reads a span of the archive.
func archived(t *testing.T, s *store.Store, span store.Span) (keys []string) {
	t.Helper()
	for story, err := range s.Archive.Stories(t.Context(), span) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, story.Key)
	}
	if n := must[int64](t)(s.Archive.Count(t.Context(), span)); n != int64(len(keys)) {
		t.Errorf("%d stories are counted, %d are given", n, len(keys))
	}
	return keys
}

func TestArchive(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		day := 24 * time.Hour
		if newest := must[time.Time](t)(s.Archive.Newest(t.Context())); !newest.IsZero() ||
			archived(t, s, store.Span{}) != nil {
			t.Errorf("an empty archive has a story of %v", newest)
		}
		for _, c := range []struct {
			key             string
			published, seen time.Duration // before noon; published -1 is not known
			first, waiting  bool
		}{
			{"old", 40 * day, 40 * day, false, false}, {"backlog", 30 * day, 5 * day, true, false}, {"undated", -1, 5 * day, false, false},
			{"undated backlog", -1, 5 * day, true, false}, {"waiting", 4 * day, 4 * day, false, true}, {"new", 3 * day, 3 * day, false, false},
		} {
			st := story(c.key)
			if st.Published, st.FirstSeen = noon.Add(-c.published), noon.Add(-c.seen); c.published < 0 {
				st.Published = time.Time{}
			}
			inTx(t, s, func(tx *store.Tx) error {
				err := tx.Stories.Add(t.Context(), store.NewStory{Story: st, FirstRun: c.first, Waiting: c.waiting})
				return err
			})
		}
		for _, c := range []struct {
			span store.Span
			want []string
		}{
			{store.Span{}, []string{"old", "backlog", "undated", "undated backlog", "new"}},
			{store.Span{Kept: noon.Add(-30 * day)}, []string{"backlog", "undated", "undated backlog", "new"}},
			{store.Span{Since: noon.Add(-30 * day)}, []string{"backlog", "undated", "new"}},
			{store.Span{Since: noon.Add(-29 * day), Kept: noon.Add(-90 * day)}, []string{"undated", "new"}},
			{store.Span{Since: noon.Add(-3 * day), Kept: noon.Add(-3 * day)}, []string{"new"}},
			{store.Span{Since: noon}, nil},
			{store.Span{Newest: 1}, []string{"new"}},
			{store.Span{Newest: 3}, []string{"undated", "undated backlog", "new"}},
			{store.Span{Newest: 9}, []string{"old", "backlog", "undated", "undated backlog", "new"}},
			{store.Span{Newest: 3, Since: noon.Add(-29 * day)}, []string{"undated", "new"}},
		} {
			if diff := cmp.Diff(c.want, archived(t, s, c.span)); diff != "" {
				t.Errorf("%+v: %s", c.span, diff)
			}
		}
		if newest := must[time.Time](t)(s.Archive.Newest(t.Context())); !newest.Equal(noon.Add(-3 * day)) {
			t.Errorf("the newest is of %v", newest)
		}
	})
}

// A story comes out of the archive as it went in, except for the day on which one
// without a date was first seen, when that says nothing.
func TestArchivedStoryComesBackAsItWent(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		dated, undated := story("a"), story("b")
		undated.Published = time.Time{}
		if n := must[int](t)(s.Archive.Add(t.Context(), []*news.Story{dated, undated})); n != 2 {
			t.Fatalf("added %d", n)
		}
		undated.FirstSeen = time.Time{}
		want := []*news.Story{dated, undated}
		for got, err := range s.Archive.Stories(t.Context(), store.Span{}) {
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want[0], got); diff != "" {
				t.Error(diff)
			}
			want = want[1:]
		}
	})
}

// More stories than a page holds come in their order, each once, also when
// others come and go meanwhile; whoever has enough may stop.
func TestArchiveOfManyPages(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var all []*news.Story
		for i := range 501 {
			all = append(all, story(fmt.Sprintf("%03d", i)))
		}
		if n := must[int](t)(s.Archive.Add(t.Context(), all)); n != len(all) {
			t.Fatalf("added %d", n)
		}
		if keys := archived(t, s, store.Span{}); len(keys) != len(all) || !slices.IsSorted(keys) {
			t.Errorf("got %d stories", len(keys))
		}
		n := 0
		for _, err := range s.Archive.Stories(t.Context(), store.Span{}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 300 {
				break
			}
		}
		seen := 0
		for st, err := range s.Archive.Stories(t.Context(), store.Span{}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; st.Key == "100" { // the page that is being read has them, the next has not
				must[int](t)(s.Prune(t.Context(), store.Ages{Texts: noon.Add(time.Hour), Seen: noon.Add(-time.Hour)}))
			}
		}
		if seen < 101 || seen > 200 {
			t.Errorf("%d stories of an archive that was pruned at the 101st", seen)
		}
	})
}

func TestArchiveEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		must[int](t)(s.Archive.Add(t.Context(), []*news.Story{story("a")}))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for st, err := range s.Archive.Stories(ctx, store.Span{}) {
			if err == nil || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, %v", st, err)
			}
		}
		if _, err := s.Archive.Count(ctx, store.Span{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// What is imported is known from then on, counts for its source, and is kept
// for the retention from the day of the import.
func TestAddArchived(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		planned := []store.PlannedSource{{Name: "tass", URL: "https://tass.com/rss", First: noon, Next: noon}}
		if err := s.Sources.Sync(t.Context(), store.Sync{Sources: planned, Now: noon}); err != nil {
			t.Fatal(err)
		}
		old, crawled := story("old"), story("crawled")
		old.Published = time.Date(1987, 2, 26, 15, 1, 0, 0, time.UTC)
		add(t, s, crawled, "news")
		if n := must[int](t)(s.Archive.Add(t.Context(), []*news.Story{old, story("crawled"), story("old")})); n != 1 {
			t.Errorf("added %d, want 1", n)
		}
		if n := must[int](t)(s.Archive.Add(t.Context(), []*news.Story{story("old")})); n != 0 {
			t.Errorf("added %d again", n)
		}
		if got := known(t, s, "old"); len(got) != 1 {
			t.Error("a crawl would add it again")
		}
		if src := must[store.SourceState](t)(s.Sources.Get(t.Context(), "tass")); src.Stories != 1 {
			t.Errorf("the source counts %d", src.Stories)
		}
		if n := must[int](t)(s.Prune(t.Context(), store.Ages{Texts: noon, Seen: noon.Add(-store.SeenAtLeast)})); n != 0 {
			t.Errorf("pruned %d on the day of the import", n)
		}
		if w := must[store.Work](t)(s.Counts.Work(t.Context(), noon)); w.Pages != 0 || w.Deliveries != 1 {
			t.Errorf("left to do: %+v, want the one delivery of the crawled story", w)
		}
	})
}

// A source that no config knows gets no row: nobody crawls it.
func TestArchivedSourceIsNotCrawled(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		must[int](t)(s.Archive.Add(t.Context(), []*news.Story{story("a")}))
		if sources := must[[]store.SourceState](t)(s.Sources.List(t.Context())); len(sources) != 0 {
			t.Errorf("sources %+v", sources)
		}
	})
}

// When the disk is full nothing of the batch is recorded, and it says so.
func TestDiskFullWhileArchiving(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	must[int](t)(s.Archive.Add(t.Context(), []*news.Story{story("before")}))
	inTx(t, s, func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `PRAGMA max_page_count = 1`) // never less than there are
		return err
	})
	big := story("big")
	big.Text = strings.Repeat("word ", 1<<20)
	_, err := s.Archive.Add(t.Context(), []*news.Story{story("small"), big})
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v", err)
	}
	if keys := archived(t, s, store.Span{}); !slices.Equal(keys, []string{"before"}) {
		t.Errorf("kept %v", keys)
	}
}

// What to do about a full disk is said once, however many layers explain it.
func TestDiskFullIsSaidOnce(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	inTx(t, s, func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `PRAGMA max_page_count = 1`)
		return err
	})
	big := map[string]string{"config": strings.Repeat("word ", 1<<20)}
	err := s.Sources.Sync(t.Context(), store.Sync{Settings: big, Now: noon})
	if err == nil || strings.Count(err.Error(), "the disk is full") != 1 {
		t.Errorf("got %v", err)
	}
}

func TestOpenBeside(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		alone, beside, err := store.OpenBeside(t.Context(), quiet, storage)
		if err != nil || beside {
			t.Fatalf("a new store: beside %v, %v", beside, err)
		}
		if err := alone.Close(); err != nil {
			t.Fatal(err)
		}
		daemon := storetest.Open(t, storage)
		other, beside, err := store.OpenBeside(t.Context(), quiet, storage)
		if err != nil || beside != (daemon.Path() != "") {
			t.Fatalf("a store that is held: beside %v, %v", beside, err)
		}
		defer other.Close()
		var wg sync.WaitGroup
		for i, s := range []*store.Store{daemon, other} { // neither hinders the other
			wg.Go(func() {
				for n := range 20 {
					_, err := s.Archive.Add(t.Context(), []*news.Story{story(fmt.Sprint(i, "-", n)), story(fmt.Sprint("both-", n))})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if keys := archived(t, daemon, store.Span{}); len(keys) != 60 {
			t.Errorf("%d stories, want 60", len(keys))
		}
	})
}

// A held store of another version is left alone.
func TestOpenBesideOtherVersion(t *testing.T) {
	daemon := storetest.Open(t, filepath.Join(t.TempDir(), "copytaster.db"))
	inTx(t, daemon, func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO copytaster_version (version_id, is_applied) VALUES (999, 1)`)
		return err
	})
	if _, _, err := store.OpenBeside(t.Context(), quiet, daemon.Path()); err == nil || !strings.Contains(err.Error(), "version 999") {
		t.Errorf("got %v", err)
	}
}
