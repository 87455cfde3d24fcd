package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if stores := os.Getenv(moveEnv); stores != "" {
		os.Exit(moveOf(stores))
	}
	os.Exit(storetest.Main(m))
}

// noon is when the tests take place.
var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// each runs a test on an open store of either kind.
func each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, storage string) { test(t, storetest.Open(t, storage)) })
}

func inTx(t *testing.T, s *store.Store, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// held reports whether a claim holds, by the error of a method that asks for it.
func held(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, store.ErrClaimLost) {
		t.Fatal(err)
	}
	return err == nil
}

// holds runs fn in a transaction, and reports whether its claim holds.
func holds(t *testing.T, s *store.Store, fn func(tx *store.Tx) error) bool {
	t.Helper()
	return held(t, s.InTx(t.Context(), fn))
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func story(key string) *news.Story {
	return &news.Story{
		Key: key, Origin: news.Origin{Source: "tass"}, URL: "https://example.org/" + key, Canonical: "https://example.org/c/" + key,
		GUID: "guid-" + key, Title: "Kim meets Putin", Titles: []string{"Ким и Путин"}, Summary: "They met.",
		Text: "First.\nSecond.", Authors: []string{"A. Uthor"}, Published: noon.Add(-time.Hour), Modified: noon.Add(-time.Minute),
		Language: "en", Outlet: "TASS", Section: "World", Cites: []string{"KCNA"}, Paywalled: true, FirstSeen: noon,
	}
}

// add records a story with one alert for each channel.
func add(t *testing.T, s *store.Store, st *news.Story, channels ...string) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error {
		if err := tx.Stories.Add(t.Context(), entered(st)); err != nil {
			return err
		}
		for _, c := range channels {
			a := news.Alert{
				Cluster: st.Cluster, Story: st.ID, Channel: c, Severity: news.High, Rules: []string{"r"},
				Mentions: []string{"@here"}, Created: noon,
			}
			if _, err := tx.Alerts.Add(t.Context(), a, 0, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// entered is a story to be recorded with what its source's list says of it.
func entered(st *news.Story) store.NewStory {
	return store.NewStory{Story: st, KeyedAs: st.Origin.Source, Fingerprint: news.FingerprintOf(st.Origin.Source, st)}
}

// known are the keys of the stories that their source has listed.
func known(t *testing.T, s *store.Store, keys ...string) (all []string) {
	t.Helper()
	for _, key := range keys {
		e := news.FingerprintOf("tass", story(key))
		if len(must[[]news.Fingerprint](t)(s.Fingerprints.ByLink(t.Context(), []news.Hash{e.Link}))) > 0 {
			all = append(all, key)
		}
	}
	return all
}

func TestStoryComesBackAsItWent(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		want := story("a")
		add(t, s, want)
		got := must[store.NewStory](t)(s.Stories.Get(t.Context(), want.ID))
		if diff := cmp.Diff(want, got.Story); diff != "" {
			t.Error(diff)
		}
		if want.ID == 0 || want.Cluster == 0 {
			t.Errorf("story %d in cluster %d: both must be set", want.ID, want.Cluster)
		}
	})
}

func TestTextThatPostgresRefusesIsMended(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		st.Title, st.Text = "NUL \x00 here", "broken \xff\xfe UTF-8"
		add(t, s, st)
		got := must[store.NewStory](t)(s.Stories.Get(t.Context(), st.ID))
		if got.Title != "NUL  here" || got.Text != "broken \uFFFD UTF-8" {
			t.Errorf("got %q and %q", got.Title, got.Text)
		}
	})
}

func TestHostIsReservedInTurn(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		reach := noon.Add(2500 * time.Millisecond)
		want := []struct {
			after time.Duration
			ok    bool
		}{{0, true}, {time.Second, true}, {2 * time.Second, true}, {3 * time.Second, false}, {3 * time.Second, false}}
		for i, w := range want {
			slot, err := s.Hosts.Reserve(t.Context(), "h", noon, reach, store.Request{Interval: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			if !slot.At.Equal(noon.Add(w.after)) || slot.Reserved != w.ok {
				t.Errorf("request %d: %v after noon, %v; want %v, %v", i, slot.At.Sub(noon), slot.Reserved, w.after, w.ok)
			}
		}
		later := noon.Add(time.Minute)
		slot, err := s.Hosts.Reserve(t.Context(), "h", later, later, store.Request{Interval: time.Second})
		if err != nil || !slot.Reserved || !slot.At.Equal(later) {
			t.Errorf("a host at rest gives %+v, %v", slot, err)
		}
	})
}

