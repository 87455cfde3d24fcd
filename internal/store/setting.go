package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The names of settings.
const (
	SettingStoreID     = "store_id"     // random, made with the store: tells two stores in one workspace apart
	SettingConfig      = "config"       // the files of the last good config, JSON
	SettingSocket      = "socket"       // where the daemon that was started last takes commands
	SettingConfigHash  = "config_hash"  // of the newest loaded config
	SettingConfigAt    = "config_at"    // when it was loaded, RFC 3339
	SettingConfigError = "config_error" // why the files on disk are not in force, "" when they are
)

// Setting returns a named value, "" when it was never saved.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read setting %s: %w", name, explain(err))
	}
	return value, nil
}

// SaveSettings saves named values together.
func (s *Store) SaveSettings(ctx context.Context, values map[string]string) error {
	return s.InTx(ctx, func(tx *Tx) error {
		for name, value := range values {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
			if err != nil {
				return fmt.Errorf("save setting %s: %w", name, explain(err))
			}
		}
		return nil
	})
}
