package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// Settings of a move. The store that is left has a leaving mark, the store that the rows go to
// an arriving one.
const (
	settingLeaving  = "moving_to"
	settingArriving = "moving_from"
)

// transit says in one store of a move where the other one is.
type transit struct {
	Move   string    `json:"move"`  // random: the same in both stores
	Other  string    `json:"other"` // Name of the other store
	Began  time.Time `json:"began"`
	Ended  time.Time `json:"ended,omitzero"`
	Handed bool      `json:"handed,omitempty"`  // leaving: the other store may be in use
	Table  string    `json:"table,omitempty"`   // arriving: the table that is being copied
	Rows   int64     `json:"rows,omitempty"`    // arriving: how many of its rows are there
	Mended int64     `json:"mended,omitempty"`  // arriving: texts with characters that PostgreSQL does not store
	Copied bool      `json:"copied,omitempty"`  // arriving: all tables are
	Resume int       `json:"resumes,omitempty"` // arriving: how often the move was interrupted
}

// MovedError says that a store may not be used, because it is being moved or was moved.
type MovedError struct {
	Store   string // its Name
	Other   string // Name of the store on the other side
	When    time.Time
	Arrived bool // it is the store that the rows go to
	Ended   bool // all are there
}

// Error says what has happened and what to do.
func (e *MovedError) Error() string {
	when := e.When.UTC().Format("2 Jan 2006 15:04 MST")
	switch {
	case e.Ended:
		return fmt.Sprintf("it was moved to %s on %s: let `storage` name that store", e.Other, when)
	case e.Arrived:
		return fmt.Sprintf("the move of %s to it, begun on %s, has not ended: run `copytaster move` again", e.Other, when)
	default:
		return fmt.Sprintf("its move to %s, begun on %s, has not ended: run `copytaster move` again, or `copytaster move --cancel`", e.Other, when)
	}
}

// checkMoved returns a *MovedError for a store that may not be used because of a move.
func (s *Store) checkMoved(ctx context.Context) error {
	leaving, err := s.mark(ctx, settingLeaving)
	if err != nil {
		return err
	}
	if leaving.Move != "" {
		when := latest(leaving.Began, leaving.Ended)
		return &MovedError{Store: s.Name(), Other: leaving.Other, When: when, Ended: !leaving.Ended.IsZero()}
	}
	arriving, err := s.mark(ctx, settingArriving)
	if err == nil && arriving.Move != "" && arriving.Ended.IsZero() {
		err = &MovedError{Store: s.Name(), Other: arriving.Other, When: arriving.Began, Arrived: true}
	}
	return err
}

// noticeMove notices that a store was moved here since a daemon last opened it.
func (s *Store) noticeMove(ctx context.Context) error {
	arrived, err := s.mark(ctx, settingArriving)
	if err != nil || arrived.Move == "" {
		return err
	}
	copied, err := s.Settings.Get(ctx, settingCopied)
	if err == nil && copied == arrived.Ended.Format(time.RFC3339) { // else it is a backup that was made later
		s.place.cause, s.place.moved = "it was moved here from "+arrived.Other, true
	}
	return err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *Store) mark(ctx context.Context, name string) (m transit, err error) {
	value, err := s.Settings.Get(ctx, name)
	if err == nil && value != "" {
		err = wrap("read "+name, json.Unmarshal([]byte(value), &m))
	}
	return m, err
}

func setMark(ctx context.Context, tx *Tx, name string, m *transit) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return saveSettings(ctx, tx, map[string]string{name: string(value)})
}

// Moved is what a move has done, or would do.
type Moved struct {
	From, To string // names of the stores
	Tables   []MovedTable
	Bytes    int64 // that the store takes that is left
	Mended   int64 // texts with characters that PostgreSQL does not store, which were left out
	Resumed  int   // how often the move had been interrupted
	Open     int64 // deliveries that are still to be sent
}

// MovedTable is a table of a move.
type MovedTable struct {
	Name string
	Rows int64
	Hash string // of all rows, in hexadecimal; the same in both stores
}

// Rows is the number of rows of all tables.
func (m *Moved) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// PlanMove returns what a move of the store at storage would copy. Nothing is changed.
func PlanMove(ctx context.Context, log *slog.Logger, storage, to string) (m Moved, err error) {
	s, err := openReadOnly(ctx, log, storage)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.checkVersion(ctx); err != nil {
		return m, fmt.Errorf("open store %s: %w", s.Name(), explain(err))
	}
	if err := refuseMoved(ctx, s); err != nil {
		return m, err
	}
	if err := checkTarget(ctx, log, to); err != nil {
		return m, err
	}
	m.From, m.To = NameOf(storage), NameOf(to)
	for _, t := range movedTables {
		n := int64(0)
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM `+t.from()).Scan(&n); err != nil {
			return m, wrap("count "+t.name, err)
		}
		m.Tables = append(m.Tables, MovedTable{Name: t.name, Rows: n})
	}
	if m.Bytes, err = bytesOf(ctx, s); err != nil {
		return m, err
	}
	return m, wrap("count deliveries", s.read.QueryRowContext(ctx, `SELECT count(*) FROM delivery WHERE state IN `+open).Scan(&m.Open))
}

// checkTarget checks whether a store could be moved to storage, and leaves nothing behind.
func checkTarget(ctx context.Context, log *slog.Logger, storage string) error {
	if err := Usable(ctx, log, storage); err != nil {
		if _, moved := errors.AsType[*MovedError](err); !moved {
			return err
		}
	}
	s, err := openReadOnly(ctx, log, storage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, _, err := s.versions(ctx); err != nil { // it has no tables yet
		return s.Close()
	}
	return errors.Join(refuseUsed(ctx, s, ""), s.Close())
}

// bytesOf is how large the store is, in bytes.
func bytesOf(ctx context.Context, s *Store) (n int64, err error) {
	if s.pool == nil {
		info, err := os.Stat(s.path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint
		FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid)`).Scan(&n)
	return n, wrap("measure the store", err)
}

