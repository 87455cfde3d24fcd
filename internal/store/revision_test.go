package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func TestEntries(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		one := news.Fingerprint{Link: 1, GUID: 2, Title: 3, Text: 4, Published: noon, Seen: noon, Story: 7}
		nameless := news.Fingerprint{Title: 3, Seen: noon.Add(-time.Hour)}
		inTx(t, s, func(tx *store.Tx) error {
			for _, e := range []news.Fingerprint{one, nameless, {Title: 9, Seen: noon}} {
				if err := tx.Fingerprints.Add(t.Context(), "tass", e); err != nil {
					return err
				}
			}
			return nil
		})
		for _, hash := range []news.Hash{1, 2} {
			got := must[[]news.Fingerprint](t)(s.Fingerprints.ByLink(t.Context(), []news.Hash{hash, 100}))
			if one.ID = got[0].ID; len(got) != 1 || got[0] != one {
				t.Errorf("by %d: %+v, want %+v", hash, got, one)
			}
		}
		got := must[[]news.Fingerprint](t)(s.Fingerprints.ByTitle(t.Context(), []news.Hash{3}, noon.Add(-time.Minute)))
		if len(got) != 1 || got[0] != one {
			t.Errorf("by title, listed since: %+v", got)
		}
		got = must[[]news.Fingerprint](t)(s.Fingerprints.ByTitle(t.Context(), []news.Hash{3}, time.Time{}))
		if len(got) != 2 {
			t.Errorf("by title: %+v", got)
		}
		many := []news.Hash{1}
		for i := range 2000 {
			many = append(many, news.Hash(1000+i))
		}
		if got := must[[]news.Fingerprint](t)(s.Fingerprints.ByLink(t.Context(), many)); len(got) != 1 {
			t.Errorf("of %d hashes %d are known, want 1", len(many), len(got))
		}
		moved := one
		moved.Link, moved.Seen = 8, noon.Add(time.Hour)
		inTx(t, s, func(tx *store.Tx) error { return tx.Fingerprints.Save(t.Context(), moved) })
		got = must[[]news.Fingerprint](t)(s.Fingerprints.ByLink(t.Context(), []news.Hash{8, 2}))
		if len(got) != 1 || got[0] != moved {
			t.Errorf("after the link moved: %+v", got)
		}
	})
}

func TestSiblings(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second, third := story("first"), story("second"), story("third")
		third.Key = "second"
		for _, st := range []*news.Story{first, second, third} {
			add(t, s, st)
		}
		page := func(st *news.Story, key string) {
			inTx(t, s, func(tx *store.Tx) error { return tx.Stories.AddPageURL(t.Context(), st.ID, key, noon) })
		}
		page(first, "page")
		page(second, "page") // comes second, and changes nothing
		want := func(st *news.Story, links []string, ids ...int64) {
			t.Helper()
			var got []int64
			for _, other := range must[[]store.Look](t)(s.Stories.Siblings(t.Context(), st.ID, links...)) {
				got = append(got, other.ID)
			}
			if !slices.Equal(got, ids) {
				t.Errorf("siblings under %v are %v, want %v", links, got, ids)
			}
		}
		want(second, []string{"second"}, third.ID)
		want(third, []string{"second", "page"}, second.ID, first.ID)
		want(first, []string{"first", "page"})
		inStore(t, s, `DELETE FROM story WHERE id = $1`, first.ID)
		page(second, "page")
		want(third, []string{"page"}, second.ID)
		if got := must[[]*news.Story](t)(s.Stories.ByPageURL(t.Context(), "tass", "page")); len(got) != 1 || got[0].ID != second.ID {
			t.Errorf("stories of the page: %+v", got)
		}
		if got := must[[]*news.Story](t)(s.Stories.ByPageURL(t.Context(), "kcna", "page")); len(got) != 0 {
			t.Errorf("stories of the page at another source: %+v", got)
		}
	})
}

func TestJoinCluster(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		add(t, s, first, "news")
		add(t, s, second)
		inTx(t, s, func(tx *store.Tx) error { return tx.Stories.JoinCluster(t.Context(), second, first.Cluster) })
		got := must[store.NewStory](t)(s.Stories.Get(t.Context(), second.ID))
		if got.Cluster != first.Cluster || second.Cluster != first.Cluster {
			t.Errorf("in cluster %d, want %d", got.Cluster, first.Cluster)
		}
		inTx(t, s, func(tx *store.Tx) error {
			a := news.Alert{Cluster: second.Cluster, Story: second.ID, Channel: "news", Created: noon}
			tells, err := tx.Alerts.Add(t.Context(), a, 0, false)
			if tells {
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
			inTx(t, s, func(tx *store.Tx) error { return tx.Stories.Revise(t.Context(), st, r, true) })
		}
		send(t, s)
		must[int](t)(s.Prune(t.Context(), store.Ages{Texts: noon.Add(time.Hour), Seen: noon.Add(-store.SeenAtLeast)}))
		r := must[[]news.Revision](t)(s.Stories.Revisions(t.Context(), old.ID))
		if len(r) != 1 || r[0].Title != old.Title ||
			r[0].Text != "" || len(r[0].Changes) > 0 || r[0].Kinds[0] != news.RevisedText {
			t.Errorf("the alerted story keeps %+v", r)
		}
		if r := must[[]news.Revision](t)(s.Stories.Revisions(t.Context(), quiet.ID)); len(r) > 0 {
			t.Errorf("the other keeps %+v", r)
		}
	})
}
