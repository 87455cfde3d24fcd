package store_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// A role that may not read the system's control data notices a restore by the
// tables, and begins an epoch.
func TestEpochWithoutSystemRights(t *testing.T) {
	p := storetest.NewServer(t)
	s := storetest.Open(t, p.URL())
	for _, q := range []string{
		`REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`, `CREATE ROLE guest LOGIN`, `GRANT ALL ON ALL TABLES IN SCHEMA public TO guest`,
		`GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO guest`, `GRANT ALL ON SCHEMA public TO guest`, `DELETE FROM setting WHERE name = 'place'`,
	} {
		if _, err := s.Postgres().Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	u := must[*url.URL](t)(url.Parse(p.URL()))
	u.User = url.User("guest")
	g, err := store.Open(t.Context(), quiet, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	add(t, g, story("a"), "news")
	if l := restored(t, g); l.Cause != "" {
		t.Fatal(l)
	}
	// as a restore of a dump does: another oid of the table
	for _, q := range []string{`UPDATE setting SET value = '1/1' WHERE name = 'place'`} {
		if _, err := s.Postgres().Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	l := restored(t, g)
	if l.Cause == "" {
		t.Fatal("not noticed")
	}
	l.Settle = noon.Add(time.Minute)
	err = g.InTx(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.Epochs.Begin(t.Context(), l, noon)
		return err
	})
	if err != nil {
		t.Errorf("no epoch can begin, and nothing can be sent: %v", err)
	}
}
