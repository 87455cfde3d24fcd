package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// openLosable opens a store that a test may take away: its Close is the test's.
func openLosable(t *testing.T) (*store.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "state")
	succeed(t, os.Mkdir(dir, 0o700))
	path := filepath.Join(dir, "copytaster.db")
	s, err := store.Open(t.Context(), quiet, path)
	succeed(t, err)
	big := strings.Repeat("x", 5<<20) // more than the log keeps
	succeed(t, s.Settings.Save(t.Context(), map[string]string{"x": "1", "big": big}))
	succeed(t, s.Intact(t.Context()))
	return s, path
}

func succeed(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// copyFile writes a file's bytes into another, which keeps its inode.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	succeed(t, err)
	succeed(t, os.WriteFile(to, text, 0o600))
}

// TestStoreTakenAway: whatever is done to the files of a store that is open is
// noticed by the next look, nothing is written or begun after it, and closing
// leaves what lies there now alone.
func TestStoreTakenAway(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(t *testing.T, s *store.Store, path string)
		want string
	}{
		"removed": {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Remove(path)) }, "copytaster.db was removed"},
		"removed with its log": {func(t *testing.T, _ *store.Store, path string) {
			for _, suffix := range []string{"", "-wal", "-shm"} {
				succeed(t, os.Remove(path+suffix))
			}
		}, "copytaster.db was removed"},
		"moved": {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Rename(path, path+".old")) }, "copytaster.db was removed"},
		"folder moved": {func(t *testing.T, _ *store.Store, path string) {
			succeed(t, os.Rename(filepath.Dir(path), filepath.Dir(path)+"2"))
		}, "folder moved"},
		"folder removed": {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.RemoveAll(filepath.Dir(path))) }, "folder moved"},
		"replaced": {func(t *testing.T, s *store.Store, path string) {
			succeed(t, s.Backup(t.Context(), path+".backup"))
			succeed(t, os.Rename(path+".backup", path))
		}, "replaced by another file"},
		"replaced by a link": {func(t *testing.T, s *store.Store, path string) {
			succeed(t, s.Backup(t.Context(), path+".backup"))
			succeed(t, os.Remove(path))
			succeed(t, os.Symlink(path+".backup", path))
		}, "replaced by another file"},
		"a backup copied over it": {func(t *testing.T, s *store.Store, path string) {
			succeed(t, s.Backup(t.Context(), path+".backup"))
			copyFile(t, path+".backup", path)
		}, "another program"},
		"a raw copy of this very run copied over it": {func(t *testing.T, _ *store.Store, path string) {
			copyFile(t, path, path+".raw")
			copyFile(t, path+".raw", path)
		}, "written to by another program"},
		"emptied":           {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Truncate(path, 0)) }, "cut off"},
		"cut off":           {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Truncate(path, 4096)) }, "cut off"},
		"log removed":       {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Remove(path+"-wal")) }, "copytaster.db-wal was removed"},
		"log replaced":      {func(t *testing.T, _ *store.Store, path string) { copyAside(t, path+"-wal") }, "copytaster.db-wal was replaced"},
		"index removed":     {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Remove(path+"-shm")) }, "copytaster.db-shm was removed"},
		"lock file removed": {func(t *testing.T, _ *store.Store, path string) { succeed(t, os.Remove(path+".lock")) }, "copytaster.db.lock was removed"},
		"vacuumed by somebody": {func(t *testing.T, _ *store.Store, path string) {
			db, err := sql.Open("sqlite", "file:"+path)
			succeed(t, err)
			defer db.Close()
			for _, query := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
				_, err = db.ExecContext(t.Context(), query)
				succeed(t, err)
			}
		}, "another program"},
	} {
		t.Run(name, func(t *testing.T) {
			s, path := openLosable(t)
			<-time.After(10 * time.Millisecond) // more than the grain of a file's time
			c.do(t, s, path)
			before := listing(t, filepath.Dir(path))
			_, err := s.Deliveries.Begin(t.Context(), store.Claim{}, &news.Delivery{}, time.Now(), time.Now())
			lost := (*store.LostError)(nil)
			if !errors.As(err, &lost) || !strings.Contains(err.Error(), c.want) && !strings.Contains(c.want, "another program") {
				t.Errorf("a post begins: %v, want %q", err, c.want)
			}
			if err := s.Intact(t.Context()); !errors.As(err, &lost) {
				t.Errorf("not noticed: %v", err)
			}
			if err := s.Settings.Save(t.Context(), map[string]string{"x": "2"}); !errors.As(err, &lost) {
				t.Errorf("written to: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if after := listing(t, filepath.Dir(path)); after != before {
				t.Errorf("closing changed the folder from\n%s\nto\n%s", before, after)
			}
		})
	}
}

