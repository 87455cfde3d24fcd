package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
)

// Settings reads and saves named values.
type Settings struct{ db *Store }

// The names of settings.
const (
	SettingStoreID     = "store_id"     // random ID of the store: tells two stores in one workspace apart
	SettingConfig      = "config"       // files of the last good config, JSON
	SettingSocket      = "socket:"      // prefix of the path of a daemon's socket; when it was started, RFC 3339
	SettingSlack       = "slack"        // "yes" when the last good config sends to Slack
	SettingConfigHash  = "config_hash"  // hash of the newest loaded config
	SettingConfigAt    = "config_at"    // when the newest config was loaded, RFC 3339
	SettingDisabled    = "disabled"     // names of the sources that the newest config disables, JSON
	SettingConfigError = "config_error" // why the files on disk are not in use; "" when they are
	SettingOutdated    = "outdated:"    // prefix of the name of a daemon with an older config than the newest; JSON
)

// Get returns a setting, "" when there is none of that name.
func (s Settings) Get(ctx context.Context, name string) (string, error) {
	var value string
	err := s.db.read.QueryRowContext(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", wrap("read setting "+name, err)
	}
	return value, nil
}

// Save saves settings in one transaction.
func (s Settings) Save(ctx context.Context, values map[string]string) error {
	return s.db.InTx(ctx, func(tx *Tx) error { return saveSettings(ctx, tx, values) })
}

// saveSettings saves settings in the order of their names, so that two transactions
// that save the same ones do not wait for each other.
func saveSettings(ctx context.Context, tx *Tx, values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		err := exec(ctx, tx, "save setting "+name, `
			INSERT INTO setting (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, values[name])
		if err != nil {
			return err
		}
	}
	return nil
}

// WithPrefix returns the settings whose name begins with a prefix, by the rest of
// the name. The prefix must have no "%" and no "_".
func (s Settings) WithPrefix(ctx context.Context, prefix string) (map[string]string, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT name, value FROM setting WHERE name LIKE $1`, prefix+"%")
	read := func(scan func(...any) error) (pair [2]string, err error) { return pair, scan(&pair[0], &pair[1]) }
	found, err := collect(rows, err, "read settings "+prefix, read)
	values := make(map[string]string, len(found))
	for _, pair := range found {
		values[strings.TrimPrefix(pair[0], prefix)] = pair[1]
	}
	return values, err
}

// Drop deletes a setting.
func (s Settings) Drop(ctx context.Context, name string) error {
	return exec(ctx, s.db.write, "drop setting "+name, `DELETE FROM setting WHERE name = $1`, name)
}
