package store_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// backedUp makes a store, a backup of it with one story, and a second story that the backup does
// not have. Nobody has the store open.
func backedUp(t *testing.T) (path, backup string) {
	t.Helper()
	path = storetest.SQLite(t)
	s := must[*store.Store](t)(store.Open(t.Context(), quiet, path))
	add(t, s, story("old"), "news")
	backup = filepath.Join(t.TempDir(), "monday.db")
	succeed(t, s.Backup(t.Context(), backup))
	add(t, s, story("new"), "news")
	succeed(t, s.Close())
	return path, backup
}

// leaveLog adds a story to a store, and leaves it in its log as a kill would.
func leaveLog(t *testing.T, path, key string) {
	t.Helper()
	s := must[*store.Store](t)(store.Open(t.Context(), quiet, path))
	add(t, s, story(key), "news")
	for _, suffix := range []string{"", "-wal"} {
		succeed(t, os.WriteFile(path+".killed"+suffix, must[[]byte](t)(os.ReadFile(path+suffix)), 0o600))
	}
	succeed(t, s.Close())
	for _, suffix := range []string{"", "-wal"} {
		succeed(t, os.Rename(path+".killed"+suffix, path+suffix))
	}
}

// stories counts the stories of a store.
func stories(t *testing.T, path string) int64 {
	t.Helper()
	s := must[*store.Store](t)(store.OpenReadOnly(t.Context(), quiet, path))
	defer s.Close()
	return must[store.Totals](t)(s.Counts.Totals(t.Context())).Stories
}

// TestRestore: the backup is in the place of the store, which is kept, and whoever opens it knows
// that it was restored. The backup stays as it was, and can be restored again.
func TestRestore(t *testing.T) {
	path, backup := backedUp(t)
	before := must[[]byte](t)(os.ReadFile(backup))
	c, kept, err := store.Restore(t.Context(), quiet, path, backup, noon)
	if err != nil {
		t.Fatal(err)
	}
	if kept != path+".before-restore-20230913T120000Z" || stories(t, kept) != 2 {
		t.Errorf("kept at %s", kept)
	}
	if c.Stories != 1 || c.Alerts != 1 || c.Open != 1 || c.At.IsZero() || !c.Newest.Equal(noon) || c.Version != c.Current {
		t.Errorf("restored %+v", c)
	}
	if mode := must[fs.FileInfo](t)(os.Stat(path)).Mode().Perm(); mode != 0o600 {
		t.Errorf("the store has mode %v", mode)
	}
	s := must[*store.Store](t)(store.Open(t.Context(), quiet, path))
	if l := restored(t, s); !strings.Contains(l.Cause, "it was restored from the backup of 20") {
		t.Errorf("the loss is %+v", l)
	}
	if doubtful, begun := renew(t, s, restored(t, s)); !begun || doubtful != 1 {
		t.Errorf("%d deliveries are in doubt, begun %v", doubtful, begun)
	}
	succeed(t, s.Close())
	if !slices.Equal(before, must[[]byte](t)(os.ReadFile(backup))) {
		t.Error("the backup was changed")
	}
	_, again, err := store.Restore(t.Context(), quiet, path, kept, noon) // in the same second
	if err != nil || again != kept+"-2" || stories(t, path) != 2 {
		t.Errorf("going back: %v, kept at %s", err, again)
	}
	s = must[*store.Store](t)(store.Open(t.Context(), quiet, path))
	if restored(t, s).Cause == "" {
		t.Error("a copy that `copytaster backup` did not write is not known to be one")
	}
	succeed(t, s.Close())
}