func copyAside(t *testing.T, path string) {
	copyFile(t, path, path+".copy")
	succeed(t, os.Rename(path+".copy", path))
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	entries, _ := os.ReadDir(dir) // gone is as good as empty
	for _, e := range entries {
		info, err := e.Info()
		succeed(t, err)
		fmt.Fprintf(&b, "%s %d\n", e.Name(), info.Size())
	}
	return b.String()
}

// TestTakenAwayBeforeClose: what nobody looked for is found by Close.
func TestTakenAwayBeforeClose(t *testing.T) {
	s, path := openLosable(t)
	succeed(t, os.Remove(path))
	if err := s.Close(); !errors.As(err, new(*store.LostError)) {
		t.Errorf("got %v", err)
	}
}

// TestIntactUnderLoad: what the store does itself, much of it and beside
// readers and backups, is never taken for somebody else's doing; and the log
// is moved into the file as it grows.
func TestIntactUnderLoad(t *testing.T) {
	s, path := openLosable(t)
	filler := strings.Repeat("x", 1<<20)
	other, beside, err := store.OpenBeside(t.Context(), quiet, path)
	succeed(t, err)
	if !beside {
		t.Error("two daemons on one file")
	}
	for i := range 40 {
		succeed(t, other.Settings.Save(t.Context(), map[string]string{"beside": filler + fmt.Sprint(i)}))
		succeed(t, s.Settings.Save(t.Context(), map[string]string{fmt.Sprint("big", i%4): filler + fmt.Sprint(i)}))
		succeed(t, s.Intact(t.Context()))
		r, err := store.OpenReadOnly(t.Context(), quiet, path)
		succeed(t, err)
		if _, err := r.Settings.Get(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		succeed(t, s.Intact(t.Context()))
		if i%10 == 0 {
			succeed(t, r.Backup(t.Context(), fmt.Sprint(path, ".", i)))
		}
		succeed(t, r.Close())
		succeed(t, s.Intact(t.Context()))
	}
	succeed(t, other.Close())
	succeed(t, s.Intact(t.Context()))
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() > 8<<20 {
		t.Errorf("the log has grown to %d bytes, %v", info.Size(), err)
	}
	succeed(t, s.Close())
	if _, err := os.Stat(path + "-wal"); err == nil {
		t.Error("the log was left behind")
	}
}

// TestFilesArePrivate: nobody but the daemon's user reads what a store keeps,
// whatever the umask, and the files of an older version are made so.
func TestFilesArePrivate(t *testing.T) {
	s, path := openLosable(t)
	succeed(t, s.Backup(t.Context(), path+".backup"))
	wantPrivate(t, filepath.Dir(path), 5)
	succeed(t, s.Close())
	for _, file := range []string{path, path + ".lock"} {
		succeed(t, os.Chmod(file, 0o664))
	}
	s = storetest.Open(t, path)
	wantPrivate(t, filepath.Dir(path), 5)
	succeed(t, s.Intact(t.Context()))
}

func wantPrivate(t *testing.T, dir string, files int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	succeed(t, err)
	if len(entries) != files {
		t.Errorf("%d files, want %d: %v", len(entries), files, entries)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

// TestBackupLeavesNothingBehind: a backup that fails is no file.
func TestBackupLeavesNothingBehind(t *testing.T) {
	s, path := openLosable(t)
	defer s.Close()
	succeed(t, os.Remove(path))
	if err := s.Backup(t.Context(), path+".backup"); err == nil {
		t.Error("there is nothing to back up")
	}
	if _, err := os.Stat(path + ".backup"); err == nil {
		t.Error("half a backup was left behind")
	}
}

// TestMissingFolder: a store's folder is nobody's to make in silence.
func TestMissingFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statte", "copytaster.db")
	_, err := store.Open(t.Context(), quiet, path)
	if err == nil || !strings.Contains(err.Error(), "does not exist: make it, or mend `storage`") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("the folder was made")
	}
}
