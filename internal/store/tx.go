package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tx is a transaction over the store's tables and, through Postgres, over those of
// the job queue. While it is open neither the Store nor the network may be used.
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
	Sketches      SketchesTx
	Partings      PartingsTx
	Signals       SignalsTx
	Answers       AnswersTx
	Snoozes       SnoozesTx
	Unanswered    UnansweredTx
	Recalls       RecallsTx
	Storms        StormsTx
	Pauses        PausesTx

	querier
	postgres    pgx.Tx
	afterCommit []func()
}

// newTx returns a transaction with its aggregates; postgres is nil on SQLite.
func newTx(q querier, postgres pgx.Tx) *Tx {
	tx := &Tx{querier: q, postgres: postgres}
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
	tx.Sketches = SketchesTx{Sketches{read: q}, tx}
	tx.Partings = PartingsTx{Partings{read: q}, tx}
	tx.Signals = SignalsTx{tx}
	tx.Answers = AnswersTx{tx}
	tx.Snoozes = SnoozesTx{tx}
	tx.Unanswered = UnansweredTx{tx}
	tx.Recalls = RecallsTx{tx}
	tx.Storms = StormsTx{tx}
	tx.Pauses = PausesTx{tx}
	return tx
}

// Postgres returns the transaction of pgx, nil on SQLite.
func (tx *Tx) Postgres() pgx.Tx { return tx.postgres }

// AfterCommit lets fn run once the transaction has committed, before InTx returns.
// The functions run in the order in which they were given.
func (tx *Tx) AfterCommit(fn func()) { tx.afterCommit = append(tx.afterCommit, fn) }

// committed runs the functions that wait for the commit.
func (tx *Tx) committed() {
	for _, fn := range tx.afterCommit {
		fn()
	}
}

// InTx runs fn in a transaction, which commits when fn returns nil. On PostgreSQL fn
// runs again when the server ended the transaction because of a deadlock.
func (s *Store) InTx(ctx context.Context, fn func(*Tx) error) error {
	if s.pool != nil {
		return again(func(alone bool) error { return s.inPostgresTx(ctx, alone, fn) })
	}
	if err := s.guard.seen(); err != nil {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return wrap("begin transaction", err)
	}
	defer tx.Rollback() //nolint:errcheck // a no-op once committed
	t := newTx(tx, nil)
	if err := fn(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return wrap("commit", err)
	}
	t.committed()
	if err := s.committed(ctx); err != nil { // the transaction is committed all the same
		s.log.Warn("the log of the store grows", "error", err)
	}
	return nil
}

// again repeats a transaction that PostgreSQL has ended because of another one:
// deadlock_detected, serialization_failure, or foreign_key_violation, when the other
// one has left a cluster meanwhile, which is deleted with its last story (Appendix A
// of its manual). From the second time on nobody else records stories, so that it
// does not repeat.
func again(transact func(alone bool) error) (err error) {
	for try := range 5 {
		var pg *pgconn.PgError
		err = transact(try > 0)
		if !errors.As(err, &pg) || !slices.Contains([]string{"40P01", "40001", "23503"}, pg.Code) {
			return err
		}
	}
	return err
}

// inPostgresTx opens a pgx transaction on the connection of a *sql.Conn, so that the
// store's queries and those of the job queue commit together. With alone it waits
// for other transactions that record stories, and then keeps them out.
func (s *Store) inPostgresTx(ctx context.Context, alone bool, fn func(*Tx) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return wrap("begin transaction", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	var tx pgx.Tx
	begin := func(driver any) (err error) {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("the driver has connections of type %T", driver)
		}
		tx, err = c.Conn().Begin(ctx)
		return err
	}
	if err := conn.Raw(begin); err != nil {
		return wrap("begin transaction", err)
	}
	// A query that begins after ctx has ended is an error, for which database/sql
	// returns the connection. From then on Raw calls nothing, and the pool closes
	// the connection, because a transaction is open on it.
	end := func(ctx context.Context, how func(context.Context) error) error {
		return conn.Raw(func(any) error { return how(ctx) })
	}
	defer end(context.WithoutCancel(ctx), tx.Rollback) //nolint:errcheck // a no-op once committed
	if alone {                                         // the lock on clusters comes first, as everywhere
		_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(clusterLock))
		if err == nil {
			_, err = tx.Exec(ctx, `LOCK TABLE cluster IN EXCLUSIVE MODE`)
		}
		if err != nil {
			return wrap("lock stories", err)
		}
	}
	t := newTx(conn, tx)
	if err := fn(t); err != nil {
		return err
	}
	if err := end(ctx, tx.Commit); err != nil {
		return wrap("commit", err)
	}
	t.committed()
	return nil
}