// TestRestoreBringsPausesBack: the pauses in a file are known before a daemon holds to them, those
// that have run out left out. A file of a version without pauses has none.
func TestRestoreBringsPausesBack(t *testing.T) {
	_, backup := backedUp(t)
	s := must[*store.Store](t)(store.Open(t.Context(), quiet, backup))
	desk := store.OrderedPause{Channel: "desk", Since: noon, Until: noon.Add(time.Hour), By: "Bob"}
	news := store.OrderedPause{Channel: "news", Since: noon, By: "Anna", Why: "the desk moves"}
	inTx(t, s, func(tx *store.Tx) error {
		_, err := tx.Pauses.Begin(t.Context(), desk)
		if err == nil {
			_, err = tx.Pauses.Begin(t.Context(), news)
		}
		return err
	})
	succeed(t, s.Close())
	for after, want := range map[time.Duration][]store.CopiedPause{
		time.Minute: {{OrderedPause: desk}, {OrderedPause: news, Waiting: 1}}, time.Hour: {{OrderedPause: news, Waiting: 1}},
	} {
		c, err := store.Inspect(t.Context(), quiet, backup, noon.Add(after))
		if err != nil || !slices.Equal(c.Pauses, want) {
			t.Errorf("after %v %+v, %v", after, c.Pauses, err)
		}
	}
	s = must[*store.Store](t)(store.Open(t.Context(), quiet, backup))
	succeed(t, s.Exec(t.Context(), `DROP TABLE pause`))
	succeed(t, s.Close())
	if c, err := store.Inspect(t.Context(), quiet, backup, noon); err != nil || len(c.Pauses) > 0 {
		t.Errorf("without the table %+v, %v", c.Pauses, err)
	}
}

// TestRestoreOverWhatIsBroken: a store that is gone, empty or damaged, or whose daemon was killed
// and left its log, is replaced as well.
func TestRestoreOverWhatIsBroken(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"gone":  func(t *testing.T, path string) { succeed(t, os.Remove(path)) },
		"empty": func(t *testing.T, path string) { succeed(t, os.Truncate(path, 0)) },
		"damaged": func(t *testing.T, path string) {
			succeed(t, os.WriteFile(path, []byte(strings.Repeat("x", 9000)), 0o600))
		},
		"a log of its own": func(t *testing.T, path string) {
			leaveLog(t, path, "newest")
		},
		"cut off": func(t *testing.T, path string) { succeed(t, os.Truncate(path, 5000)) },
		"cut off in its header, with a log": func(t *testing.T, path string) {
			leaveLog(t, path, "newest")
			succeed(t, os.Truncate(path, 50))
		},
		"damaged, with a log": func(t *testing.T, path string) {
			succeed(t, os.WriteFile(path, []byte(strings.Repeat("x", 9000)), 0o600))
			succeed(t, os.WriteFile(path+"-wal", []byte(strings.Repeat("y", 9000)), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, backup := backedUp(t)
			spoil(t, path)
			_, kept, err := store.Restore(t.Context(), quiet, path, backup, noon)
			if err != nil || stories(t, path) != 1 {
				t.Fatal(kept, err)
			}
			if name == "a log of its own" && stories(t, kept) != 3 {
				t.Errorf("%d stories are kept, want 3", stories(t, kept))
			}
			s := must[*store.Store](t)(store.Open(t.Context(), quiet, path))
			add(t, s, story("after"), "news")
			succeed(t, s.Close())
		})
	}
}

// TestRestoreLeavesNoForeignLog: the backup never stands beside the log of the store of before, which
// SQLite would write into it. Where the log can be neither emptied nor put aside nothing is changed.
func TestRestoreLeavesNoForeignLog(t *testing.T) {
	inTheWay := func(t *testing.T, folder string) {
		succeed(t, os.RemoveAll(folder))
		succeed(t, os.MkdirAll(filepath.Join(folder, "full"), 0o700))
	}
	aside := store.KeptName(noon)
	for name, tt := range map[string]struct {
		spoil   func(t *testing.T, path string)
		want    string
		damaged bool
	}{
		"the log cannot be read": {func(t *testing.T, path string) { inTheWay(t, path+"-shm") }, "move the log of the present store into its file", false},
		"the log cannot be put aside": {func(t *testing.T, path string) {
			succeed(t, os.Truncate(path, 50))
			inTheWay(t, path+aside+"-wal")
		}, "-wal is there already: move it away", true},
		"the index of the log cannot be removed": {func(t *testing.T, path string) {
			succeed(t, os.Truncate(path, 50))
			inTheWay(t, path+"-shm")
		}, "-shm: directory not empty", true},
	} {
		t.Run(name, func(t *testing.T) {
			path, backup := backedUp(t)
			leaveLog(t, path, "newest")
			tt.spoil(t, path)
			before := [][]byte{must[[]byte](t)(os.ReadFile(path)), must[[]byte](t)(os.ReadFile(path + "-wal"))}
			_, kept, err := store.Restore(t.Context(), quiet, path, backup, noon)
			if err == nil || !strings.Contains(err.Error(), tt.want) || kept != "" {
				t.Errorf("kept %q, %v", kept, err)
			}
			after := [][]byte{must[[]byte](t)(os.ReadFile(path)), must[[]byte](t)(os.ReadFile(path + "-wal"))}
			if !slices.EqualFunc(before, after, slices.Equal) {
				t.Error("the store or its log was changed")
			}
			if _, err := os.Lstat(path + aside); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the second name is left: %v", err)
			}
			for _, folder := range []string{path + "-shm", path + aside + "-wal"} {
				succeed(t, os.RemoveAll(folder))
			}
			_, kept, err = store.Restore(t.Context(), quiet, path, backup, noon)
			if err != nil || stories(t, path) != 1 {
				t.Fatalf("once it is mended: %v", err)
			}
			if !tt.damaged && stories(t, kept) != 3 {
				t.Errorf("%d stories are kept, want 3", stories(t, kept))
			}
			if tt.damaged && !slices.Equal(must[[]byte](t)(os.ReadFile(kept+"-wal")), before[1]) {
				t.Error("the log is not beside the store that is kept")
			}
		})
	}
}

