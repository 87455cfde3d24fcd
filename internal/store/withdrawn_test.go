package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// TestWithdrawnStory: in which way a story was withdrawn, by what, until it is restored.
func TestWithdrawnStory(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("look")
		add(t, s, st, "news")
		revise := func(r news.Revision) store.Look {
			t.Helper()
			r.Seen = noon
			inTx(t, s, func(tx *store.Tx) error { return tx.Stories.Revise(t.Context(), st, r, true) })
			return must[store.Look](t)(s.Looks.Get(t.Context(), st.ID))
		}
		held := revise(news.Revision{Kinds: []news.RevisionKind{news.RevisedHeld}, By: news.ByList})
		if held.How != news.RevisedHeld || held.By != news.ByList || !held.Withdrawn.Equal(noon) ||
			!held.Stood.Equal(held.FirstSeen) {
			t.Errorf("held: %+v", held)
		}
		if l := revise(news.Revision{Kinds: []news.RevisionKind{news.RevisedText}}); l.How != news.RevisedHeld {
			t.Errorf("after an edit: %+v", l)
		}
		withdrawn := must[[]int64](t)(s.Stories.Withdrawn(t.Context(), st.Cluster))
		if !slices.Equal(withdrawn, []int64{st.ID}) {
			t.Errorf("withdrawn are %v", withdrawn)
		}
		l := revise(news.Revision{Kinds: []news.RevisionKind{news.RevisedRestored}})
		if l.How != "" || l.By != "" || !l.Withdrawn.IsZero() {
			t.Errorf("restored: %+v", l)
		}
		inTx(t, s, func(tx *store.Tx) error { return tx.Looks.MarkStood(t.Context(), st.ID, noon.Add(time.Hour)) })
		if l := must[store.Look](t)(s.Looks.Get(t.Context(), st.ID)); !l.Stood.Equal(noon.Add(time.Hour)) {
			t.Errorf("stood at %v", l.Stood)
		}
		inStore(t, s, `UPDATE story SET withdrawn_at = 1 WHERE id = $1`, st.ID) // as older versions left it
		if l := must[store.Look](t)(s.Looks.Get(t.Context(), st.ID)); l.How != news.RevisedWithdrawn || l.By != news.ByPage {
			t.Errorf("of an older version: %+v", l)
		}
		changed := must[[]news.Revision](t)(s.Stories.ChangedSince(t.Context(), st.ID, noon.Add(-time.Second)))
		if len(changed) != 1 || changed[0].Kinds[0] != news.RevisedText || changed[0].Text != "" {
			t.Errorf("its words changed by %+v", changed)
		}
		if later := must[[]news.Revision](t)(s.Stories.ChangedSince(t.Context(), st.ID, noon)); len(later) > 0 {
			t.Errorf("later changes %+v", later)
		}
	})
}

// TestAudience: who was shown a story, by an alert on it, a message that tells of it, or a
// report that was worth showing.
func TestAudience(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		add(t, s, first, "news", "desk")
		add(t, s, second)
		audience := func(st *news.Story) (all []store.Audience) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				all, err = tx.Alerts.Audience(t.Context(), st.ID, 2)
				return err
			})
			return all
		}
		all := audience(first)
		if len(all) != 2 || all[0].Channel != "news" || !all[0].Unposted || all[0].InDigest || all[0].Story != first.ID {
			t.Fatalf("the audience is %+v", all)
		}
		inStore(t, s, `UPDATE delivery SET state = 'sent', attempts = 1 WHERE alert_id = $1`, all[0].ID)
		inStore(t, s, `UPDATE alert SET digest_id = 7 WHERE id = $1`, all[1].ID)
		if all := audience(first); all[0].Unposted || !all[1].InDigest {
			t.Errorf("the audience is %+v", all)
		}
		if all := audience(second); len(all) != 0 {
			t.Errorf("nobody was shown the story, and the audience is %+v", all)
		}
		report := func(level int) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				return tx.Alerts.AddReport(t.Context(), store.NewsReport{
					Alert: all[level%2].ID, Story: second.ID, Level: level, Delivery: 1, Created: noon.Add(time.Minute),
				})
			}
		}
		inTx(t, s, report(1))                 // adds nothing
		inTx(t, s, func(tx *store.Tx) error { // and is the first of those that a batch lists
			_, err := tx.Deliveries.AddUpdate(t.Context(), news.Delivery{
				Alert: all[1].ID, Story: second.ID, Channel: "desk", Kind: news.DeliverUpdate, About: news.AboutBatch,
				State: news.StatePending, Due: noon, Created: noon,
			})
			return err
		})
		if all := audience(second); len(all) != 0 {
			t.Errorf("the audience is %+v", all)
		}
		inTx(t, s, report(2))
		if all := audience(second); len(all) != 1 {
			t.Errorf("the audience is %+v", all)
		}
		l := must[store.Look](t)(s.Looks.Get(t.Context(), second.ID))
		if !l.Told.Equal(noon.Add(time.Minute)) || l.Severity != all[0].Severity {
			t.Errorf("told at %v, %v", l.Told, l.Severity)
		}
	})
}

