package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func TestSeenKnowsPrints(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.AddStory(t.Context(), store.NewStory{Story: story("printed"), Print: 1<<63 - 1})
			return err
		})
		add(t, s, story("unprinted"))
		keys := []string{"printed", "new", "unprinted"}
		want := map[string]store.Sighting{"printed": {At: noon, Print: 1<<63 - 1}, "unprinted": {At: noon}}
		if diff := cmp.Diff(want, must[map[string]store.Sighting](t)(s.Seen(t.Context(), keys))); diff != "" {
			t.Error(diff)
		}
		later := noon.Add(time.Hour)
		inTx(t, s, func(tx *store.Tx) error {
			if err := tx.SavePrints(t.Context(), map[string]news.Print{"unprinted": 7, "new": 8}); err != nil {
				return err
			}
			return tx.TouchSeen(t.Context(), []string{"printed", "new"}, later)
		})
		want = map[string]store.Sighting{"printed": {At: later, Print: 1<<63 - 1}, "unprinted": {At: noon, Print: 7}}
		if diff := cmp.Diff(want, must[map[string]store.Sighting](t)(s.Seen(t.Context(), keys))); diff != "" {
			t.Error(diff)
		}
		many := make([]string, 2000)
		for i := range many {
			many[i] = fmt.Sprint(i)
		}
		if got := must[map[string]store.Sighting](t)(s.Seen(t.Context(), append(many, "printed"))); len(got) != 1 {
			t.Errorf("of %d keys %d were seen, want 1", len(many)+1, len(got))
		}
	})
}

func TestKeyThatWasQuietIsNewAgain(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		week := 7 * 24 * time.Hour
		addAt := func(at, since time.Time) (added bool) {
			st := story("briefing")
			st.FirstSeen = at
			inTx(t, s, func(tx *store.Tx) (err error) {
				added, err = tx.AddStory(t.Context(), store.NewStory{Story: st, QuietSince: since})
				return err
			})
			return added
		}
		if !addAt(noon, noon.Add(-week)) {
			t.Fatal("a new key was seen before")
		}
		if addAt(noon.Add(week), noon) || addAt(noon.Add(100*week), time.Time{}) {
			t.Error("a key was new again that was not quiet, or must never be")
		}
		if !addAt(noon.Add(week+time.Second), noon.Add(time.Second)) {
			t.Error("a quiet key is not new again")
		}
		if l := must[store.Look](t)(s.Recorded(t.Context(), "briefing")); !l.FirstSeen.Equal(noon.Add(week + time.Second)) {
			t.Errorf("the key stands for the story of %v, want the newer one", l.FirstSeen)
		}
	})
}

func TestTwins(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second, third := story("first"), story("second"), story("third")
		for _, st := range []*news.Story{first, second, third} {
			add(t, s, st)
		}
		twin := func(st *news.Story, key string) (other store.NewStory, found bool) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				other, found, err = tx.AddTwin(t.Context(), st, key, noon)
				return err
			})
			return other, found
		}
		if _, found := twin(first, "canonical"); found {
			t.Fatal("the first of its URL is a twin")
		}
		if _, found := twin(first, "canonical"); found {
			t.Error("a story is its own twin")
		}
		if other, found := twin(second, "canonical"); !found || other.ID != first.ID || other.Waiting {
			t.Errorf("got %v %+v, want the first", found, other)
		}
		if other, found := twin(third, "second"); !found || other.ID != second.ID {
			t.Errorf("got %v %+v, want the story listed under that key", found, other)
		}
		if l := must[store.Look](t)(s.Recorded(t.Context(), "canonical")); l.ID != first.ID {
			t.Errorf("the canonical key stands for story %d, want %d", l.ID, first.ID)
		}
		if unseen := must[[]string](t)(s.Unseen(t.Context(), []string{"canonical"})); len(unseen) > 0 {
			t.Error("the canonical URL is new")
		}
		waiting(t, s, false)
		if other, found := twin(first, "waiting"); !found || !other.Waiting {
			t.Errorf("got %v %+v, want the story that waits for its page", found, other)
		}
		inStore(t, s, `DELETE FROM story WHERE id = $1`, second.ID)
		if _, found := twin(third, "second"); found {
			t.Error("a story was found that is no more")
		}
	})
}

func TestJoinCluster(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		add(t, s, first, "news")
		add(t, s, second)
		inTx(t, s, func(tx *store.Tx) error { return tx.JoinCluster(t.Context(), second, first.Cluster) })
		got := must[store.NewStory](t)(s.Story(t.Context(), second.ID))
		if got.Cluster != first.Cluster || second.Cluster != first.Cluster {
			t.Errorf("in cluster %d, want %d", got.Cluster, first.Cluster)
		}
		inTx(t, s, func(tx *store.Tx) error {
			added, err := tx.AddAlert(t.Context(), news.Alert{Cluster: second.Cluster, Channel: "news", Created: noon}, second.ID)
			if added {
				t.Error("the channel is told twice")
			}
			return err
		})
		var clusters int
		inTx(t, s, func(tx *store.Tx) error {
			return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM cluster`).Scan(&clusters)
		})
		if clusters != 1 {
			t.Errorf("%d clusters are left, want 1", clusters)
		}
	})
}

// The revisions of an old story lose what they hold of its text with it.
func TestPruneOfRevisions(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		old, quiet := story("old"), story("quiet")
		add(t, s, old, "news")
		add(t, s, quiet)
		for _, st := range []*news.Story{old, quiet} {
			r := news.Revision{
				Seen: noon, Kinds: []news.RevisionKind{news.RevisedText}, Title: st.Title, Text: st.Text,
				Changes: []news.Change{{Field: news.FieldBody, Came: "Third"}},
			}
			inTx(t, s, func(tx *store.Tx) error { return tx.Revise(t.Context(), st, r, true) })
		}
		must[int](t)(s.Prune(t.Context(), noon.Add(time.Hour), noon.Add(-store.SeenAtLeast)))
		r := must[[]news.Revision](t)(s.Revisions(t.Context(), old.ID))
		if len(r) != 1 || r[0].Title != old.Title || r[0].Text != "" || len(r[0].Changes) > 0 || r[0].Kinds[0] != news.RevisedText {
			t.Errorf("the alerted story keeps %+v", r)
		}
		if r := must[[]news.Revision](t)(s.Revisions(t.Context(), quiet.ID)); len(r) > 0 {
			t.Errorf("the other keeps %+v", r)
		}
	})
}
