package store_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(dir)) {
		all = append(all, e.Name())
	}
	return all
}

// TestUsable: what a daemon can start on is usable, and nothing is left of the
// look at it.
func TestUsable(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		if err := store.Usable(t.Context(), quiet, storage); err != nil {
			t.Errorf("a fresh one: %v", err)
		}
		s, err := store.Open(t.Context(), quiet, storage)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Counts.Totals(t.Context()); err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `DELETE FROM copytaster_version WHERE version_id > 1`)
			return err
		})
		locked := (*store.LockedError)(nil)
		if err := store.Usable(t.Context(), quiet, storage); errors.As(err, &locked) != (s.Path() != "") {
			t.Errorf("beside its owner: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		var before []string
		if !store.IsPostgres(storage) {
			before = names(t, filepath.Dir(storage))
		}
		if err := store.Usable(t.Context(), quiet, storage); err != nil {
			t.Errorf("an older one: %v", err)
		}
		if !store.IsPostgres(storage) && !slices.Equal(before, names(t, filepath.Dir(storage))) {
			t.Errorf("it left something: %v, before %v", names(t, filepath.Dir(storage)), before)
		}
	})
}

func TestNewerStoreIsNotUsable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s, err := store.Open(t.Context(), quiet, storage)
		if err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO copytaster_version (version_id, is_applied) VALUES (999, $1)`, true)
			return err
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := store.Usable(t.Context(), quiet, storage); err == nil || !strings.Contains(err.Error(), "version 999") {
			t.Errorf("got %v", err)
		}
	})
}

// TestUsableFiles: files and folders that are in the way.
func TestUsableFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "new.db"):         "",
		filepath.Join(dir, "a", "b", "x.db"): "",
		filepath.Join(file, "x.db"):          "not a directory",
		filepath.Join(file, "a", "x.db"):     "not a directory",
		file:                                 "not a sound SQLite file",
		dir:                                  "is a directory",
		filepath.Join(closed, "x.db"):        "permission denied",
		filepath.Join(closed, "a", "x.db"):   "permission denied",
	} {
		if want == "permission denied" && os.Geteuid() == 0 {
			continue
		}
		err := store.Usable(t.Context(), quiet, path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	if got := names(t, dir); len(got) != 2 {
		t.Errorf("it left something: %v", got)
	}
}

// TestUsablePostgres: a user that may not create tables, and a server that is
// not there.
func TestUsablePostgres(t *testing.T) {
	storage := storetest.Postgres(t)
	s := storetest.Open(t, storage)
	for _, statement := range []string{
		`DROP TABLE copytaster_version`, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`, `DROP ROLE IF EXISTS guest`, `CREATE ROLE guest LOGIN`,
	} {
		if _, err := s.Postgres().Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	u := must[*url.URL](t)(url.Parse(storage))
	u.User = url.User("guest")
	if err := store.Usable(t.Context(), quiet, u.String()); err == nil || !strings.Contains(err.Error(), "GRANT CREATE ON SCHEMA") {
		t.Errorf("a guest: %v", err)
	}
	err := store.Usable(t.Context(), quiet, "postgres://anna:hunter2@127.0.0.1:1/news")
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("no server: %v", err)
	}
}