// TestUnsentUpdate: an update takes more in until somebody has tried to send it.
func TestUnsentUpdate(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		add(t, s, st, "news")
		var id int64
		unsent := func() (d news.Delivery) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				d, err = tx.Deliveries.UnsentUpdate(t.Context(), 1, st.ID, news.AboutCorrected)
				return err
			})
			return d
		}
		if d := unsent(); d.ID != 0 {
			t.Errorf("found %+v", d)
		}
		inTx(t, s, func(tx *store.Tx) (err error) {
			id, err = tx.Deliveries.AddUpdate(t.Context(), news.Delivery{
				Alert: 1, Story: st.ID, Channel: "news", Kind: news.DeliverUpdate, About: news.AboutCorrected, State: news.StatePending,
				Text: "one", Due: noon.Add(time.Hour), Created: noon,
			})
			return err
		})
		if d := unsent(); d.ID != id || d.Text != "one" || d.Edition != 1 {
			t.Errorf("found %+v", d)
		}
		inTx(t, s, func(tx *store.Tx) error { return tx.Deliveries.Reword(t.Context(), id, "two", noon.Add(2*time.Hour)) })
		if d := unsent(); d.Text != "two" || !d.Due.Equal(noon.Add(time.Hour)) {
			t.Errorf("found %+v", d)
		}
		inTx(t, s, func(tx *store.Tx) error { return tx.Deliveries.Reword(t.Context(), id, "three", noon) })
		if d := unsent(); d.Text != "three" || !d.Due.Equal(noon) {
			t.Errorf("found %+v", d)
		}
		inStore(t, s, `UPDATE delivery SET attempts = 1 WHERE id = $1`, id)
		takeBack := func() []news.Delivery {
			inTx(t, s, func(tx *store.Tx) error { return tx.Deliveries.TakeBack(t.Context(), id, "it was wrong", noon) })
			return must[[]news.Delivery](t)(s.Deliveries.Updates(t.Context(), 1))
		}
		if all := takeBack(); len(all) != 1 || all[0].State != news.StatePending || all[0].Text != "three" {
			t.Errorf("taken back what may be in the channel: %+v", all)
		}
		if d := unsent(); d.ID != 0 {
			t.Errorf("found %+v, which may be in the channel", d)
		}
		inStore(t, s, `UPDATE delivery SET attempts = 0 WHERE id = $1`, id)
		if all := takeBack(); len(all) != 1 || all[0].State != news.StateSent || all[0].Text != "" || all[0].Error != "it was wrong" {
			t.Errorf("taken back: %+v", all)
		}
	})
}

// TestLookIsHastened: a look that is scheduled takes place earlier, and none is added.
func TestLookIsHastened(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		id := planned(t, s, "a", noon.Add(6*time.Hour), "look")[0]
		none := story("none")
		add(t, s, none, "news")
		hasten := func(id int64, to time.Time) {
			inTx(t, s, func(tx *store.Tx) error { return tx.Looks.Hasten(t.Context(), id, to) })
		}
		hasten(id, time.Time{})
		hasten(id, noon.Add(time.Hour))
		hasten(id, noon.Add(2*time.Hour))
		hasten(none.ID, noon)
		if ids, _ := claimLooks(t, s, noon.Add(59*time.Minute), lookTurns(noon)); len(ids) > 0 {
			t.Errorf("claimed %v too early", ids)
		}
		if ids, _ := claimLooks(t, s, noon.Add(time.Hour), lookTurns(noon.Add(time.Hour))); !slices.Equal(ids, []int64{id}) {
			t.Errorf("claimed %v", ids)
		}
	})
}
