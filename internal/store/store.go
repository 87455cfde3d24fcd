// Package store remembers what has been seen, what has been promised and what
// has been sent. Open it on a SQLite file or a PostgreSQL URL, change it in
// InTx, read it with the methods of Store; it is the only room with SQL of
// ours, and one set of queries serves both databases.
//
// Three tables hold work that has to be taken up by somebody: source (lists to
// crawl), story (pages to read) and channel (deliveries to send). Each of
// their rows has a time when it is due and a claim: a number that grows with
// every claim, and a time until which it holds. A holder that was away too
// long finds that the number has changed, and changes nothing.
//
// All times are unix milliseconds, 0 meaning "never" or "not known", by one
// clock: the machine's on SQLite, the server's (Clock) on PostgreSQL. The queries
// are given the time.
package store

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Store is an open database. Its methods may be called from many goroutines.
type Store struct {
	Sources       Sources
	Hosts         HostRecords
	Stories       Stories
	Pages         Pages
	Looks         Looks
	Fingerprints  Fingerprints
	Archive       Archive
	Deliveries    Deliveries
	Alerts        Alerts
	Channels      Channels
	Sending       Sending
	Subscriptions Subscriptions
	Troubles      Troubles
	Epochs        Epochs
	Clock         Clock
	Settings      Settings
	Counts        Counts

	log   *slog.Logger
	write *sql.DB // SQLite: one connection
	read  *sql.DB // SQLite: a read-only pool; PostgreSQL: the same as write
	pool  *pgxpool.Pool
	lock  *fileLock
	guard *guard // of the SQLite file that is open for writing
	place place
	path  string // of the SQLite file; "" on PostgreSQL
	id    string // of the store, where it is a SQLite file that is open for writing
}

// newStore returns the store behind two open pools, which may be one.
func newStore(log *slog.Logger, write, read *sql.DB) *Store {
	s := &Store{log: log, write: write, read: read}
	s.Sources = Sources{s}
	s.Hosts = HostRecords{s}
	s.Stories = Stories{read: read, write: write}
	s.Pages = Pages{s}
	s.Looks = Looks{s}
	s.Fingerprints = Fingerprints{s}
	s.Archive = Archive{s}
	s.Deliveries = Deliveries{s}
	s.Alerts = Alerts{s}
	s.Channels = Channels{s}
	s.Sending = Sending{s}
	s.Subscriptions = Subscriptions{s}
	s.Troubles = Troubles{s}
	s.Epochs = Epochs{s}
	s.Clock = Clock{s}
	s.Settings = Settings{s}
	s.Counts = Counts{s}
	return s
}

// Close closes the database and gives the SQLite file up.
func (s *Store) Close() error {
	errs := []error{}
	if s.guard != nil {
		told := s.guard.seen()
		if lost := s.guard.check(); told != nil || lost != nil {
			// SQLite would move its log into a file that is nobody's by now, and
			// remove the log that stands there, which may be another store's.
			if told != nil {
				lost = nil
			}
			return errors.Join(lost, s.lock.release())
		}
	}
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}

// Name says which store it is, without a password: the file's path or "PostgreSQL HOST/DATABASE".
func (s *Store) Name() string {
	if s.pool == nil {
		return s.path
	}
	return postgresName(s.pool.Config().ConnConfig)
}

// NameOf says which store a storage names, like Name, without opening it: two
// ways to write the path of a file are one.
func NameOf(storage string) string {
	if !IsPostgres(storage) {
		if abs, err := filepath.Abs(storage); err == nil {
			return abs
		}
		return storage
	}
	cfg, err := pgx.ParseConfig(storage)
	if err != nil {
		return "PostgreSQL"
	}
	return postgresName(cfg)
}

func postgresName(c *pgx.ConnConfig) string {
	return fmt.Sprintf("PostgreSQL %s:%d/%s", c.Host, c.Port, c.Database)
}

// Path is the SQLite file, "" on PostgreSQL.
func (s *Store) Path() string { return s.path }

// SQLite is the one write connection, for the job queue; nil on PostgreSQL.
func (s *Store) SQLite() *sql.DB {
	if s.pool != nil {
		return nil
	}
	return s.write
}

// Postgres is the connection pool, for the job queue; nil on SQLite.
func (s *Store) Postgres() *pgxpool.Pool { return s.pool }
