package store_test

import (
	"testing"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// A daemon that stands still in a transaction does not keep the lock on clusters: the
// server ends its transaction, of which nothing is recorded.
func TestLockOfDaemonThatStandsStill(t *testing.T) {
	storage := storetest.Postgres(t)
	s, other := storetest.Open(t, storage), storetest.Open(t, storage)
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		var longest string
		if err := tx.QueryRowContext(t.Context(), `SHOW idle_in_transaction_session_timeout`).Scan(&longest); err != nil || longest != "30s" {
			t.Errorf("a transaction may be idle for %q, %v; want 30s", longest, err)
		}
		if err := tx.Stories.LockClusters(t.Context()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(t.Context(), `SET LOCAL idle_in_transaction_session_timeout = 300`); err != nil {
			return err
		}
		inTx(t, other, func(tx *store.Tx) error { // meanwhile this one does nothing
			return tx.Stories.LockClusters(t.Context())
		})
		return nil
	})
	if err == nil {
		t.Error("the transaction that stood still has committed")
	}
	inTx(t, s, func(tx *store.Tx) error { return tx.Stories.LockClusters(t.Context()) })
}
