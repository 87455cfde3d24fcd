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
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// ClaimTime is how long a claim on a source, a page or a channel holds unless
// it is renewed: longer than any single crawl or post may take.
const ClaimTime = 60 * time.Second

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

// querier is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is one transaction over our rows and, through its handles, over the job
// queue's. While it is open neither the Store nor the network may be used.
type Tx struct {
	Sources       SourcesTx
	Stories       StoriesTx
	Pages         PagesTx
	Looks         LooksTx
	Fingerprints  FingerprintsTx
	Alerts        AlertsTx
	Deliveries    DeliveriesTx
	Channels      ChannelsTx
	Sending       SendingTx
	Subscriptions SubscriptionsTx
	Pushes        PushesTx
	Notices       NoticesTx
	Troubles      TroublesTx
	Epochs        EpochsTx
	Clock         ClockTx

	querier
	sqlite   *sql.Tx
	postgres pgx.Tx
}

// newTx returns the transaction behind q, of one of the two drivers.
func newTx(q querier, sqlite *sql.Tx, postgres pgx.Tx) *Tx {
	tx := &Tx{querier: q, sqlite: sqlite, postgres: postgres}
	tx.Sources = SourcesTx{tx}
	tx.Stories = StoriesTx{Stories{read: q, write: q}, tx}
	tx.Pages = PagesTx{tx}
	tx.Looks = LooksTx{tx}
	tx.Fingerprints = FingerprintsTx{tx}
	tx.Alerts = AlertsTx{tx}
	tx.Deliveries = DeliveriesTx{tx}
	tx.Channels = ChannelsTx{tx}
	tx.Sending = SendingTx{tx}
	tx.Subscriptions = SubscriptionsTx{tx}
	tx.Pushes = PushesTx{tx}
	tx.Notices = NoticesTx{tx}
	tx.Troubles = TroublesTx{tx}
	tx.Epochs = EpochsTx{tx}
	tx.Clock = ClockTx{tx}
	return tx
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

// SQLite returns the transaction as the SQLite driver knows it, nil on PostgreSQL.
func (t *Tx) SQLite() *sql.Tx { return t.sqlite }

// Postgres returns the transaction as pgx knows it, nil on SQLite.
func (t *Tx) Postgres() pgx.Tx { return t.postgres }

// IsPostgres reports whether storage names a PostgreSQL database rather than a file.
func IsPostgres(storage string) bool {
	return strings.HasPrefix(storage, "postgres://") || strings.HasPrefix(storage, "postgresql://")
}

// Open opens the store for a daemon, creates or migrates its tables, and on
// SQLite takes the file for itself. storage is a path or a postgres:// URL.
func Open(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	s, err := connect(ctx, log, storage)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	err = s.Alone(ctx, func() error { return s.migrate(ctx) })
	if err == nil && s.pool != nil {
		err = s.findPlace(ctx)
	} else if err == nil {
		err = s.recognise(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	return s, nil
}

// OpenReadOnly opens an existing store for reading, beside a running daemon.
func OpenReadOnly(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	s, err := openReadOnly(ctx, log, storage)
	if err != nil {
		return nil, err
	}
	if err := s.checkVersion(ctx); err != nil {
		return nil, fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	return s, nil
}

// openReadOnly opens a store of any version.
func openReadOnly(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	if IsPostgres(storage) {
		s, err := connectPostgres(ctx, log, storage, "default_transaction_read_only", "on")
		if err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
		return s, nil
	}
	read, err := openReaders(storage)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := newStore(log, read, read)
	s.path = storage
	return s, nil
}

func connect(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	if IsPostgres(storage) {
		return connectPostgres(ctx, log, storage)
	}
	return connectSQLite(log, storage)
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

// InTx runs fn in one transaction, which commits when fn returns nil. On
// PostgreSQL fn runs again when the transaction met another one crosswise.
func (s *Store) InTx(ctx context.Context, fn func(*Tx) error) error {
	if s.pool != nil {
		return again(func(alone bool) error { return s.inPostgresTx(ctx, alone, fn) })
	}
	if err := s.guard.seen(); err != nil {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", explain(err))
	}
	defer tx.Rollback() //nolint:errcheck // a no-op once committed
	if err := fn(newTx(tx, tx, nil)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", explain(err))
	}
	if err := s.committed(ctx); err != nil { // no reason to undo what is committed
		s.log.Warn("the log of the store grows", "error", err)
	}
	return nil
}

// again repeats a transaction that PostgreSQL ended for the sake of another:
// deadlock_detected or serialization_failure (Appendix A of its manual). From
// the second time on it is alone with the stories, or the two would meet again.
func again(transact func(alone bool) error) (err error) {
	for try := range 5 {
		var pg *pgconn.PgError
		if err = transact(try > 0); !errors.As(err, &pg) || pg.Code != "40P01" && pg.Code != "40001" {
			return err
		}
	}
	return err
}

// inPostgresTx opens the pgx transaction on the connection behind a *sql.Conn,
// so that our queries and the job queue's go through one commit. alone keeps
// others from recording stories meanwhile, once those under way are done.
func (s *Store) inPostgresTx(ctx context.Context, alone bool, fn func(*Tx) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", explain(err))
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	var tx pgx.Tx
	begin := func(driver any) (err error) {
		tx, err = driver.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	}
	if err := conn.Raw(begin); err != nil {
		return fmt.Errorf("begin transaction: %w", explain(err))
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // a no-op once committed
	if alone {
		if _, err := tx.Exec(ctx, `LOCK TABLE cluster IN EXCLUSIVE MODE`); err != nil {
			return fmt.Errorf("lock stories: %w", explain(err))
		}
	}
	if err := fn(newTx(conn, nil, tx)); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", explain(err))
	}
	return nil
}
