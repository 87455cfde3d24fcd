package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// begin begins the post of a channel's next delivery.
func begin(t *testing.T, s *store.Store, channel string) (news.Delivery, bool) {
	t.Helper()
	d, ok, err := s.Deliveries.Next(t.Context(), channel, noon.Add(time.Hour))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	claims := []store.Claim{}
	inTx(t, s, func(tx *store.Tx) (err error) {
		claims, err = tx.Channels.Claim(t.Context(), noon.Add(time.Hour), 9)
		return err
	})
	for _, c := range claims {
		if c.Name == channel {
			return d, must[bool](t)(s.Deliveries.Begin(t.Context(), c, &d, noon, noon.Add(time.Minute)))
		}
	}
	t.Fatalf("channel %s is not free", channel)
	return d, false
}

func restored(t *testing.T, s *store.Store) store.Loss {
	t.Helper()
	return must[store.Loss](t)(s.Restored(t.Context(), noon))
}

// renew begins an epoch at noon and reports whether it is a new one.
func renew(t *testing.T, s *store.Store, l store.Loss) (doubtful int64, begun bool) {
	t.Helper()
	l.Settle = noon.Add(time.Minute)
	inTx(t, s, func(tx *store.Tx) (err error) {
		doubtful, begun, err = tx.Epochs.Begin(t.Context(), l, noon)
		return err
	})
	succeed(t, s.Renewed())
	return doubtful, begun
}

// TestEpoch: what is open when an epoch begins is in doubt, and so is what is
// promised later on a story that may have been told before; nothing else is.
// Claims of the epoch before are void.
func TestEpoch(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if e := must[store.Epoch](t)(s.Epochs.Newest(ctx)); e != (store.Epoch{}) {
			t.Errorf("a new store: %+v", e)
		}
		arrived, claim := alerted(t, s, "a", "news")
		sent(t, s, arrived)
		add(t, s, story("b"), "news", "parked")
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.Channels.Park(ctx, "parked", "no channel", noon.Add(time.Hour))
			return err
		})
		doubtful, begun := renew(t, s, store.Loss{Cause: "a test", Whole: noon.Add(time.Hour)})
		if doubtful != 2 || !begun {
			t.Errorf("%d in doubt, begun %v", doubtful, begun)
		}
		e := must[store.Epoch](t)(s.Epochs.Newest(ctx))
		if e.Name == "" || !e.Began.Equal(noon) || !e.Since.Equal(noon) ||
			!e.Until.Equal(noon.Add(time.Minute)) || e.Cause != "a test" {
			t.Errorf("epoch %+v", e)
		}
		if d := state(t, s, arrived.ID); d.State != news.StateSent {
			t.Errorf("what was sent is %s", d.State)
		}
		for _, channel := range []string{"news", "parked"} {
			d, ok, err := s.Deliveries.Next(ctx, channel, noon.Add(time.Minute))
			if err != nil || !ok || d.State != news.StateInDoubt || !d.Started.Equal(noon) ||
				!d.LostUntil.Equal(noon.Add(time.Minute)) {
				t.Errorf("%s: %+v, %v", channel, d, err)
			}
			if _, ok, _ := s.Deliveries.Next(ctx, channel, noon.Add(time.Minute-1)); ok {
				t.Errorf("%s: looked for before its post has landed", channel)
			}
		}
		if held(t, s.Channels.TakeSlot(ctx, claim, noon)) {
			t.Error("an old claim holds")
		}

		old, undated, fresh, late := story("old"), story("undated"), story("fresh"), story("late")
		undated.Published, fresh.Published = time.Time{}, noon.Add(2*time.Minute)
		for st, want := range map[*news.Story]news.DeliveryState{
			old: news.StateInDoubt, undated: news.StateInDoubt, fresh: news.StatePending,
		} {
			add(t, s, st, st.Key)
			d, _, err := s.Deliveries.Next(ctx, st.Key, noon.Add(time.Hour))
			if err != nil || d.State != want || d.LostUntil.IsZero() == (want == news.StateInDoubt) {
				t.Errorf("%s: %+v, %v, want %s", st.Key, d, err, want)
			}
		}
		inTx(t, s, func(tx *store.Tx) error {
			ops := news.Delivery{Channel: "ops", Kind: news.DeliverOps, State: news.StatePending, Due: noon, Created: noon}
			if err := tx.Deliveries.Add(ctx, ops); err != nil {
				return err
			}
			if err := tx.Stories.Add(ctx, store.NewStory{Story: late}); err != nil {
				return err
			}
			a := news.Alert{Cluster: late.Cluster, Story: late.ID, Channel: "late", Created: noon.AddDate(0, 0, 8)}
			_, err := tx.Alerts.Add(ctx, a, 0, false)
			return err
		})
		for _, channel := range []string{"ops", "late"} {
			if d, _, _ := s.Deliveries.Next(ctx, channel, noon.AddDate(1, 0, 0)); d.State != news.StatePending {
				t.Errorf("%s: %+v", channel, d)
			}
		}

		// Whoever notices it later knows by when that it is settled.
		if _, begun := renew(t, s, store.Loss{Cause: "seen before", Seen: noon.Add(-time.Minute)}); begun {
			t.Error("one loss began two epochs")
		}
		if _, begun := renew(t, s, store.Loss{Cause: "seen since", Seen: noon.Add(2 * time.Minute)}); !begun {
			t.Error("another loss began no epoch")
		}
	})
}

