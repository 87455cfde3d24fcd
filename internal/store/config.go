package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Configs reads the configs that were loaded.
type Configs struct{ db *Store }

// LoadedConfig is a config that daemons followed.
type LoadedConfig struct {
	ID     int64 // grows with every change
	Hash   string
	Rules  []byte    // opaque here; they hold no secrets
	Loaded time.Time // when it came into use
	Until  time.Time // when the next one did; zero: it is the newest
}

// saveConfig records that a config comes into use now, unless it is in use. The caller
// has saved settings, and so keeps others from doing it at the same time.
func saveConfig(ctx context.Context, tx *Tx, c LoadedConfig, now time.Time) error {
	if c.Hash == "" {
		return nil
	}
	var newest string
	err := tx.QueryRowContext(ctx, `SELECT hash FROM config ORDER BY id DESC LIMIT 1`).Scan(&newest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || newest == c.Hash {
		return wrap("read newest config", err)
	}
	return exec(ctx, tx, "save config", `INSERT INTO config (hash, rules, loaded_at) VALUES ($1, $2, $3)`,
		c.Hash, c.Rules, ms(now))
}

// At returns the config that was in use at a time; ok is false when none was, or it is
// not kept any more.
func (s Configs) At(ctx context.Context, when time.Time) (c LoadedConfig, ok bool, err error) {
	var loaded, until int64
	err = s.db.read.QueryRowContext(ctx, `
		SELECT id, hash, rules, loaded_at, coalesce((SELECT min(n.loaded_at) FROM config n WHERE n.id > c.id), 0)
		FROM config c WHERE loaded_at <= $1 ORDER BY id DESC LIMIT 1`, ms(when)).Scan(&c.ID, &c.Hash, &c.Rules, &loaded, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	c.Loaded, c.Until = at(loaded), at(until)
	return c, err == nil, wrap("read config", err)
}

// Newest returns the newest configs, the newest first. Their Until is not read.
func (s Configs) Newest(ctx context.Context, n int) ([]LoadedConfig, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT id, hash, rules, loaded_at FROM config ORDER BY id DESC LIMIT $1`, n)
	return collect(rows, err, "read newest configs", func(scan func(...any) error) (c LoadedConfig, err error) {
		var loaded int64
		err = scan(&c.ID, &c.Hash, &c.Rules, &loaded)
		c.Loaded = at(loaded)
		return c, err
	})
}

// pruneConfigs deletes the configs that were in use before a time alone.
func (s *Store) pruneConfigs(ctx context.Context, before time.Time) error {
	return exec(ctx, s.write, "prune configs", `
		DELETE FROM config WHERE id < (SELECT max(id) FROM config WHERE loaded_at <= $1)`, ms(before))
}
