package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/copytaster/copytaster/internal/news"
)

// Settings of the store's own.
const (
	settingPlace  = "place"     // of the tables in PostgreSQL, as postgresPlace has it
	settingCopied = "copied_at" // in a backup alone: when it was made, RFC 3339
	settingEpoch  = "epoch"     // holds no value: its row is locked by whoever begins an epoch
)

// postgresPlace names where the tables are: the cluster, the timeline that it
// writes (another one from each promotion on, and after a recovery to a point
// in time), the database and the table (others after a restore of a dump).
// https://www.postgresql.org/docs/current/functions-info.html, functions-admin.html
const postgresPlace = `((SELECT system_identifier FROM pg_control_system())::text || '/' ||
	substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) || '/' ||
	(SELECT oid FROM pg_database WHERE datname = current_database())::text || '/' || 'delivery'::regclass::oid::text)`

// postgresTables is the part of it that every server says.
const postgresTables = `((SELECT oid FROM pg_database WHERE datname = current_database())::text || '/' || 'delivery'::regclass::oid::text)`

// place is what is known of where the store is, to notice that it is another
// one by now.
type place struct {
	mu     sync.Mutex
	now    string    // PostgreSQL: the expression of the place that the server knows
	lsn    string    // PostgreSQL: how far its log was written, as of the last look; "" where that is not known
	looked time.Time // when the store was last found to be what it was
	cause  string    // SQLite: why the file is not the one that was here last; "" when it is
}

// findPlace keeps where the tables of a PostgreSQL store are, unless that was
// kept before.
func (s *Store) findPlace(ctx context.Context) error {
	s.place.now, s.place.lsn = postgresPlace, "0/0"
	keep := func() error {
		_, err := s.write.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, `+s.place.now+`) ON CONFLICT (name) DO NOTHING`, settingPlace)
		return err
	}
	err := keep()
	if refusal := (*pgconn.PgError)(nil); errors.As(err, &refusal) {
		s.log.Warn("PostgreSQL does not say which server it is: a promotion is not noticed while copytaster runs", "error", err)
		s.place.now, s.place.lsn = postgresTables, ""
		err = keep()
	}
	if err != nil {
		return fmt.Errorf("find out where the tables are: %w", err)
	}
	return nil
}

// same is a condition that holds as long as the store is what it was when it
// was last looked at, to be added to a statement that has ten arguments, and
// its own arguments.
func (s *Store) same() (condition string, args []any, err error) {
	if s.guard != nil {
		if err := s.guard.check(); err != nil {
			return "", nil, err
		}
	}
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	switch {
	case s.place.cause != "":
		return ` AND 1 = 0`, nil, nil
	case s.place.now == "":
		return "", nil, nil
	}
	condition = ` AND (SELECT value FROM setting WHERE name = '` + settingPlace + `') = ` + s.place.now
	if s.place.lsn != "" {
		return condition + ` AND pg_current_wal_insert_lsn() >= $11::pg_lsn`, []any{s.place.lsn}, nil
	}
	return condition, nil, nil
}

// Restored returns why the store is not the one that it was at the last look,
// or when it was last open: it was restored, or promoted. Its Cause is "" when
// it is. Nothing can be begun to be sent until BeginEpoch was called, and
// Renewed then.
func (s *Store) Restored(ctx context.Context, now time.Time) (Loss, error) {
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	if s.place.cause != "" {
		return Loss{Cause: s.place.cause, Whole: now}, nil
	}
	if s.place.now == "" {
		return Loss{}, nil
	}
	var (
		known, current, lsn string
		goesOn              = true
		err                 error
	)
	if s.place.lsn == "" {
		err = s.write.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''), `+s.place.now, settingPlace).Scan(&known, &current)
	} else {
		err = s.write.QueryRowContext(ctx, `
			SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''), `+s.place.now+`,
				pg_current_wal_flush_lsn()::text, pg_current_wal_insert_lsn() >= $2::pg_lsn`, settingPlace, s.place.lsn).
			Scan(&known, &current, &lsn, &goesOn)
	}
	if err != nil {
		return Loss{}, fmt.Errorf("look where the store is: %w", err)
	}
	l := Loss{Whole: now.Add(-lookedAt), Seen: s.place.looked}
	switch {
	case known != current:
		l.Cause, l.place = "PostgreSQL was promoted, or restored from a backup", s.place.now
	case !goesOn:
		l.Cause = "PostgreSQL was restored from a backup: its log goes back"
	default:
		s.place.lsn, s.place.looked = lsn, now
		return Loss{}, nil
	}
	if s.place.looked.IsZero() { // at the start: nothing was recorded since
		l.Whole = now
	}
	return l, nil
}

// lookedAt is more than passes between two looks at the store.
const lookedAt = 5 * time.Minute

// Renewed takes the store as it is now for the right one.
func (s *Store) Renewed() error {
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	s.place.cause = ""
	if s.place.lsn != "" {
		s.place.lsn = "0/0"
	}
	if s.lock == nil {
		return nil
	}
	return s.lock.write(s.id + "\n")
}

// witness keeps, beside a SQLite file, which post was begun last: a file that
// does not know of it is older than that. The store's number is kept, too, so
// that another store in its place is not mistaken for it.
func (s *Store) witness(d news.Delivery) error {
	if s.lock == nil || d.Promise == "" {
		return nil
	}
	return s.lock.write(fmt.Sprintf("%s %s %d\n", s.id, d.Promise, d.Attempts))
}

// recognise compares a SQLite file with what its neighbour says was done last.
func (s *Store) recognise(ctx context.Context) error {
	copied := ""
	err := s.write.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''), (SELECT value FROM setting WHERE name = $2)`,
		settingCopied, SettingStoreID).Scan(&copied, &s.id)
	if err != nil {
		return err
	}
	note, err := s.lock.read()
	if err != nil {
		return err
	}
	var (
		id, promise string
		attempts    int
	)
	n, _ := fmt.Sscan(note, &id, &promise, &attempts)
	switch {
	case copied != "":
		s.place.cause = "it was restored from the backup of " + copied
	case n > 0 && id != s.id:
		s.log.Warn("another store was used here before: what it sent is not known to this one", "path", s.path)
	case n == 3:
		var known int
		err = s.write.QueryRowContext(ctx, `SELECT count(*) FROM delivery WHERE promise = $1 AND attempts >= $2`, promise, attempts).Scan(&known)
		if known == 0 {
			s.place.cause = "its file is older than the last message that was sent from here: it was restored from a copy, or the machine lost its power"
		}
	}
	if err == nil && n < 3 || id != s.id {
		err = errors.Join(err, s.lock.write(s.id+"\n"))
	}
	return err
}

// checkPresent refuses to make a store where one has been used that is gone.
func checkPresent(path string, lock *fileLock) error {
	note, err := lock.read()
	if err != nil || strings.TrimSpace(note) == "" {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is gone, though copytaster has worked on it: put it back, or restore a backup "+
			"(to begin anew, which may send again what was sent, remove %s.lock, too)", path, path)
	case err == nil && info.Size() == 0:
		return fmt.Errorf("%s is empty, though copytaster has worked on it: restore a backup "+
			"(to begin anew, which may send again what was sent, remove it and %s.lock)", path, path)
	}
	return err
}