// TestRestoreRefuses: what is no sound store of a version that is known is not restored, nor is
// the store of a daemon replaced. Nothing is changed then.
func TestRestoreRefuses(t *testing.T) {
	write := func(text string) func(t *testing.T, path, backup string) string {
		return func(t *testing.T, _, backup string) string {
			succeed(t, os.WriteFile(backup, []byte(text), 0o600))
			return backup
		}
	}
	change := func(query string) func(t *testing.T, path, backup string) string {
		return func(t *testing.T, _, backup string) string {
			s := must[*store.Store](t)(store.Open(t.Context(), quiet, backup))
			succeed(t, s.Exec(t.Context(), query))
			succeed(t, s.Close())
			return backup
		}
	}
	for name, tt := range map[string]struct {
		file func(t *testing.T, path, backup string) string
		want string
	}{
		"not there": {func(_ *testing.T, _, backup string) string { return backup + ".gone" }, "no such file"},
		"a folder":  {func(_ *testing.T, _, backup string) string { return filepath.Dir(backup) }, "is empty, or no file"},
		"empty":     {write(""), "is empty, or no file"},
		"text":      {write(strings.Repeat("no database\n", 1000)), "not a sound SQLite file"},
		"cut off": {func(t *testing.T, _, backup string) string {
			succeed(t, os.Truncate(backup, must[fs.FileInfo](t)(os.Stat(backup)).Size()/2))
			return backup
		}, "restore from"},
		"another database": {change(`DROP TABLE copytaster_version`), "not a copytaster store"},
		"no alerts":        {change(`DROP TABLE recalled; DROP TABLE report; DROP TABLE unanswered; DROP TABLE delivery; DROP TABLE alert`), "not a copytaster store"},
		"newer":            {change(`INSERT INTO copytaster_version (version_id, is_applied) VALUES (9999, 1)`), "run the newer binary"},
		"a news is gone":   {change(`PRAGMA foreign_keys = 0; DELETE FROM cluster`), "1 of the table alert whose row in cluster is gone, 1 of the table story whose row in cluster is gone (restore another backup; or see"},
		"a story is gone": {change(`PRAGMA foreign_keys = 0; INSERT INTO match (story_id, rule, rule_hash, severity, matched_at)
			VALUES (1, 'r', '', 1, 1), (1, 's', '', 1, 1);
			DELETE FROM story`), "2 of the table match whose row in story is gone (restore"},
		"itself": {func(_ *testing.T, path, _ string) string { return path }, "is the store itself"},
		"a daemon's": {func(t *testing.T, path, backup string) string {
			s := must[*store.Store](t)(store.Open(t.Context(), quiet, path))
			t.Cleanup(func() { _ = s.Close() })
			return backup
		}, "is held by another copytaster"},
	} {
		t.Run(name, func(t *testing.T) {
			path, backup := backedUp(t)
			file := tt.file(t, path, backup)
			_, _, err := store.Restore(t.Context(), quiet, path, file, noon)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v", err)
			}
			if stories(t, path) != 2 {
				t.Error("the store was changed")
			}
			if left, _ := filepath.Glob(path + ".*restor*"); len(left) > 0 {
				t.Errorf("left over: %q", left)
			}
		})
	}
}