// TestReusedNumber: what is heard of a delivery whose number a restored store
// has given again is not taken for the new one's.
func TestReusedNumber(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		add(t, s, story("a"), "news")
		d, ok := begin(t, s, "news")
		if !ok {
			t.Fatal("not begun")
		}
		earlier := d
		earlier.Promise = "of an epoch before"
		succeed(t, errors.Join(
			s.Deliveries.MarkSent(ctx, earlier, noon),
			s.Deliveries.MarkInDoubt(ctx, earlier, "x", noon),
			s.Deliveries.MarkPending(ctx, earlier, "x", noon, true),
			s.Deliveries.Postpone(ctx, earlier, "x", noon)))
		if got := state(t, s, d.ID); got.State != news.StateSending || got.Error != "" || got.Plain {
			t.Errorf("%+v", got)
		}
		for promise, want := range map[string]bool{d.Promise: true, "of an epoch before": false, "": true} {
			if known := must[bool](t)(s.Deliveries.Began(ctx, promise, d.ID)); known != want {
				t.Errorf("promise %q: known %v", promise, known)
			}
		}
		if known := must[bool](t)(s.Deliveries.Began(ctx, "", d.ID+1)); known {
			t.Error("a number that was never given is known")
		}
		add(t, s, story("b"), "desk")
		pending, _, _ := s.Deliveries.Next(ctx, "desk", noon)
		known := must[bool](t)(s.Deliveries.Began(ctx, pending.Promise, pending.ID))
		if known || pending.Promise == "" || pending.Promise == d.Promise {
			t.Errorf("%+v was never begun, and known %v", pending, known)
		}
	})
}

// TestRestoredFile: a SQLite file that is older than what was sent from it last
// is known by its neighbour, a backup by what it says itself.
func TestRestoredFile(t *testing.T) {
	for name, c := range map[string]struct {
		later func(t *testing.T, path string) // what is done to the files after a post was begun
		want  string                          // part of the cause, "" when nothing is wrong
	}{
		"nothing": {func(*testing.T, string) {}, ""},
		"a backup": {func(t *testing.T, path string) { succeed(t, os.Rename(path+".backup", path)) },
			"restored from the backup of 20"},
		"a backup, elsewhere": {func(t *testing.T, path string) {
			succeed(t, os.Rename(path+".backup", path))
			succeed(t, os.Remove(path+".lock"))
		}, "restored from the backup of 20"},
		"a raw copy": {func(t *testing.T, path string) { copyFile(t, path+".raw", path) }, "older than the last message"},
		"a raw copy, elsewhere": {func(t *testing.T, path string) { // nothing shows it but Slack
			copyFile(t, path+".raw", path)
			succeed(t, os.Remove(path+".lock"))
		}, ""},
		"a raw copy of now": {func(t *testing.T, path string) { copyFile(t, path, path+"2"); copyFile(t, path+"2", path) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := storetest.NewSQLite(t)
			open := func() *store.Store { return must[*store.Store](t)(store.Open(t.Context(), quiet, path)) }
			s := open()
			add(t, s, story("a"), "news")
			add(t, s, story("b"), "news")
			if _, ok := begin(t, s, "news"); !ok {
				t.Fatal("not begun")
			}
			succeed(t, s.Backup(t.Context(), path+".backup"))
			succeed(t, s.Close())
			copyFile(t, path, path+".raw")
			s = open()
			if got := restored(t, s); got.Cause != "" {
				t.Errorf("between: %q", got.Cause)
			}
			second, ok, err := s.Deliveries.Next(t.Context(), "news", noon)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			ok = must[bool](t)(s.Deliveries.Begin(t.Context(), claimChannel(t, s, noon.Add(3*time.Hour)), &second, noon, noon))
			if !ok {
				t.Fatal("the second is not begun")
			}
			succeed(t, s.Close())
			c.later(t, path)
			s = open()
			got := restored(t, s)
			if (got.Cause == "") != (c.want == "") || !strings.Contains(got.Cause, c.want) {
				t.Errorf("cause %q, want %q", got.Cause, c.want)
			}
			add(t, s, story("c"), "desk")
			if _, ok := begin(t, s, "desk"); ok != (c.want == "") {
				t.Errorf("a post can be begun: %v", ok)
			}
			if c.want != "" {
				if _, begun := renew(t, s, got); !begun {
					t.Error("no epoch begins")
				}
				if _, ok := begin(t, s, "desk"); !ok {
					t.Error("nothing can be sent in the new epoch")
				}
			}
			succeed(t, s.Close())
			s = open()
			defer s.Close()
			if got := restored(t, s); got.Cause != "" {
				t.Errorf("at the next start: %q", got.Cause)
			}
		})
	}
}

