// Package storetest gives tests a database: a SQLite file, or one of a private
// PostgreSQL server that is started from the installed binaries. A package's
// TestMain calls Main; its tests call Each to run on both.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/copytaster/copytaster/internal/store"
)

// Main runs the tests of a package and stops the PostgreSQL server that they
// may have started. TestMain passes its result to os.Exit.
func Main(m *testing.M) int {
	code := m.Run()
	shared.stop()
	return code
}

// Each runs a test on SQLite and on PostgreSQL. storage is what a config would
// say; the database is empty and the test's own.
func Each(t *testing.T, test func(t *testing.T, storage string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite returns the path of a store that does not exist yet.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "copytaster.db") }

// Postgres returns the URL of a new database. Without the server's programs
// the test is skipped, or fails when CI is set.
func Postgres(t testing.TB) string {
	t.Helper()
	url, err := shared.database(t.Context())
	if errors.Is(err, errAbsent) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// Open opens the store for the test's time.
func Open(t testing.TB, storage string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), slog.New(slog.NewTextHandler(io.Discard, nil)), storage)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

var errAbsent = errors.New("PostgreSQL's programs (initdb, postgres) are not installed")

// shared is the one server of a test binary.
var shared server

type server struct {
	once sync.Once
	err  error
	dir  string
	cmd  *exec.Cmd
	mu   sync.Mutex
	made int
}

func (s *server) database(ctx context.Context) (string, error) {
	s.once.Do(func() { s.err = s.start() })
	if s.err != nil {
		return "", s.err
	}
	s.mu.Lock()
	s.made++
	name := fmt.Sprintf("test_%d", s.made)
	s.mu.Unlock()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) //nolint:errcheck // a test's connection
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return s.url(name), nil
}

func (s *server) url(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s", database, s.dir)
}

// start runs a server on a socket in a folder of its own. PostgreSQL refuses
// to run as root: then an ordinary user runs it.
func (s *server) start() (err error) {
	bin, err := programs()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("/tmp", "copytaster-pg-"); err != nil { // a socket's path must be short
		return err
	}
	attr, err := s.ordinaryUser()
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync") //nolint:gosec // found on this machine
	initdb.SysProcAttr = attr
	initdb.Dir = s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir, //nolint:gosec // found on this machine
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "log_min_messages=fatal")
	s.cmd.SysProcAttr = attr
	s.cmd.Dir = s.dir
	if err := s.cmd.Start(); err != nil {
		return err
	}
	return s.await()
}

func programs() (dir string, err error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errAbsent
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func (s *server) ordinaryUser() (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	cred := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // IDs of this machine
	return &syscall.SysProcAttr{Credential: cred}, os.Chown(s.dir, uid, gid)
}

// await returns when the server answers.
func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		_ = s.cmd.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