// fileSize is the size of a file, 0 where there is none.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// TestRestoreKilled: killed at any moment, a restore leaves the store of before or the backup,
// whole, and what it left over does not hinder the next one.
func TestRestoreKilled(t *testing.T) {
	if file := os.Getenv("COPYTASTER_TEST_RESTORE"); file != "" { // the one that is killed
		_, _, err := store.Restore(t.Context(), quiet, os.Getenv("COPYTASTER_TEST_STORE"), file, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	path, backup := backedUp(t)
	s := must[*store.Store](t)(store.Open(t.Context(), quiet, path))
	for i := range 100 { // so that it takes a moment
		st := story("more" + strings.Repeat("i", i+1))
		st.Text = strings.Repeat("A long text. ", 2000)
		inTx(t, s, func(tx *store.Tx) error { return tx.Stories.Add(t.Context(), entered(st)) })
	}
	large := filepath.Join(t.TempDir(), "large.db")
	succeed(t, s.Backup(t.Context(), large))
	succeed(t, s.Close())
	outcomes := map[string]int{}
	var whole time.Duration // of a restore that nobody kills
	for round := range 30 {
		file, want := []string{backup, large}[round%2], []int64{1, 102}[round%2]
		leaveLog(t, path, fmt.Sprint("killed in round ", round))
		before := stories(t, path)
		leaveLog(t, path, fmt.Sprint("killed again in round ", round)) // who reads a store alone empties its log
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRestoreKilled$")
		cmd.Env = append(os.Environ(), "COPYTASTER_TEST_RESTORE="+file, "COPYTASTER_TEST_STORE="+path)
		wait := time.Minute
		if round > 2 {
			wait = whole/3 + rand.N(whole)
		}
		began := time.Now()
		succeed(t, cmd.Start())
		kill := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		ended := cmd.Wait()
		if round <= 2 {
			whole = max(whole, time.Since(began))
		}
		kill.Stop()
		if exit := (*exec.ExitError)(nil); ended != nil && !errors.As(ended, &exit) {
			t.Fatal(ended)
		}
		if header, log := must[[]byte](t)(os.ReadFile(path))[:100], fileSize(path+"-wal"); header[18] == 1 && log > 0 {
			t.Fatalf("round %d: the backup is beside a log of %d bytes", round, log)
		}
		if _, err := store.Inspect(t.Context(), quiet, path, time.Now()); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		n := stories(t, path)
		outcomes[map[bool]string{true: "restored", false: "as before"}[n == want]]++
		if n != want && n != before+1 {
			t.Fatalf("round %d: %d stories, want %d or %d", round, n, want, before+1)
		}
	}
	t.Logf("after being killed: %v", outcomes)
	if _, _, err := store.Restore(t.Context(), quiet, path, backup, time.Now()); err != nil || stories(t, path) != 1 {
		t.Errorf("after all that: %v", err)
	}
	s = must[*store.Store](t)(store.Open(t.Context(), quiet, path))
	add(t, s, story("after"), "news")
	succeed(t, s.Close())
}

// TestRestoreWhereItWasMovedFrom: a backup is not put in the place of a store that was moved, nor
// of one that is being moved.
func TestRestoreWhereItWasMovedFrom(t *testing.T) {
	path, backup := backedUp(t)
	move(t, path, storetest.NewSQLite(t))
	var moved *store.MovedError
	if _, _, err := store.Restore(t.Context(), quiet, path, backup, noon); !errors.As(err, &moved) {
		t.Errorf("restored: %v", err)
	}
	if _, err := store.Inspect(t.Context(), quiet, path, noon); !errors.As(err, &moved) {
		t.Errorf("what was moved can be restored from: %v", err)
	}
	succeed(t, os.Rename(path, path+".moved"))
	if _, _, err := store.Restore(t.Context(), quiet, path, backup, noon); err != nil {
		t.Error(err)
	}
}