func TestHoldNeverShortens(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for _, d := range []time.Duration{time.Hour, time.Minute} {
			if err := s.Hosts.Hold(t.Context(), "h", noon.Add(d)); err != nil {
				t.Fatal(err)
			}
		}
		if free := must[store.Slot](t)(s.Hosts.Free(t.Context(), "h")).At; !free.Equal(noon.Add(time.Hour)) {
			t.Errorf("free at %v", free)
		}
		if free := must[store.Slot](t)(s.Hosts.Free(t.Context(), "other")).At; !free.IsZero() {
			t.Errorf("a host never asked is free at %v", free)
		}
	})
}

func TestPruneKeepsWhatSaysSeen(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		old, alerted, young := story("old"), story("alerted"), story("young")
		old.FirstSeen, alerted.FirstSeen = noon.Add(-100*24*time.Hour), noon.Add(-100*24*time.Hour)
		add(t, s, old)
		add(t, s, alerted, "news")
		add(t, s, young)
		send(t, s)
		ages := store.Ages{Texts: noon.Add(-90 * 24 * time.Hour), Seen: noon.Add(-store.SeenAtLeast)}
		n := must[int](t)(s.Prune(t.Context(), ages))
		if n != 2 {
			t.Errorf("pruned %d, want 2", n)
		}
		if again := must[int](t)(s.Prune(t.Context(), ages)); again != 0 {
			t.Errorf("pruned %d again", again)
		}
		if got := known(t, s, "old", "alerted", "young"); len(got) != 3 {
			t.Errorf("knows %v only", got)
		}
		kept := must[store.NewStory](t)(s.Stories.Get(t.Context(), alerted.ID))
		if kept.Text != "" || kept.Title == "" || kept.URL == "" {
			t.Errorf("of an alerted story is left: %+v", kept.Story)
		}
		if _, err := s.Stories.Get(t.Context(), old.ID); err == nil {
			t.Error("an old story without alert is still there")
		}
		if must[store.NewStory](t)(s.Stories.Get(t.Context(), young.ID)).Text == "" {
			t.Error("a young story lost its text")
		}
	})
}

func TestEntriesThatAreListedStay(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ancient := story("listed for ever")
		ancient.FirstSeen = noon.Add(-500 * 24 * time.Hour)
		add(t, s, ancient)
		for host, at := range map[string]time.Time{"forgotten": ancient.FirstSeen, "asked": noon} {
			if err := s.Hosts.Hold(t.Context(), host, at); err != nil {
				t.Fatal(err)
			}
		}
		gone := story("listed no more")
		gone.FirstSeen = ancient.FirstSeen
		add(t, s, gone)
		e := must[[]news.Fingerprint](t)(s.Fingerprints.ByLink(t.Context(),
			[]news.Hash{news.FingerprintOf("tass", ancient).Link}))[0]
		e.Seen = noon
		inTx(t, s, func(tx *store.Tx) error { return tx.Fingerprints.Save(t.Context(), e) })
		must[int](t)(s.Prune(t.Context(), store.Ages{Texts: noon, Seen: noon.Add(-store.SeenAtLeast)}))
		if got := known(t, s, ancient.Key, gone.Key); !slices.Equal(got, []string{ancient.Key}) {
			t.Errorf("knows %v, want the one that is still listed", got)
		}
		for host, want := range map[string]time.Time{"forgotten": {}, "asked": noon} {
			if free := must[store.Slot](t)(s.Hosts.Free(t.Context(), host)).At; !free.Equal(want) {
				t.Errorf("%s is free at %v, want %v", host, free, want)
			}
		}
	})
}

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		if id := must[string](t)(s.Settings.Get(t.Context(), store.SettingStoreID)); len(id) < 16 {
			t.Errorf("store id %q", id)
		}
		for _, v := range []string{"one", "two"} {
			if err := s.Settings.Save(t.Context(), map[string]string{"x": v}); err != nil {
				t.Fatal(err)
			}
		}
		if got := must[string](t)(s.Settings.Get(t.Context(), "x")); got != "two" {
			t.Errorf("got %q", got)
		}
		if got := must[string](t)(s.Settings.Get(t.Context(), "never")); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestRollbackLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		boom := errors.New("boom")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			if err := tx.Stories.Add(t.Context(), store.NewStory{Story: story("a")}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if got := known(t, s, "a"); len(got) != 0 {
			t.Error("a rolled back story is known")
		}
	})
}

