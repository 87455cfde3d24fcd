package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

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

// SQLite returns the transaction as the SQLite driver knows it, nil on PostgreSQL.
func (t *Tx) SQLite() *sql.Tx { return t.sqlite }

// Postgres returns the transaction as pgx knows it, nil on SQLite.
func (t *Tx) Postgres() pgx.Tx { return t.postgres }

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
		return wrap("begin transaction", err)
	}
	defer tx.Rollback() //nolint:errcheck // a no-op once committed
	if err := fn(newTx(tx, tx, nil)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return wrap("commit", err)
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
		return wrap("begin transaction", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	var tx pgx.Tx
	begin := func(driver any) (err error) {
		tx, err = driver.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	}
	if err := conn.Raw(begin); err != nil {
		return wrap("begin transaction", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // a no-op once committed
	if alone {
		if _, err := tx.Exec(ctx, `LOCK TABLE cluster IN EXCLUSIVE MODE`); err != nil {
			return wrap("lock stories", err)
		}
	}
	if err := fn(newTx(conn, nil, tx)); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return wrap("commit", err)
	}
	return nil
}
