// Package store keeps what was seen, what was promised and what was sent, in a
// SQLite file or a PostgreSQL database. Open a Store; read and change one aggregate
// through its field (s.Sources.List), and several together in a transaction
// (s.InTx, then tx.Stories.Add). What may only be done in a transaction is a method
// of the Tx's field alone.
//
// It is the only package with SQL, except for that of the job queue, and one set of
// queries serves both databases.
//
// Four tables hold work: source (lists to crawl), story (pages to read), channel
// (deliveries to send) and subscription (hubs to ask). Each row has a time at which
// it is due. The first three have a claim: a token that grows with every claim, and a
// time until which the claim holds. A holder that took too long finds another token
// in the row and changes nothing. A subscription is claimed by a new due time, which
// is its token.
//
// All times are Unix milliseconds by one clock: the machine's on SQLite, the server's
// (Clock.Now) on PostgreSQL. 0 means "never" or "not known". Queries get the time as
// an argument.
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

// Store is an open database. Many goroutines may use it.
type Store struct {
	Sources       Sources
	Hosts         HostRecords
	Stories       Stories
	Pages         Pages
	Looks         Looks
	Fingerprints  Fingerprints
	Sketches      Sketches
	Partings      Partings
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
	Configs       Configs
	Ways          Ways
	Counts        Counts
	Signals       Signals
	Answers       Answers
	Notices       Notices
	Snoozes       Snoozes
	Recalls       Recalls
	Storms        Storms
	Leases        Leases
	Unanswered    Unanswered
	Presses       Presses
	Pauses        Pauses
	Words         Words

	log   *slog.Logger
	write *sql.DB       // SQLite: one connection
	read  *sql.DB       // SQLite: a read-only pool; PostgreSQL: the same as write
	pool  *pgxpool.Pool // nil on SQLite
	lock  *fileLock     // of a SQLite file that is opened like a daemon's; else nil
	guard *guard        // of a SQLite file that is opened like a daemon's; else nil
	place place
	path  string // of the SQLite file; "" on PostgreSQL
	id    string // SettingStoreID of a SQLite file that is opened like a daemon's; else ""
}

// newStore returns a store with its aggregates. write and read may be the same.
func newStore(log *slog.Logger, write, read *sql.DB) *Store {
	s := &Store{log: log, write: write, read: read}
	s.Sources = Sources{s}
	s.Hosts = HostRecords{s}
	s.Stories = Stories{read: read, write: write}
	s.Pages = Pages{s}
	s.Looks = Looks{s}
	s.Fingerprints = Fingerprints{s}
	s.Sketches = Sketches{read: s.read}
	s.Partings = Partings{read: s.read}
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
	s.Configs = Configs{s}
	s.Ways = Ways{s}
	s.Counts = Counts{s}
	s.Signals = Signals{s}
	s.Answers = Answers{s}
	s.Notices = Notices{s}
	s.Snoozes = Snoozes{s}
	s.Recalls = Recalls{s}
	s.Storms = Storms{s}
	s.Leases = Leases{s}
	s.Unanswered = Unanswered{s}
	s.Presses = Presses{s}
	s.Pauses = Pauses{s}
	s.Words = Words{s}
	return s
}

// Close closes the database and releases the lock on a SQLite file.
func (s *Store) Close() error {
	if s.guard != nil {
		told := s.guard.seen()
		if lost := s.guard.check(); told != nil || lost != nil {
			// SQLite would write its log into a file that was removed, and delete
			// the log at its path, which may be that of another store.
			if told != nil {
				lost = nil
			}
			return errors.Join(lost, s.lock.release())
		}
	}
	errs := []error{}
	if s.read != s.write { // before the writer: the last connection moves SQLite's log into the file
		errs = append(errs, s.read.Close())
	}
	errs = append(errs, s.write.Close())
	if s.pool != nil {
		s.pool.Close()
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}

// Name returns a name of the store without a password: the path of the file, or
// "PostgreSQL HOST:PORT/DATABASE".
func (s *Store) Name() string {
	if s.pool == nil {
		return s.path
	}
	return postgresName(s.pool.Config().ConnConfig)
}

// NameOf returns the Name of the store at storage without opening it. The path of a
// file is made absolute.
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

// Path returns the path of the SQLite file, "" on PostgreSQL.
func (s *Store) Path() string { return s.path }

// Postgres returns the connection pool, for the job queue; nil on SQLite.
func (s *Store) Postgres() *pgxpool.Pool { return s.pool }