var quiet = slog.New(slog.DiscardHandler)

// A context that ends in a transaction rolls it back. On PostgreSQL database/sql
// has given the connection back by then: nobody may use it beside the pool.
func TestContextEndsInATransaction(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for i := range 20 {
			ctx, cancel := context.WithCancel(t.Context())
			err := s.InTx(ctx, func(tx *store.Tx) error {
				if err := tx.Stories.Add(ctx, entered(story(fmt.Sprint(i)))); err != nil {
					return err
				}
				cancel()
				_, err := tx.ExecContext(ctx, `DELETE FROM story`)
				if err == nil {
					t.Error("a query began after its context had ended")
				}
				if i%2 == 0 {
					return nil
				}
				return err
			})
			if err == nil {
				t.Errorf("transaction %d committed", i)
			}
		}
		if got := must[store.Totals](t)(s.Counts.Totals(t.Context())); got.Stories != 0 {
			t.Errorf("%d stories were recorded", got.Stories)
		}
	})
}

func TestSecondOwnerOfAFileIsRefused(t *testing.T) {
	path := storetest.SQLite(t)
	storetest.Open(t, path)
	_, err := store.Open(t.Context(), quiet, path)
	var locked *store.LockedError
	if !errors.As(err, &locked) || !strings.Contains(err.Error(), path+" is held by another copytaster") {
		t.Errorf("got %v", err)
	}
}

func TestReadersWorkBesideTheOwner(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		if _, err := store.OpenReadOnly(t.Context(), quiet, storage); err == nil {
			t.Error("a store that was never run can be read")
		}
		add(t, storetest.Open(t, storage), story("a"))
		r, err := store.OpenReadOnly(t.Context(), quiet, storage)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if got := must[store.Totals](t)(r.Counts.Totals(t.Context())); got.Stories != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestNewerStoreIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO copytaster_version (version_id, is_applied) VALUES (999, $1)`, true)
			return err
		})
		if s.Path() != "" {
			if err := os.WriteFile(s.Path()+".before-v999", nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := store.OpenReadOnly(t.Context(), quiet, storage)
		if err == nil || !strings.Contains(err.Error(), "version 999") {
			t.Errorf("got %v", err)
		}
		if s.Path() != "" && !strings.Contains(fmt.Sprint(err), ".before-v999") {
			t.Errorf("the backup is not named: %v", err)
		}
	})
}

func TestBackup(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	add(t, s, story("a"))
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if got := must[store.Totals](t)(storetest.Open(t, file).Counts.Totals(t.Context())); got.Stories != 1 {
		t.Errorf("the copy holds %+v", got)
	}
	if err := s.Backup(t.Context(), file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an existing file is overwritten: %v", err)
	}
}

func TestBadStoragesAreExplained(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		text:                        "not a sound SQLite file",
		dir:                         "mend the path or its mode",
		"postgres://u:hunter2@:x/y": "storage is not a PostgreSQL URL",
		"postgres://u:hunter2@127.0.0.1:1/y?connect_timeout=1": "cannot be reached",
	}
	for storage, want := range cases {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		_, err := store.Open(ctx, quiet, storage)
		cancel()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", storage, err, want)
		}
		if strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("the password shows: %v", err)
		}
	}
}
