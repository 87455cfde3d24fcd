package store

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"
)

// A store from before hosts were shared fairly goes on with the pages that wait:
// an alert of theirs waits no longer than it would have.
func TestUpgradeKeepsWhatWaits(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "copytaster.db")
	old, err := connect(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	p, err := old.provider()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	run(t, old.write, `INSERT INTO host (host, free_at, backlog_at) VALUES ('held', $1, $2)`, ms(noon.Add(time.Hour)), ms(noon))
	run(t, old.write, `INSERT INTO cluster (id, created_at) VALUES (1, 0)`)
	for _, firstRun := range []int{0, 1} {
		run(t, old.write, `
			INSERT INTO story (cluster_id, key, source, url, title, first_seen_at, due_at, waiting, first_run, host)
			VALUES (1, $1, 'tass', 'u', 't', $2, $2, 1, $1, 'held')`, firstRun, ms(noon))
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for after, want := range map[time.Duration]int{9 * time.Minute: 0, 10 * time.Minute: 1, 2 * time.Hour: 2} {
		tx, err := s.write.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		now := noon.Add(after)
		claims, err := newTx(tx, nil).Pages.Claim(t.Context(), now,
			PageLimits{FreeBy: now, Limit: 2, PerHost: 2, Hung: 1})
		if err != nil || len(claims) != want {
			t.Errorf("%v after they came %v are claimed, want %d; %v", after, claims, want, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

// The jobs that River kept in a SQLite store go: their claims bring the work back.
func TestUpgradeDropsJobs(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "copytaster.db")
	old, err := OpenVersion(t.Context(), storage, 8)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"river_job", "river_leader", "river_migration", "river_client"} {
		run(t, old.write, `CREATE TABLE `+table+` (name text PRIMARY KEY)`)
	}
	run(t, old.write, `CREATE TABLE river_client_queue (client text REFERENCES river_client (name))`)
	run(t, old.write, `INSERT INTO river_client VALUES ('a')`)
	run(t, old.write, `INSERT INTO river_client_queue VALUES ('a')`)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var left int
	if err := s.write.QueryRow(`SELECT count(*) FROM sqlite_master WHERE name LIKE 'river%'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d of River's tables are left, %v", left, err)
	}
}

// The last good config of a store from before configs were kept by their hash is
// still there, and the first that is loaded is kept.
func TestUpgradeKeepsLastGoodConfig(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "copytaster.db")
	old, err := OpenVersion(t.Context(), storage, 10)
	if err != nil {
		t.Fatal(err)
	}
	run(t, old.write, `INSERT INTO setting (name, value) VALUES ('config', '{"copytaster.yaml":""}'), ('config_hash', 'abc')`)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if kept, err := s.Settings.Get(t.Context(), SettingConfig); err != nil || kept != `{"copytaster.yaml":""}` {
		t.Errorf("the last good config is %q, %v", kept, err)
	}
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	if _, ok, err := s.Configs.At(t.Context(), now); ok || err != nil {
		t.Errorf("a config is known that nobody loaded, %v", err)
	}
	if err := s.Sources.Sync(t.Context(), Sync{Config: LoadedConfig{Hash: "abc", Rules: []byte("rules")}, Now: now}); err != nil {
		t.Fatal(err)
	}
	if c, ok, err := s.Configs.At(t.Context(), now); !ok || err != nil || c.Hash != "abc" {
		t.Errorf("the config in use is %+v, %v", c, err)
	}
}
