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

// Settings that only the store uses.
const (
	settingPlace  = "place"     // PostgreSQL: value of postgresPlace
	settingCopied = "copied_at" // only in a backup: when it was made, RFC 3339
	settingEpoch  = "epoch"     // without a value: whoever begins an epoch locks the row
)

// postgresPlace is an SQL expression of where the tables are: the PostgreSQL
// cluster, its timeline (which is new after a promotion and after a recovery to a
// point in time), the database and the table (which are new after a restore of a
// dump).
// https://www.postgresql.org/docs/current/functions-info.html, functions-admin.html
const postgresPlace = `((SELECT system_identifier FROM pg_control_system())::text || '/' ||
	substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) || '/' ||
	(SELECT oid FROM pg_database WHERE datname = current_database())::text || '/' || 'delivery'::regclass::oid::text)`

// postgresTables is the part of postgresPlace that every server supports.
const postgresTables = `((SELECT oid FROM pg_database WHERE datname = current_database())::text || '/' ||
	'delivery'::regclass::oid::text)`

// place is where the store was when it was last checked, to notice that it was
// restored or promoted since.
type place struct {
	mu     sync.Mutex
	now    string    // PostgreSQL: postgresPlace, or postgresTables if the server does not support that
	lsn    string    // PostgreSQL: end of its write-ahead log; "" when the server does not tell
	looked time.Time // last check that found the store unchanged
	cause  string    // why the store is not the one that was here before, if that showed when it was opened
	moved  bool      // the cause is that it was moved here
}

// findPlace saves where the tables of a PostgreSQL store are, unless that is saved.
func (s *Store) findPlace(ctx context.Context) error {
	s.place.now, s.place.lsn = postgresPlace, "0/0"
	keep := func() error {
		//nolint:gosec // one of two constants
		query := `INSERT INTO setting (name, value) VALUES ($1, ` + s.place.now + `) ON CONFLICT (name) DO NOTHING`
		_, err := s.write.ExecContext(ctx, query, settingPlace)
		return err
	}
	err := keep()
	if refusal := (*pgconn.PgError)(nil); errors.As(err, &refusal) {
		s.log.Warn("PostgreSQL does not say which server it is: a promotion is not noticed while copytaster runs",
			"error", err)
		s.place.now, s.place.lsn = postgresTables, ""
		err = keep()
	}
	if err != nil {
		return fmt.Errorf("find out where the tables are: %w", err)
	}
	return nil
}

// same returns an SQL condition that holds as long as the store is what it was at
// the last check, with its arguments. It is for a statement of ten arguments.
func (s *Store) same(next int) (condition string, args []any, err error) {
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
	condition = ` AND (SELECT value FROM setting WHERE name = '` + settingPlace + `') = ` + s.place.now +
		` AND NOT EXISTS (SELECT 1 FROM setting WHERE name = '` + settingLeaving + `')` // whoever moves it counts on that
	if s.place.lsn != "" {
		return condition + fmt.Sprintf(` AND pg_current_wal_insert_lsn() >= $%d::pg_lsn`, next), []any{s.place.lsn}, nil
	}
	return condition, nil, nil
}

// Restored checks whether the store was restored or promoted since the last check,
// or since it was last open. The Loss has a Cause if it was. Then no delivery can
// begin until EpochsTx.Begin and after it Renewed were called.
func (s *Store) Restored(ctx context.Context, now time.Time) (Loss, error) {
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	if s.place.cause != "" {
		return Loss{Cause: s.place.cause, Moved: s.place.moved, Whole: now}, nil
	}
	if s.place.now == "" {
		return Loss{}, nil
	}
	if err := s.checkMoved(ctx); err != nil {
		return Loss{}, err
	}
	var (
		known, current, lsn string
		continues           = true
		err                 error
	)
	if s.place.lsn == "" {
		err = s.write.QueryRowContext(ctx, `
			SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''), `+s.place.now, settingPlace).
			Scan(&known, &current)
	} else {
		err = s.write.QueryRowContext(ctx, `
			SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''), `+s.place.now+`,
				pg_current_wal_flush_lsn()::text, pg_current_wal_insert_lsn() >= $2::pg_lsn`, settingPlace, s.place.lsn).
			Scan(&known, &current, &lsn, &continues)
	}
	if err != nil {
		return Loss{}, fmt.Errorf("look where the store is: %w", err)
	}
	l := Loss{Whole: now.Add(-checkedWithin), Seen: s.place.looked}
	switch {
	case known != current:
		l.Cause, l.place = "PostgreSQL was promoted, or restored from a backup", s.place.now
	case !continues:
		l.Cause = "PostgreSQL was restored from a backup: its log goes back"
	default:
		s.place.lsn, s.place.looked = lsn, now
		return Loss{}, nil
	}
	if s.place.looked.IsZero() { // the first check: nothing was recorded since
		l.Whole = now
	}
	return l, nil
}

// checkedWithin is longer than the time between two calls of Restored.
const checkedWithin = 5 * time.Minute

// Renewed accepts the store as it is now: later checks compare with that.
func (s *Store) Renewed() error {
	s.place.mu.Lock()
	defer s.place.mu.Unlock()
	s.place.cause, s.place.moved = "", false
	if s.place.lsn != "" {
		s.place.lsn = "0/0"
	}
	if s.lock == nil {
		return nil
	}
	return s.lock.write(s.id + "\n")
}

// witness writes beside a SQLite file which post was begun last. A store that does
// not know that post is older: it was restored. The ID of the store is written as
// well, so that another store in its place is not taken for it.
func (s *Store) witness(d news.Delivery) error {
	if s.lock == nil || d.Promise == "" {
		return nil
	}
	return s.lock.write(fmt.Sprintf("%s %s %d\n", s.id, d.Promise, d.Attempts))
}

// recognise compares a SQLite file with what witness has written.
func (s *Store) recognise(ctx context.Context) error {
	copied := ""
	err := s.write.QueryRowContext(ctx, `
		SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''), (SELECT value FROM setting WHERE name = $2)`,
		settingCopied, SettingStoreID).
		Scan(&copied, &s.id)
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
		err = s.write.QueryRowContext(ctx, `
			SELECT count(*) FROM delivery WHERE promise = $1 AND attempts >= $2`, promise, attempts).Scan(&known)
		if known == 0 {
			s.place.cause = "its file is older than the last message that was sent from here: " +
				"it was restored from a copy, or the machine lost its power"
		}
	}
	if err == nil && n < 3 || id != s.id {
		err = errors.Join(err, s.lock.write(s.id+"\n"))
	}
	return err
}

// checkPresent returns an error when a store was used at path and its file is gone.
// A new store in its place would send again what was sent.
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
