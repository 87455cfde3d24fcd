package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// large is a text that does not get smaller when it is compressed.
func large(seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for range 2500 {
		fmt.Fprintf(&b, "%08x", r.Uint32())
	}
	return b.String()
}

// addLarge records stories with large texts, one an hour, the last one an hour before noon. Each
// tenth alerted, and was sent.
func addLarge(t *testing.T, s *store.Store, from, n int) (all []*news.Story) {
	t.Helper()
	for i := range n {
		st := story(fmt.Sprint("large ", from+i))
		st.Text, st.FirstSeen = large(uint64(from+i)), noon.Add(-time.Duration(n-i)*time.Hour)
		if all = append(all, st); i%10 == 0 {
			add(t, s, st, "news")
			continue
		}
		add(t, s, st)
	}
	send(t, s)
	return all
}

// TestShrink: the oldest texts go until the store is below its limit, and what was alerted keeps
// its row. A store that is small enough is left alone, also where a database does not give back
// the place of what was deleted.
func TestShrink(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		all := addLarge(t, s, 0, 200) // 4 MB
		was := must[int64](t)(s.Size(t.Context()))
		if was < 4e6 || was > 9e6 {
			t.Fatalf("the store takes %d bytes", was)
		}
		shrink := func(limit int64, before time.Time) store.Shrunk {
			t.Helper()
			return must[store.Shrunk](t)(s.Shrink(t.Context(), limit, before))
		}
		if done := shrink(was, noon); done.Stories != 0 {
			t.Errorf("a store that is small enough: %+v", done)
		}
		if done := shrink(was/2, noon.Add(-1000*time.Hour)); done.Stories != 0 || done.Size < was/4*3 {
			t.Errorf("a store of new texts alone: %+v", done)
		}
		done := shrink(was-1e6, noon)
		if done.Stories < 30 || done.Stories > 199 {
			t.Errorf("pruned %+v of 200", done)
		}
		if done.Size > (was-1e6)/100*95 {
			t.Errorf("%d bytes are left", done.Size)
		}
		oldest := must[store.NewStory](t)(s.Stories.Get(t.Context(), all[0].ID))
		if oldest.Text != "" || oldest.Title == "" {
			t.Errorf("of the oldest, which alerted, there is %q with %d bytes", oldest.Title, len(oldest.Text))
		}
		if _, err := s.Stories.Get(t.Context(), all[1].ID); err == nil {
			t.Error("the oldest that did not alert is still there")
		}
		if last := must[store.NewStory](t)(s.Stories.Get(t.Context(), all[199].ID)); last.Text == "" {
			t.Error("the newest text is gone")
		}
		if more := shrink(was-1e6, noon); more.Stories != 0 {
			t.Errorf("pruned %d more, though nothing came", more.Stories)
		}
		addLarge(t, s, 1000, 10) // takes the place of what went
		if more := shrink(was-1e6, noon); more.Stories != 0 {
			t.Errorf("pruned %d more, though there was place", more.Stories)
		}
		addLarge(t, s, 2000, 400)
		if more := shrink(was-1e6, noon); more.Stories < 100 {
			t.Errorf("pruned %d of twice as much", more.Stories)
		}
	})
}