// TestStoreThatIsGone: where a store was used that is not there any more none
// is made in silence; a store that was never used is.
func TestStoreThatIsGone(t *testing.T) {
	path := storetest.NewSQLite(t)
	s, err := store.Open(t.Context(), quiet, path)
	succeed(t, err)
	succeed(t, s.Close())
	succeed(t, os.Rename(path, path+".aside"))
	for _, what := range []string{"is gone", "is empty"} {
		if _, err := store.Open(t.Context(), quiet, path); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("got %v, want that it %s", err, what)
		}
		if _, err := os.Stat(path); what == "is gone" && !errors.Is(err, fs.ErrNotExist) {
			t.Error("a new one was made")
		}
		succeed(t, os.WriteFile(path, nil, 0o600))
	}
	succeed(t, os.Remove(path))
	succeed(t, os.Remove(path+".lock"))
	storetest.Open(t, path)
}

// TestLogOfAnotherStore: the log that a killed daemon left behind is not
// written over the backup that takes its store's place.
func TestLogOfAnotherStore(t *testing.T) {
	path := storetest.NewSQLite(t)
	s, err := store.Open(t.Context(), quiet, path)
	succeed(t, err)
	succeed(t, s.Settings.Save(t.Context(), map[string]string{"x": "backed up"}))
	succeed(t, s.Backup(t.Context(), path+".backup"))
	succeed(t, s.Settings.Save(t.Context(), map[string]string{"x": "lost"}))
	dir := filepath.Join(filepath.Dir(path), "killed")
	succeed(t, os.Mkdir(dir, 0o700))
	killed := filepath.Join(dir, "copytaster.db")
	copyFile(t, path+"-wal", killed+"-wal") // as a kill leaves it
	succeed(t, s.Close())
	copyFile(t, path+".backup", killed)
	s = storetest.Open(t, killed)
	if got := must[string](t)(s.Settings.Get(t.Context(), "x")); got != "backed up" {
		t.Errorf("the setting is %q", got)
	}
	if _, err := os.Stat(killed + "-wal.old"); err != nil {
		t.Errorf("the log was not put aside: %v", err)
	}
}

// TestMovedDatabase: PostgreSQL that was promoted, restored from a dump or from
// a copy of its files is noticed, by daemons that run and by those that start,
// and before the next post is begun.
func TestMovedDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		backup  func(p *storetest.Server) string
		restore func(p *storetest.Server, backup string)
		want    string
		starts  bool // a daemon that starts notices it, too
	}{
		"promoted":                {func(p *storetest.Server) string { return p.Copy(true) }, (*storetest.Server).Restore, "promoted", true},
		"restored from its files": {func(p *storetest.Server) string { return p.Copy(false) }, (*storetest.Server).Restore, "its log goes back", false},
		"restored from a dump":    {(*storetest.Server).Dump, (*storetest.Server).Undump, "promoted, or restored", true},
		"restarted": {
			func(*storetest.Server) string { return "" }, func(p *storetest.Server, _ string) { p.Restart() }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := storetest.NewServer(t)
			s := storetest.Open(t, p.URL())
			beside := storetest.Open(t, p.URL())
			add(t, s, story("a"), "news")
			backup := c.backup(p)
			if _, ok := begin(t, s, "news"); !ok {
				t.Fatal("not begun")
			}
			for _, daemon := range []*store.Store{s, beside} {
				if got := restored(t, daemon); got.Cause != "" {
					t.Fatalf("before: %q", got.Cause)
				}
			}
			c.restore(p, backup)
			// Connections that the server has ended are not known to be until they are used.
			for range 20 {
				if _, err := s.Epochs.Newest(t.Context()); err == nil {
					break
				}
			}
			if c.want == "" {
				if got := restored(t, s); got.Cause != "" {
					t.Errorf("cause %q", got.Cause)
				}
				return
			}
			if _, ok := begin(t, s, "news"); ok {
				t.Error("a post was begun that may have arrived")
			}
			got := restored(t, s)
			if !strings.Contains(got.Cause, c.want) {
				t.Errorf("cause %q, want %q", got.Cause, c.want)
			}
			other := store.Loss{}
			for range 20 {
				if l, err := beside.Restored(t.Context(), noon); err == nil {
					other = l
					break
				}
			}
			if other.Cause == "" {
				t.Error("the daemon beside does not notice")
			}
			if c.starts {
				fresh := storetest.Open(t, p.URL())
				if restored(t, fresh).Cause == "" {
					t.Error("a daemon that starts does not notice")
				}
			}
			if n, begun := renew(t, s, got); !begun || n != 1 {
				t.Errorf("%d in doubt, begun %v", n, begun)
			}
			if _, begun := renew(t, beside, other); begun {
				t.Error("the daemon beside begins another epoch")
			}
			for _, daemon := range []*store.Store{s, beside} {
				if got := restored(t, daemon); got.Cause != "" {
					t.Errorf("after: %q", got.Cause)
				}
			}
			if _, ok := begin(t, s, "news"); !ok {
				t.Error("nothing can be sent in the new epoch")
			}
		})
	}
}