// refuseMoved returns an error for a store whose rows are in another store by now.
func refuseMoved(ctx context.Context, s *Store) error {
	err := s.checkMoved(ctx)
	if moved, ok := errors.AsType[*MovedError](err); ok && !moved.Ended && !moved.Arrived {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open store %s: %w", s.Name(), err)
	}
	return nil
}

// refuseUsed returns an error for a store that has rows of its own. That of the move of this
// name is none.
func refuseUsed(ctx context.Context, s *Store, move string) error {
	arriving, err := s.mark(ctx, settingArriving)
	if err != nil {
		return err
	}
	if arriving.Move != "" && (arriving.Move == move || arriving.Ended.IsZero()) {
		return nil
	}
	var stories, deliveries int64
	err = s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM story), (SELECT count(*) FROM delivery)`).Scan(&stories, &deliveries)
	if err != nil {
		return wrap("look into "+s.Name(), err)
	}
	if stories+deliveries > 0 {
		return fmt.Errorf("%s has a store of its own, with %d stories and %d deliveries: name an empty database or a new file",
			s.Name(), stories, deliveries)
	}
	return nil
}

// MoveReport is told how many rows of how many are copied.
type MoveReport func(done, all int64)

// Relocate moves a store: all that is known, promised and sent is copied from one storage to the
// other, and compared. The store that is left is not used any more, and the one that the rows
// are in begins an epoch when a daemon opens it. A move that was interrupted goes on where it
// was. report may be nil.
func Relocate(
	ctx context.Context, log *slog.Logger, storage, to string, now time.Time, report MoveReport,
) (m Moved, err error) {
	if NameOf(storage) == NameOf(to) {
		return m, fmt.Errorf("the store is in %s already", NameOf(to))
	}
	from, err := openToLeave(ctx, log, storage)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := refuseMoved(ctx, from); err != nil {
		return m, err
	}
	if err := refuseWork(ctx, from); err != nil {
		return m, err
	}
	target, err := openToMove(ctx, log, to)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	c := &mover{from: from, to: target, fromName: NameOf(storage), toName: NameOf(to), report: report, now: now.UTC()}
	if err := c.begin(ctx); err != nil {
		return m, err
	}
	if err := c.copy(ctx); err != nil {
		return m, err
	}
	return c.end(ctx)
}

// openToLeave opens the store that a move leaves. There has to be one.
func openToLeave(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	s, err := openReadOnly(ctx, log, storage)
	if err != nil {
		return nil, err
	}
	if _, _, err := s.versions(ctx); err != nil {
		return nil, fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return openToMove(ctx, log, storage)
}

// openToMove opens a store of any state for a move, its tables up to date.
func openToMove(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	s, err := connect(ctx, log, storage)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := s.Alone(ctx, func() error { return s.migrate(ctx) }); err != nil {
		return nil, fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	return s, nil
}

// idleFor is how long no daemon was at work in a PostgreSQL store that is moved. A daemon that
// works says so every ten seconds.
const idleFor = time.Minute

// refuseWork returns an error while daemons work in a PostgreSQL store. That of a SQLite store
// holds its lock.
func refuseWork(ctx context.Context, s *Store) error {
	now, ok, err := s.Clock.Now(ctx)
	if err != nil || !ok {
		return err
	}
	var beat int64
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(max(beat_at), 0) FROM clock`).Scan(&beat); err != nil {
		return wrap("look for daemons", err)
	}
	if idle := now.Sub(at(beat)); beat != 0 && idle < idleFor {
		return fmt.Errorf("a daemon was at work in %s %s ago: stop all of them, and move it %s after that",
			s.Name(), max(0, idle).Round(time.Second), idleFor)
	}
	return nil
}

// CancelMove gives up a move that has not ended, so that the store can be used again. What was
// copied stays where it is, until another move to there.
func CancelMove(ctx context.Context, log *slog.Logger, storage string) (other string, err error) {
	s, err := openToLeave(ctx, log, storage)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	leaving, err := s.mark(ctx, settingLeaving)
	switch {
	case err != nil:
		return "", err
	case leaving.Move == "":
		return "", fmt.Errorf("%s is not being moved", s.Name())
	case leaving.Handed && leaving.Ended.IsZero():
		return "", fmt.Errorf("%s is in %s as a whole, which may be in use by now: run `copytaster move` again to end it", s.Name(), leaving.Other)
	case !leaving.Ended.IsZero():
		return "", fmt.Errorf("%s was moved to %s: that store may have told more since; move it back to a new file", s.Name(), leaving.Other)
	}
	return leaving.Other, s.Settings.Drop(ctx, settingLeaving)
}
