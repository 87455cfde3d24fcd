package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// The migration takes over what the operators were told before.
func TestWhatWasToldBeforeTheUpgrade(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		folder := "postgres"
		if s.Path() != "" {
			folder = "sqlite"
		}
		script, err := os.ReadFile(filepath.Join("migrations", folder, "00007_operator.sql"))
		if err != nil {
			t.Fatal(err)
		}
		_, update, _ := strings.Cut(string(script), "UPDATE source ")
		update, _, found := strings.Cut(update, ";")
		if !found {
			t.Fatal("the migration has no update")
		}
		healths := []string{
			"", "{}", "no JSON", `{"verdict":"not a list","since":"2023-09-13T12:00:00Z","detail":"\"gap\":\"1\""}`,
			`{"verdict":"ok","leaning":"failing","gap":"13 Sep 06:10–06:40"}`,
		}
		inTx(t, s, func(tx *store.Tx) error {
			for i, health := range healths {
				_, err := tx.ExecContext(t.Context(), `INSERT INTO source (name, url, host, next_at, health, told) VALUES ($1, $1, '', 0, $2, '')`, fmt.Sprint("s", i), health)
				if err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(t.Context(), "UPDATE source "+update)
			return err
		})
		sources, err := s.Sources.Watched(t.Context())
		if err != nil || len(sources) != len(healths) {
			t.Fatalf("%d sources, error %v", len(sources), err)
		}
		const nothing = `{"verdict":"","gap":""}`
		want := []string{"", nothing, "", `{"verdict":"not a list","gap":""}`, `{"verdict":"ok","gap":"13 Sep 06:10–06:40"}`}
		for i, src := range sources {
			if src.Told != want[i] && (want[i] != "" || src.Told != nothing) {
				t.Errorf("of %q was told %q, want %q", healths[i], src.Told, want[i])
			}
		}
	})
}

// What the operators have heard of a source goes along when it gets another
// name, and is forgotten when it gets another URL.
func TestToldFollowsTheSource(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync := func(name, url string) {
			t.Helper()
			err := s.Sources.Sync(t.Context(), store.Sync{
				Sources: []store.PlannedSource{{Name: name, URL: url, First: noon, Next: noon}}, Now: noon,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		told := func(want string) {
			t.Helper()
			sources, err := s.Sources.Watched(t.Context())
			if err != nil || len(sources) != 1 || sources[0].Told != want {
				t.Errorf("sources %+v, error %v, want one of which was told %q", sources, err, want)
			}
		}
		sync("tass", "https://tass.example/feed")
		inTx(t, s, func(tx *store.Tx) error { return tx.Sources.SaveTold(t.Context(), "tass", "bad news") })
		told("bad news")
		sync("agency", "https://tass.example/feed")
		told("bad news")
		sync("agency", "https://tass.example/other")
		told("")
	})
}

func TestAskSoon(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		later := noon.Add(time.Hour)
		err := s.Sources.Sync(t.Context(), store.Sync{Now: noon, Sources: []store.PlannedSource{
			{Name: "free", URL: "https://a.example/", First: later, Next: later}, {Name: "taken", URL: "https://b.example/", First: later, Next: later},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.Sources.ClaimOne(t.Context(), "taken", noon); !ok || err != nil {
			t.Fatal(ok, err)
		}
		for name, want := range map[string]time.Time{"free": noon, "taken": later} {
			for _, first := range []bool{true, false} {
				inTx(t, s, func(tx *store.Tx) error {
					marked, err := tx.Sources.MarkDueIfFree(t.Context(), name, noon)
					if want := first && name == "free"; marked != want {
						t.Errorf("%s is marked: %v, want %v", name, marked, want)
					}
					return err
				})
			}
			if src, err := s.Sources.Get(t.Context(), name); err != nil || !src.Next.Equal(want) {
				t.Errorf("%s is due at %v, error %v, want %v", name, src.Next, err, want)
			}
		}
	})
}

// A message that waits may grow; one that is due, or was, may not: somebody
// may be sending it.
func TestOneOfMany(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const every = 30 * time.Second
		say := func(after time.Duration, subject, text string) {
			t.Helper()
			now := noon.Add(after)
			inTx(t, s, func(tx *store.Tx) error {
				d := news.Delivery{Channel: "ops", Kind: news.DeliverOps, State: news.StatePending, Text: text, Due: now, Created: now}
				return tx.Notices.Add(t.Context(), subject, d, every)
			})
		}
		say(0, "dead", "1")
		say(time.Second, "dead", "2")
		say(2*time.Second, "parked", "a")
		for i := range 20 {
			say(3*time.Second, "dead", fmt.Sprint(3+i))
		}
		say(26*time.Second, "dead", "23: too late to grow")
		say(5*time.Minute, "dead", "24")
		say(-time.Hour, "dead", "25: the clock was set back")
		all, err := s.Deliveries.List(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range all {
			got = append(got, fmt.Sprintf("%v %s", d.Due.Sub(noon), strings.ReplaceAll(d.Text, "\n", " ")))
		}
		want := []string{
			"-1h0m0s 25: the clock was set back",
			"5m0s 24",
			"1m0s 23: too late to grow",
			"2s a",
			"30s 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 … and 6 more of the kind",
			"0s 1",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestUnsent(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		unsent, err := s.Counts.Unsent(t.Context(), noon)
		if err != nil || len(unsent.Counts) != 0 || !unsent.OldestDue.IsZero() {
			t.Fatalf("in an empty store %+v, %v", unsent, err)
		}
		add := func(state news.DeliveryState, attempts int, created, due time.Duration) {
			t.Helper()
			inTx(t, s, func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), `INSERT INTO delivery (channel, kind, state, attempts, created_at, due_at) VALUES ('news', 'ops', $1, $2, $3, $4)`,
					string(state), attempts, noon.Add(created).UnixMilli(), noon.Add(due).UnixMilli())
				return err
			})
		}
		check := func(what string, oldest time.Duration) {
			t.Helper()
			unsent, err := s.Counts.Unsent(t.Context(), noon)
			if got := noon.Sub(unsent.OldestDue); err != nil || got != oldest {
				t.Errorf("%s: the oldest waits for %v, error %v, want %v", what, got, err, oldest)
			}
		}
		add(news.StatePending, 0, -8*time.Hour, time.Hour) // a digest
		add(news.StateSent, 1, -9*time.Hour, -9*time.Hour)
		add(news.StateParked, 1, -10*time.Hour, -10*time.Hour)
		add(news.StateDead, 5, -11*time.Hour, -11*time.Hour)
		add(news.StateDead, 5, -11*time.Hour, -11*time.Hour)
		add(news.StatePending, 0, -2*time.Hour, -time.Minute)
		check("due", time.Minute)
		add(news.StateInDoubt, 1, -10*time.Minute, time.Minute)
		check("in doubt, to be looked for later", 10*time.Minute)
		add(news.StatePending, 3, -20*time.Minute, time.Minute)
		check("tried in vain, to be tried later", 20*time.Minute)
		unsent, err = s.Counts.Unsent(t.Context(), noon)
		if got, want := fmt.Sprint(unsent.Counts), "map[dead:2 in_doubt:1 parked:1 pending:3]"; err != nil || got != want {
			t.Errorf("counted %v, error %v, want %v", got, err, want)
		}
	})
}
