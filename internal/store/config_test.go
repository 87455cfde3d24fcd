package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/store"
)

// A config is in use until the next one is loaded, and is kept for as long as the
// texts that were judged by it. Loading it again changes nothing.
func TestConfigs(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
		for i, hash := range []string{"a", "a", "b", "", "a"} {
			loaded := store.LoadedConfig{Hash: hash, Rules: []byte("of " + hash)}
			if err := s.Sources.Sync(t.Context(), store.Sync{Config: loaded, Now: hour(i)}); err != nil {
				t.Fatal(err)
			}
		}
		at := func(n int) string {
			c, ok, err := s.Configs.At(t.Context(), hour(n).Add(time.Minute))
			if err != nil || !ok {
				return "none"
			}
			text := string(c.Rules) + " from " + c.Loaded.Format("15:04")
			if !c.Until.IsZero() {
				text += " to " + c.Until.Format("15:04")
			}
			return c.Hash + " " + text
		}
		want := []string{
			"none", "a of a from 12:00 to 14:00", "a of a from 12:00 to 14:00", "b of b from 14:00 to 16:00", "b of b from 14:00 to 16:00",
			"a of a from 16:00",
		}
		seen := func() (all []string) {
			for n := -1; n < 5; n++ {
				all = append(all, at(n))
			}
			return all
		}
		if diff := cmp.Diff(want, seen()); diff != "" {
			t.Error(diff)
		}
		must[int](t)(s.Prune(t.Context(), store.Ages{Texts: hour(3), Seen: noon.Add(-store.SeenAtLeast)}))
		want[1], want[2] = "none", "none"
		if diff := cmp.Diff(want, seen()); diff != "" {
			t.Errorf("pruned: %s", diff)
		}
		must[int](t)(s.Prune(t.Context(), store.Ages{Texts: hour(1000), Seen: noon.Add(-store.SeenAtLeast)}))
		if got := at(4); got != want[5] {
			t.Errorf("the config in use is %s", got)
		}
	})
}
