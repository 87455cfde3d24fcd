package storetest

import (
	"context"
	"errors"
	"fmt"
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
)

// Server is a PostgreSQL server of one test, which can be copied, restored and
// restarted.
type Server struct {
	server
	t testing.TB
}

// NewServer starts a server, which ends with the test. Without the programs of
// PostgreSQL it skips the test, as Postgres does.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t}
	t.Cleanup(s.stop)
	if _, err := s.bare(t.Context()); err != nil {
		if errors.Is(err, errAbsent) && os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	return s
}

// URL returns the URL of the server's database.
func (s *Server) URL() string { return s.url("test_1") }

// Copy copies the whole server, as it is now, and returns the folder of the copy: a
// standby that receives nothing from now on, or a backup.
func (s *Server) Copy(standby bool) (dir string) {
	s.t.Helper()
	s.made++
	dir = filepath.Join(s.dir, fmt.Sprint("copy", s.made))
	args := []string{"-h", s.dir, "-U", "postgres", "-D", dir, "-c", "fast", "--no-sync"}
	if standby {
		args = append(args, "-R")
	}
	s.do("pg_basebackup", args...)
	return dir
}

// Restore ends the server, as a power cut would, and starts it on a copy. A
// standby is promoted.
func (s *Server) Restore(dir string) {
	s.t.Helper()
	s.kill()
	data := filepath.Join(s.dir, "data")
	s.succeed(os.RemoveAll(data))
	s.succeed(os.Rename(dir, data))
	s.succeed(s.launch())
	if _, err := os.Stat(filepath.Join(data, "standby.signal")); err == nil {
		s.do("pg_ctl", "-D", data, "-w", "-t", "600", "promote")
	}
}

// Restart ends the server, as a power cut would, and starts it again.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.Start()
}

// Stop ends the server, as a power cut would.
func (s *Server) Stop() { s.kill() }

// Start starts the server that Stop ended.
func (s *Server) Start() {
	s.t.Helper()
	s.succeed(s.launch())
}

// Dump writes a dump of the database and returns its file.
func (s *Server) Dump() (file string) {
	s.t.Helper()
	file = filepath.Join(s.dir, "dump")
	s.do("pg_dump", "-Fc", "-f", file, s.URL())
	return file
}

// Undump replaces the database by a dump.
func (s *Server) Undump(file string) {
	s.t.Helper()
	s.do("pg_restore", "--clean", "--if-exists", "-d", s.URL(), file)
}

// do runs a program of PostgreSQL as the user of the server.
func (s *Server) do(program string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(filepath.Join(s.bin, program), args...) //nolint:gosec // found on this machine
	cmd.SysProcAttr, cmd.Dir = s.attr, s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v: %s", program, err, out)
	}
}

func (s *Server) succeed(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

type server struct {
	once sync.Once
	err  error
	dir  string
	bin  string
	attr *syscall.SysProcAttr
	cmd  *exec.Cmd
	mu   sync.Mutex
	made int

	template sync.Once
	filled   string // name of the database that others are copies of
	fillErr  error
}

// bare creates a database without tables and returns its URL.
func (s *server) bare(ctx context.Context) (string, error) {
	name, err := s.create(ctx, "template1")
	return s.url(name), err
}

// database creates a database with the tables of a store, as a copy of the first
// one, and returns its URL.
func (s *server) database(ctx context.Context) (string, error) {
	s.template.Do(func() {
		if s.filled, s.fillErr = s.create(ctx, "template1"); s.fillErr == nil {
			s.fillErr = fill(ctx, s.url(s.filled))
		}
	})
	if s.fillErr != nil {
		return "", s.fillErr
	}
	name, err := s.create(ctx, s.filled)
	return s.url(name), err
}

// create creates a database as a copy of another, which nobody may use at that time.
func (s *server) create(ctx context.Context, template string) (name string, err error) {
	s.once.Do(func() { s.err = s.start() })
	if s.err != nil {
		return "", s.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	name = fmt.Sprintf("test_%d", s.made)
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) //nolint:errcheck // a test's connection
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
	return name, err
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
	initdb := exec.Command(filepath.Join(bin, "initdb"), //nolint:gosec // found on this machine
		"-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr = attr
	initdb.Dir = s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	s.bin, s.attr = bin, attr
	return s.launch()
}

// launch starts the server on its data, without what costs time and guards against
// the end of the machine, or keeps large tables in order.
func (s *server) launch() error {
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), //nolint:gosec // found on this machine
		"-D", filepath.Join(s.dir, "data"), "-k", s.dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off",
		"-c", "max_connections=200", "-c", "log_min_messages=fatal")
	s.cmd.SysProcAttr = s.attr
	s.cmd.Dir = s.dir
	if err := s.cmd.Start(); err != nil {
		return err
	}
	return s.await()
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		_ = s.cmd.Wait()
	}
}

func programs() (dir string, err error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path)
		return filepath.Dir(path), err
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
	cred := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return &syscall.SysProcAttr{Credential: cred}, os.Chown(s.dir, uid, gid)
}

// await returns when the server answers.
func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
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
	s.kill()
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
