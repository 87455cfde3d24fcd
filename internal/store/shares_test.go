package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// A list of pages on many hosts does not take all the workers.
func TestSourcesShareTheWorkers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.pages.Limit = 8
		for i := range 50 {
			w.wait("busy", fmt.Sprint("host", i), false, 1)
		}
		first := w.claimPages()
		w.wait("small", "last", false, 1)
		w.read(first[0])
		next := w.claimPages()
		if len(first) != 8 || len(next) != 1 || w.keys[next[0].Story] != "small" {
			t.Errorf("%d were claimed, then %v", len(first), next)
		}
	})
}

// A host without a pace is asked for several pages at once, but leaves workers
// to others.
func TestHostWithoutPaceLeavesWorkersToOthers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.wait("busy", "h", false, 50)
		for range 5 {
			w.claimPages()
		}
		w.wait("other", "i", false, 1)
		got := w.claimPages()
		if len(got) != 1 || got[0].Host != "i" {
			t.Errorf("claimed %v beside the eight of the busy host", got)
		}
	})
}

func TestHostsThatHangHaveAShare(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		for i := range 60 {
			host := fmt.Sprint("hung", i)
			if err := s.Hosts.MarkHung(t.Context(), host, noon); err != nil {
				t.Fatal(err)
			}
			w.wait("tass", host, false, 2)
			for _, list := range []string{"a", "b"} {
				w.source(list+host, host, noon)
			}
		}
		w.wait("tass", "good", false, 1)
		w.source("good", "good", noon.Add(time.Millisecond))
		for kind, claim := range map[string]func() []store.Claim{"page": w.claimPages, "list": w.claimLists} {
			got := claim()
			hosts := map[string]int{}
			for _, c := range got {
				hosts[c.Host]++
			}
			if len(got) != 5 || len(hosts) != 5 || hosts["good"] != 1 {
				t.Errorf("%ss of %v are claimed, want four of hosts that hang and the good one's", kind, hosts)
			}
			if again := claim(); len(again) != 0 {
				t.Errorf("%d more %ss are claimed", len(again), kind)
			}
		}
		if err := s.Hosts.MarkHung(t.Context(), "hung7", time.Time{}); err != nil {
			t.Fatal(err)
		}
		if slot := must[store.Slot](t)(s.Hosts.Free(t.Context(), "hung7")); slot.Hung {
			t.Error("a host that answers again is still noted as hanging")
		}
	})
}

// What hangs already does not keep the lists of other hosts from being claimed.
func TestListsUnderWayThatHangLeaveTheLimit(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.lists.Limit = 8
		for i := range 20 {
			w.source(fmt.Sprintf("hung%02d", i), fmt.Sprintf("hung%02d", i), noon)
		}
		w.source("z", "good", noon.Add(time.Millisecond))
		w.now = noon.Add(time.Second)
		first := w.claimLists()
		for _, c := range first {
			if err := s.Hosts.MarkHung(t.Context(), c.Host, w.now); err != nil {
				t.Fatal(err)
			}
		}
		w.claimLists()
		third := w.claimLists()
		if len(first) != 8 || len(third) != 0 {
			t.Fatalf("claimed %d at first, then %v", len(first), third)
		}
		for i := range 20 {
			if err := s.Hosts.MarkHung(t.Context(), fmt.Sprintf("hung%02d", i), w.now); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.claimLists(); len(got) != 1 || got[0].Name != "z" {
			t.Errorf("claimed %v", got)
		}
	})
}

func TestListsOfOneHostLeaveWorkersToOthers(t *testing.T) {
	for name, want := range map[string]int{"paced": 2, "free": 8} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				w := newTurns(t, s)
				if name == "paced" {
					w.reserve("h", true)
				}
				for i := range 40 {
					w.source(fmt.Sprint("list", i), "h", noon)
				}
				w.source("other", "i", noon)
				if got := w.claimLists(); len(got) != want+1 {
					t.Errorf("%d lists are claimed, want %d and the other host's", len(got), want)
				}
			})
		})
	}
}

// A host that is no longer paced is treated as one that never was.
func TestPaceIsDropped(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.reserve("h", true)
		w.wait("own", "h", false, 6)
		if got := w.claimPages(); len(got) != 1 {
			t.Fatalf("%d pages of a paced host were claimed at once", len(got))
		}
		if err := s.Hosts.DropPace(t.Context(), "h"); err != nil {
			t.Fatal(err)
		}
		if got := w.claimPages(); len(got) != 4 {
			t.Errorf("%d pages of a host without a pace were claimed", len(got))
		}
	})
}
