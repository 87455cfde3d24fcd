package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Settings reads and changes named values.
type Settings struct{ db *Store }

// The names of settings.
const (
	SettingStoreID     = "store_id"     // random, made with the store: tells two stores in one workspace apart
	SettingConfig      = "config"       // the files of the last good config, JSON
	SettingSocket      = "socket:"      // and a path: a daemon takes commands there; when it was started, RFC 3339
	SettingSlack       = "slack"        // "yes" when the last good config sends to Slack
	SettingConfigHash  = "config_hash"  // of the newest loaded config
	SettingConfigAt    = "config_at"    // when it was loaded, RFC 3339
	SettingDisabled    = "disabled"     // names of the sources that it switches off, JSON
	SettingConfigError = "config_error" // why the files on disk are not in force, "" when they are
	SettingOutdated    = "outdated:"    // and a daemon's name: it follows an older config than the newest; JSON
)

// Get returns a named value, "" when it was never saved.
func (s Settings) Get(ctx context.Context, name string) (string, error) {
	var value string
	err := s.db.read.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", wrap("read setting "+name, err)
	}
	return value, nil
}

// Save saves named values together.
func (s Settings) Save(ctx context.Context, values map[string]string) error {
	return s.db.InTx(ctx, func(tx *Tx) error { return tx.saveSettings(ctx, values) })
}

// saveSettings saves them in the order of their names: whoever saves the same
// ones waits here until the transaction is over.
func (tx *Tx) saveSettings(ctx context.Context, values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, values[name])
		if err != nil {
			return wrap("save setting "+name, err)
		}
	}
	return nil
}

// WithPrefix returns the settings whose name begins with a prefix, by the
// rest of the name. The prefix must hold no "%" and no "_".
func (s Settings) WithPrefix(ctx context.Context, prefix string) (map[string]string, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT name, value FROM setting WHERE name LIKE $1`, prefix+"%")
	found, err := collect(rows, err, "read settings "+prefix, func(scan func(...any) error) (pair [2]string, err error) {
		return pair, scan(&pair[0], &pair[1])
	})
	values := make(map[string]string, len(found))
	for _, pair := range found {
		values[strings.TrimPrefix(pair[0], prefix)] = pair[1]
	}
	return values, err
}

// Drop removes a setting.
func (s Settings) Drop(ctx context.Context, name string) error {
	if _, err := s.db.write.ExecContext(ctx, `DELETE FROM setting WHERE name = $1`, name); err != nil {
		return wrap("drop setting "+name, err)
	}
	return nil
}
